"""A quote of one sale: every line of its waterfall with the rules behind it and the money between their readings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

import polars as pl

from tradewind.core.rules import Rules
from tradewind.core.tables import TABLES
from tradewind.engine.margin.costing import Costing
from tradewind.engine.margin.readings import between_readings, readings_of, spans
from tradewind.engine.margin.routes import routes_on
from tradewind.engine.margin.sources import sources, used_rules
from tradewind.engine.margin.value import COMPONENTS
from tradewind.engine.margin.waterfall import Variant, margin_variants


@dataclass(frozen=True)
class Sale:
    """The sale quoted: `units` of a SKU in one order at `price` a unit, in a currency."""

    sku: str
    market: str
    mode: str
    price: float
    currency: str
    on: date
    units: int = 1


@dataclass(frozen=True)
class Quote:
    """`lines`: component, amount (base currency; positive = cost, null = unknown), low and high (the amount over the
    readings of its rules); `rules`: see `sources`; `readings`: see `between_readings`; `ends`: the margin with all
    readings at their worst and best; `ways`: where the mode's parcels go several ways (`costing.routes`), service,
    share, freight and margin by each, the sale itself being taken by the first; `basis`: how the billable weight and
    the card came about."""

    sale: Sale
    currency: str
    lines: pl.DataFrame
    margin: float | None
    margin_known_part: float | None
    unknown: list[str]
    rules: pl.DataFrame
    readings: pl.DataFrame
    ends: dict[str, float | None]
    ways: pl.DataFrame
    basis: dict[str, Any] = field(default_factory=dict)


def quote(sale: Sale, rules: Rules, costing: Costing, *, card: str | None = None) -> Quote:
    """The waterfall of one sale by `landed_margin`, explained. `card` names the rules' freight card among the
    services, if one is. The sale, its readings, both ends and its ways are valued at once."""
    read = readings_of(rules, sale.on, used_rules(sale.mode, sale.market))
    ends = [rules.with_stance(stance) for stance in _ENDS]
    routes = routes_on(costing.services, costing.nodes, costing.parcels, costing.routes)
    ways = _ways(sale, routes) if costing.routes is not None else []
    variants = [
        Variant(rules, routes),
        *(Variant(one.rules or rules, routes) for one in read),
        *(Variant(end, routes) for end in ends),
        *(Variant(rules, way) for _, _, way in ways),
    ]
    taken, *others = margin_variants(_order(sale), variants, costing).rows(named=True)
    under, rest = others[: len(read)], others[len(read) :]
    return Quote(
        sale=sale,
        currency=costing.base,
        lines=_lines(taken, spans([taken, *under])),
        margin=taken["margin"],
        margin_known_part=taken["margin_known_part"],
        unknown=list(taken["unknown"]),
        rules=sources(rules, mode=sale.mode, market=sale.market, on=sale.on, card=card),
        readings=between_readings(read, under, taken),
        ends={stance: whole["margin"] for stance, whole in zip(_ENDS, rest, strict=False)},
        ways=_valued_ways(ways, rest[len(ends) :]),
        basis={name: taken.get(name) for name in _BASIS},
    )


_ENDS = ("cautious", "generous")
_Way = tuple[str, float, pl.DataFrame]
"""A service, its share of the mode's parcels, and the ways by it alone."""


def _ways(sale: Sale, routes: pl.DataFrame) -> list[_Way]:
    """The services the parcels of the sale's mode go by to its market; none where they go by one."""
    own = routes.filter((pl.col("mode") == sale.mode) & (pl.col("market") == sale.market))
    by_service = own.partition_by("service", as_dict=True, maintain_order=True)
    if len(by_service) < 2:
        return []
    return [
        (str(service), float(way["share"].sum()), way.with_columns(share=pl.col("share") / way["share"].sum()))
        for (service,), way in by_service.items()
    ]


def _valued_ways(ways: list[_Way], valued: list[dict[str, Any]]) -> pl.DataFrame:
    """service, share, freight, margin: the sale by each service of its mode's parcels, most parcels first."""
    schema = {"service": pl.String, "share": pl.Float64, "freight": pl.Float64, "margin": pl.Float64}
    rows = [
        (service, share, whole["freight"], whole["margin"])
        for (service, share, _), whole in zip(ways, valued, strict=True)
    ]
    return pl.DataFrame(rows, schema=schema, orient="row").sort("share", "service", descending=[True, False])


_BASIS = (
    "service", "node", "service_class", "weight_g", "volume_cm3", "billable_g", "order_kg", "order_parcels",
    "volume_governs", "up_to_g", "first_g", "card_rate", "order_rate", "freight_per_kg", "freight_per_parcel",
    "tier_per_kg", "tier_per_parcel", "tiered", "volumetric_divisor_cm3_per_kg", "returns_rate", "remote_odds",
    "late_odds", "late_record", "order_headings", "capital_days", "divisor_used", "vat_rate", "oversize",
)  # fmt: skip


def break_even_cpc(margin: float | None, ad_cost: float | None, conversion: float | None) -> float | None:
    """The highest price of a click that still pays: orders per click x what an order leaves before advertising."""
    if margin is None or ad_cost is None or conversion is None:
        return None
    return max(0.0, conversion * (margin + ad_cost))


def _lines(row: dict[str, Any], between: pl.DataFrame) -> pl.DataFrame:
    amounts = pl.DataFrame(
        {"component": COMPONENTS, "amount": [row[c] for c in COMPONENTS]},
        schema={"component": pl.String, "amount": pl.Float64},
    )
    return amounts.join(between, on="component", how="left", maintain_order="left")


def _order(sale: Sale) -> pl.DataFrame:
    at = datetime.combine(sale.on, time(), tzinfo=UTC)
    row = {
        "platform": "quote", "shop": "quote", "order_id": "quote", "line_no": 1, "sku": sale.sku, "market": sale.market,
        "mode": sale.mode, "ordered_at": at, "units": sale.units, "unit_price": sale.price,
        "paid_amount": sale.price * sale.units, "currency": sale.currency, "status": "paid", "known_at": at,
    }  # fmt: skip
    schema = TABLES["order_lines"].empty().schema
    return pl.DataFrame([{c: row.get(c) for c in schema}], schema=schema)
