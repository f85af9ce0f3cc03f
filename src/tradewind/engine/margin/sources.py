"""Where each component of a margin comes from: the rules it rests on in a mode, a market, on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from tradewind.core.rules import RuleRow, Rules, value_text
from tradewind.engine.margin.cards import card_rules
from tradewind.engine.margin.customs import _BORNE, MARKET_RULES
from tradewind.engine.margin.terms import RULES_OF

TERMS_OF = {
    "base_service_fee": ("base_service_share", "fee_base"),
    "operation_fee": ("operation_fee_order",),
    "oversize_fee": ("oversize_fee_order", "longest_side_cm", "three_sides_cm", "oversize_g"),
    "commission": ("commission_share",),
    "affiliate_cost": ("affiliate_commission", "affiliate_orders"),
    "freight": ("freight_paid_by", "divisor_economy", "divisor_standard", "divisor_express"),
    "surcharges": ("remote_fee", "remote_odds", "battery_fee", "battery_odds"),
    "duty": (
        "flat_duty", "flat_up_to", "flat_counts", "flat_paid_by", "line_fee", "hs6_fee", "border_parcel_fee",
        "duty_free_up_to", "duty_rate", "duty_rate_more", "small_rate", "small_up_to", "duty_less", "duty_least_kg",
        "own_paid_by", "import_paid_by", "tax_in_paid", "vat_rate",
    ),
    "tax": ("tax_in_paid", "vat_rate", "vat_on_flat", "tax_free_up_to", "tax_by"),
    "fx_cost": ("fx_spread",),
    "inbound_cost": ("inbound_unit", "box_fee_order", "box_share", "box_per"),
    "late_cost": (
        "late_fee_order", "late_odds_after_t3", "late_odds_after_t1", "late_after_days", "late_t", "late_days",
    ),
    "returns_cost": (
        "assumed_returns", "returns_borne", "good_again_share", "operation_refund_share", "seller_fault_share",
        "fault_clawback", "rate_clawback", "clawback_line", "clawback_on", "clawbacks_stack",
    ),
    "capital_cost": ("capital_rate", "capital_days"),
    "ad_cost": ("ads_share",),
}  # fmt: skip
"""Component -> the terms it is computed from."""

_AT_THE_BORDER = ("duty", "tax")


def sources(rules: Rules, *, mode: str, market: str, on: date, card: str | None = None) -> pl.DataFrame:
    """One row per component and rule in force: component, rule, value, unit, source, confidence, reading (null where
    the text is plain), others (what else it may mean), note. In order of the waterfall.

    `card` names the rules' freight card the line travels by; a card of the seller's own table has no rule.
    """
    rows = [
        (component, row)
        for component, terms in TERMS_OF.items()
        if component not in _AT_THE_BORDER or mode in _BORNE
        for row in _in_force(terms, rules, mode, market, on)
    ]
    rows += [("freight", row) for row in (card_rules(rules, on, card, market) if card else [])]
    return pl.DataFrame(
        [_source_row(component, row) for component, row in rows],
        schema=dict.fromkeys(
            ("component", "rule", "value", "unit", "source", "confidence", "reading", "others", "note"), pl.String
        ),
        orient="row",
    )


def used_rules(mode: str, market: str) -> set[str]:
    """The ids of all rules a margin in that mode and market may rest on."""
    by_mode = {of[mode] for of in RULES_OF.values() if mode in of}
    return by_mode | {of[market] for of in MARKET_RULES.values() if market in of}


def _in_force(terms: Iterable[str], rules: Rules, mode: str, market: str, on: date) -> Iterable[RuleRow]:
    for term in terms:
        rule = RULES_OF[term].get(mode) if term in RULES_OF else MARKET_RULES[term].get(market)
        row = rules.find(rule, on) if rule is not None else None
        if row is not None:
            yield row


def _source_row(component: str, row: RuleRow) -> tuple[str | None, ...]:
    others = "; ".join(f"{o.name} = {value_text(o.value)}" for o in row.readings if o.name != row.reading)
    return (
        component, row.id, value_text(row.value), row.unit, row.source, row.confidence, row.reading or None,
        others or None,
        " ".join(row.note.split()) or None,
    )  # fmt: skip
