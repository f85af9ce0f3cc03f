"""The terms of a mode in a market on a day: every rule a margin needs, money in base currency.

Which fees a mode knows is structure and stands here (a market's are in customs.py); what they are is data and comes
from the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from tradewind.core.money import rates_to
from tradewind.core.rules import Rules
from tradewind.core.tables import MODES
from tradewind.engine.margin.customs import MARKET_RULES, market_currencies, market_terms

_SEMI = ("semi_stocked", "semi_jit")
_SELLING = (*_SEMI, "pop", "overseas", "own")
"""Modes in which the seller pays for being found, and for the parcel's way; in full-managed the platform does."""


def _semi(rule: str) -> dict[str, str]:
    return dict.fromkeys(_SEMI, rule)


def _each(suffix: str, modes: tuple[str, ...] = MODES) -> dict[str, str]:
    return {mode: f"{mode}.{suffix}" for mode in modes}


def _all(rule: str) -> dict[str, str]:
    return dict.fromkeys(MODES, rule)


RULES_OF: dict[str, dict[str, str]] = {
    "base_service_share": _semi("semi.base_service_fee"),
    "fee_base": _semi("semi.base_service_fee_base"),
    "commission_share": {**_each("commission", ("pop", "overseas", "full", "own")), **_semi("semi.commission")},
    "operation_fee_order": {**_semi("semi.operation_fee"), "overseas": "overseas.operation_fee"},
    "operation_refund_share": _semi("semi.operation_fee_refund"),
    "oversize_fee_order": _semi("semi.oversize_fee"),
    "late_fee_order": {"semi_jit": "semi.late_inbound_fee"},
    "late_odds_after_t3": {"semi_jit": "semi.late_inbound_odds"},
    "late_odds_after_t1": {"semi_jit": "semi.late_inbound_odds_after_t1"},
    "late_after_days": {"semi_jit": "semi.late_inbound_after"},
    "late_t": {"semi_jit": "semi.late_inbound_t"},
    "late_days": {"semi_jit": "semi.late_inbound_days"},
    "box_fee_order": _semi("semi.nonstandard_box_fee"),
    "box_per": _semi("semi.nonstandard_box_per"),
    "box_share": _semi("semi.nonstandard_box_share"),
    "inbound_unit": _each("inbound_cost", ("semi_stocked", "semi_jit", "full")),
    "storage_m3_week": _each("storage_cost", ("semi_stocked", "overseas")),
    "freight_paid_by": {
        **_each("freight_paid_by", ("pop", "overseas", "full", "own")),
        **_semi("semi.freight_paid_by"),
    },
    "capital_days": _each("capital_days"),
    "capital_rate": _all("capital.annual_rate"),
    "assumed_returns": _all("returns.assumed_rate"),
    "good_again_share": _all("returns.good_again_share"),
    "returns_borne": {"full": "full.returns_borne"},
    "seller_fault_share": dict.fromkeys((*_SEMI, "full"), "returns.seller_fault_share"),
    "fault_clawback": _semi("semi.seller_fault_clawback"),
    "rate_clawback": _semi("semi.return_rate_clawback"),
    "clawback_line": _semi("semi.return_rate_line"),
    "clawback_on": _semi("semi.return_rate_charged_on"),
    "clawbacks_stack": _semi("semi.clawbacks_stack"),
    "affiliate_commission": dict.fromkeys(("pop", *_SEMI, "overseas"), "affiliate.commission"),
    "affiliate_orders": dict.fromkeys(("pop", *_SEMI, "overseas"), "affiliate.order_share"),
    "ads_share": dict.fromkeys(_SELLING, "ads.cost_share"),
    "fx_spread": _all("fx.spread"),
    "remote_fee": dict.fromkeys(_SELLING, "surcharge.remote_fee"),
    "remote_odds": dict.fromkeys(_SELLING, "surcharge.remote_odds"),
    "battery_fee": dict.fromkeys(_SELLING, "surcharge.battery_fee"),
    "battery_odds": dict.fromkeys(_SELLING, "surcharge.battery_odds"),
    "import_paid_by": _all("import_charges.paid_by"),
    "tax_in_paid": _all("tax.in_paid_amount"),
    "longest_side_cm": _all("oversize.longest_side"),
    "three_sides_cm": _all("oversize.three_sides"),
    "oversize_g": _all("oversize.weight"),
    "divisor_economy": _all("volumetric_divisor.economy"),
    "divisor_standard": _all("volumetric_divisor.standard"),
    "divisor_express": _all("volumetric_divisor.express"),
}
"""Term -> mode -> rule. A mode that is not named does not have that fee."""

