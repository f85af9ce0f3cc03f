"""What one sale leaves, taken apart line by line: in a workspace, or from the request alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.requests import QuoteRequest
from tradewind.app.usecases.result import Provenance
from tradewind.core.errors import NotEnoughDataError, RequestError, UnknownNameError
from tradewind.core.tables import MARKET, TABLES

if TYPE_CHECKING:
    from tradewind.app.planning.facts import Facts
    from tradewind.core.rules import Rules
    from tradewind.data.runs import Run
    from tradewind.engine.margin import Costing
    from tradewind.engine.margin.quote import Quote, Sale

OWN_CARD: Final = "options"
"""The name of a freight card stated in the request."""
ILLUSTRATIVE: Final = "illustrative"
NO_SKU: Final = "-"


@dataclass(frozen=True)
class QuoteResult:
    """The sale (`price` a piece in `price_currency`), and what it leaves in `currency`.

    `lines`: component, amount (positive = cost; null: unknown), low and high over the readings of its rules; `margin`
    (None where a component of `unknown` is), `margin_known_part` without those; `between_readings`: the margin with all
    readings at their worst and best; `break_even_cpc`: the highest price of a click that pays at `conversion`; `ways`:
    the sale by each service the mode's parcels go by; `basis`: how weight, freight and odds came about; `rules` and
    `readings`: what the figures rest on. `card`: the rules' freight card used, if one was; `settled`: the record of
    settlements chose a reading; `near`: loaded SKUs like the one asked about, which is not loaded (None: it is).
    """

    provenance: Provenance
    sku: str
    market: str
    mode: str
    on: date
    price: float
    price_currency: str
    units: int
    currency: str
    lines: pl.DataFrame
    margin: float | None
    margin_known_part: float | None
    unknown: Sequence[str]
    between_readings: Mapping[str, float | None]
    break_even_cpc: float | None
    conversion: float | None
    ways: pl.DataFrame
    basis: Mapping[str, Any]
    rules: pl.DataFrame
    readings: pl.DataFrame
    card: str | None
    settled: bool
    near: Sequence[str] | None


@dataclass(frozen=True)
class _Known:
    """What a quote is made from: rules, base currency, the day; the `facts`, or None where nothing is loaded, and the
    plan they were estimated in, if one was."""

    rules: Rules
    base: str
    on: date
    provenance: Provenance
    facts: Facts | None = None
    plan: Run | None = None
    settled: bool = False

    def __getitem__(self, table: str) -> pl.DataFrame:
        return TABLES[table].empty() if self.facts is None else self.facts[table]


@dataclass(frozen=True)
class _Freight:
    """The services a sale may go by, the tiers of their cards, and the rules' card used, if one is."""

    services: pl.DataFrame
    brackets: pl.DataFrame | None
    card: str | None


def quote_sale(context: Context, request: QuoteRequest) -> QuoteResult:
    """The waterfall of one sale, with rules, readings and the money between them.

    What the request does not state is the workspace's, or the rules'. Raises RequestError for what cannot be meant,
    UnknownNameError for a freight card the rules do not have.
    """
    from tradewind.engine.margin.quote import Sale, quote

    market = request.market.upper()
    if not re.fullmatch(MARKET, market):
        raise RequestError("quote_market", field="market", market=request.market)
    known = _known(context, request)
    currency = _currency(request, known, market)
    sale = Sale(request.sku, market, request.mode, request.price, currency, known.on, request.units)
    freight = _freight(request, known, market)
    costing = replace(
        _costing(request, known, sale),
        brackets=freight.brackets,
        products=_products(request, known),
        services=freight.services,
        nodes=_nodes(request, known, freight.services),
        fx=_fx(request, known),
    )
    found = quote(sale, known.rules, costing, card=freight.card)
    return _result(found, known, freight.card, _conversion(request, costing, sale))


