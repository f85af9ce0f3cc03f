"""What a sale leaves, taken apart: `tradewind quote`; in a workspace, or from options alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import polars as pl

from tradewind.app.asking import Answer, Ask
from tradewind.app.cli.console import words
from tradewind.app.cli.place import looks_like_workspace
from tradewind.app.cli.quoted import quote_data, quote_parts
from tradewind.app.cli.ruling import own_text
from tradewind.core.errors import NotEnoughDataError, ParameterError
from tradewind.core.rules import Rules
from tradewind.core.tables import MARKET, TABLES

if TYPE_CHECKING:
    from tradewind.app.planning.facts import Facts
    from tradewind.engine.margin import Costing
    from tradewind.engine.margin.quote import Sale

OWN_CARD = "options"
"""The name of a freight card given by options."""
ILLUSTRATIVE = "illustrative"


@dataclass(frozen=True)
class Known:
    """What a quote is made from: the workspace's tables, or empty ones; rules, base currency, the day; the `facts` they
    are of, where there are any."""

    rules: Rules
    base: str
    on: date
    tables: Mapping[str, pl.DataFrame]
    facts: Facts | None = None
    settled: bool = False


def quote(ask: Ask) -> Answer:
    """The waterfall of one sale, line by line, with rules, readings and the money between them."""
    from tradewind.engine.margin.quote import Sale
    from tradewind.engine.margin.quote import quote as taken_apart

    market = ask["market"].upper()
    if not re.fullmatch(MARKET, market):
        raise ParameterError("quote_market", market=ask["market"])
    known = known_facts(ask)
    sale = Sale(ask["sku"], market, ask["mode"], ask["price"], _currency(ask, known), known.on, ask["units"])
    services, brackets, card = _freight(ask, known, sale.market)
    costing = replace(
        _costing(ask, known, sale), brackets=brackets, products=_products(ask, known), services=services,
        nodes=_nodes(ask, known, services), fx=_fx(ask, known), returns_rate=_returns(ask, known),
    )  # fmt: skip
    found = taken_apart(sale, known.rules, costing, card=card)
    clicks = _conversion(ask, costing, sale)
    said = quote_parts(
        found, ask, clicks, before=_not_loaded(known, ask), illustrative=card == ILLUSTRATIVE, settled=known.settled
    )
    return Answer(quote_data(found, clicks), said)


def known_facts(ask: Ask) -> Known:
    """The workspace meant, as known at its newest fact (or at `--on`); without one, or before anything is imported,
    nothing but the rules."""
    from tradewind.app.planning.facts import Facts
    from tradewind.app.workspace import Workspace
    from tradewind.data.rules import load_rules
    from tradewind.engine.margin.evidence import settled_readings

    asked: datetime | None = ask.options.get("on")
    day, nothing = (asked or datetime.now(UTC)).date(), {name: table.empty() for name, table in TABLES.items()}
    if ask.options.get("workspace") is None and not looks_like_workspace(ask.folder):
        return Known(load_rules(), "CNY", day, nothing)
    workspace = Workspace(ask.folder)
    try:
        snapshot = workspace.snapshot()
    except NotEnoughDataError:
        return Known(load_rules(overrides=own_text(ask)), workspace.currency, day, nothing)
    rules = settled_readings(snapshot.rules(), snapshot["settlements"])
    tables = {name: snapshot[name] for name in TABLES}
    facts = Facts(snapshot.as_of, tables, snapshot.corrections, rules, snapshot.base)
    settled = rules != snapshot.rules()
    return Known(rules, workspace.currency, (asked or snapshot.as_of).date(), tables, facts, settled)


def _currency(ask: Ask, known: Known) -> str:
    """`--currency`, else what the SKU was last paid in there, else the workspace's."""
    if ask["currency"]:
        return str(ask["currency"]).upper()
    lines = known.tables["order_lines"].filter(
        (pl.col("sku") == ask["sku"]) & (pl.col("market") == ask["market"].upper())
    )
    return str(lines.sort("ordered_at")["currency"][-1]) if lines.height else known.base


def _products(ask: Ask, known: Known) -> pl.DataFrame:
    """The SKU's row, with what the options say in place of what is loaded."""
    schema = TABLES["products"].empty().schema
    loaded = known.tables["products"].filter(pl.col("sku") == ask["sku"])
    row: dict[str, Any] = loaded.row(0, named=True) if loaded.height else {"sku": ask["sku"]}
    if ask["weight_g"] is not None:
        row["weight_g"] = ask["weight_g"]
    if ask["size_cm"] is not None:
        sides = _numbers(ask["size_cm"], "--size-cm", "x", 3)
        row |= dict(zip(("length_mm", "width_mm", "height_mm"), (10 * s for s in sides), strict=True))
    if ask["cost"] is not None:
        row |= {"unit_cost": ask["cost"], "currency": known.base}
    if ask["hs_code"] is not None:
        row["hs_code"] = ask["hs_code"]
    made = pl.DataFrame([{c: row.get(c) for c in schema}], schema=schema)
    return made.with_columns(battery=pl.lit(True if ask["battery"] else None, dtype=pl.Boolean))