_NOT_IN_RULES = {"inbound_unit": ("overseas",)}
"""Terms that a mode has but no rule can say: null unless the warehouse itself states them."""


def terms_on(pairs: pl.DataFrame, rules: Rules, base: str, fx: pl.DataFrame) -> pl.DataFrame:
    """`pairs` (mode, market, day; distinct) with one column per term of RULES_OF and of MARKET_RULES.

    Null where no rule row covers the day or its currency has no rate that day; 0 where the mode has no
    such fee. Raises RuleError for a rule that is not there at all.
    """
    return terms_under(pairs, [rules], base, fx).drop("variant")


def terms_under(pairs: pl.DataFrame, variants: Sequence[Rules], base: str, fx: pl.DataFrame) -> pl.DataFrame:
    """The terms of `terms_on` under each of `variants`, with its number as `variant`.

    All are the same rules, read or valued otherwise: a term is computed once for those that do not differ in it.
    """
    rates = _rates(pairs, variants[0], base, fx)
    by_mode = pairs.select("mode", "day").unique().join(rates, on="day", how="left")
    by_market = pairs.select("market", "day").unique().join(rates, on="day", how="left")
    of_mode = _under(by_mode, RULES_OF, _mode_terms, variants)
    of_market = _under(by_market, MARKET_RULES, market_terms, variants)
    found = pairs.join(of_mode.drop(c for c in rates.columns if c != "day"), on=["mode", "day"], nulls_equal=True)
    of_market = of_market.drop(c for c in rates.columns if c != "day")
    return found.join(of_market, on=["variant", "market", "day"], how="left")


_Terms = Callable[[pl.DataFrame, Rules, Sequence[str]], pl.DataFrame]


def _under(
    frame: pl.DataFrame, rules_of: Mapping[str, Mapping[str, str]], terms: _Terms, variants: Sequence[Rules]
) -> pl.DataFrame:
    """`frame` with its terms under each variant: those of the first, and for the others what differs from it."""
    first = terms(frame, variants[0], list(rules_of))
    ids = {name: set(of.values()) for name, of in rules_of.items()}
    every = sorted(set().union(*ids.values()))
    found = [first]
    for rules in variants[1:]:
        changed = {id_ for id_ in every if rules.rows.get(id_) != variants[0].rows.get(id_)}
        names = [name for name, of in ids.items() if changed & of]
        found.append(terms(first, rules, names) if names else first)
    return pl.concat(each.with_columns(variant=pl.lit(number, pl.Int64)) for number, each in enumerate(found))


def _mode_terms(frame: pl.DataFrame, rules: Rules, names: Sequence[str]) -> pl.DataFrame:
    return frame.with_columns(_term(name, RULES_OF[name], rules).alias(name) for name in names)


def _term(name: str, by_mode: dict[str, str], rules: Rules) -> pl.Expr:
    text = any(isinstance(row.value, str) for rule in by_mode.values() for row in rules.rows.get(rule, ()))
    out: pl.Expr = pl.lit(None, dtype=pl.String) if text else pl.lit(0.0)
    for mode in _NOT_IN_RULES.get(name, ()):
        out = pl.when(mode=mode).then(None).otherwise(out)
    by_rule: dict[str, list[str]] = {}
    for mode, rule in by_mode.items():
        by_rule.setdefault(rule, []).append(mode)
    for rule, modes in by_rule.items():
        said = rules.on_days(rule, pl.col("day"))
        currency = rules.currency(rule)
        if currency:
            said = said * pl.col(f"rate_{currency}")
        if len(modes) == len(MODES):
            out = said
        else:
            out = pl.when(pl.col("mode").cast(pl.String).is_in(modes)).then(said).otherwise(out)
    return pl.when(pl.col("mode").is_not_null()).then(out)


def _rates(pairs: pl.DataFrame, rules: Rules, base: str, fx: pl.DataFrame) -> pl.DataFrame:
    """One row per day, one column `rate_<currency>` for each currency the rules are stated in."""
    used = {c for by_mode in RULES_OF.values() for rule in by_mode.values() if (c := rules.currency(rule))}
    used |= market_currencies(rules)
    days = pairs.select("day").unique()
    pairs = days.join(pl.DataFrame({"currency": sorted(used)}), how="cross")
    wide = rates_to(base, pairs, fx).pivot("currency", index="day", values="rate")
    found = wide.rename({c: f"rate_{c}" for c in wide.columns if c != "day"})
    absent = [
        pl.lit(None, dtype=pl.Float64).alias(f"rate_{c}") for c in sorted(used) if f"rate_{c}" not in found.columns
    ]
    return days.join(found.with_columns(absent), on="day", how="left")
