"""The waterfall itself: what is left of the paid amount, line by line, when everything is paid for.

margin = revenue - base service fee - operation fee - oversize - commission - affiliates - freight - surcharges - duty
         - tax - exchange - product cost - inbound - late fee - returns - capital - advertising

Before the fact the late fee, surcharges and returns are expected ones, by their odds; where an outcome is known
(inbound day, return, fault) it takes the odds' place. The report on past orders, the outlook per SKU and a quote come
through `valued`, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tradewind.core.money import added, rates_to
from tradewind.core.rules import Rules
from tradewind.core.tables import MODES
from tradewind.engine.margin.cards import with_bracket
from tradewind.engine.margin.costing import Costing
from tradewind.engine.margin.customs import border_columns
from tradewind.engine.margin.freight import billable_g, card_freight, divisor, with_card, with_parcel_weight
from tradewind.engine.margin.outcomes import returns_cost, with_outcomes
from tradewind.engine.margin.terms import terms_on, terms_under

COSTS = (
    "base_service_fee", "operation_fee", "oversize_fee", "commission", "affiliate_cost", "freight", "surcharges",
    "duty", "tax", "fx_cost", "product_cost", "inbound_cost", "late_cost", "returns_cost", "capital_cost", "ad_cost",
)  # fmt: skip
COMPONENTS = ("revenue", *COSTS)

HIGHEST_RATE = 0.95
"""Returns are never taken to be surer than this."""
_DAYS_A_YEAR = 365
_MODE = pl.Enum(MODES)


def with_products(lines: pl.DataFrame, products: pl.DataFrame) -> pl.DataFrame:
    """`lines` with each SKU's category, cost, weight_g, volume_cm3 and its sides in cm."""
    sides = [pl.col(f"{side}_mm") / 10 for side in ("length", "width", "height")]
    digits = pl.col("hs_code").str.replace_all(r"\D", "")
    digits = pl.when(digits.str.len_chars() >= 6).then(digits)
    battery = pl.col("battery") if "battery" in products.columns else pl.lit(None)
    facts = products.select(
        "sku",
        "category",
        hs6=digits.str.slice(0, 6),
        hs10=digits,
        battery=battery.cast(pl.Float64),
        unit_cost="unit_cost",
        weight_g="weight_g",
        carton_units=pl.col("carton_units").cast(pl.Float64),
        cost_currency="currency",
        volume_cm3=sides[0] * sides[1] * sides[2],
        longest_cm=pl.when(~pl.any_horizontal(s.is_null() for s in sides)).then(pl.max_horizontal(sides)),
        longest_known_cm=pl.max_horizontal(sides),
        sides_cm=sides[0] + sides[1] + sides[2],
    )
    return lines.join(facts, on="sku", how="left", maintain_order="left")


def with_terms(lines: pl.DataFrame, rules: Rules, costing: Costing) -> pl.DataFrame:
    """`lines` (mode, market, day) with the terms of that mode and market on that day, and whether the unit is
    oversize."""
    lines = lines.with_columns(pl.col("mode").cast(pl.String).cast(_MODE))
    keys = ["mode", "market", "day"]
    terms = terms_on(lines.select(keys).unique(), rules, costing.base, costing.fx)
    return _with_oversize(lines.join(terms, on=keys, how="left", nulls_equal=True, maintain_order="left"))


def with_terms_under(lines: pl.DataFrame, variants: Sequence[Rules], costing: Costing) -> pl.DataFrame:
    """`lines` (mode, market, day, variant) with the terms under the rules its `variant` is the number of."""
    lines = lines.with_columns(pl.col("mode").cast(pl.String).cast(_MODE))
    keys = ["mode", "market", "day"]
    terms = terms_under(lines.select(keys).unique(), variants, costing.base, costing.fx)
    keys = ["variant", *keys]
    return _with_oversize(lines.join(terms, on=keys, how="left", nulls_equal=True, maintain_order="left"))


