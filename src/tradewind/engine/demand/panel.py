"""Sales as matrices: one row per SKU and market, one column per week."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.weeks import WEEK
from tradewind.engine.demand.censoring import exposure

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
NEVER = 10**6
COHORT_SHARE = 0.2


@dataclass(frozen=True)
class Panel:
    """`n` series over `w` weeks, oldest first.

    keys      sku, market, category (null where unknown), sorted by sku, market
    weeks     (w,)    Mondays, the last one the week before the first forecast week
    units     (n, w)  sold; 0 where not observed
    exposure  (n, w)  share of the week observed: 0 before the first sale and in stock-outs, else up to 1
    """

    keys: pl.DataFrame
    weeks: list[date]
    units: Floats
    exposure: Floats

    def __len__(self) -> int:
        return self.keys.height

    def until(self, count: int) -> Panel:
        """What was known after the first `count` weeks; series that had not started stay, unobserved."""
        return replace(self, weeks=self.weeks[:count], units=self.units[:, :count], exposure=self.exposure[:, :count])

    def take(self, rows: Ints) -> Panel:
        """The chosen series."""
        return replace(self, keys=self.keys[rows], units=self.units[rows], exposure=self.exposure[rows])

    def codes(self, *columns: str) -> tuple[Ints, pl.DataFrame]:
        """Group number per series, and the groups in sorted order."""
        groups = self.keys.select(columns).unique().sort(columns).with_row_index("group")
        rows = self.keys.join(groups, on=list(columns), how="left", maintain_order="left", nulls_equal=True)
        return rows["group"].to_numpy().astype(np.int64), groups.drop("group")


def panel_of(sales: pl.DataFrame, *, first_week: date, products: pl.DataFrame | None = None) -> Panel:
    """Matrices of all weeks before `first_week`, from the first week anything was sold.

    A series is observed from the week its product was launched, where `products` say so, else from its first
    sale on; and for the share of the week in which it was in stock. Products launched before `first_week` that
    never sold are there in every market, without a sale; products without launch date that never sold are not.
    """
    past = sales.filter(pl.col("week") < first_week)
    sold = past.select("sku", "market").unique()
    pairs = pl.concat([sold, _unsold(sold, products, first_week)]).sort("sku", "market")
    keys = with_category(pairs, products)
    if past.is_empty():
        return Panel(keys, [], np.zeros((0, 0)), np.zeros((0, 0)))
    start = past["week"].min()
    assert isinstance(start, date)
    weeks = [start + WEEK * i for i in range((first_week - start) // timedelta(days=7))]
    rows = past.join(keys.with_row_index("row"), on=["sku", "market"], how="left").select(
        "row", (pl.col("week") - start).dt.total_days() // 7, "units", "in_stock_share"
    )
    i, t = rows["row"].to_numpy().astype(np.int64), rows["week"].to_numpy().astype(np.int64)
    units, seen = np.zeros((keys.height, len(weeks))), np.ones((keys.height, len(weeks)))
    np.add.at(units, (i, t), rows["units"].to_numpy().astype(float))
    seen[i, t] = exposure(rows["in_stock_share"].to_numpy().astype(float))
    opened = np.maximum.accumulate(units > 0, axis=1)
    seen *= opened | (np.arange(len(weeks)) >= _launched(keys, products, start)[:, None])
    return Panel(keys, weeks, np.where(seen > 0, units, 0.0), seen)


def cohorts_of(panel: Panel) -> Ints:
    """Number (n,) of each series' cohort: 1, 2, … for markets with a fifth or more of all weeks with a sale, else 0.

    Large markets have a model of their own; small ones, noisy with few buyers, share one.
    """
    rows, markets = panel.codes("market")
    sales = np.bincount(rows, (panel.units > 0).sum(axis=1), markets.height)
    large = sales >= COHORT_SHARE * sales.sum()
    return np.where(large, np.cumsum(large), 0)[rows]


def _unsold(sold: pl.DataFrame, products: pl.DataFrame | None, first_week: date) -> pl.DataFrame:
    if products is None or "launched_on" not in products.columns:
        return sold.clear()
    new = products.filter(pl.col("launched_on") < first_week).select("sku").unique().join(sold, on="sku", how="anti")
    return new.join(sold.select("market").unique(), how="cross").select("sku", "market")


def _launched(keys: pl.DataFrame, products: pl.DataFrame | None, start: date) -> Ints:
    """Week number of each series' launch; far away where it is not known."""
    if products is None or "launched_on" not in products.columns:
        return np.full(keys.height, NEVER)
    known = products.select("sku", "launched_on").unique("sku", keep="first", maintain_order=True)
    days = keys.join(known, on="sku", how="left", maintain_order="left")["launched_on"] - start
    return (days.dt.total_days() // 7).fill_null(NEVER).to_numpy().astype(np.int64)


def with_category(keys: pl.DataFrame, products: pl.DataFrame | None) -> pl.DataFrame:
    """`keys` with the category of their SKU, null where it is not known."""
    if products is None or "category" not in products.columns:
        return keys.with_columns(category=pl.lit(None, pl.String))
    known = products.select("sku", pl.col("category").cast(pl.String)).unique("sku", keep="first", maintain_order=True)
    return keys.join(known, on="sku", how="left", maintain_order="left")