def _known(context: Context, request: QuoteRequest) -> _Known:
    """The workspace as known at its newest fact, before the first one as it is now; without a workspace nothing but the
    rules. Estimates are those of the latest plan, where it saw all there is."""
    from tradewind.data.rules import OWN_RULES, load_rules, own_rules

    today = (request.on or context.now()).date()
    if not context.has_workspace:
        return _Known(load_rules(), "CNY", today, Provenance())
    workspace = context.workspace
    stated = load_rules(overrides=own_rules(context.folder / OWN_RULES))
    facts, provenance, plan = _facts(context)
    on = (request.on or facts.as_of).date()
    return _Known(facts.rules, workspace.currency, on, provenance, facts, plan, settled=facts.rules != stated)


def _facts(context: Context) -> tuple[Facts, Provenance, Run | None]:
    from tradewind.app.planning.kept import ESTIMATES

    plan = context.kept(*ESTIMATES, "readings", "last_paid")
    if plan is not None:
        return context.facts_of(plan), Provenance.of_plan(plan), plan
    try:
        return (*context.known(), None)
    except NotEnoughDataError:
        return (*context.known(context.now()), None)


def _currency(request: QuoteRequest, known: _Known, market: str) -> str:
    """As stated, else what the SKU was last paid in there, else the workspace's."""
    from tradewind.app.planning.value import last_paid

    if request.currency:
        return request.currency.upper()
    paid = last_paid(known["order_lines"]) if known.plan is None else known.plan["last_paid"]
    last = paid.filter((pl.col("sku") == request.sku) & (pl.col("market") == market))
    return str(last["currency"][0]) if last.height else known.base


def _products(request: QuoteRequest, known: _Known) -> pl.DataFrame:
    """The SKU's row, with what the request says in place of what is loaded."""
    schema = TABLES["products"].empty().schema
    loaded = known["products"].filter(pl.col("sku") == request.sku)
    row: dict[str, Any] = loaded.row(0, named=True) if loaded.height else {"sku": request.sku}
    if request.weight_g is not None:
        row["weight_g"] = request.weight_g
    if request.size_cm is not None:
        sides = _numbers(request.size_cm, "size_cm", 3)
        row |= dict(zip(("length_mm", "width_mm", "height_mm"), (10 * s for s in sides), strict=True))
    if request.cost is not None:
        row |= {"unit_cost": request.cost, "currency": known.base}
    if request.hs_code is not None:
        row["hs_code"] = request.hs_code
    made = _one_row("products", row)
    return made.select(schema.names()).with_columns(battery=pl.lit(True if request.battery else None, dtype=pl.Boolean))


def _freight(request: QuoteRequest, known: _Known, market: str) -> _Freight:
    """Stated in the request, the rules' card it names, or the workspace's own."""
    from tradewind.engine.margin.cards import lane_brackets, rule_cards

    if request.per_kg is not None or request.per_parcel is not None:
        row = {
            "service": OWN_CARD, "node": OWN_CARD, "market": market, "freight_per_kg": request.per_kg or 0.0,
            "freight_per_parcel": request.per_parcel or 0.0, "currency": known.base,
            "volumetric_divisor_cm3_per_kg": request.divisor, "service_class": "standard",
        }  # fmt: skip
        return _Freight(_one_row("services", row), None, None)
    services = known["services"]
    nothing_yet = services.is_empty() and known["order_lines"].is_empty()
    name = request.card or (ILLUSTRATIVE if nothing_yet else None)
    if name is None:
        return _Freight(services, lane_brackets(known.rules, known.on, services), None)
    services, brackets = rule_cards(known.rules, known.on, node=name, names=(name,))
    if services.is_empty():
        raise UnknownNameError("quote_card_unknown", field="card", card=name, on=known.on.isoformat())
    return _Freight(services, brackets, name)


def _nodes(request: QuoteRequest, known: _Known, services: pl.DataFrame) -> pl.DataFrame:
    """Where the goods leave from: the workspace's nodes, or the one a card of the request is sent from."""
    if services.is_empty() or services["node"][0] not in (OWN_CARD, request.card, ILLUSTRATIVE):
        return known["nodes"]
    abroad = request.mode == "overseas" and services["node"][0] == OWN_CARD
    row = {
        "node": services["node"][0], "kind": "overseas" if abroad else "preferred",
        "market": request.market.upper() if abroad else "CN", "inbound_cost_per_unit": request.inbound,
        "currency": known.base,
    }  # fmt: skip
    return _one_row("nodes", row)


