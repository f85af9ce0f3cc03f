"""What customs and the tax office take of an order, and whether the seller bears it.

Which rule says what of which market is structure and stands here; what it says is data. For an order worth V, its
intrinsic value: the price of the goods without the tax in it (UCC-DA Art. 1(48)), freight shown apart left out:

    V <= free limit             no duty
    flat duty in force, V <= its limit    amount x distinct HS6 headings in the order (EU since 2026-07-01)
    else                        V x rate - deduction, at least an amount per kilogram
    fees                        per declaration line, per HS6 heading, per parcel
    tax                         paid x r / (1 + r) where the price holds it, and r x the flat duty the seller bears

What a market's rules do not say is unknown, never zero; it matters only where the seller pays it.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tradewind.core.rules import Rules

_EAEU = ("RU", "BY", "KZ", "AM", "KG")
_EU = ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
       "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK")  # fmt: skip
"""Markets that share the Union's rules; a pack row eu.vat.<market> for each is checked by a test."""


def _eu(rule: str) -> dict[str, str]:
    return dict.fromkeys(_EU, rule)


MARKET_RULES: dict[str, dict[str, str]] = {
    "vat_rate": {
        **{m: f"eu.vat.{m}" for m in _EU}, "GB": "uk.vat", "KR": "kr.vat", "SA": "sa.vat", "AE": "ae.vat",
        "CL": "cl.vat", "IL": "il.vat", "AU": "au.gst", "NZ": "nz.gst", "NO": "no.vat", "CH": "ch.vat",
        "TH": "th.vat", "MY": "my.lvg", "VN": "vn.vat", "BR": "br.icms",
    },
    "duty_free_up_to": {
        **_eu("eu.duty_relief"), **dict.fromkeys(_EAEU, "eaeu.duty_free_up_to"), "GB": "uk.duty_relief",
        "KR": "kr.exempt_up_to", "SA": "sa.duty_exempt_under", "AE": "ae.duty_exempt_up_to",
        "CL": "cl.no_duty_up_to", "IL": "il.exempt_up_to", "TR": "tr.exempt_up_to", "US": "us.de_minimis.CN",
        "AU": "au.gst_up_to", "NZ": "nz.gst_up_to", "CA": "ca.exempt_up_to", "JP": "jp.exempt_up_to",
        "MY": "my.lvg_up_to",
    },
    "tax_free_up_to": {"KR": "kr.exempt_up_to", "IL": "il.exempt_up_to", "CL": "cl.exempt_up_to"},
    "duty_rate": {
        "KR": "kr.duty.general", "SA": "sa.duty", "AE": "ae.duty", "CL": "cl.duty", "MX": "mx.rate",
        "TR": "tr.simplified_rate.other", "BR": "br.duty_large", "US": "us.duty_rate_assumed",
        **dict.fromkeys(_EAEU, "eaeu.duty"),
    },
    "own_paid_by": {"US": "us.duty_paid_by"},
    "tax_by": {"US": "us.sales_tax_collected_by"},
    "duty_rate_more": {"US": "us.section_122"},
    "small_rate": {"BR": "br.duty_small"},
    "small_up_to": {"BR": "br.small_up_to"},
    "duty_less": {"BR": "br.duty_large_less"},
    "duty_least_kg": dict.fromkeys(_EAEU, "eaeu.duty_least"),
    "flat_duty": _eu("eu.flat_duty"),
    "flat_up_to": _eu("eu.flat_duty_up_to"),
    "flat_counts": _eu("eu.flat_duty_counts"),
    "flat_paid_by": _eu("eu.flat_duty_paid_by"),
    "vat_on_flat": _eu("eu.vat_on_flat_duty"),
    "line_fee": _eu("eu.handling_fee"),
    "hs6_fee": {"FR": "eu.national_fee.FR"},
    "border_parcel_fee": {"RO": "eu.national_fee.RO", "IT": "eu.national_fee.IT"},
}  # fmt: skip
"""Term -> market -> rule. A market that is not named has no such rule."""