def _with_oversize(lines: pl.DataFrame) -> pl.DataFrame:
    beyond = (
        (pl.col("longest_known_cm") > pl.col("longest_side_cm")).fill_null(False)
        | (pl.col("sides_cm") > pl.col("three_sides_cm")).fill_null(False)
        | (pl.col("weight_g") > pl.col("oversize_g")).fill_null(False)
    )
    measured = pl.all_horizontal(
        pl.col(c).is_not_null()
        for c in ("longest_cm", "sides_cm", "weight_g", "longest_side_cm", "three_sides_cm", "oversize_g")
    )
    return lines.with_columns(oversize=pl.when(beyond).then(True).when(measured).then(False))


def with_rate(lines: pl.DataFrame, currency: str, day: str, name: str, costing: Costing) -> pl.DataFrame:
    """`lines` with `name`, the rate of column `currency` into base on the line's own `day`; null if unknown."""
    if lines[currency].null_count() == 0 and lines[currency].unique().to_list() in ([costing.base], []):
        return lines.with_columns(pl.lit(1.0).alias(name))
    rates = rates_to(costing.base, lines.select(currency=currency, day=day).unique(), costing.fx)
    rates = rates.drop_nulls().rename({"currency": currency, "day": day, "rate": name})
    return lines.join(rates, on=[currency, day], how="left", maintain_order="left")


def valued(lines: pl.DataFrame, costing: Costing) -> pl.DataFrame:
    """`lines` with the money columns of COMPONENTS, margin, margin_known_part, unknown, billable_g, currency.

    In: sku, market, mode, day, units, revenue (base currency), currency (paid in), service, node, order_share (of what
    is paid per order, 0..1), order_oversize, order_weight_g, order_volume_cm3, order_value, order_headings and
    order_headings_10 (distinct HS numbers), shipping_paid (by the buyer, in base; null if not stated), sent_freight (of
    the line; null if not sent), and what `with_products` and `with_terms` add; optional outcome columns, see
    outcomes.py. Costs are positive. A component that cannot be known is null and named in `unknown`; the margin is then
    null, and `margin_known_part` is revenue less the known costs.
    """
    lines = with_card(lines, costing.services, costing.nodes)
    for currency, rate in (
        ("card_currency", "card_rate"),
        ("cost_currency", "cost_rate"),
        ("node_currency", "node_rate"),
    ):
        lines = with_rate(lines, currency, "day", rate, costing)
    brackets = costing.brackets
    lines = with_bracket(with_parcel_weight(lines), brackets).with_columns(tiered=tiered(brackets))
    lines = _with_returns_rate(lines, costing.returns_rate, costing.returns_factors)
    lines = _with_own_rates(lines, costing)
    lines = with_outcomes(_with_late_record(lines, costing.late_odds))
    share = pl.col("order_share")
    lines = lines.with_columns(
        base_service_fee=_times("base_service_share", _fee_base()),
        operation_fee=pl.col("operation_fee_order") * share,
        oversize_fee=pl.when((pl.col("oversize_fee_order") == 0) | ~pl.col("order_oversize"))
        .then(0.0)
        .when(pl.col("order_oversize"))
        .then(pl.col("oversize_fee_order") * share),
        commission=_times("commission_share", pl.col("revenue")),
        affiliate_cost=_times("affiliate_orders", _times("affiliate_commission", pl.col("revenue"))),
        freight=_freight(),
        surcharges=pl.when(pl.col("freight_paid_by") != "seller")
        .then(0.0)
        .when(pl.col("freight_paid_by").is_not_null())
        .then(_surcharges() * share),
        **border_columns(),
        fx_cost=pl.when(pl.col("currency") == costing.base).then(0.0).otherwise(_times("fx_spread", pl.col("revenue"))),
        product_cost=pl.col("unit_cost") * pl.col("units") * pl.col("cost_rate"),
        inbound_cost=_inbound_unit() * pl.col("units") + _times("box_share", _times("box_fee_order", _boxes())),
        late_cost=pl.col("late_fee_order") * pl.col("late_odds") * share,
        ad_cost=pl.when(pl.col("mode") == "full")
        .then(0.0)
        .otherwise(pl.coalesce(pl.col("ad_per_unit") * pl.col("units"), _times("ads_share", pl.col("revenue")))),
        billable_g=billable_g(),
        divisor_used=divisor(),
    )
    lines = lines.with_columns(
        returns_cost=returns_cost(),
        capital_cost=(pl.col("product_cost") + pl.col("inbound_cost"))
        * pl.col("capital_rate")
        * pl.col("capital_days")
        / _DAYS_A_YEAR,
    )
    return _with_margin(lines).with_columns(currency=pl.lit(costing.base))


