"""The month ahead: demand in scenarios, what each SKU earns and how surely, and in which mode it is sold at present."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.errors import ParameterError
from tradewind.core.weeks import WEEKS_A_MONTH

_POISSON = 1e6

MIXED = "mixed"
"""How a SKU is sold that is in one mode here and in another there, unless one mode has all the markets it reaches."""

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
        full_weeks = int(WEEKS_A_MONTH)
        if draws.shape[1] <= full_weeks:
            raise ParameterError(
                "parameter_range", name="horizon_weeks", value=draws.shape[1], allowed=f"> {full_weeks}"
            )
        month = draws[:, :full_weeks].sum(axis=1) + (WEEKS_A_MONTH - full_weeks) * draws[:, full_weeks]
        return cls._sorted(keys, month)

    @classmethod
    def from_moments(cls, frame: pl.DataFrame, *, scenarios: int = 200, seed: int) -> MonthDemand:
        """Draws from a negative binomial with each row's `mean` and `sd` (standard deviation) of the month.

        `frame`: sku, market, mean, sd. An sd below the square root of the mean is taken as Poisson.
        """
        from tradewind.core.counts import negative_binomial
        from tradewind.core.scenarios import row_keys, sample  # Numba takes a fifth of a second, whoever asks

        mean, sd = frame["mean"].to_numpy().astype(float), frame["sd"].to_numpy().astype(float)
        excess = sd**2 - mean
        size = np.divide(mean**2, excess, out=np.full_like(mean, _POISSON), where=excess > 0)
        distribution = negative_binomial(mean, np.maximum(size, 1e-3))
        draws = sample(distribution, row_keys(frame, ["sku", "market"]), [0], scenarios, seed)[:, 0]
        return cls._sorted(frame.select("sku", "market"), draws)

    @classmethod
    def _sorted(cls, keys: pl.DataFrame, draws: Draws) -> MonthDemand:
        ordered = keys.select("sku", "market").with_row_index("_row").sort("sku", "market")
        return cls(ordered.drop("_row"), draws[ordered["_row"].to_numpy()])


def tier_facts(economics: pl.DataFrame, month: MonthDemand, present: pl.DataFrame | None = None) -> pl.DataFrame:
    """What ranks a SKU: sku, contribution and sales (base currency / month), predictability (0..1), currency.

    contribution: expected demand x unit margin in the mode each market is sold in at `present` (see `with_present`),
    else in the best mode known; null where no mode's margin is known in a market that sells.
    sales: expected demand x price.
    predictability: mean / (mean + standard deviation) of the SKU's month over all markets: 0.9 is steady, 0.3 erratic.
    """
    priced = with_present(economics.select("sku", "market", "mode", "price", "margin", "currency"), present)
    unit = priced.group_by("sku", "market").agg(
        pl.coalesce(pl.col("margin").filter(pl.col("mode") == pl.col("present")).first(), pl.col("margin").max()),
        pl.coalesce(
            pl.col("price").filter(pl.col("mode") == pl.col("present")).first(),
            pl.col("price").filter(pl.col("mode") != "full").first(),
        ),
        pl.col("currency").first(),
    )
    pairs = month.keys.with_columns(mean=pl.Series(month.draws.mean(axis=1).astype(float)))
    worth = pairs.join(unit, on=["sku", "market"], how="left", maintain_order="left")
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
    mean, sd = total.mean(axis=1), total.std(axis=1)
    share = np.divide(mean, mean + sd, out=np.zeros_like(mean), where=mean > 0)
    return pl.DataFrame({"sku": skus, "predictability": share}, schema_overrides={"sku": pl.String})


def sku_starts(keys: pl.DataFrame) -> tuple[pl.Series, npt.NDArray[np.int64]]:
    """The distinct SKUs of sorted `keys`, and the row each begins at."""
    firsts = keys.with_row_index("_row").unique("sku", keep="first", maintain_order=True)
    return firsts["sku"], firsts["_row"].to_numpy().astype(np.int64)


def present_modes(order_lines: pl.DataFrame, *, as_of: datetime, weeks: int = 13) -> pl.DataFrame:
    """How each pair is sold at present: sku, market, mode with most units in the `weeks` before `as_of`.

    A market that bought nothing in them is taken to be sold to as most of the SKU's units are; a SKU that sold nothing
    in them, or whose mode is not known, has no row.
    """
    known = order_lines.filter((pl.col("ordered_at") < as_of) & pl.col("mode").is_not_null()).select(
        "sku", "market", "units", "ordered_at", pl.col("mode").cast(pl.String)
    )
    recent = known.filter(pl.col("ordered_at") >= as_of - timedelta(weeks=weeks))
    by_market, by_sku = _most_units(recent, ["sku", "market"]), _most_units(recent, ["sku"])
    return (
        known.select("sku", "market")
        .unique()
        .join(by_sku.rename({"mode": "usual"}), on="sku")
        .join(by_market, on=["sku", "market"], how="left")
        .select("sku", "market", mode=pl.coalesce("mode", "usual"))
        .sort("sku", "market")
    )


def _most_units(lines: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    units = lines.group_by(*by, "mode").agg(pl.col("units").sum())
    first = units.sort(*by, -pl.col("units"), "mode").unique(by, keep="first", maintain_order=True)
    return first.select(*by, "mode")


def with_present(pairs: pl.DataFrame, present: pl.DataFrame | None) -> pl.DataFrame:
    """`pairs` (sku, market, …), in their order, with the column `present`: the mode of each at present, or null.

    `present`: sku, mode, and market where the markets of a SKU may differ (`present_modes`); else it holds for all.
    """
    if present is None:
        return pairs.with_columns(present=pl.lit(None, dtype=pl.String))
    by = [c for c in ("sku", "market") if c in present.columns]
    known = present.select(*by, present=pl.col("mode").cast(pl.String))
    return pairs.join(known, on=by, how="left", maintain_order="left")


def sku_present_mode(economics: pl.DataFrame, pairs: pl.DataFrame, present: pl.DataFrame | None) -> pl.DataFrame:
    """In which mode a SKU counts as being sold: sku, previous_mode; no row where nothing is known of it.

    That of all its `pairs` (sku, market), else the one that all markets it reaches (by its rows in `economics`) are
    sold in, the others being beyond its reach: a SKU stocked abroad for two markets and sent to the rest from home is
    overseas stock. Else MIXED.
    """
    known = with_present(pairs.select("sku", "market"), present).drop_nulls("present")
    offered = economics.select("sku", "market", pl.col("mode").cast(pl.String)).unique()
    covers_all = (
        known.join(offered, on=["sku", "market"])
        .group_by("sku", "mode")
        .agg(pl.len(), all=(pl.col("mode") == pl.col("present")).all())
        .filter("all")
        .sort("sku", -pl.col("len").cast(pl.Int64), "mode")
        .unique("sku", keep="first", maintain_order=True)
        .select("sku", reached="mode")
    )
    pure = pl.when(pl.col("present").n_unique() == 1).then(pl.col("present").first())
    return (
        known.group_by("sku")
        .agg(pure=pure)
        .join(covers_all, on="sku", how="left")
        .select("sku", previous_mode=pl.coalesce("pure", "reached", pl.lit(MIXED)))
        .sort("sku")
    )
