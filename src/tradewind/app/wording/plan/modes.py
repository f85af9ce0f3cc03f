"""Which SKUs matter how much, and in which mode each earns most."""

from __future__ import annotations

import polars as pl

from tradewind.app.wording.figures import named, share
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.plan.section import Section
from tradewind.app.wording.sentences import row_sentences
from tradewind.app.wording.view import Table, table_of
from tradewind.core.money import rounded
from tradewind.core.tables import MODES
from tradewind.engine.modes.month import MIXED
from tradewind.engine.modes.parity import CLASHES

ON_PAGE = 15
FEW = 5
"""Rows of what stands beside the choice; the rest is in the workbook."""
TIERS = ("hot", "potential", "long_tail")
POLICIES = ("stock", "small_batches", "jit")


def modes(plan: Plan) -> Section:
    """How many SKUs stand in each tier and mode, and the changes of mode worth most."""
    title = plan.say("report_section.modes")
    parts = (_tiers, _policies, _chosen, _changes, _wrong, _offers, _clashes)
    tables = [t for t in (part(plan) for part in parts) if t is not None]
    if not tables:
        return Section("modes", title, missing=plan.missing("modes", "order_lines", "products"))
    return Section("modes", title, [plan.say("report_modes.lead")], tables=tables)


def _tiers(plan: Plan) -> Table | None:
    frame = plan.table("tiers", "sku", "tier", "contribution")
    if frame is None:
        return None
    whole = float(frame["contribution"].sum() or 0)
    table = (
        frame.with_columns(pl.col("tier").cast(pl.String))
        .group_by("tier")
        .agg(skus=pl.len(), contribution=_known_sum("contribution"))
        .with_columns(share=pl.col("contribution") / whole if whole > 0 else pl.lit(None, dtype=pl.Float64))
        .sort(pl.col("tier").replace_strict({t: i for i, t in enumerate(TIERS)}, default=len(TIERS)))
        .with_columns(tier=_names("tier", plan))
    )
    caption = plan.say("report_modes.tiers")
    return table_of(table, plan.lang, title=caption, moneys=["contribution"], shares=["share"], currency=plan.currency)


def _chosen(plan: Plan) -> Table | None:
    frame = plan.table("modes", "sku", "mode", "monthly_margin")
    frame = frame.filter(pl.col("mode").is_not_null()) if frame is not None else None
    if frame is None or not frame.height:
        return None
    table = (
        frame.with_columns(pl.col("mode").cast(pl.String))
        .group_by("mode")
        .agg(skus=pl.len(), monthly_margin=_known_sum("monthly_margin"))
        .sort("skus", "mode", descending=[True, False])
        .with_columns(mode=_names("mode", plan))
    )
    caption = plan.say("report_modes.chosen")
    return table_of(table, plan.lang, title=caption, moneys=["monthly_margin"], currency=plan.currency)


def _changes(plan: Plan) -> Table | None:
    frame = plan.table("modes", "sku", "mode", "previous_mode", "monthly_margin")
    if frame is None:
        return None
    changed = frame.filter(
        pl.col("previous_mode").is_not_null()
        & (pl.col("previous_mode").cast(pl.String) != pl.col("mode").cast(pl.String))
    )
    if not changed.height:
        return None
    if "present_margin" in changed.columns:
        changed = changed.with_columns(more=pl.col("monthly_margin") - pl.col("present_margin"))
    by = "more" if "more" in changed.columns else "monthly_margin"
    top = changed.sort(by, "sku", descending=[True, False], nulls_last=True).head(ON_PAGE)
    shown = ("sku", "previous_mode", "mode", "monthly_margin", "more", "sales_to_keep")
    table = top.select(c for c in shown if c in top.columns).with_columns(
        mode=_names("mode", plan), previous_mode=_names("mode", plan, "previous_mode")
    )
    if "sales_to_keep" in table.columns:
        said = ["-" if kept is None else share(kept, plan.lang) for kept in table["sales_to_keep"]]
        table = table.with_columns(sales_to_keep=pl.Series(said, dtype=pl.String))
    more = plan.say("report_word.in_workbook", rows=f"{changed.height - ON_PAGE:,}") if changed.height > ON_PAGE else ""
    moneys = ["monthly_margin", "more"]
    return table_of(
        table, plan.lang, title=plan.say("report_modes.changes"), more=more, moneys=moneys,
        currency=plan.currency,
    )  # fmt: skip


