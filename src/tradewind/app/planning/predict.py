"""Second stage: what will sell, when parcels arrive, which will be late; in odds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from tradewind.app.planning.facts import Facts
from tradewind.core.money import convert
from tradewind.engine.demand import DemandPaths, forecast, sample_paths, shared_shocks
from tradewind.engine.demand.totals import demand_totals
from tradewind.engine.transit import fit_transit
from tradewind.engine.transit.late_risk import late_odds
from tradewind.engine.transit.on_time import cost_of_lateness

if TYPE_CHECKING:
    from tradewind.app.planning.observe import Observed

SCENARIOS: Final = 200


@dataclass(frozen=True)
class Predicted:
    """paths: scenarios of demand; demand: its distribution by pair and week; shared_shocks: how much of its uncertainty
    rows have in common; demand_totals: sums with odds; lanes: delivery time by lane; late_parcels: odds and stakes of
    parcels under way."""

    paths: DemandPaths
    demand: pl.DataFrame
    shared_shocks: pl.DataFrame
    demand_totals: pl.DataFrame
    lanes: pl.DataFrame
    late_parcels: pl.DataFrame


def predict(facts: Facts, observed: Observed, horizon_weeks: int, seed: int, tell: Callable[[str], None]) -> Predicted:
    """Distributions of what comes, from what was observed; `tell` hears each step."""
    tell("demand")
    demand = forecast(
        observed.sales,
        first_week=facts.first_week,
        horizon_weeks=horizon_weeks,
        calendar=facts["calendar"],
        products=facts["products"],
    )
    tell("scenarios")
    shocks = shock_shares(facts, observed.sales)
    paths = paths_of(facts, demand, shocks, seed=seed)
    tell("transit")
    transit = fit_transit(facts["parcels"], facts["events"], as_of=facts.as_of)
    return Predicted(
        paths=paths,
        demand=demand,
        shared_shocks=shocks,
        demand_totals=demand_totals(paths, demand, facts["products"]),
        lanes=transit.predict(lanes_in_use(facts)),
        late_parcels=with_stakes(late_odds(transit), facts),
    )


def shock_shares(facts: Facts, sales: pl.DataFrame) -> pl.DataFrame:
    """What `shared_shocks` finds: shock, share."""
    found = shared_shocks(sales, first_week=facts.first_week, products=facts["products"], calendar=facts["calendar"])
    return pl.DataFrame(list(found.items()), schema={"shock": pl.String, "share": pl.Float64}, orient="row")


def paths_of(facts: Facts, demand: pl.DataFrame, shocks: pl.DataFrame, *, seed: int) -> DemandPaths:
    """Sample paths of a plan's `demand`, or of some SKUs of it: its shared shocks and seed draw the same ones again."""
    shares = dict(shocks.select("shock", "share").iter_rows())
    return sample_paths(demand, facts["products"], scenarios=SCENARIOS, seed=seed, shares=shares)


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
    paid = lines.group_by(order, maintain_order=True).agg(paid=_complete_sum())
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


def _complete_sum() -> pl.Expr:
    """The sum of an order's money, unknown where one line's is."""
    return pl.when(pl.col("money").is_not_null().all()).then(pl.col("money").sum())
