"""What every past or planned order line earns: `landed_margin`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.margin.costing import Costing
from tradewind.engine.margin.freight import sent_parcels
from tradewind.engine.margin.lines import KEY, sold_lines
from tradewind.engine.margin.outcomes import OUTCOMES
from tradewind.engine.margin.routes import main_routes, routes_on
from tradewind.engine.margin.value import COMPONENTS, valued, with_products, with_rate, with_terms, with_terms_under


def landed_margin(
    order_lines: pl.DataFrame,
    rules: Rules,
    costing: Costing | None = None,
    *,
    outcomes: pl.DataFrame | None = None,
    on: date | None = None,
    in_full: bool = False,
) -> pl.DataFrame:
    """The waterfall of every order line, in `costing.base` currency: paid amount, each cost, what is left.

    `order_lines` is the table of core.tables; without `costing` nothing but the rules is known, and what goods weigh
    and cost is unknown. Rules and exchange rates are those of the order's own UTC day, or of the day `on`. Revenue is
    the paid amount, else price x units less discount. What is charged per order is shared by its lines in proportion
    to units; freight is the parcels' bill where all of it is known, else the card's (see freight.py), on the parcel's
    service or on the one the mode usually takes, less what the buyer of an own shop paid for shipping. Cancelled lines
    are left out: no sale. `outcomes` (platform, shop, order_id and columns of outcomes.py) puts what happened in the
    place of odds. Fines other than the late fee are not in it.

    Returns, sorted by key: platform, shop, order_id, line_no, sku, market, mode, ordered_at, units, service, node,
    billable_g (per unit), revenue, the costs (positive), margin, margin_known_part, unknown, currency. What
    is not known (weight, cost, rate, card, mode) makes its component null, is named in `unknown`, and makes the
    margin null; it is never zero. `in_full` adds every term and quantity it was computed from. Raises
    MissingColumnError, and RuleError for a rule that is not there.
    """
    costing = costing or Costing()
    lines = _priced(sold_lines(order_lines, on), costing, in_full)
    lines = _with_orders(with_terms(with_products(lines, costing.products), rules, costing))
    routes = routes_on(costing.services, costing.nodes, costing.parcels, costing.routes)
    lines = _with_routes(lines, costing, main_routes(routes))
    if outcomes is not None:
        known = outcomes.select(*KEY[:3], *(pl.col(c).cast(pl.Float64) for c in OUTCOMES if c in outcomes.columns))
        lines = lines.join(known, on=list(KEY[:3]), how="left", maintain_order="left")
    lines = valued(lines, costing)
    if in_full:
        return lines
    return lines.select(
        *KEY, "sku", "market", pl.col("mode").cast(pl.String), "ordered_at", "units", "service", "node", "billable_g",
        *COMPONENTS, "margin", "margin_known_part", "unknown", "currency",
    )  # fmt: skip


@dataclass(frozen=True)
class Variant:
    """One way to compute a margin: under these rules, the parcels going these ways (`routes`, of `routes_on`)."""

    rules: Rules
    routes: pl.DataFrame


def margin_variants(order_lines: pl.DataFrame, variants: Sequence[Variant], costing: Costing) -> pl.DataFrame:
    """The waterfall of the same lines under each variant, as `landed_margin` gives it in full, with the number of the
    variant as `variant`; sorted by it and by key. The rules are the same ones, read otherwise; what does not differ
    is computed once."""
    lines = with_products(_priced(sold_lines(order_lines), costing, in_full=True), costing.products)
    orders = lines["order_no"].n_unique()
    lines = pl.concat(
        lines.with_columns(variant=pl.lit(number, pl.Int64), order_no=pl.col("order_no") + number * orders)
        for number in range(len(variants))
    )
    lines = _with_orders(with_terms_under(lines, [variant.rules for variant in variants], costing))
    distinct = {id(variant.routes): variant.routes for variant in variants}
    main = {key: main_routes(routes) for key, routes in distinct.items()}
    usual = pl.concat(
        main[id(variant.routes)].with_columns(variant=pl.lit(number, pl.Int64))
        for number, variant in enumerate(variants)
    )
    return valued(_with_routes(lines, costing, usual), costing)


def _priced(lines: pl.DataFrame, costing: Costing, in_full: bool) -> pl.DataFrame:
    """`lines` with their revenue in base currency; in full also what was paid, in its own."""
    lines = with_rate(lines, "currency", "day", "order_rate", costing)
    paid = {"paid": pl.col("revenue"), "paid_currency": pl.col("currency")} if in_full else {}
    rate = pl.col("order_rate")
    return lines.with_columns(revenue=pl.col("revenue") * rate, shipping_paid=pl.col("shipping_paid") * rate, **paid)


def _with_orders(lines: pl.DataFrame) -> pl.DataFrame:
    """`lines` with what their whole order holds: its units, worth, weight and volume (null if any line's is unknown),
    and how many distinct HS numbers."""
    weight, volume = pl.col("weight_g") * pl.col("units"), pl.col("volume_cm3") * pl.col("units")
    orders = lines.group_by("order_no", maintain_order=True).agg(
        order_units=pl.col("units").sum(),
        order_lines=pl.len(),
        order_value=_all_or_nothing(pl.col("revenue"), pl.col("revenue").sum()),
        order_weight_g=_all_or_nothing(pl.col("weight_g"), weight.sum()),
        order_volume_cm3=_all_or_nothing(pl.col("volume_cm3"), volume.sum()),
        order_oversize=pl.col("oversize").any(ignore_nulls=False),
    )
    own = orders.drop("order_no").select(pl.all().gather(lines["order_no"]))
    lines = lines.hstack(own.get_columns()).with_columns(order_share=pl.col("units") / pl.col("order_units"))
    return _with_headings(lines)


def _with_headings(lines: pl.DataFrame) -> pl.DataFrame:
    """`lines` with order_headings and order_headings_10. One SKU is one heading whatever its number; of several SKUs
    each must have one."""
    several = lines.filter(pl.col("order_lines") > 1)
    one_sku = pl.col("sku").n_unique() == 1
    counted = several.group_by("order_no").agg(
        pl.when(one_sku)
        .then(1.0)
        .when(pl.col(digits).is_not_null().all())
        .then(pl.col(digits).n_unique().cast(pl.Float64))
        .alias(name)
        for name, digits in (("order_headings", "hs6"), ("order_headings_10", "hs10"))
    )
    lines = lines.join(counted, on="order_no", how="left", maintain_order="left")
    single = pl.col("order_lines") == 1
    return lines.with_columns(
        pl.when(single).then(1.0).otherwise(name).alias(name) for name in ("order_headings", "order_headings_10")
    )


def _all_or_nothing(needed: pl.Expr, total: pl.Expr) -> pl.Expr:
    return pl.when(needed.is_not_null().all()).then(total)


def _with_routes(lines: pl.DataFrame, costing: Costing, usual: pl.DataFrame) -> pl.DataFrame:
    """`lines` with the service and node they travel by (`usual`: mode, market, service, node, and `variant` where lines
    have it), and their share of the freight that was really billed."""
    parcels = costing.parcels
    usual = usual.with_columns(pl.col("mode").cast(lines["mode"].dtype))
    lines = lines.join(
        usual.rename({"service": "usual_service", "node": "usual_node"}),
        on=[c for c in ("variant", "mode", "market") if c in usual.columns],
        how="left",
        maintain_order="left",
    )
    if parcels.is_empty():
        return lines.rename({"usual_service": "service", "usual_node": "node"}).with_columns(
            sent_freight=pl.lit(None, dtype=pl.Float64)
        )
    sent = sent_parcels(parcels, costing.base, costing.fx)
    by_weight = pl.col("weight_g") * pl.col("units") / pl.col("order_weight_g")
    share = pl.when(pl.col("order_weight_g") > 0).then(by_weight).otherwise("order_share")
    lines = lines.join(sent, on=list(KEY[:3]), how="left", maintain_order="left")
    was_sent = pl.col("service").is_not_null()
    return lines.with_columns(
        service=pl.coalesce("service", "usual_service"),
        node=pl.when(was_sent).then("node").otherwise("usual_node"),
        sent_freight=pl.col("sent_freight") * share,
    )
