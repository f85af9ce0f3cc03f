"""What one unit of a SKU earns in a market, in each mode, at the price it sells for now: `unit_economics`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from tradewind.core.errors import ParameterError
from tradewind.core.rules import Rules
from tradewind.core.weeks import WEEKS_A_MONTH
from tradewind.engine.margin.cards import with_bracket
from tradewind.engine.margin.costing import Costing
from tradewind.engine.margin.freight import card_freight, with_card, with_parcel_weight
from tradewind.engine.margin.lines import known_lines, sold_lines
from tradewind.engine.margin.routes import main_routes, routes_on
from tradewind.engine.margin.value import (
    COMPONENTS,
    tiered,
    valued,
    with_products,
    with_rate,
    with_terms,
)

OFFERED = ("semi_stocked", "semi_jit", "pop", "overseas")
"""Full-managed is not offered while no supply price is known; own shops are not a platform mode."""
_SUPPLIED = "full"

LEAST_KNOWN = 0.5
"""Share of a mode's parcels whose price must be known for their mean to stand for all."""
_CM3_PER_M3 = 1e6


@dataclass(frozen=True)
class EconomicsParams:
    """`recent_weeks`: the typical price is taken over this many weeks up to the pair's own last sale."""

    recent_weeks: int = 13
    modes: tuple[str, ...] = OFFERED

    def __post_init__(self) -> None:
        if self.recent_weeks < 1:
            raise ParameterError("parameter_range", name="recent_weeks", value=self.recent_weeks, allowed=">= 1")