def _freight() -> pl.Expr:
    """What the seller bears of the freight; less than nothing where a buyer paid more for shipping than it cost.

    In an own shop the bill less what the buyer paid for shipping, if the order says; where the bill is not known, what
    was paid is taken to cover it. Else whoever the rules name pays all of it.
    """
    bill = pl.coalesce("sent_freight", card_freight())
    paid = pl.when(pl.col("mode").cast(pl.String) == "own").then("shipping_paid")
    covered = pl.when(paid > 0).then(0.0)
    return (
        pl.when(paid.is_not_null())
        .then(pl.coalesce(bill - paid, covered))
        .when(pl.col("freight_paid_by") == "seller")
        .then(bill)
        .when(pl.col("freight_paid_by").is_not_null())
        .then(0.0)
    )


def tiered(brackets: pl.DataFrame | None) -> pl.Expr:
    """Whether the card of a lane has tiers: its price stands in them alone."""
    if brackets is None or brackets.is_empty():
        return pl.lit(False)
    lanes = brackets.select("service", "node", "market").unique()
    return pl.struct(pl.col(c).cast(pl.String) for c in ("service", "node", "market")).is_in(
        lanes.select(pl.struct("service", "node", "market")).to_series().implode()
    )


def _with_own_rates(lines: pl.DataFrame, costing: Costing) -> pl.DataFrame:
    """`lines` with own_duty_rate and ad_per_unit of their SKU and market; null where not stated."""
    for given, column, name in (
        (costing.duty_rates, "duty_rate", "own_duty_rate"),
        (costing.ad_costs, "ad_per_unit", "ad_per_unit"),
    ):
        if given is None:
            lines = lines.with_columns(pl.lit(None, dtype=pl.Float64).alias(name))
        else:
            own = given.select("sku", "market", pl.col(column).alias(name))
            lines = lines.join(own, on=["sku", "market"], how="left", maintain_order="left")
    return lines


def _fee_base() -> pl.Expr:
    """What the base service fee is a share of: the paid amount, with its tax or without, as the text is read."""
    net = pl.when(pl.col("tax_in_paid") == "yes").then(pl.col("revenue") / (1 + pl.col("vat_rate")))
    gross = pl.when(pl.col("tax_in_paid") == "yes").then(pl.col("revenue"))
    return (
        pl.when(pl.col("fee_base") == "paid_amount_with_freight_and_tax")
        .then(gross.otherwise(pl.col("revenue") * (1 + pl.col("vat_rate"))))
        .when(pl.col("fee_base") == "goods_after_coupons")
        .then(net.otherwise(pl.col("revenue")))
        .otherwise("revenue")
    )


def _surcharges() -> pl.Expr:
    """Expected surcharges of an order's parcels: each by its odds; a battery is certain where the goods say so."""
    remote = pl.col("remote_fee") * pl.col("remote_odds")
    battery = pl.col("battery_fee") * pl.coalesce("battery", "battery_odds")
    return (remote + battery) * pl.col("order_parcels")


def _boxes() -> pl.Expr:
    """How many repackings a line is charged for: its share of its order's, or of a carton of its units."""
    per_carton = pl.col("units") / pl.col("carton_units")
    return pl.when(pl.col("box_per") == "carton").then(per_carton).otherwise("order_share")