def _policies(plan: Plan) -> Table | None:
    frame = plan.table("tier_policies", "tier", "policy", "cover_days", "review_days", "modes")
    if frame is None or plan.table("tiers") is None:
        return None
    policy = pl.col("policy").replace({p: named("tier_policy_name", p, plan.lang) for p in POLICIES})
    table = frame.select(
        _names("tier", plan), policy, "cover_days", "review_days", modes=mode_list(frame["modes"], plan)
    )
    return table_of(table, plan.lang, title=plan.say("report_modes.policies"))


def _wrong(plan: Plan) -> Table | None:
    """Where another mode than the chosen one would cost most."""
    frame = plan.table("mode_options", "sku", "mode", "allowed", "wrong_costs", "best_odds", "break_even_multiplier")
    frame = frame.filter(pl.col("allowed") & (pl.col("wrong_costs") > 0)) if frame is not None else None
    if frame is None or not frame.height:
        return None
    shown = ("sku", "mode", "wrong_costs", "best_odds", "break_even_multiplier")
    table = frame.with_columns(pl.col("mode").cast(pl.String)).sort(
        "wrong_costs", "sku", "mode", descending=[True, False, False]
    )
    top = table.head(FEW).select(shown).with_columns(mode=_names("mode", plan))
    return table_of(
        top, plan.lang, title=plan.say("report_modes.wrong"), more=_rest(frame, plan), moneys=["wrong_costs"],
        shares=["best_odds"], currency=plan.currency,
    )  # fmt: skip


def _offers(plan: Plan) -> Table | None:
    """Where the room between what the platform can pay and where to walk away is worth most in a month."""
    needed = ("sku", "walk_away_price", "counter_offer", "platform_limit", "monthly_units", "best_other_mode")
    frame = plan.table("mode_offers", *needed)
    if frame is None:
        return None
    room = (pl.col("platform_limit") - pl.col("walk_away_price")) * pl.col("monthly_units")
    top = frame.sort(room, pl.col("sku"), descending=[True, False], nulls_last=True).head(FEW)
    prices = ["walk_away_price", "counter_offer", "platform_limit"]
    table = top.select("sku", *prices, pl.col("best_other_mode").cast(pl.String)).with_columns(
        best_other_mode=_names("mode", plan, "best_other_mode")
    )
    table = table.with_columns(_to_the_cent(table[c], plan) for c in prices)
    return table_of(table, plan.lang, title=plan.say("report_modes.offers"), more=_rest(frame, plan))


def _clashes(plan: Plan) -> Table | None:
    """Prices too far apart across modes, and full-managed goods that are also sold by oneself."""
    frame = plan.table("price_parity", "sku", "market", "mode", "price", "reference", "gap_share", "reason")
    frame = frame.filter(pl.col("reason").is_in(CLASHES)) if frame is not None else None
    if frame is None or not frame.height:
        return None
    by = [pl.col("gap_share").abs(), *(pl.col(c).cast(pl.String) for c in ("sku", "market", "mode"))]
    top = frame.sort(by, descending=[True, False, False, False], nulls_last=True).head(FEW)
    said = pl.Series("reason", row_sentences(top, plan.lang), dtype=pl.String)
    return table_of(
        top.select("sku", "market", "gap_share", said), plan.lang, title=plan.say("report_modes.clashes"),
        more=_rest(frame, plan), shares=["gap_share"],
    )  # fmt: skip


def mode_list(modes: pl.Series, plan: Plan) -> pl.Series:
    """Lists of modes as words, apart from the commas within their names."""
    comma = plan.say("report_word.semicolon")
    said = [None if row is None else comma.join(named("mode", m, plan.lang) for m in row) for row in modes.to_list()]
    return pl.Series(modes.name, said, dtype=pl.String)


def _to_the_cent(prices: pl.Series, plan: Plan) -> pl.Series:
    """Prices a piece: there a cent matters. A counter-offer that is null is one there is no room for."""
    said = ["-" if p is None else f"{rounded(p, plan.currency):,} {plan.currency}" for p in prices]
    return pl.Series(prices.name, said, dtype=pl.String)


def _rest(frame: pl.DataFrame, plan: Plan) -> str:
    return plan.say("report_word.in_workbook", rows=f"{frame.height - FEW:,}") if frame.height > FEW else ""


def _known_sum(column: str) -> pl.Expr:
    """The sum of what is known; unknown where nothing is."""
    return pl.when(pl.col(column).is_not_null().any()).then(pl.col(column).sum()).alias(column)


def _names(group: str, plan: Plan, column: str | None = None) -> pl.Expr:
    ids = TIERS if group == "tier" else (*MODES, MIXED)
    return pl.col(column or group).cast(pl.String).replace({i: named(group, i, plan.lang) for i in ids})
