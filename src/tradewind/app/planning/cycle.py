"""The planning run, read top to bottom: gather -> observe -> predict -> value -> decide -> act -> save.

A newcomer who reads `plan` knows the whole flow. Each line hands frames to one room of the engine and gets frames
back; nothing is computed here that a room could compute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from tradewind.app.forms.shop_profile import read_told
from tradewind.app.planning.facts import Facts
from tradewind.app.planning.finance import books
from tradewind.app.planning.mode_terms import channels
from tradewind.core.errors import NotEnoughDataError, ParameterError
from tradewind.core.money import convert
from tradewind.core.tables import TABLES
from tradewind.core.weeks import WEEKS_A_MONTH
from tradewind.data.runs import Run
from tradewind.engine.actions import rank_actions
from tradewind.engine.demand import DemandPaths, forecast, sample_paths, shared_shocks, weekly_sales
from tradewind.engine.demand.totals import demand_totals, past_totals
from tradewind.engine.margin import landed_margin, unit_economics
from tradewind.engine.margin.evidence import settled_readings
from tradewind.engine.margin.savings import savings
from tradewind.engine.margin.summary import blocked_money, margin_by, unknown_costs
from tradewind.engine.metrics import summary
from tradewind.engine.modes import MonthDemand, choose_mode, present_modes, rank_tiers, tier_facts, within_control
from tradewind.engine.promise import promise
from tradewind.engine.stock import on_the_way, plan_stock, serving_network, shipped_from, stock_now
from tradewind.engine.transit import fit_transit
from tradewind.engine.transit.on_time import cost_of_lateness, deliveries
from tradewind.engine.transit.scans import resolved

if TYPE_CHECKING:
    from tradewind.app.workspace import Snapshot, Workspace

Progress = Callable[[str, int, int], None]

SCENARIOS: Final = 200
RECENT_WEEKS: Final = 13
RECENT_MONTHS: Final = RECENT_WEEKS / WEEKS_A_MONTH
HORIZON: Final = (5, 52)
STEPS: Final = ("observe", "demand", "scenarios", "transit", "margin", "modes", "stock", "actions", "save")


def run(
    workspace: Workspace,
    *,
    as_of: datetime | None = None,
    horizon_weeks: int = 13,
    seed: int = 0,
    progress: Progress | None = None,
) -> Run:
    """Plan from what `workspace` knew at `as_of` (None: all that is loaded) and keep the plan.

    Raises ParameterError for a horizon outside 5 to 52 weeks, NotEnoughDataError where nothing is loaded.
    """
    if not HORIZON[0] <= horizon_weeks <= HORIZON[1]:
        raise ParameterError("parameter_range", name="horizon_weeks", value=horizon_weeks, allowed="5 to 52")
    snapshot = workspace.snapshot(as_of)
    tables = plan(gather(snapshot), horizon_weeks=horizon_weeks, seed=seed, progress=progress)
    _tell(progress, "save")
    return workspace.save_run(tables, snapshot=snapshot, seed=seed, horizon_weeks=horizon_weeks, progress=progress)


def gather(snapshot: Snapshot) -> Facts:
    """Everything a plan is made from, read once. Raises RuleError, and UnreadableFileError for a shop profile."""
    read_told(snapshot.shop_profile)
    return Facts(
        as_of=snapshot.as_of,
        tables={name: snapshot[name] for name in TABLES},
        corrections=snapshot.corrections,
        rules=settled_readings(snapshot.rules(), snapshot["settlements"]),
        base=snapshot.base,
        previous_tiers=snapshot.previous_tiers,
        shop_file=snapshot.shop_profile,
    )


def plan(
    facts: Facts, *, horizon_weeks: int = 13, seed: int = 0, progress: Progress | None = None
) -> dict[str, pl.DataFrame]:
    """All frames of a plan by name; pure: the same facts, horizon and seed give the same frames."""
    facts = with_histories(facts)
    start, products, calendar = facts.first_week, facts["products"], facts["calendar"]

    _tell(progress, "observe")
    network = network_in_use(facts, first_week=start)
    sales = observed_sales(facts, first_week=start, network=network)
    if sales.is_empty():
        raise NotEnoughDataError("history_none", week=start.isoformat())

    _tell(progress, "demand")
    demand = forecast(sales, first_week=start, horizon_weeks=horizon_weeks, calendar=calendar, products=products)

    _tell(progress, "scenarios")
    paths = drawn_paths(facts, sales, demand, seed=seed)

    _tell(progress, "transit")
    transit = fit_transit(facts["parcels"], facts["events"], as_of=facts.as_of)
    lanes = transit.predict(lanes_in_use(facts))
    late = with_stakes(transit.late_odds(), facts)

    _tell(progress, "margin")
    earned = landed_margin(recent_lines(facts), facts.rules, facts.costing, in_full=True)
    promised = promise(lanes)
    economics = unit_economics(facts["order_lines"], facts.rules, facts.costing, as_of=facts.as_of)

    _tell(progress, "modes")
    month = MonthDemand.from_weeks(paths.keys, paths.draws)
    present = present_modes(facts["order_lines"], as_of=facts.as_of)
    tiers = rank_tiers(tier_facts(economics, month, present), previous=facts.previous_tiers)
    choice = choose_mode(
        economics, month, facts.rules, on=facts.as_of.date(), tiers=tiers, previous=present, fx=facts["fx"], seed=seed
    )
    beside = channels(
        facts,
        economics,
        month,
        choice.options,
        sold=facts["order_lines"],
        present=present,
        seed=seed,
    )

    _tell(progress, "stock")
    stock = plan_stock(
        paths, network, stock_now(facts["stock"], facts.as_of), products, facts["nodes"], economics,
        as_of=facts.as_of, first_week=start, base=facts.base, calendar=calendar, fx=facts["fx"],
        deliveries=on_the_way(facts["inbounds"], facts["purchase_orders"], facts["nodes"], facts.as_of),
    )  # fmt: skip

    _tell(progress, "actions")
    frames = {
        "sales": sales,
        "demand": demand,
        "demand_totals": demand_totals(paths.keys, paths.weeks, paths.draws, products),
        "past_totals": past_totals(sales, products),
        "lanes": lanes,
        "promises": promised,
        "deliveries": deliveries(facts["parcels"], facts["events"], as_of=facts.as_of, weeks=RECENT_WEEKS),
        "late_parcels": late,
        "margin_by": margin_by(earned),
        "unknown_costs": unknown_costs(earned),
        "savings": lower_costs(earned, promised, facts),
        "economics": economics,
        "tiers": tiers,
        "modes": choice.modes,
        "mode_options": choice.options,
        "sold_in": choice.sold_in,
        **beside,
        "network": network,
        "orders": stock.orders,
        "capacity": stock.capacity,
        "freshness": freshness(facts),
        "corrections": facts.corrections,
    }
    frames |= books(facts, frames, paths, seed=seed, weeks=horizon_weeks)
    frames["actions"] = rank_actions(frames, facts.base)
    frames["summary"] = summary(frames, facts.base)
    return frames


def drawn_paths(facts: Facts, sales: pl.DataFrame, demand: pl.DataFrame, *, seed: int) -> DemandPaths:
    """Sample paths of a plan's `demand`, or of some SKUs of it; its facts, sales and seed draw the same ones again."""
    products = facts["products"]
    shares = shared_shocks(sales, first_week=facts.first_week, products=products, calendar=facts["calendar"])
    return sample_paths(demand, products, scenarios=SCENARIOS, seed=seed, shares=shares)


