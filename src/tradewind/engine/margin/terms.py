"""The terms of a mode on a day: every rule a margin needs, one row per (mode, day), money in base currency.

Which fees a mode knows is structure and stands here; what they are is data and comes from the rules.
"""

from __future__ import annotations

import polars as pl

from tradewind.core.money import rates_to
from tradewind.core.rules import Rules
from tradewind.core.tables import MODES

_SEMI = ("semi_stocked", "semi_jit")


def _semi(rule: str) -> dict[str, str]:
    return dict.fromkeys(_SEMI, rule)


def _each(suffix: str, modes: tuple[str, ...] = MODES) -> dict[str, str]:
    return {mode: f"{mode}.{suffix}" for mode in modes}


def _all(rule: str) -> dict[str, str]:
    return dict.fromkeys(MODES, rule)


RULES_OF: dict[str, dict[str, str]] = {
    "base_service_share": _semi("semi.base_service_fee"),
    "commission_share": {**_each("commission", ("pop", "overseas", "full", "own")), **_semi("semi.commission")},
    "operation_fee_order": {**_semi("semi.operation_fee"), "overseas": "overseas.operation_fee"},
    "operation_refund_share": _semi("semi.operation_fee_refund"),
    "oversize_fee_order": _semi("semi.oversize_fee"),
    "late_fee_order": {"semi_jit": "semi.late_inbound_fee"},
    "late_odds": {"semi_jit": "semi.late_inbound_odds"},
    "box_fee_order": _semi("semi.nonstandard_box_fee"),
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
    """`pairs` (mode, day; distinct) with one column per term of RULES_OF.

    Null where no rule row covers the day or its currency has no rate that day; 0 where the mode has no
    such fee. Raises RuleError for a rule that is not there at all.
    """
    rates = _rates(pairs, rules, base, fx)
    wide = pairs.join(rates, on="day", how="left")
    terms = [_term(name, by_mode, rules).alias(name) for name, by_mode in RULES_OF.items()]
    return wide.with_columns(terms).drop([c for c in rates.columns if c != "day"])


def _term(name: str, by_mode: dict[str, str], rules: Rules) -> pl.Expr:
    out: pl.Expr = pl.lit(0.0)
    for mode in _NOT_IN_RULES.get(name, ()):
        out = pl.when(mode=mode).then(None).otherwise(out)
    for mode, rule in by_mode.items():
        said = rules.on_days(rule, pl.col("day"))
        currency = rules.currency(rule)
        if currency:
            said = said * pl.col(f"rate_{currency}")
        out = pl.when(mode=mode).then(said).otherwise(out)
    return pl.when(pl.col("mode").is_not_null()).then(out)


def _rates(pairs: pl.DataFrame, rules: Rules, base: str, fx: pl.DataFrame) -> pl.DataFrame:
    """One row per day, one column `rate_<currency>` for each currency the rules are stated in."""
    used = sorted({c for by_mode in RULES_OF.values() for rule in by_mode.values() if (c := rules.currency(rule))})
    days = pairs.select("day").unique()
    wanted = days.join(pl.DataFrame({"currency": used}), how="cross")
    rates = rates_to(base, wanted, fx)
    for currency in used:
        days = days.join(
            rates.filter(currency=currency).select("day", pl.col("rate").alias(f"rate_{currency}")),
            on="day",
            how="left",
        )
    return days