def unit_economics(
    order_lines: pl.DataFrame,
    rules: Rules,
    costing: Costing | None = None,
    *,
    as_of: datetime,
    params: EconomicsParams | None = None,
    prices: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """The waterfall of one more unit sold, per sku x market that ever sold x mode it could sell in, in `costing.base`.

    Price: revenue per unit, units-weighted over the last `recent_weeks` weeks up to the pair's own last
    sale (`last_sold_on`), at the exchange rate of `as_of` (of the sale's day where that is unknown), the same in every
    mode; what is charged per order is spread over `units_per_order`, which
    counts all SKUs of the orders. Only lines known by `as_of` count; rules, freight and rates are those of that day.
    In full-managed the price is the supply price its own lines were paid at, and no other mode takes that for its own.
    `prices` (sku, mode, price in base currency; market where it differs by market) replaces the typical price.
    Freight is the mean over the ways the mode's parcels go (`costing.routes`, see `route_mix`) whose price is known;
    service and node are the way of most. An order is taken to hold one HS heading. Modes are those of `params` and any
    other the pair sells in already; overseas only where a warehouse abroad has a freight card to the market.
    A seller with nothing but own shops is offered no platform.
    Unknown components are null and named, as in `landed_margin`, whose function this is.

    Returns, sorted: sku, market, mode, price, units_per_order, the components, margin, margin_known_part,
    unknown, storage_month (of one unit kept a month; null if unknown, 0 where the mode stores nothing), service, node,
    billable_g, last_sold_on, currency.
    """
    costing, params = costing or Costing(), params or EconomicsParams()
    sold = sold_lines(known_lines(order_lines, as_of)).with_columns(pl.col("mode").cast(pl.String))
    sent = costing.parcels.filter((pl.col("known_at") <= as_of).fill_null(True))
    routes = routes_on(costing.services, costing.nodes, sent, costing.routes)
    lines = _offers(sold, params).join(main_routes(routes), on=["mode", "market"], how="left")
    lines = lines.filter((pl.col("mode") != "overseas") | pl.col("service").is_not_null() | pl.col("sells"))
    lines = _with_prices(_with_typical_sales(lines, sold, costing, params, as_of.date()), prices)
    lines = lines.with_columns(day=pl.lit(as_of.date()), units=pl.lit(1.0), revenue=pl.col("price"))
    lines = with_terms(with_products(lines, costing.products), rules, costing).with_columns(
        order_share=1.0 / pl.col("units_per_order"),
        order_value=pl.col("revenue") * pl.col("units_per_order"),
        order_headings=pl.lit(1.0),
        order_headings_10=pl.lit(1.0),
        order_oversize="oversize",
        order_weight_g=pl.col("weight_g") * pl.col("units_per_order"),
        order_volume_cm3=pl.col("volume_cm3") * pl.col("units_per_order"),
    )
    lines = lines.with_columns(sent_freight=_mean_freight(lines, routes, costing))
    out = valued(lines, costing).with_columns(storage_month=_storage_month())
    return out.select(
        "sku", "market", pl.col("mode").cast(pl.String), "price", "units_per_order", *COMPONENTS,
        "margin", "margin_known_part", "unknown", "storage_month", "service", "node", "billable_g",
        "last_sold_on", "currency",
    ).sort("sku", "market", "mode")  # fmt: skip


def _offers(sold: pl.DataFrame, params: EconomicsParams) -> pl.DataFrame:
    """sku, market, mode, sells: the modes a pair sells in, and those of `params` unless there are only own shops."""
    sells = sold.select("sku", "market", "mode", sells=True).drop_nulls("mode").unique()
    if sells["mode"].unique().to_list() == ["own"]:
        return sells
    retailed = sold if _SUPPLIED in params.modes else sold.filter(~_is_supplied())
    offered = retailed.select("sku", "market").unique().join(pl.DataFrame({"mode": params.modes}), how="cross")
    keys = ["sku", "market", "mode"]
    return offered.join(sells, on=keys, how="full", coalesce=True).with_columns(pl.col("sells").fill_null(False))


def _is_supplied() -> pl.Expr:
    return (pl.col("mode") == _SUPPLIED).fill_null(False)


def _with_typical_sales(
    lines: pl.DataFrame, sold: pl.DataFrame, costing: Costing, params: EconomicsParams, today: date
) -> pl.DataFrame:
    """`lines` with the price their mode was sold at: retail, or the supply price (null where none was paid). How many
    units an order holds is that of the other kind of sale where there is none of their own."""
    pair = ["sku", "market"]
    retail = _typical_sales(sold.filter(~_is_supplied()), costing, params, today)
    supplied = _typical_sales(sold.filter(_is_supplied()), costing, params, today)
    lines = lines.join(retail, on=pair, how="left", maintain_order="left")
    lines = lines.join(supplied, on=pair, how="left", maintain_order="left", suffix="_supplied")
    own = pl.col("price_supplied")
    rest = [c for c in retail.columns if c not in (*pair, "price")]
    return lines.with_columns(
        pl.when(_is_supplied()).then(own).otherwise("price").alias("price"),
        *(
            pl.when(_is_supplied())
            .then(pl.coalesce(f"{c}_supplied", c))
            .otherwise(pl.coalesce(c, f"{c}_supplied"))
            .alias(c)
            for c in rest
        ),
    ).drop("price_supplied", *(f"{c}_supplied" for c in rest))


def _with_prices(lines: pl.DataFrame, prices: pl.DataFrame | None) -> pl.DataFrame:
    if prices is None:
        return lines
    key = [c for c in ("sku", "market", "mode") if c in prices.columns]
    given = prices.select(pl.col(c).cast(pl.String) for c in key).with_columns(stated=prices["price"])
    lines = lines.join(given, on=key, how="left", maintain_order="left")
    return lines.with_columns(price=pl.coalesce("stated", "price")).drop("stated")


def _typical_sales(lines: pl.DataFrame, costing: Costing, params: EconomicsParams, today: date) -> pl.DataFrame:
    """Per sku x market: price per unit (base currency), units_per_order, last_sold_on, shipping_paid per unit (of lines
    in own shops).

    units_per_order = units / sum over orders of the SKU's share of that order's units, so that fee / units_per_order
    is what a unit really bore of the orders' fees.
    """
    span = timedelta(weeks=params.recent_weeks)
    last = pl.col("ordered_at").max().over("sku", "market")
    order_units = pl.col("units").sum().over("order_no")
    lines = lines.with_columns(share=pl.col("units") / order_units, last=last, today=pl.lit(today))
    lines = with_rate(lines.filter(pl.col("ordered_at") > pl.col("last") - span), "currency", "day", "rate", costing)
    lines = with_rate(lines, "currency", "today", "rate_today", costing)
    worth = pl.col("revenue") * pl.coalesce("rate_today", "rate")
    priced = worth.is_not_null()
    shipping = pl.col("shipping_paid") * pl.coalesce("rate_today", "rate")
    shipped = (pl.col("mode") == "own").fill_null(False) & shipping.is_not_null()
    return (
        lines.group_by("sku", "market", maintain_order=True)
        .agg(
            price=pl.when(priced.any()).then(worth.sum() / pl.col("units").filter(priced).sum()),
            units_per_order=pl.col("units").sum() / pl.col("share").sum(),
            last_sold_on=pl.col("last").max().cast(pl.Date),
            shipping_paid=pl.when(shipped.any()).then(
                shipping.filter(shipped).sum() / pl.col("units").filter(shipped).sum()
            ),
            currency=pl.col("currency").last(),
        )
        .sort("sku", "market")
    )


def _mean_freight(lines: pl.DataFrame, routes: pl.DataFrame, costing: Costing) -> pl.Series:
    """A unit's freight over the ways its mode's parcels go, by their shares; null where there is but one, or where the
    price is known on less than half of them. A way on which the order needs more parcels than on another is not taken.
    """
    several = routes.filter(pl.len().over("mode", "market") > 1)
    if several.is_empty():
        return pl.Series([None] * lines.height, dtype=pl.Float64)
    needed = (
        "_line", "mode", "market", "day", "units", "order_share", "weight_g", "volume_cm3", "order_weight_g",
        "order_volume_cm3", "divisor_standard", "divisor_economy", "divisor_express",
    )  # fmt: skip
    several = several.with_columns(pl.col("mode").cast(lines["mode"].dtype))
    ways = (
        lines.with_row_index("_line").select(needed).join(several, on=["mode", "market"], maintain_order="left_right")
    )
    ways = with_rate(with_card(ways, costing.services, costing.nodes), "card_currency", "day", "card_rate", costing)
    brackets = costing.brackets
    ways = with_bracket(with_parcel_weight(ways), brackets).with_columns(tiered=tiered(brackets))
    fewest = pl.col("order_parcels") == pl.col("order_parcels").min().over("_line")
    ways = ways.with_columns(freight=card_freight()).filter(fewest)
    known = pl.col("freight").is_not_null()
    mean = (pl.col("freight") * pl.col("share")).sum() / pl.col("share").filter(known).sum()
    enough = pl.col("share").filter(known).sum() >= LEAST_KNOWN * pl.col("share").sum()
    found = ways.group_by("_line", maintain_order=True).agg(freight=pl.when(enough).then(mean))
    return lines.select(pl.int_range(pl.len(), dtype=pl.get_index_type()).alias("_line")).join(
        found, on="_line", how="left", maintain_order="left"
    )["freight"]


def _storage_month() -> pl.Expr:
    """Keeping one unit a month where the mode stocks ahead: the warehouse's own price, else the rule's."""
    per_m3 = pl.coalesce(pl.col("storage_cost_per_m3_week") * pl.col("node_rate"), "storage_m3_week")
    stocked = pl.col("storage_m3_week").is_null() | (pl.col("storage_m3_week") > 0)
    return pl.when(stocked).then(pl.col("volume_cm3") / _CM3_PER_M3 * per_m3 * WEEKS_A_MONTH).otherwise(0.0)