_STRICTLY_UNDER = ("SA",)
_ABSENT_IS_ZERO = ("duty_rate_more", "duty_less", "duty_least_kg", "line_fee", "hs6_fee", "border_parcel_fee")
"""Terms a market need not have; on a day no row covers, a market that has the rule is unknown, except for fees that
have not begun."""
_CENTS = 6
"""A value on a limit must not fall beside it by the last bits of a division."""
_NOT_BEGUN_IS_ZERO = ("line_fee", "hs6_fee", "border_parcel_fee")
_BORNE = ("semi_stocked", "semi_jit", "pop", "own")
"""Modes whose orders cross the border one by one on the seller's account: full-managed goods are the platform's, those
overseas have crossed in bulk, in their inbound cost."""


def market_currencies(rules: Rules) -> set[str]:
    """The currencies the market rules are stated in."""
    named = {rule for by_market in MARKET_RULES.values() for rule in by_market.values() if rule in rules.rows}
    return {c for rule in named if (c := rules.currency(rule))}


def market_terms(pairs: pl.DataFrame, rules: Rules, names: Sequence[str]) -> pl.DataFrame:
    """`pairs` (market, day, rate_<currency>) with the terms `names` of MARKET_RULES, money in base currency.

    Null where a market has no such rule, or none that day.
    """
    markets = pairs["market"].unique().to_list()
    return pairs.with_columns(_term(name, rules, markets).alias(name) for name in names)


def _term(name: str, rules: Rules, markets: list[str]) -> pl.Expr:
    """One condition per rule, not per market: the 27 members share most of theirs."""
    by_rule: dict[str, list[str]] = {}
    for market, rule in MARKET_RULES[name].items():
        if market in markets:
            by_rule.setdefault(rule, []).append(market)
    texts = name in ("flat_counts", "flat_paid_by", "vat_on_flat", "own_paid_by", "tax_by")
    empty = pl.lit(0.0) if name in _ABSENT_IS_ZERO else pl.lit(None, dtype=pl.String if texts else pl.Float64)
    out: pl.Expr = empty
    for rule, of in by_rule.items():
        said = rules.on_days(rule, pl.col("day"))
        if currency := rules.currency(rule):
            said = said * pl.col(f"rate_{currency}")
        if name in _NOT_BEGUN_IS_ZERO:
            begun = rules.on_days(rule, pl.col("day")).is_not_null()
            said = pl.when(begun).then(said).otherwise(0.0)
        out = pl.when(pl.col("market").is_in(of)).then(said).otherwise(out)
    return out


def border_columns() -> dict[str, pl.Expr]:
    """duty and tax a line's seller bears, in base currency.

    Reads order_value (what the whole order is worth), order_weight_g, order_headings (distinct HS6), order_headings_10
    (all ten digits), own_duty_rate (the goods' own; null if not stated), order_share, revenue, mode, and the terms.
    """
    crosses = pl.col("mode").cast(pl.String).is_in(_BORNE)
    share, flat = pl.col("order_share"), is_flat()
    flat_borne = flat & (pl.col("flat_paid_by").fill_null("platform") == "seller")
    import_borne = pl.coalesce("own_paid_by", "import_paid_by") == "seller"
    inside = pl.col("tax_in_paid") == "yes"
    # where the platform collects the tax on top of every price, none is the seller's to pay
    taxed = pl.col("tax_by").fill_null("seller") == "seller"
    # without a rate of the euro, or a value, nobody can say whether the flat duty is due: unknown, not nothing
    undecided = (pl.col("flat_paid_by") == "seller").fill_null(False) & (
        pl.col("flat_up_to").is_null() | intrinsic_value().is_null()
    )
    by_heading = _where(flat_borne, (flat_duty() + border_fees()) * share)
    duty = pl.when(flat).then(by_heading).otherwise(_where(import_borne, ordinary_duty() * share))
    tax = (
        _where(taxed & inside & ~tax_free(), pl.col("revenue") * _inside(pl.col("vat_rate")))
        + _where(flat_borne & (pl.col("vat_on_flat") == "yes"), flat_duty() * share * pl.col("vat_rate"))
        + _where(taxed & import_borne & ~inside & ~tax_free(), import_tax() * share)
    )
    duty, tax = (pl.when(~undecided).then(amount) for amount in (duty, tax))
    said = pl.col("tax_in_paid").is_not_null() & pl.col("import_paid_by").is_not_null()
    no_border = pl.when(~crosses).then(0.0)
    return {"duty": pl.when(crosses & said).then(duty).otherwise(no_border),
            "tax": pl.when(crosses & said).then(tax).otherwise(no_border)}  # fmt: skip