def with_histories(facts: Facts) -> Facts:
    """The facts with one history per parcel in place of what every shop and tracker said (engine/transit/scans.py)."""
    told = resolved(facts["events"], facts["parcels"], as_of=facts.as_of).used
    return replace(facts, tables=facts.tables | {"events": told.select(facts["events"].columns)})


def network_in_use(known: Facts | Snapshot, *, first_week: date) -> pl.DataFrame:
    """Which node serves each pair sold in a complete week before `first_week` (see `serving_network`)."""
    lines = known["order_lines"]
    present = present_modes(lines, as_of=known.as_of)
    return serving_network(
        weekly_sales(lines, first_week=first_week),
        stock_now(known["stock"], known.as_of),
        known["nodes"],
        present if present.height else None,
        shipped=shipped_from(lines, known["parcels"], as_of=known.as_of),
        services=known["services"],
    )


def observed_sales(known: Facts | Snapshot, *, first_week: date, network: pl.DataFrame) -> pl.DataFrame:
    """Sales of complete weeks, with the weeks in which the node that serves a pair was out of stock."""
    return weekly_sales(
        known["order_lines"], known["stock"], first_week=first_week, nodes=known["nodes"], serving=network
    )


def blocked(facts: Facts) -> pl.DataFrame:
    """What is missing for the margins of the last 13 weeks, with the money it keeps in the dark."""
    waterfall = landed_margin(recent_lines(facts), facts.rules, facts.costing, in_full=True)
    return blocked_money(waterfall, facts.base)


