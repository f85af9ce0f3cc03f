"""The month ahead: what may be sold, what each SKU brings and how surely, how it is sold at present."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.counts import negative_binomial
from tradewind.core.errors import ParameterError
from tradewind.core.scenarios import row_keys, sample

WEEKS_A_MONTH = 365 / 7 / 12
_POISSON = 1e6

Draws = npt.NDArray[np.floating]


@dataclass(frozen=True)
class MonthDemand:
    """Scenarios of a month's demand: `keys` (sku, market; sorted, one row each), `draws` (rows, scenarios) in units."""

    keys: pl.DataFrame
    draws: Draws

    @classmethod
    def from_weeks(cls, keys: pl.DataFrame, draws: Draws) -> MonthDemand:
        """The month's sums of weekly sample paths (rows, weeks, scenarios): four weeks and a third of the fifth.

        Raises ParameterError for a horizon under five weeks.
        """
        whole = int(WEEKS_A_MONTH)
        if draws.shape[1] <= whole:
            raise ParameterError("parameter_range", name="horizon_weeks", value=draws.shape[1], allowed=f"> {whole}")
        month = draws[:, :whole].sum(axis=1) + (WEEKS_A_MONTH - whole) * draws[:, whole]
        return cls._sorted(keys, month)

    @classmethod
    def from_moments(cls, frame: pl.DataFrame, *, scenarios: int = 200, seed: int) -> MonthDemand:
        """Draws from a negative binomial with each row's `mean` and `spread` (standard deviation) of the month.

        `frame`: sku, market, mean, spread. A spread below the square root of the mean is taken as Poisson.
        """
        mean, spread = frame["mean"].to_numpy().astype(float), frame["spread"].to_numpy().astype(float)
        excess = spread**2 - mean
        size = np.divide(mean**2, excess, out=np.full_like(mean, _POISSON), where=excess > 0)
        law = negative_binomial(mean, np.maximum(size, 1e-3))
        draws = sample(law, row_keys(frame, ["sku", "market"]), [0], scenarios, seed)[:, 0]
        return cls._sorted(frame.select("sku", "market"), draws)

    @classmethod
    def _sorted(cls, keys: pl.DataFrame, draws: Draws) -> MonthDemand:
        ordered = keys.select("sku", "market").with_row_index("_row").sort("sku", "market")
        return cls(ordered.drop("_row"), draws[ordered["_row"].to_numpy()])


def tier_facts(economics: pl.DataFrame, month: MonthDemand, present: pl.DataFrame | None = None) -> pl.DataFrame:
    """What ranks a SKU: sku, contribution and sales (base currency / month), predictability (0..1), currency.

    contribution: expected demand x unit margin in the mode of `present` (sku, mode), else in the best mode known;
    null where no mode's margin is known in a market that sells. sales: expected demand x price.
    predictability: mean / (mean + standard deviation) of the SKU's month over all markets: 0.9 is steady, 0.3 erratic.
    """
    wanted = economics.select("sku", "market", "mode", "price", "margin", "currency")
    if present is not None:
        wanted = wanted.join(present.select("sku", present="mode"), on="sku", how="left")
    else:
        wanted = wanted.with_columns(present=pl.lit(None, dtype=pl.String))
    unit = wanted.group_by("sku", "market").agg(
        pl.coalesce(pl.col("margin").filter(pl.col("mode") == pl.col("present")).first(), pl.col("margin").max()),
        pl.coalesce(
            pl.col("price").filter(pl.col("mode") == pl.col("present")).first(),
            pl.col("price").filter(pl.col("mode") != "full").first(),
        ),
        pl.col("currency").first(),
    )
    pairs = month.keys.with_columns(mean=pl.Series(month.draws.mean(axis=1).astype(float)))
    worth = pairs.join(unit, on=["sku", "market"], how="left")
    blocked = (pl.col("margin").is_null() & (pl.col("mean") > 0)).any()
    return (
        worth.group_by("sku", maintain_order=True)
        .agg(
            contribution=pl.when(~blocked).then((pl.col("margin") * pl.col("mean")).sum()),
            sales=(pl.col("price") * pl.col("mean")).sum(),
            currency=pl.col("currency").drop_nulls().first(),
        )
        .join(_predictability(month), on="sku")
        .select("sku", "contribution", "sales", "predictability", "currency")
        .sort("sku")
    )


def _predictability(month: MonthDemand) -> pl.DataFrame:
    skus, starts = sku_starts(month.keys)
    total = np.add.reduceat(month.draws.astype(float), starts, axis=0) if len(starts) else np.zeros((0, 1))
    mean, spread = total.mean(axis=1), total.std(axis=1)
    share = np.divide(mean, mean + spread, out=np.zeros_like(mean), where=mean > 0)
    return pl.DataFrame({"sku": skus, "predictability": share}, schema_overrides={"sku": pl.String})


def sku_starts(keys: pl.DataFrame) -> tuple[pl.Series, npt.NDArray[np.int64]]:
    """The distinct SKUs of sorted `keys`, and the row each begins at."""
    firsts = keys.with_row_index("_row").unique("sku", keep="first", maintain_order=True)
    return firsts["sku"], firsts["_row"].to_numpy().astype(np.int64)


def present_modes(order_lines: pl.DataFrame, *, as_of: datetime, weeks: int = 13) -> pl.DataFrame:
    """How each SKU is sold at present: sku, mode with most units in the `weeks` before `as_of`; no row without one."""
    recent = order_lines.filter(
        (pl.col("ordered_at") < as_of)
        & (pl.col("ordered_at") >= as_of - timedelta(weeks=weeks))
        & pl.col("mode").is_not_null()
    )
    return (
        recent.group_by("sku", pl.col("mode").cast(pl.String))
        .agg(pl.col("units").sum())
        .sort(["sku", "units", "mode"], descending=[False, True, False])
        .unique("sku", keep="first", maintain_order=True)
        .select("sku", "mode")
    )
