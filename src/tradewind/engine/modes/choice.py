"""The mode each SKU earns most in over a month, all its costs and risks counted, changed only where it pays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from tradewind.core.errors import ParameterError
from tradewind.core.money import amount_in
from tradewind.core.rules import Rules
from tradewind.core.tables import TABLES
from tradewind.engine.modes.facts import ModeFacts
from tradewind.engine.modes.month import MIXED, sku_present_mode, sku_starts, with_present
from tradewind.engine.modes.monthly import monthly_values
from tradewind.engine.modes.stranded import leaving
from tradewind.engine.modes.tiers import TIERS


@dataclass(frozen=True)
class ModeParams:
    """When a change is worth it: it gains at least `switch_share` of the month's margin (of the larger of both), and
    within `payback_months` it earns back the rules' cost of a change (mode_change.cost) and what becomes of the goods
    it leaves behind (stranded.py), even where demand in the other mode comes out at its cautious end (speed.py).
    `seed` draws how uncertain that demand is (effect.py)."""

    switch_share: float = 0.10
    payback_months: float = 3.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.switch_share < 0:
            raise ParameterError("parameter_range", name="switch_share", value=self.switch_share, allowed=">= 0")
        if self.payback_months <= 0:
            raise ParameterError("parameter_range", name="payback_months", value=self.payback_months, allowed="> 0")


@dataclass(frozen=True)
class ModeChoice:
    """`modes`: one row per SKU, the choice; `options`: one row per SKU and mode, what each would bring; `sold_in`: one
    row per SKU and market (sku, market, mode), as it is sold at present, or will be where it is not sold yet.
    """

    modes: pl.DataFrame
    options: pl.DataFrame
    sold_in: pl.DataFrame


def choose_mode(facts: ModeFacts, rules: Rules, *, on: date, params: ModeParams | None = None) -> ModeChoice:
    """For each SKU the allowed mode with the highest expected margin of the month, and the others beside it.

    What a mode brings in a month, stock-outs and leftovers counted, is in monthly.py. All modes are compared on
    the same draws, over the markets where at least one mode's margin is known. A mode whose margin is unknown
    in one of them has no figure and is not allowed; nor is one that the rules do not allow the SKU's tier.

    How a SKU is sold at present is left only where the gain is worth a change (ModeParams), or where its tier no longer
    allows it; where its own margin is unknown it is kept: nothing is known against it. Markets that a mode does not
    reach stay as they are (monthly.py). `rules` give leftover loss, capital rate, the cost of a change and the modes of
    each tier on day `on`, and what a mode does to demand against the present one (effect.py).

    Returns `modes`, by sku: sku, mode (null if none can be chosen), previous_mode (MIXED where no one mode says it; see
    `sku_present_mode`), monthly_margin, monthly_margin_p10, monthly_margin_p90, present_margin (a month as sold now),
    sales_to_keep (share of the sales expected at which the chosen mode brings no more than the present; null where it
    brings nothing), runner_up, runner_up_margin, gain (over the runner-up), stranded_units, stranded_cost and way_out
    (of goods that a change to the best mode would leave behind, see stranded.py), currency, reason; and `options`, by
    sku, mode: sku, mode, monthly_margin, monthly_margin_p10, monthly_margin_p90, monthly_units, unit_margin,
    late_fines, capital_tied, switching_cost, wrong_costs (what this mode brings less than the chosen one), best_odds,
    break_even_multiplier (of demand against the chosen mode's, at which both bring the same), margin_if_known,
    elsewhere (markets that stay as they are), allowed, currency, reason.
    """
    params = params or ModeParams()
    economics, month = facts.economics, facts.month
    skus, _ = sku_starts(month.keys)
    currency = next(iter(economics["currency"].drop_nulls().unique().sort().cast(pl.String)), None)
    before = sku_present_mode(economics, month.keys, facts.present)
    mixed = before.filter(previous_mode=MIXED)["sku"]
    values = monthly_values(facts, rules, on, mixed=mixed, seed=params.seed)
    sold = with_present(month.keys, facts.present)
    options = _allowed(values, skus, sold, facts.tiers, rules, on).with_columns(
        currency=pl.lit(currency, dtype=pl.String)
    )
    change = _cost_of_a_change(rules, on, currency, facts.fx)
    rivals = leaving(_rivals(options, skus, before), facts.stocked, economics, rules, on)
    chosen = _chosen(rivals, options, params, change)
    sold_in = sold.join(chosen.select("sku", "mode"), on="sku").select(
        "sku", "market", mode=pl.coalesce("present", "mode")
    )
    return ModeChoice(chosen, _compared(options, chosen, change).drop("fits_tier"), sold_in.sort("sku", "market"))


def _compared(options: pl.DataFrame, chosen: pl.DataFrame, change: float) -> pl.DataFrame:
    """`options` beside the chosen mode. A month's margin grows with demand in proportion (buying ahead does too), so
    demand may fall to chosen / this, as a share of what was assumed, before both bring the same."""
    taken = chosen.select("sku", "previous_mode", _mode="mode", _margin="monthly_margin")
    met = options.join(taken, on="sku", how="left", maintain_order="left")
    units = met.filter(pl.col("mode") == pl.col("_mode")).select("sku", _units="monthly_units")
    met = met.join(units, on="sku", how="left", maintain_order="left")
    pays = (pl.col("monthly_margin") > 0) & (pl.col("_margin") > 0)
    multiple = pl.col("_margin") / pl.col("monthly_margin") * pl.col("monthly_units") / pl.col("_units")
    return met.with_columns(
        unit_margin=pl.when(pl.col("monthly_units") > 0).then(pl.col("monthly_margin") / pl.col("monthly_units")),
        switching_cost=pl.when(pl.col("mode") == pl.col("previous_mode")).then(0.0).otherwise(pl.lit(change)),
        wrong_costs=pl.col("_margin") - pl.col("monthly_margin"),
        break_even_multiplier=pl.when(pays & (pl.col("_units") > 0)).then(multiple),
    ).drop("previous_mode", "_mode", "_margin", "_units")


def _cost_of_a_change(rules: Rules, on: date, base: str | None, fx: pl.DataFrame | None) -> float:
    if base is None:
        return 0.0
    cost, own = rules.value("mode_change.cost", on=on), rules.currency("mode_change.cost")
    return amount_in(base, cost, own, on, fx if fx is not None else TABLES["fx"].empty()) or 0.0


def _ranked(options: pl.DataFrame) -> pl.DataFrame:
    return options.filter("allowed").sort(["sku", "monthly_margin", "mode"], descending=[False, True, False])


def _rivals(options: pl.DataFrame, skus: pl.Series, before: pl.DataFrame) -> pl.DataFrame:
    """The present mode of each SKU beside the best one allowed; `gain` a month of a change, cautiously."""
    best = (
        _ranked(options)
        .unique("sku", keep="first", maintain_order=True)
        .select("sku", best_mode="mode", best_margin="monthly_margin", cautious_margin="cautious_margin")
    )
    present = options.select(
        "sku",
        previous_mode="mode",
        present_margin="monthly_margin",
        present_units="monthly_units",
        present_fits="fits_tier",
    )
    rows = (
        pl.DataFrame({"sku": skus}, schema={"sku": pl.String})
        .join(before, on="sku", how="left")
        .join(best, on="sku", how="left")
        .join(present, on=["sku", "previous_mode"], how="left")
    )
    return rows.with_columns(gain=pl.col("cautious_margin") - pl.col("present_margin"))


def _chosen(rows: pl.DataFrame, options: pl.DataFrame, params: ModeParams, change: float) -> pl.DataFrame:
    larger = pl.max_horizontal(pl.col("present_margin").abs(), pl.col("best_margin").abs())
    worthwhile = pl.col("best_margin") - pl.col("present_margin") > params.switch_share * larger
    costs = change + pl.col("stranded_cost").fill_null(0.0)
    gains = worthwhile & (pl.col("gain") * params.payback_months > costs)
    rows = rows.with_columns(
        case=pl.when(pl.col("previous_mode").is_null() & pl.col("best_mode").is_null())
        .then(pl.lit("unknown"))
        .when(pl.col("previous_mode").is_null())
        .then(pl.lit("first"))
        .when(pl.col("present_margin").is_null() | pl.col("best_mode").is_null())
        .then(pl.lit("present_unknown"))
        .when(pl.col("best_mode") == pl.col("previous_mode"))
        .then(pl.lit("keep"))
        .when(gains)
        .then(pl.lit("switch"))
        .when(~pl.col("present_fits"))
        .then(pl.lit("tier"))
        .otherwise(pl.lit("stay"))
    )
    moves = pl.col("case").is_in(["first", "tier", "switch"])
    rows = rows.with_columns(mode=pl.when(moves).then("best_mode").otherwise("previous_mode"))
    return _with_runner_up(rows.drop("gain"), options, _ranked(options))


def _with_runner_up(rows: pl.DataFrame, options: pl.DataFrame, ranked: pl.DataFrame) -> pl.DataFrame:
    figures = options.select("sku", "mode", "monthly_margin", "monthly_margin_p10", "monthly_margin_p90", "currency")
    others = ranked.join(rows.select("sku", chosen="mode"), on="sku").filter(
        pl.col("chosen").is_null() | (pl.col("mode") != pl.col("chosen"))
    )
    second = others.unique("sku", keep="first", maintain_order=True).select(
        "sku", runner_up="mode", runner_up_margin="monthly_margin"
    )
    rows = rows.join(figures, on=["sku", "mode"], how="left").join(second, on="sku", how="left")
    keeps = pl.col("present_margin").clip(lower_bound=0.0) / pl.col("monthly_margin")
    rows = rows.with_columns(
        gain=pl.col("monthly_margin") - pl.col("runner_up_margin"),
        stranded_cost=pl.when(pl.col("stranded_units") > 0).then("stranded_cost").otherwise(0.0),
        sales_to_keep=pl.when(pl.col("monthly_margin") > 0).then(keeps),
    )
    return rows.select(
        "sku", "mode", "previous_mode", "monthly_margin", "monthly_margin_p10", "monthly_margin_p90", "present_margin",
        "sales_to_keep", "runner_up", "runner_up_margin", "gain", "stranded_units", "stranded_cost", "way_out",
        "currency", _reason().alias("reason"),
    ).sort("sku")  # fmt: skip


def _reason() -> pl.Expr:
    """Message id: why this mode; the sentence says in words which mode it is."""
    return (
        pl.when(pl.col("case").is_in(["unknown", "present_unknown"]))
        .then(pl.format("mode_reason.{}", "case"))
        .when((pl.col("monthly_margin") < 0) & pl.col("case").is_in(["tier", "switch"]))
        .then(pl.lit("mode_reason.loses_less"))
        .when(pl.col("monthly_margin") < 0)
        .then(pl.lit("mode_reason.loses"))
        .when((pl.col("case") == "switch") & (pl.col("present_margin") <= 0))
        .then(pl.lit("mode_reason.leaves_loss"))
        .when(pl.col("runner_up").is_null() & (pl.col("case") != "tier"))
        .then(pl.format("mode_reason.only_{}", "mode"))
        .otherwise(pl.format("mode_reason.{}_{}", "case", "mode"))
    )


def _allowed(
    values: pl.DataFrame, skus: pl.Series, sold: pl.DataFrame, tiers: pl.DataFrame | None, rules: Rules, on: date
) -> pl.DataFrame:
    """`values` with fits_tier, allowed, and the reason id of each option; `sold`: sku, market, present."""
    every = pl.DataFrame({"sku": skus}, schema={"sku": pl.String})
    ranked = every.with_columns(tier=pl.lit(None, dtype=pl.String))
    if tiers is not None:
        ranked = every.join(tiers.select("sku", pl.col("tier").cast(pl.String)), on="sku", how="left")
    tiered = values.join(ranked, on="sku", how="left", maintain_order="left")
    of_mixed = sold.join(ranked, on="sku").group_by("sku").agg(mixed_fits=_fits_tier("present", rules, on).all())
    known = pl.col("monthly_margin").is_not_null()
    return (
        tiered.join(of_mixed, on="sku", how="left")
        .with_columns(fits_tier=pl.when(mode=MIXED).then("mixed_fits").otherwise(_fits_tier("mode", rules, on)))
        .with_columns(
            allowed=pl.col("fits_tier") & known,
            reason=pl.when(~known)
            .then(pl.lit("mode_option.margin_unknown"))
            .when(~pl.col("fits_tier"))
            .then(pl.lit("mode_option.not_for_tier"))
            .when(pl.col("elsewhere").is_not_null())
            .then(pl.lit("mode_option.partly"))
            .otherwise(pl.lit("mode_option.open")),
        )
        .drop("tier", "mixed_fits")
        .sort("sku", "mode")
    )


def _fits_tier(mode: str, rules: Rules, on: date) -> pl.Expr:
    """Whether the tier of the row may be sold in the mode in column `mode`; a tier not known may in any."""
    fits = pl.lit(True)
    for tier in TIERS:
        modes = [m.strip() for m in rules.choice(f"tier_modes.{tier}", on=on).split(",")]
        fits = pl.when(tier=tier).then(pl.col(mode).is_in(modes)).otherwise(fits)
    return fits