def lower_costs(earned: pl.DataFrame, promised: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """What would lower fulfilment cost, in money per month, of what the seller may decide."""
    found = savings(
        earned, months=RECENT_MONTHS, services=facts["services"], brackets=facts.brackets,
        promises=promised, buyers=facts["order_lines"].select("platform", "shop", "order_id", "buyer_key"),
    )  # fmt: skip
    return within_control(found, facts.rules, facts.as_of.date())


def recent_lines(facts: Facts) -> pl.DataFrame:
    """Order lines of the last 13 weeks before `as_of`."""
    since = facts.as_of - timedelta(weeks=RECENT_WEEKS)
    return facts["order_lines"].filter(pl.col("ordered_at") >= since)


def freshness(facts: Facts) -> pl.DataFrame:
    """How old the newest order of each shop is: platform, shop, last_order_on, days_old.

    Weeks since then look like weeks without sales; only who imports can tell whether they were.
    """
    return (
        facts["order_lines"]
        .group_by("platform", "shop")
        .agg(last_order_on=pl.col("ordered_at").max().dt.date())
        .with_columns(days_old=(pl.lit(facts.as_of.date()) - pl.col("last_order_on")).dt.total_days())
        .sort("platform", "shop")
    )


def lanes_in_use(facts: Facts) -> pl.DataFrame:
    """The lanes a promise is asked for: those on the freight cards, and those parcels really went."""
    lane = ["service", "node", "market", "region"]
    cards = facts["services"].select("service", "node", "market", region=pl.lit(None, dtype=pl.String))
    return pl.concat([cards, facts["parcels"].select(lane)]).unique().sort(lane, nulls_last=True)


def with_stakes(late: pl.DataFrame, facts: Facts) -> pl.DataFrame:
    """`late` with what the buyer paid and what lateness has cost so far, in base currency (null: not known)."""
    order = ["platform", "shop", "order_id"]
    lines = _in_base(facts["order_lines"], "paid_amount", "ordered_at", facts)
    refunds = _in_base(facts["returns"], "refund_amount", "opened_at", facts).drop_nulls("order_id")
    # Sums in the order of the rows, which are sorted: floats added in another order differ in the last bit.
    paid = lines.group_by(order, maintain_order=True).agg(paid=_whole_sum())
    refunded = refunds.group_by(order, maintain_order=True).agg(refunded=pl.col("money").sum())
    share = cost_of_lateness(facts["parcels"], facts["events"], paid.drop_nulls(), refunded)
    orders = facts["parcels"].select("platform", "shop", "parcel_id", "order_id")
    return (
        late.join(orders, on=["platform", "shop", "parcel_id"], how="left", maintain_order="left")
        .join(paid, on=order, how="left", maintain_order="left")
        .rename({"paid": "paid_amount"})
        .with_columns(cost_if_late=pl.col("paid_amount") * pl.lit(share, dtype=pl.Float64))
    )


def _in_base(frame: pl.DataFrame, amount: str, moment: str, facts: Facts) -> pl.DataFrame:
    return frame.with_columns(money=convert(frame, amount, "currency", moment, facts.base, facts["fx"]))


def _whole_sum() -> pl.Expr:
    """The sum of an order's money, unknown where one line's is."""
    return pl.when(pl.col("money").is_not_null().all()).then(pl.col("money").sum())


def _tell(progress: Progress | None, step: str) -> None:
    if progress is not None:
        progress(step, STEPS.index(step), len(STEPS))
