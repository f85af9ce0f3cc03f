"""All modes of a SKU side by side, what a change of rules does to margins, and where fulfilment could cost less."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from tradewind.app.asking import Answer, Ask, Grid
from tradewind.app.cli.console import words
from tradewind.app.cli.quoted import cents
from tradewind.app.wording.figures import money, named, number, share
from tradewind.app.wording.sentences import row_sentences, sentence
from tradewind.core.errors import ParameterError
from tradewind.core.rules import Rules

ON_PAGE = 20


@dataclass(frozen=True)
class Ground:
    """The latest plan and what it was made from: facts, economics by mode, the month's demand, how SKUs are sold.

    For one SKU `sold` holds its orders whole: what a piece leaves depends on what shares its parcel.
    """

    facts: Any
    rules: Rules
    plan: Any
    month: Any
    present: pl.DataFrame
    sold: pl.DataFrame

    def economics(self, rules: Rules, **more: Any) -> pl.DataFrame:
        """At `rules`, and at `services` and `fx` where given; tiers of cards follow both."""
        from tradewind.engine.margin import unit_economics
        from tradewind.engine.margin.cards import lane_brackets, rescaled

        costing = replace(self.facts.costing, **more)
        tiers = lane_brackets(rules, self.facts.as_of.date(), costing.services)
        costing = replace(costing, brackets=rescaled(tiers, self.facts["services"], costing.services))
        every = unit_economics(self.sold, rules, costing, as_of=self.facts.as_of)
        return self.asked(every)

    def asked(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of the SKUs asked about."""
        return frame.join(self.month.keys.select("sku").unique(), on="sku", how="semi", maintain_order="left")


def modes(ask: Ask) -> Answer:
    """Full-managed, semi-managed stocked and just in time, POP and overseas, side by side."""
    from tradewind.app.planning.mode_terms import mode_terms, supplied
    from tradewind.engine.modes import ModeFacts, ModeParams, choose_mode, rank_tiers, tier_facts

    ground = grounded(ask, ask["sku"])
    if ask["supply_price"] is not None and ask["sku"] is None:
        raise ParameterError("modes_supply_price_whose")
    on = ground.facts.as_of.date()
    usual = economics = ground.economics(ground.rules)
    if ask["supply_price"] is not None:
        quoted = economics.select("sku").unique().with_columns(mode=pl.lit("full"), price=pl.lit(ask["supply_price"]))
        at_quote = supplied(ground.facts, quoted, sold=ground.sold)
        economics = pl.concat([usual.filter(pl.col("mode") != "full"), at_quote]).sort("sku", "market", "mode")
    tiers = ground.asked(ground.plan["tiers"])
    tiers = tiers if tiers.height else rank_tiers(tier_facts(economics, ground.month, ground.present))
    sold = ModeFacts(economics, ground.month, ground.present, tiers, ground.facts["fx"])
    choice = choose_mode(sold, ground.rules, on=on, params=ModeParams(seed=ground.plan.seed))
    beside = mode_terms(
        ground.facts, usual, ground.month, choice.options, sold=ground.sold,
        present=ground.present, seed=ground.plan.seed,
    )  # fmt: skip
    frames = {
        "modes": choice.modes, "options": choice.options, "full_managed": beside.mode_offers,
        "parity": ground.asked(beside.price_parity), "tiers": tiers, "policies": beside.tier_policies,
        "control": beside.mode_control,
    }  # fmt: skip
    data = {"run": ground.plan.id, "on": on} | {name: frame.to_dicts() for name, frame in frames.items()}
    return Answer(data, _mode_parts(frames, ground, ask))


