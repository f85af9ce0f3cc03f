"""What is sold, what runs out and what to buy, SKU by SKU, from orders and stock alone.

No warehouse, freight card, mode or margin is needed, so that this stands where the stock plan cannot be worked out. A
purchase is the order-up-to level of periodic review (Silver, Pyke & Peterson, chapter 7): the quantile, at the service
level, of demand until the goods of the next order are there, less what is there and on the way, in whole cartons from
the supplier's minimum on. It weighs no money; the stock plan does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.errors import ParameterError
from tradewind.core.money import convert
from tradewind.engine.demand import DemandPaths

COLUMNS: Final = (
    "sku", "supplier", "sold_units", "expected_units", "available_units", "on_the_way_units", "weeks_of_cover",
    "stockout_odds", "buy_units", "lost_units", "unit_contribution", "contribution_lost", "lead_time_days", "currency",
    "reason",
)  # fmt: skip
WEEKS_SHOWN: Final = 4
_DAYS_A_WEEK: Final = 7
_ROUNDING: Final = 1e-9


@dataclass(frozen=True)
class SupplyParams:
    """service_level: odds of serving all demand until the next order's goods are there, 0 to 1; review_weeks: until it
    can be placed, >= 1; lead_time_days_if_unknown: of products without one, >= 0."""

    service_level: float = 0.9
    review_weeks: int = 1
    lead_time_days_if_unknown: float = 14.0

    def __post_init__(self) -> None:
        for name, good, allowed in (
            ("service_level", 0 < self.service_level < 1, "between 0 and 1"),
            ("review_weeks", self.review_weeks >= 1, ">= 1"),
            ("lead_time_days_if_unknown", self.lead_time_days_if_unknown >= 0, ">= 0"),
        ):
            if not good:
                raise ParameterError("parameter_range", name=name, value=getattr(self, name), allowed=allowed)


def supply_outlook(
    paths: DemandPaths,
    position: pl.DataFrame,
    products: pl.DataFrame,
    sales: pl.DataFrame,
    *,
    first_week_share: float,
    base: str,
    params: SupplyParams | None = None,
) -> pl.DataFrame:
    """One row per SKU with expected demand, sorted by sku: COLUMNS.

    `position`: of `stock_position`; `sales`: sku, sold_units of the last WEEKS_SHOWN weeks, unit_contribution (of the
    function of that name; null if not known). `first_week_share` of the first week is still to come.

    expected_units: over the next WEEKS_SHOWN weeks. weeks_of_cover: until expected demand has used up what is there and
    on the way, beyond the horizon at its mean pace. stockout_odds: that demand until the next order's goods arrive is
    more; lost_units: by how much, expected; contribution_lost: what they would have contributed. Where no stock was
    counted, cover, odds and purchase are null. Goods on the way count as there. Not promised: transfers between
    warehouses, room, stock in the wrong place.
    """
    params = params or SupplyParams()
    skus = paths.keys.select("sku").unique(maintain_order=True).with_row_index("at")
    rows = _rows(skus, position, products, sales, params)
    stock = rows["stock"].fill_null(0).to_numpy().astype(float)
    weekly = np.zeros((skus.height, *paths.draws.shape[1:]))
    np.add.at(weekly, paths.keys.join(skus, on="sku", maintain_order="left")["at"].to_numpy(), paths.draws)
    weekly[:, 0] *= first_week_share
    until = weekly.cumsum(axis=1)
    need = until[np.arange(skus.height), rows["weeks"].to_numpy().clip(1, len(paths.weeks)) - 1]
    level = np.ceil(np.quantile(need, params.service_level, axis=1) - _ROUNDING)
    known = pl.col("stock").is_not_null()
    rows = rows.with_columns(
        expected_units=pl.Series(weekly[:, :WEEKS_SHOWN].sum(axis=1).mean(axis=1)),
        cover=pl.Series(_cover(until.mean(axis=2), stock), nan_to_null=True),
        odds=pl.Series((need > stock[:, None] + _ROUNDING).mean(axis=1)),
        lost=pl.Series(np.maximum(need - stock[:, None], 0.0).mean(axis=1)),
        short=pl.Series(np.maximum(level - stock, 0.0).astype(np.int64)),
    )
    cartons = pl.max_horizontal(pl.col("short"), "moq_units") / pl.col("carton_units")
    buy = pl.when(pl.col("short") > 0).then(cartons.ceil().cast(pl.Int64) * pl.col("carton_units")).otherwise(0)
    rows = rows.with_columns(
        weeks_of_cover=pl.when(known).then("cover"),
        stockout_odds=pl.when(known).then("odds"),
        lost_units=pl.when(known).then("lost"),
        buy_units=pl.when(known).then(buy),
        currency=pl.lit(base),
    )
    lost_money = pl.col("lost_units") * pl.max_horizontal("unit_contribution", pl.lit(0.0))
    return rows.with_columns(
        contribution_lost=pl.when(pl.col("unit_contribution").is_not_null()).then(lost_money), reason=_reason()
    ).select(COLUMNS)


def unit_contribution(
    economics: pl.DataFrame, expected: pl.DataFrame, products: pl.DataFrame, fx: pl.DataFrame, on: date, base: str
) -> pl.DataFrame:
    """sku, unit_contribution: the price of a unit less what it costs to buy, in `base`, before fees, freight and tax.

    `economics` (sku, market, mode, price) holds the price, that of retail where there is one; `expected` (sku, market,
    monthly_units) weighs markets whose price is known. Null where no price, cost or rate is known.
    """
    pair = ["sku", "market"]
    prices = economics.sort(pl.col("mode") == "full", "mode").drop_nulls("price").unique(pair, keep="first")
    weighed = expected.join(prices.select(*pair, "price"), on=pair)
    weight = pl.col("monthly_units") + _ROUNDING
    price = weighed.group_by("sku").agg(price=(pl.col("price") * weight).sum() / weight.sum())
    costs = products.select("sku", "unit_cost", "currency", day=pl.lit(on))
    costs = costs.with_columns(convert(costs, "unit_cost", "currency", "day", base, fx))
    found = price.join(costs, on="sku", how="left")
    return found.select("sku", unit_contribution=pl.col("price") - pl.col("unit_cost")).sort("sku")


def _rows(
    skus: pl.DataFrame,
    position: pl.DataFrame,
    products: pl.DataFrame,
    sales: pl.DataFrame,
    params: SupplyParams,
) -> pl.DataFrame:
    """The SKUs with what is known of each: stock, supplier, lead time, minimum and cartons, sales, contribution."""
    there = position.group_by("sku").agg(pl.col("available_units", "on_the_way_units").sum())
    terms = products.select("sku", "supplier", "supplier_lead_time_days", "moq_units", "carton_units")
    rows = skus
    for frame in (there, terms, sales.select("sku", "sold_units", "unit_contribution")):
        rows = rows.join(frame, on="sku", how="left", maintain_order="left")
    lead = pl.col("supplier_lead_time_days").cast(pl.Float64)
    rows = rows.with_columns(
        stock=pl.col("available_units") + pl.col("on_the_way_units").fill_null(0),
        lead_time_days=lead,
        weeks=(lead.fill_null(params.lead_time_days_if_unknown) / _DAYS_A_WEEK).ceil().cast(pl.Int64)
        + params.review_weeks,
    )
    return rows.with_columns(
        pl.col("sold_units").fill_null(0),
        pl.col("moq_units").fill_null(1),
        pl.col("carton_units").fill_null(1).clip(lower_bound=1),
    )


def _cover(until: npt.NDArray[np.float64], stock: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Weeks until `stock` (rows,) is used up by expected demand, `until` (rows, weeks) cumulated; NaN without any."""
    weeks = until.shape[1]
    before = np.hstack([np.zeros((len(until), 1)), until[:, :-1]])
    out = (until >= stock[:, None]) & (until > 0)
    at = out.argmax(axis=1)
    row = np.arange(len(until))
    of_week = until[row, at] - before[row, at]
    with np.errstate(divide="ignore", invalid="ignore"):
        within = at + (stock - before[row, at]) / of_week
        beyond = weeks + (stock - until[:, -1]) / (until[:, -1] / weeks)
    cover = np.where(out.any(axis=1), within, beyond)
    return np.where(until[:, -1] > 0, np.maximum(cover, 0.0), np.nan)


def _reason() -> pl.Expr:
    """The id of the sentence that says what to do."""
    return (
        pl.when(pl.col("buy_units").is_null())
        .then(pl.lit("supply_no_stock"))
        .when(pl.col("buy_units") == 0)
        .then(pl.lit("supply_enough"))
        .when(pl.col("lead_time_days").is_null())
        .then(pl.lit("supply_buy_lead_assumed"))
        .otherwise(pl.lit("supply_buy"))
    )
