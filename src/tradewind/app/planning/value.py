"""Third stage: what sales left and what a unit will leave, by mode and market."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import polars as pl

from tradewind.app.planning.facts import Facts
from tradewind.app.planning.kept import readings
from tradewind.app.planning.windows import RECENT_WEEKS
from tradewind.engine.margin import landed_margin, unit_economics
from tradewind.engine.margin.price_floors import with_price_floors
from tradewind.engine.margin.summary import blocked_money, margin_by, unknown_costs

LINE_COLUMNS = (
    "platform", "shop", "order_id", "line_no", "sku", "market", "mode", "ordered_at", "units", "revenue", "margin",
)  # fmt: skip


@dataclass(frozen=True)
class Valued:
    """recent: the waterfall of the last 13 weeks (not kept); margin_by: its sums; unknown_costs and blocked: what
    keeps margins unknown; margin_lines: the expected margin of every line; economics: what a unit leaves by mode and
    market; and what these rest on: estimates, and readings chosen (kept.py)."""

    recent: pl.DataFrame
    margin_by: pl.DataFrame
    unknown_costs: pl.DataFrame
    blocked: pl.DataFrame
    margin_lines: pl.DataFrame
    economics: pl.DataFrame
    returns_rates: pl.DataFrame
    returns_by_market: pl.DataFrame
    ad_costs: pl.DataFrame
    routes: pl.DataFrame
    late_inbound: pl.DataFrame
    last_paid: pl.DataFrame
    readings: pl.DataFrame


def value(facts: Facts) -> Valued:
    """Margins of the past and the unit economics of what may come, under the rules of `facts.as_of`."""
    recent = landed_margin(recent_lines(facts), facts.rules, facts.costing, in_full=True)
    return Valued(
        recent=recent,
        margin_by=margin_by(recent),
        unknown_costs=unknown_costs(recent),
        blocked=blocked_money(recent, facts.base),
        margin_lines=expected_margin(facts, facts["order_lines"]).select(LINE_COLUMNS),
        economics=with_price_floors(
            unit_economics(facts["order_lines"], facts.rules, facts.costing, as_of=facts.as_of),
            facts["order_lines"],
            facts.rules,
            facts.costing,
            as_of=facts.as_of,
        ),
        returns_rates=facts.returned,
        returns_by_market=facts.returned_from,
        ad_costs=facts.advertising,
        routes=facts.routes,
        late_inbound=facts.late_inbound,
        last_paid=last_paid(facts["order_lines"]),
        readings=readings(facts.rules),
    )


def blocked(facts: Facts) -> pl.DataFrame:
    """What is missing for the margins of the last 13 weeks, with the money it keeps in the dark."""
    return blocked_money(landed_margin(recent_lines(facts), facts.rules, facts.costing, in_full=True), facts.base)


def recent_lines(facts: Facts) -> pl.DataFrame:
    """Order lines of the last 13 weeks before `as_of`."""
    since = facts.as_of - timedelta(weeks=RECENT_WEEKS)
    return facts["order_lines"].filter(pl.col("ordered_at") >= since)


def expected_margin(facts: Facts, lines: pl.DataFrame) -> pl.DataFrame:
    """What the lines were expected to earn: freight by the card of the service each took, not by its bill."""
    unbilled = facts["parcels"].with_columns(freight_amount=pl.lit(None, pl.Float64))
    return landed_margin(lines, facts.rules, replace(facts.costing, parcels=unbilled))


def last_paid(lines: pl.DataFrame) -> pl.DataFrame:
    """The currency each SKU was last paid in, by market: sku, market, currency; none where no price is known."""
    priced = lines.filter(pl.col("currency").is_not_null())
    newest = priced.sort("ordered_at", maintain_order=True).unique(["sku", "market"], keep="last", maintain_order=True)
    return newest.select("sku", "market", "currency").sort("sku", "market")
