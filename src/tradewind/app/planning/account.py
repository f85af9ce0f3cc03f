"""Fifth stage: what sales really earned, which fines to appeal, how much cash there will be, how the shop stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import polars as pl

from tradewind.app.forms.shop_profile import read_profile
from tradewind.app.planning.cash import Cash, PlannedMoney, plan_cash
from tradewind.app.planning.decide import Decided
from tradewind.app.planning.facts import Facts
from tradewind.app.planning.predict import Predicted
from tradewind.app.planning.value import Valued, expected_margin
from tradewind.app.planning.windows import ACCOUNT_WEEKS
from tradewind.engine.actuals import Actuals, ActualsFacts, actual_margin, margin_difference
from tradewind.engine.cash import CashParams
from tradewind.engine.fines import FineFacts, evidence, fees_to_recover, judge_fines
from tradewind.engine.shop import ShopFacts
from tradewind.engine.shop import shop_health as shop_figures


@dataclass(frozen=True)
class Accounted:
    """margin_actual: what was earned by mode; actual_lines and strange_sums: what it is added up from (Actuals); fines,
    their evidence and fees to get back; cash (Cash); shop_health: the shop's figures; shop_file: what the seller
    stated, so that the plan can be made again."""

    margin_actual: pl.DataFrame
    actual_lines: pl.DataFrame
    strange_sums: pl.DataFrame
    fines: pl.DataFrame
    fine_evidence: pl.DataFrame
    fees_back: pl.DataFrame
    cash: Cash
    shop_health: pl.DataFrame
    shop_file: pl.DataFrame


def account(
    facts: Facts, predicted: Predicted, valued: Valued, decided: Decided, *, horizon_weeks: int, seed: int
) -> Accounted:
    """The money that came, that is to come, and that can be had back."""
    actual = actuals(facts)
    planned = PlannedMoney(predicted.demand, valued.economics, decided.sold_in, decided.orders, predicted.paths)
    return Accounted(
        margin_actual=margin_difference(actual.lines, "mode"),
        actual_lines=actual.lines,
        strange_sums=actual.unmatched,
        fines=fines(facts),
        fine_evidence=fine_evidence(facts),
        fees_back=fees_back(facts),
        cash=plan_cash(facts, planned, actual, CashParams(weeks=horizon_weeks, seed=seed)),
        shop_health=shop_health(facts),
        shop_file=pl.DataFrame({"said": [facts.shop_file]}),
    )


def actuals(facts: Facts, since: datetime | None = None, until: datetime | None = None) -> Actuals:
    """Ex-post beside ex-ante for orders placed in [since, until); without `since`, the last 26 weeks."""
    start = since or facts.as_of - timedelta(weeks=ACCOUNT_WEEKS)
    placed = pl.col("ordered_at") >= start
    if until is not None:
        placed &= pl.col("ordered_at") < until
    lines = facts["order_lines"].filter(placed & (pl.col("ordered_at") < facts.as_of))
    names = ("settlements", "fx", "parcels", "returns", "fines", "inbounds")
    record = ActualsFacts(**{name: facts[name] for name in names}, all_orders=facts["order_lines"])
    found = actual_margin(expected_margin(facts, lines), record, as_of=facts.as_of, base=facts.base)
    loose = pl.col("order_id").is_null() & ~placed
    return replace(found, lines=found.lines.filter(~loose))


def fines(facts: Facts) -> pl.DataFrame:
    """Every fine, judged by the record."""
    return judge_fines(fine_facts(facts), facts.rules, as_of=facts.as_of, base=facts.base)


def fine_evidence(facts: Facts) -> pl.DataFrame:
    """Every dated fact on record that bears on a fine."""
    return evidence(fine_facts(facts), as_of=facts.as_of)


def fine_facts(facts: Facts) -> FineFacts:
    """The tables fines are judged by."""
    names = ("fines", "parcels", "events", "inbounds", "order_lines", "returns", "fx")
    return FineFacts(**{name: facts[name] for name in names})


def fees_back(facts: Facts) -> pl.DataFrame:
    """Operation fees of returns: due, come back, and the rest."""
    names = ("returns", "order_lines", "settlements")
    record = {n: facts[n] for n in names}
    return fees_to_recover(**record, rules=facts.rules, as_of=facts.as_of, base=facts.base, fx=facts["fx"])


def shop_health(facts: Facts) -> pl.DataFrame:
    """The shop's figures against the thresholds."""
    names = ("order_lines", "listings", "traffic", "parcels", "events", "inbounds", "returns", "fines")
    day = facts.as_of.date()
    faults = tuple(
        (row.id.removeprefix("fault."), str(row.value))
        for row in facts.rules.in_force(day, "fault.")
        if row.unit == "choice"
    )
    within = facts.rules.find("fault.handed_over_within", day)
    shop = ShopFacts(**{n: facts[n] for n in names}, faults=faults, within_days=float(within.value) if within else 5.0)
    ratings = read_profile(facts.shop_file).rating_rows(facts["order_lines"])
    return shop_figures(shop, facts.rules, as_of=facts.as_of, ratings=ratings)