def _with_returns_rate(lines: pl.DataFrame, rates: pl.DataFrame | None, factors: pl.DataFrame | None) -> pl.DataFrame:
    """`lines` with the returns_rate of their SKU and the mean category_rate (null: no record to compare with), both as
    they are in the line's market."""
    if rates is None:
        return lines.with_columns(returns_rate=pl.col("assumed_returns"), category_rate=pl.lit(None, dtype=pl.Float64))
    if "category_rate" not in rates.columns:
        rates = rates.with_columns(category_rate=pl.lit(None, dtype=pl.Float64))
    own = rates.select("sku", "returns_rate", "category_rate")
    found = lines.join(own, on="sku", how="left", maintain_order="left")
    found = found.with_columns(pl.coalesce("returns_rate", "assumed_returns").alias("returns_rate"))
    if factors is None or factors.is_empty():
        return found
    found = found.join(factors.select("market", "returns_factor"), on="market", how="left", maintain_order="left")
    factor = pl.col("returns_factor").fill_null(1.0)
    return found.with_columns(
        (pl.col(c) * factor).clip(0.0, HIGHEST_RATE) for c in ("returns_rate", "category_rate")
    ).drop("returns_factor")


def _with_late_record(lines: pl.DataFrame, odds: pl.DataFrame | None) -> pl.DataFrame:
    """`lines` with late_record: how often goods of their SKU came later than the limit read; null without a record."""
    if odds is None or odds.is_empty():
        return lines.with_columns(late_record=pl.lit(None, dtype=pl.Float64))
    read = ["late_t", "late_days"]
    every = odds.filter(pl.col("sku").is_null()).select(*read, _of_all="late_by")
    own = odds.filter(pl.col("sku").is_not_null()).select("sku", *read, _own="late_by")
    lines = lines.join(every, on=read, how="left", maintain_order="left")
    lines = lines.join(own, on=["sku", *read], how="left", maintain_order="left")
    days = pl.col("late_after_days").cast(pl.Int64)
    return lines.with_columns(late_record=pl.coalesce("_own", "_of_all").list.get(days, null_on_oob=True)).drop(
        "_own", "_of_all"
    )


def _times(share: str, amount: pl.Expr) -> pl.Expr:
    """A share of an amount: nothing of an unknown amount is nothing, not unknown."""
    return pl.when(pl.col(share) == 0).then(0.0).otherwise(pl.col(share) * amount)


def _inbound_unit() -> pl.Expr:
    """Cost of getting one unit into the warehouse: the warehouse's own where it is sent in bulk, else the rule's."""
    bulk = pl.col("mode").is_in(pl.Series(["semi_stocked", "overseas", "full"], dtype=_MODE).implode())
    own = pl.col("inbound_cost_per_unit") * pl.col("node_rate")
    return pl.when(bulk).then(pl.coalesce(own, "inbound_unit")).otherwise("inbound_unit")


def _with_margin(lines: pl.DataFrame) -> pl.DataFrame:
    known_costs = added(pl.col(c).fill_null(0.0) for c in COSTS)
    known_part = pl.col("revenue") - known_costs
    mask = pl.sum_horizontal(pl.col(c).is_null().cast(pl.UInt32) * 2**i for i, c in enumerate(COMPONENTS))
    lines = lines.with_columns(margin_known_part=known_part, _mask=mask)
    masks = lines["_mask"].unique().sort().to_list()
    names = pl.DataFrame(
        {
            "_mask": pl.Series(masks, dtype=lines["_mask"].dtype),
            "unknown": pl.Series(
                [[c for i, c in enumerate(COMPONENTS) if m >> i & 1] for m in masks], dtype=pl.List(pl.String)
            ),
        }
    )
    return (
        lines.join(names, on="_mask", how="left", maintain_order="left")
        .with_columns(margin=pl.when(pl.col("_mask") == 0).then("margin_known_part"))
        .drop("_mask")
    )