def _fx(request: QuoteRequest, known: _Known) -> pl.DataFrame:
    """The workspace's rates, and those stated (`EUR=7.80`) on the day itself."""
    given = [(one.partition("=")[0].strip().upper(), *_numbers(one.partition("=")[2], "fx", 1)) for one in request.fx]
    stated = pl.DataFrame(given, schema={"currency": pl.String, "rate": pl.Float64}, orient="row").with_columns(
        quote=pl.lit(known.base), on_date=pl.lit(known.on)
    )
    columns = ("currency", "rate", "quote", "on_date")
    replaced = pl.col("currency").is_in(stated["currency"].implode()) & (pl.col("on_date") == known.on)
    return pl.concat([known["fx"].select(columns).filter(~replaced), stated.select(columns)])


def _costing(request: QuoteRequest, known: _Known, sale: Sale) -> Costing:
    """What the workspace's own record says, with what is stated in its place; no parcel was sent yet."""
    from tradewind.engine.margin import Costing

    costing = Costing(known.base)
    if known.facts is not None:
        costing = known.facts.costing_with(costing.parcels)
    key = {"sku": [sale.sku], "market": [sale.market]}
    if request.duty_rate is not None:
        costing = replace(costing, duty_rates=pl.DataFrame({**key, "duty_rate": [request.duty_rate]}))
    if request.ad_cost is not None:
        costing = replace(costing, ad_costs=pl.DataFrame({**key, "ad_per_unit": [request.ad_cost]}))
    if request.returns_rate is None:
        return costing
    rate = pl.DataFrame({"sku": [sale.sku], "returns_rate": [request.returns_rate]})
    return replace(costing, returns_rate=rate, returns_factors=None)


def _conversion(request: QuoteRequest, costing: Costing, sale: Sale) -> float | None:
    """Orders per click: as stated, else the SKU's own orders per visitor in the market."""
    ads = costing.ad_costs
    if request.conversion is not None or ads is None or "conversion" not in ads.columns:
        return request.conversion
    own = ads.filter((pl.col("sku") == sale.sku) & (pl.col("market") == sale.market))
    return own["conversion"][0] if own.height else None


def _numbers(stated: str, field: str, count: int) -> list[float]:
    """Positive numbers as `12x8x5`. Raises RequestError."""
    try:
        values = [float(part) for part in stated.lower().replace("*", "x").split("x")]
    except ValueError:
        values = []
    if len(values) != count or not all(0 < v < float("inf") for v in values):
        option = "--" + field.replace("_", "-")
        raise RequestError("quote_not_numbers", field=field, option=option, value=stated, count=count)
    return values


def _one_row(table: str, values: Mapping[str, Any]) -> pl.DataFrame:
    """One row of a table; what `values` does not name is null."""
    schema = TABLES[table].empty().schema
    return pl.DataFrame([{column: values.get(column) for column in schema}], schema=schema)


def _near(sku: str, known: _Known) -> list[str] | None:
    """A SKU asked for by name that is not loaded: a slip of the pen, more often than not."""
    skus = known["products"]["sku"].to_list()
    return None if sku == NO_SKU or not skus or sku in skus else get_close_matches(sku, skus, n=3)


def _result(found: Quote, known: _Known, card: str | None, conversion: float | None) -> QuoteResult:
    from tradewind.engine.margin.quote import break_even_cpc

    sale, ad_cost = found.sale, found.lines.filter(component="ad_cost")["amount"][0]
    return QuoteResult(
        known.provenance,
        sale.sku,
        sale.market,
        sale.mode,
        sale.on,
        sale.price,
        sale.currency,
        sale.units,
        found.currency,
        lines=found.lines,
        margin=found.margin,
        margin_known_part=found.margin_known_part,
        unknown=found.unknown,
        between_readings=found.ends,
        break_even_cpc=break_even_cpc(found.margin, ad_cost, conversion),
        conversion=conversion,
        ways=found.ways,
        basis=found.basis,
        rules=found.rules,
        readings=found.readings,
        card=card,
        settled=known.settled,
        near=_near(sale.sku, known),
    )