def _freight(ask: Ask, known: Known, market: str) -> tuple[pl.DataFrame, pl.DataFrame | None, str | None]:
    """The services, their tiers, and the rules' card used: stated by options, named by `--card`, or the workspace's."""
    from tradewind.engine.margin.cards import lane_brackets, rule_cards

    if ask["per_kg"] is not None or ask["per_parcel"] is not None:
        row = {
            "service": OWN_CARD, "node": OWN_CARD, "market": market, "freight_per_kg": ask["per_kg"] or 0.0,
            "freight_per_parcel": ask["per_parcel"] or 0.0, "currency": known.base,
            "volumetric_divisor_cm3_per_kg": ask["divisor"], "service_class": "standard",
        }  # fmt: skip
        schema = TABLES["services"].empty().schema
        return pl.DataFrame([{c: row.get(c) for c in schema}], schema=schema), None, None
    name = ask["card"] or (None if known.facts is not None else ILLUSTRATIVE)
    if name is None:
        services = known.tables["services"]
        return services, lane_brackets(known.rules, known.on, services), None
    services, brackets = rule_cards(known.rules, known.on, node=name, names=(name,))
    if services.is_empty():
        raise ParameterError("quote_card_unknown", card=name, on=known.on.isoformat())
    return services, brackets, name


def _nodes(ask: Ask, known: Known, services: pl.DataFrame) -> pl.DataFrame:
    """Where the goods leave from: the workspace's nodes, or the one a card given by options is sent from."""
    if services.is_empty() or services["node"][0] not in (OWN_CARD, ask["card"], ILLUSTRATIVE):
        return known.tables["nodes"]
    abroad = ask["mode"] == "overseas" and services["node"][0] == OWN_CARD
    row = {
        "node": services["node"][0], "kind": "overseas" if abroad else "preferred",
        "market": ask["market"].upper() if abroad else "CN", "inbound_cost_per_unit": ask["inbound"],
        "currency": known.base,
    }  # fmt: skip
    schema = TABLES["nodes"].empty().schema
    return pl.DataFrame([{c: row.get(c) for c in schema}], schema=schema)


def _fx(ask: Ask, known: Known) -> pl.DataFrame:
    """The workspace's rates, and those of `--fx EUR=7.80` on the day itself."""
    given = []
    for said in ask["fx"]:
        currency, _, rate = said.partition("=")
        given.append((currency.strip().upper(), _numbers(rate, "--fx", "x", 1)[0]))
    stated = pl.DataFrame(
        {"currency": [c for c, _ in given], "rate": [r for _, r in given]},
        schema={"currency": pl.String, "rate": pl.Float64},
    ).with_columns(quote=pl.lit(known.base), on_date=pl.lit(known.on))
    loaded = known.tables["fx"].select("currency", "rate", "quote", "on_date")
    kept = loaded.filter(~(pl.col("currency").is_in(stated["currency"].implode()) & (pl.col("on_date") == known.on)))
    return pl.concat([kept, stated.select("currency", "rate", "quote", "on_date")])


def _returns(ask: Ask, known: Known) -> pl.DataFrame | None:
    if ask["returns_rate"] is not None:
        return pl.DataFrame({"sku": [ask["sku"]], "returns_rate": [ask["returns_rate"]]})
    return None if known.facts is None else known.facts.returned


def _costing(ask: Ask, known: Known, sale: Sale) -> Costing:
    """What the workspace's own record says, with what is stated in its place; no parcel was sent yet."""
    from tradewind.engine.margin import Costing

    key = {"sku": [sale.sku], "market": [sale.market]}
    empty = Costing(known.base)
    costing = empty if known.facts is None else replace(known.facts.costing, parcels=empty.parcels)
    if ask["duty_rate"] is not None:
        costing = replace(costing, duty_rates=pl.DataFrame({**key, "duty_rate": [ask["duty_rate"]]}))
    if ask["ad_cost"] is not None:
        costing = replace(costing, ad_costs=pl.DataFrame({**key, "ad_per_unit": [ask["ad_cost"]]}))
    return costing if ask["returns_rate"] is None else replace(costing, returns_factors=None)


def _conversion(ask: Ask, costing: Costing, sale: Sale) -> float | None:
    """Orders per click: as stated, else the SKU's own orders per visitor in the market."""
    if ask["conversion"] is not None or costing.ad_costs is None or "conversion" not in costing.ad_costs.columns:
        return ask["conversion"]
    own = costing.ad_costs.filter((pl.col("sku") == sale.sku) & (pl.col("market") == sale.market))
    return own["conversion"][0] if own.height else None


def _numbers(said: str, option: str, between: str, count: int) -> list[float]:
    try:
        values = [float(part) for part in said.lower().replace("*", between).split(between)]
    except ValueError:
        values = []
    if len(values) != count or not all(0 < v < float("inf") for v in values):
        raise ParameterError("quote_not_numbers", option=option, value=said, count=count)
    return values


def _not_loaded(known: Known, ask: Ask) -> list[str]:
    """A SKU asked for by name that the workspace does not have: a slip of the pen, more often than not."""
    skus = known.tables["products"]["sku"].to_list()
    if ask["sku"] == "-" or not skus or ask["sku"] in skus:
        return []
    near = ", ".join(get_close_matches(ask["sku"], skus, n=3)) or "-"
    return [words(ask.lang)("quote_said.sku_unknown", sku=ask["sku"], near=near)]