def _where(condition: pl.Expr, amount: pl.Expr) -> pl.Expr:
    """The amount where the condition holds, nothing where it does not: what is unknown and not due is nothing."""
    return pl.when(condition.fill_null(False)).then(amount).otherwise(0.0)


def intrinsic_value() -> pl.Expr:
    """What the order is worth to customs: what was paid for it, less the tax in it, to the cent limits are held to."""
    inside = (pl.col("tax_in_paid") == "yes") & (pl.col("tax_by").fill_null("seller") == "seller")
    tax = pl.col("order_value") * _inside(pl.col("vat_rate").fill_null(0.0))
    net = (pl.col("order_value") - tax).round(_CENTS)
    return pl.when(inside.fill_null(False)).then(net).otherwise("order_value")


def is_flat() -> pl.Expr:
    """Whether the order falls under a flat duty per heading."""
    return (intrinsic_value() <= pl.col("flat_up_to")).fill_null(False)


def headings() -> pl.Expr:
    """How many headings are counted: six digits, or ten where the declaration is read so."""
    return pl.when(pl.col("flat_counts") == "ten_digits").then("order_headings_10").otherwise("order_headings")


def flat_duty() -> pl.Expr:
    return pl.col("flat_duty") * headings()


def border_fees() -> pl.Expr:
    """Handling and national fees of the order's declaration."""
    per_heading = pl.col("line_fee") + pl.col("hs6_fee")
    per_heading = pl.when(per_heading == 0).then(0.0).otherwise(per_heading * headings())
    return per_heading + pl.col("border_parcel_fee")


def ordinary_duty() -> pl.Expr:
    """Duty of the order by its value; null where the market's rate is not known and the order is not exempt."""
    value, limit = intrinsic_value(), pl.col("duty_free_up_to")
    strictly = pl.col("market").is_in(_STRICTLY_UNDER)
    free = pl.when(strictly).then(value < limit).otherwise((value <= limit) & (limit > 0)).fill_null(False)
    rate = pl.coalesce("own_duty_rate", "duty_rate") + pl.col("duty_rate_more")
    small = pl.when((value <= pl.col("small_up_to")).fill_null(False)).then(pl.col("small_rate") * value)
    large = value * rate - pl.col("duty_less")
    by_weight = pl.col("duty_least_kg") * pl.col("order_weight_g") / 1000
    least = pl.when(pl.col("duty_least_kg") == 0).then(0.0).otherwise(by_weight)
    charged = pl.coalesce(
        small, pl.when(large.is_not_null() & least.is_not_null()).then(pl.max_horizontal(large, least))
    )
    return pl.when(free).then(0.0).otherwise(charged)


def tax_free() -> pl.Expr:
    return (intrinsic_value() <= pl.col("tax_free_up_to")).fill_null(False)


def import_tax() -> pl.Expr:
    """Tax on value and duty; in Brazil `por dentro`, as a share of the amount that holds it."""
    base = intrinsic_value() + pl.when(is_flat()).then(0.0).otherwise(ordinary_duty())
    rate = pl.col("vat_rate")
    por_dentro = pl.col("market") == "BR"
    return base * pl.when(por_dentro).then(rate / (1 - rate)).otherwise(rate)


def _inside(rate: pl.Expr) -> pl.Expr:
    """The share of an amount that is the tax in it."""
    return pl.when(pl.col("market") == "BR").then(rate).otherwise(rate / (1 + rate))