def grounded(ask: Ask, sku: str | None = None) -> Ground:
    """The latest plan's month, for one SKU or all. Raises UnknownRunError where nothing was planned yet."""
    from tradewind.app.planning.cycle import gather
    from tradewind.app.planning.predict import drawn_paths
    from tradewind.app.workspace import Workspace
    from tradewind.engine.modes import MonthDemand, present_modes

    workspace = Workspace(ask.folder)
    plan = workspace.load_run(ask.options.get("run"))
    facts = gather(workspace.snapshot(plan.asked_as_of, plan.versions))
    lines, demand = facts["order_lines"], plan["demand"]
    if sku is not None:
        demand = demand.filter(pl.col("sku") == sku)
        its_orders = lines.filter(pl.col("sku") == sku).select("platform", "shop", "order_id").unique()
        lines = lines.join(its_orders, on=its_orders.columns, how="semi", maintain_order="left")
        if demand.is_empty():
            raise ParameterError("modes_sku_unknown", sku=sku)
    paths = drawn_paths(facts, plan["sales"], demand, seed=plan.seed)
    month = MonthDemand.from_weeks(paths.keys, paths.draws)
    present = present_modes(lines, as_of=facts.as_of).join(month.keys, on=["sku", "market"], how="semi")
    return Ground(facts, facts.rules, plan, month, present, lines)


def _mode_parts(frames: dict[str, pl.DataFrame], ground: Ground, ask: Ask) -> list[str | Grid]:
    from tradewind.engine.modes import CLASHES

    say, lang, base = words(ask.lang), ask.lang, ground.facts.base
    chosen = frames["modes"].sort(pl.col("monthly_margin").abs(), descending=True, nulls_last=True)
    top = chosen.head(ON_PAGE if ask["sku"] is None else chosen.height)
    parts: list[str | Grid] = []
    told = [
        [r["sku"], _mode(r["previous_mode"], lang), _mode(r["mode"], lang), money(r["monthly_margin"], base, lang), s]
        for r, s in zip(top.iter_rows(named=True), row_sentences(top, lang), strict=True)
    ]
    heads = [say(f"modes_head.{h}") for h in ("sku", "now", "chosen", "margin", "reason")]
    parts.append(Grid(heads, told, say("modes_said.choice"), frozenset({3})))
    if ask["sku"] is not None:
        parts.append(_options_grid(frames["options"], ask, base))
        parts += list(row_sentences(frames["full_managed"], lang))
        parts.append(_policy(frames, ask))
    else:
        parts.append(say("modes_said.one_sku", shown=top.height, skus=chosen.height))
    apart = frames["parity"].filter(pl.col("reason").is_in(CLASHES))
    parts += row_sentences(apart.head(ON_PAGE), lang)
    return parts


def _options_grid(options: pl.DataFrame, ask: Ask, base: str) -> Grid:
    say, lang = words(ask.lang), ask.lang
    rows = [
        [
            _mode(r["mode"], lang),
            cents(r["unit_margin"], base, lang),
            money(r["monthly_margin"], base, lang),
            f"{money(r['monthly_margin_p10'], '', lang)} … {money(r['monthly_margin_p90'], '', lang)}",
            money(r["late_fines"], base, lang),
            money(r["capital_tied"], base, lang),
            money(r["switching_cost"], base, lang),
            money(r["wrong_costs"], base, lang),
            share(r["best_odds"], lang),
            number(r["break_even_multiplier"], lang, 2),
            sentence(r["reason"], r, lang),
        ]
        for r in options.iter_rows(named=True)
    ]
    there = set(options["mode"])
    rows += [
        [_mode(mode, lang), *["-"] * 9, say(f"mode_option.{why}")]
        for mode, why in (("full", "no_supply_price"), ("overseas", "no_card_abroad"))
        if mode not in there
    ]
    names = ("mode", "unit", "month", "spread", "fines", "capital", "switch", "wrong", "odds", "multiplier", "remark")
    return Grid([say(f"modes_head.{n}") for n in names], rows, say("modes_said.options"), frozenset(range(1, 10)))


def _policy(frames: dict[str, pl.DataFrame], ask: Ask) -> str:
    say = words(ask.lang)
    tier = frames["tiers"].filter(pl.col("sku") == ask["sku"])
    if tier.is_empty():
        return say("modes_said.no_tier")
    row = frames["policies"].filter(pl.col("tier") == tier["tier"].cast(pl.String)[0]).row(0, named=True)
    return say(
        f"tier_policy_said.{row['policy']}", tier=named("tier", row["tier"], ask.lang),
        cover=number(row["cover_days"], ask.lang), review=number(row["review_days"], ask.lang),
    )  # fmt: skip


def _mode(name: str | None, lang: str) -> str:
    return "-" if name is None else named("mode", str(name), lang)
