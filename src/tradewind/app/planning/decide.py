"""Fourth stage: dates to promise, the mode of each SKU, what to order, where fulfilment could cost less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from tradewind.app.planning.facts import Facts
from tradewind.app.planning.mode_terms import ModeTerms, mode_terms
from tradewind.app.planning.observe import Observed
from tradewind.app.planning.predict import Predicted
from tradewind.app.planning.value import Valued
from tradewind.app.planning.windows import RECENT_MONTHS
from tradewind.core.weeks import WEEK
from tradewind.engine.margin.savings import savings
from tradewind.engine.modes import (
    ModeChoice,
    ModeFacts,
    ModeParams,
    MonthDemand,
    choose_mode,
    delivery_days,
    present_modes,
    rank_tiers,
    tier_facts,
    within_control,
)
from tradewind.engine.promise import promise
from tradewind.engine.stock import (
    WEEKS_SHOWN,
    StockFacts,
    StockPlan,
    on_the_way,
    plan_stock,
    share_to_come,
    stock_position,
    stocked_units,
    supply_outlook,
    unit_contribution,
    warehouses_left,
)


@dataclass(frozen=True)
class Decided:
    """promises: the date by lane; tiers, modes, mode_options, sold_in: the mode of each SKU and what each would bring;
    month_units: expected units of the month ahead; terms: offers, parity, policies, control (ModeTerms); orders and
    capacity: the stock plan; supply: what runs out and what to buy, by stock alone; savings: what would lower
    fulfilment cost."""

    promises: pl.DataFrame
    tiers: pl.DataFrame
    modes: pl.DataFrame
    mode_options: pl.DataFrame
    sold_in: pl.DataFrame
    month_units: pl.DataFrame
    terms: ModeTerms
    orders: pl.DataFrame
    capacity: pl.DataFrame
    supply: pl.DataFrame
    savings: pl.DataFrame


def decide(
    facts: Facts, observed: Observed, predicted: Predicted, valued: Valued, *, seed: int, tell: Callable[[str], None]
) -> Decided:
    """Every decision of the plan, in expected money; `tell` hears each step."""
    promises = promise(predicted.lanes)
    tell("modes")
    month = MonthDemand.from_weeks(predicted.paths.keys, predicted.paths.draws)
    present = present_modes(facts["order_lines"], as_of=facts.as_of)
    tiers = rank_tiers(tier_facts(valued.economics, month, present), previous=facts.previous_tiers)
    days = delivery_days(facts.routes, promises)
    stocked = stocked_units(observed.network, stock_position(facts["stock"], facts.as_of), facts["nodes"])
    sold = ModeFacts(valued.economics, month, present, tiers, facts["fx"], days, stocked)
    choice = choose_mode(sold, facts.rules, on=facts.as_of.date(), params=ModeParams(seed=seed))
    terms = mode_terms(
        facts, valued.economics, month, choice.options, sold=facts["order_lines"], present=present, seed=seed
    )
    tell("stock")
    stock = stock_plan(facts, observed, predicted, valued, coming_modes(choice))
    return Decided(
        promises=promises,
        tiers=tiers,
        modes=choice.modes,
        mode_options=choice.options,
        sold_in=choice.sold_in,
        month_units=month_units(month),
        terms=terms,
        orders=stock.orders,
        capacity=stock.capacity,
        supply=supply(facts, observed, predicted, valued, month_units(month)),
        savings=lower_costs(facts, valued.recent, promises),
    )


def month_units(month: MonthDemand) -> pl.DataFrame:
    """Expected units of the month ahead: sku, market, monthly_units."""
    return month.keys.with_columns(monthly_units=pl.Series(month.draws.mean(axis=1).astype(float)))


def coming_modes(choice: ModeChoice) -> pl.DataFrame:
    """The mode each pair is to be sold in: sku, market, mode. Markets that the chosen mode does not reach stay as they
    are."""
    reached = choice.options.select("sku", "mode", kept=pl.col("elsewhere").fill_null("").str.split(", "))
    moved = choice.modes.filter(pl.col("mode") != pl.col("previous_mode")).select("sku", coming="mode")
    rows = choice.sold_in.join(moved, on="sku", how="left", maintain_order="left").join(
        reached, left_on=["sku", "coming"], right_on=["sku", "mode"], how="left", maintain_order="left"
    )
    stays = pl.col("coming").is_null() | pl.col("kept").list.contains(pl.col("market")).fill_null(False)
    return rows.select("sku", "market", mode=pl.when(stays).then("mode").otherwise("coming"))


def stock_plan(
    facts: Facts, observed: Observed, predicted: Predicted, valued: Valued, modes: pl.DataFrame
) -> StockPlan:
    """What to order for each node, under each warehouse's volume; nothing for one that `modes` leave."""
    known = StockFacts(
        observed.network, stock_position(facts["stock"], facts.as_of), facts["products"], facts["nodes"],
        valued.economics, facts["calendar"], facts["fx"],
        deliveries=on_the_way(facts["inbounds"], facts["purchase_orders"], facts["nodes"], facts.as_of),
        left=warehouses_left(observed.network, modes, facts["nodes"]),
    )  # fmt: skip
    return plan_stock(predicted.paths, known, as_of=facts.as_of, first_week=facts.first_week, base=facts.base)


def supply(facts: Facts, observed: Observed, predicted: Predicted, valued: Valued, month: pl.DataFrame) -> pl.DataFrame:
    """What is sold, what runs out and what to buy by SKU, where margins, modes or warehouses are not known too."""
    since = facts.first_week - WEEKS_SHOWN * WEEK
    sold = observed.sales.filter(pl.col("week") >= since).group_by("sku").agg(sold_units=pl.col("units").sum())
    day = facts.as_of.date()
    worth = unit_contribution(valued.economics, month, facts["products"], facts["fx"], day, facts.base)
    return supply_outlook(
        predicted.paths,
        stock_position(facts["stock"], facts.as_of),
        facts["products"],
        sold.join(worth, on="sku", how="full", coalesce=True),
        first_week_share=share_to_come(facts.as_of, facts.first_week),
        base=facts.base,
    )


def lower_costs(facts: Facts, recent: pl.DataFrame, promises: pl.DataFrame) -> pl.DataFrame:
    """What would lower fulfilment cost, in money per month, of what the seller may decide."""
    found = savings(
        recent, months=RECENT_MONTHS, services=facts["services"], brackets=facts.brackets,
        promises=promises, buyers=facts["order_lines"].select("platform", "shop", "order_id", "buyer_key"),
    )  # fmt: skip
    return within_control(found, facts.rules, facts.as_of.date())
