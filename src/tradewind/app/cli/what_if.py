"""What a change of rules does to the margin table, and which changes of one's own would save money."""

from __future__ import annotations

from importlib import resources

import polars as pl
import yaml

from tradewind.app.asking import Answer, Ask, Grid
from tradewind.app.cli.console import words
from tradewind.app.cli.moding import Ground, grounded
from tradewind.app.cli.quoted import cents
from tradewind.app.wording.figures import money, named, share
from tradewind.app.wording.sentences import row_sentences
from tradewind.core.errors import ParameterError
from tradewind.core.text import catalogue

ON_PAGE = 20


def scenario(ask: Ask) -> Answer:
    """The margin table before and after a patch over the rules."""
    from tradewind.engine.margin.what_if import World, by_component, compared, patched, read_change

    ready, name = ready_scenarios(), ask["name"]
    if name is None and not ask["set"]:
        return _list(ready, ask)
    if name is not None and name not in ready and not ask["set"]:
        raise ParameterError("scenario_unknown", name=name, known=", ".join(ready))
    said = [*ready.get(name or "", []), *ask["set"]]
    changes = [read_change(one) for one in said]
    ground = grounded(ask)
    facts = ground.facts
    world = World(ground.rules, facts["services"], facts["fx"], facts.base, _most_used(facts["parcels"]))
    after_world = patched(world, changes)
    before = ground.economics(ground.rules)
    after = ground.economics(after_world.rules, services=after_world.services, fx=after_world.fx)
    units = ground.month.keys.with_columns(monthly_units=pl.Series(ground.month.draws.mean(axis=1).astype(float)))
    table = compared(before, after, units, ground.present)
    components = by_component(table, before, after)
    data = {
        "scenario": name, "changes": said, "run": ground.plan.id, "currency": facts.base,
        "components": components.to_dicts(), "table": table.to_dicts(),
    }  # fmt: skip
    return Answer(data, _scenario_parts(table, components, said, name if name in ready else None, ground, ask))


def ready_scenarios() -> dict[str, list[str]]:
    """The scenarios that come with Tradewind: name -> changes."""
    folder = resources.files("tradewind") / "rulepacks" / "scenarios"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return {f.name.removesuffix(".yaml"): yaml.safe_load(f.read_text(encoding="utf-8")) for f in files}


def savings(ask: Ask) -> Answer:
    """Ranked changes that lower fulfilment cost, within what the seller may decide."""
    from tradewind.app.planning.decide import RECENT_MONTHS
    from tradewind.app.workspace import Workspace
    from tradewind.engine.margin.savings import fulfilment_cost

    plan = Workspace(ask.folder).load_run(ask.options.get("run"))
    mine, base = plan["savings"], plan.currency
    cost = fulfilment_cost(plan["margin_by"]) / RECENT_MONTHS
    top = mine.head(ask["limit"])
    data = {"run": plan.id, "currency": base, "fulfilment_cost": cost, "data": mine.to_dicts()}
    say, lang = words(ask.lang), ask.lang
    if mine.is_empty():
        return Answer(data, [say("savings_said.none")])
    rows = [
        [money(r["money"], base, lang), say(f"saving_kind.{r['kind']}"), s]
        for r, s in zip(top.iter_rows(named=True), row_sentences(top, lang), strict=True)
    ]
    whole = float(mine["money"].sum())
    told = say(
        "savings_said.sum", money=money(whole, base, lang), cost=money(cost, base, lang),
        share=share(whole / cost if cost > 0 else None, lang),
    )  # fmt: skip
    return Answer(
        data, [Grid([say(f"savings_head.{h}") for h in ("money", "kind", "why")], rows, "", frozenset({0})), told]
    )


def _scenario_parts(
    table: pl.DataFrame, components: pl.DataFrame, said: list[str], ready: str | None, ground: Ground, ask: Ask
) -> list[str | Grid]:
    say, lang, base = words(ask.lang), ask.lang, ground.facts.base
    known = table.filter(pl.col("change").is_not_null())
    sums = [float(known[c].sum()) if known.height else None for c in ("monthly_margin", "monthly_after", "change")]
    before, after, change = (money(one, base, lang) for one in sums)
    title = say(f"scenario_title.{ready}") if ready else say("scenario_said.title")
    turned = known.filter((pl.col("margin") >= 0) & (pl.col("margin_after") < 0)).height
    lost = table.filter(pl.col("margin").is_not_null() & pl.col("margin_after").is_null()).height
    moved = components.filter(pl.col("change").abs() > 0.005)
    costs = [
        [say(f"margin_lines.{r['component']}"), *(money(r[c], base, lang) for c in ("before", "after", "change"))]
        for r in moved.iter_rows(named=True)
    ]
    rows = [
        [
            r["sku"], r["market"], named("mode", r["mode"], lang), cents(r["margin"], base, lang),
            cents(r["margin_after"], base, lang), money(r["monthly_margin"], base, lang),
            money(r["monthly_after"], base, lang), money(r["change"], base, lang),
        ]
        for r in table.head(ON_PAGE).iter_rows(named=True)
    ]  # fmt: skip
    heads = ("sku", "market", "mode", "before", "after", "month_before", "month_after", "change")
    return [
        say("scenario_said.head", title=title, before=before, after=after, change=change),
        say("scenario_said.changed", changes="; ".join(said)),
        Grid([say(f"scenario_head.{h}") for h in ("what", "month_before", "month_after", "change")], costs, "",
             frozenset({1, 2, 3})),
        Grid([say(f"scenario_head.{h}") for h in heads], rows, say("scenario_said.table"), frozenset(range(3, 8))),
        say("scenario_said.worse", turned=turned, rows=table.height, unknown=lost),
    ]  # fmt: skip


def _list(ready: dict[str, list[str]], ask: Ask) -> Answer:
    say = words(ask.lang)
    titles = catalogue(ask.lang)
    rows = [[name, titles.get(f"scenario_title.{name}", name), "; ".join(said)] for name, said in ready.items()]
    heads = [say(f"scenario_head.{h}") for h in ("name", "what", "change")]
    return Answer({"scenarios": ready}, [Grid(heads, rows, say("scenario_said.list"))])


def _most_used(parcels: pl.DataFrame) -> str | None:
    counted = parcels.group_by("service").agg(n=pl.len()).sort(["n", "service"], descending=[True, False])
    return counted["service"][0] if counted.height else None
