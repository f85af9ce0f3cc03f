"""Scenarios change a mechanism from a Monday on; before it, the world is the same to the last row."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest

from tradewind.core.errors import ParameterError
from tradewind.core.weeks import start_of_day
from tradewind.data.simulated import SCENARIOS
from tradewind.data.simulated.replenishing import Replenishing
from tradewind.data.simulated.scales import scale_named
from tradewind.data.simulated.scenarios import scenario_named
from tradewind.data.simulated.seller import generate
from tradewind.data.simulated.world import world

TINY = scale_named("tiny")
MONDAY = start_of_day(TINY.first_week + timedelta(weeks=7))
DATED = {"order_lines": "ordered_at", "stock": "taken_at", "parcels": "created_at", "traffic": "known_at",
         "events": "happened_at", "returns": "opened_at", "purchase_orders": "ordered_at"}  # fmt: skip
LATER = ["status", "cancelled_at", "shipped_at", "received_at", "received_units", "rejected_units"]

Tables = dict[str, pl.DataFrame]


def told(name: str | None) -> tuple[Tables, Tables]:
    parts = list(generate(TINY, 7, scenario=scenario_named(name, TINY)))
    return {p.name: p.table for p in parts if not p.is_truth}, {p.name: p.table for p in parts if p.is_truth}


@pytest.fixture(scope="module")
def calm() -> tuple[Tables, Tables]:
    return told(None)


@pytest.fixture(scope="module", params=SCENARIOS)
def disturbed(request: pytest.FixtureRequest) -> tuple[str, Tables, Tables]:
    return (request.param, *told(request.param))


def test_before_its_monday_a_scenario_changes_nothing(
    calm: tuple[Tables, Tables], disturbed: tuple[str, Tables, Tables]
) -> None:
    for table, moment in DATED.items():
        before, same = (t[table].filter(pl.col(moment) < MONDAY) for t in (calm[0], disturbed[1]))
        assert before.height > 0
        known = [c for c in before.columns if c not in LATER]
        assert before.select(known).equals(same.select(known)), table


def test_from_its_monday_on_a_scenario_changes_something_and_the_truth_says_what(
    calm: tuple[Tables, Tables], disturbed: tuple[str, Tables, Tables]
) -> None:
    name, tables, truth = disturbed
    assert any(not tables[t].equals(calm[0][t]) for t in ("order_lines", "events", "purchase_orders"))
    assert set(truth["scenario"]["scenario"]) == {name}
    assert truth["scenario"]["starts_on"].unique().to_list() == [MONDAY.date()]
    assert calm[1]["scenario"].is_empty()


def test_nothing_lands_in_spain_while_the_port_is_closed(calm: tuple[Tables, Tables]) -> None:
    def landed(tables: Tables) -> pl.DataFrame:
        spain = tables["parcels"].filter(market="ES").select("parcel_id")
        arrived = tables["events"].join(spain, on="parcel_id").filter(pl.col("milestone") == "arrived")
        return arrived.filter(pl.col("happened_at").is_between(MONDAY, MONDAY + timedelta(days=28), closed="left"))

    assert landed(calm[0]).height > 30
    assert landed(told("port_closure")[0]).is_empty()


def test_a_strike_stops_one_carriers_deliveries_and_no_others(calm: tuple[Tables, Tables]) -> None:
    def delivered(tables: Tables, services: list[str]) -> int:
        chosen = tables["parcels"].filter(pl.col("service").is_in(services), market="ES").select("parcel_id")
        done = tables["events"].join(chosen, on="parcel_id").filter(pl.col("milestone") == "delivered")
        return done.filter(pl.col("happened_at").is_between(MONDAY, MONDAY + timedelta(days=14), closed="left")).height

    struck = told("carrier_strike")[0]
    assert delivered(struck, ["standard-line", "economy-line"]) == 0 < delivered(calm[0], ["standard-line"])
    assert delivered(struck, ["express-line"]) == delivered(calm[0], ["express-line"]) > 0


def test_a_spike_lifts_one_good_fifteen_times_and_fades(calm: tuple[Tables, Tables]) -> None:
    tables, truth = told("viral_spike")
    sku = truth["scenario"]["touches"].item()
    lift = (
        truth["rates"]
        .join(calm[1]["rates"].select("sku", "market", "week", calm="realised_rate"), on=["sku", "market", "week"])
        .with_columns(pl.col("sku").cast(pl.String), ratio=pl.col("realised_rate") / pl.col("calm"))
        .filter(pl.col("sku") == sku, pl.col("week") >= MONDAY.date(), pl.col("market") == "ES")
        .sort("week")["ratio"]
    )
    assert 6 < lift[0] < 15.5
    assert lift[0] > lift[2] > lift[5] > 1.0
    assert tables["order_lines"].height > calm[0]["order_lines"].height + 10


def test_a_duty_dampens_demand_by_the_elasticity_and_is_charged(calm: tuple[Tables, Tables]) -> None:
    tables, truth = told("duty_change")
    after = (
        truth["rates"]
        .join(calm[1]["rates"].select("sku", "market", "week", calm="rate"), on=["sku", "market", "week"])
        .filter(pl.col("week") >= MONDAY.date(), pl.col("market") == "SA")
    )
    assert after["rate"].sum() / after["calm"].sum() == pytest.approx(1.2**-1.6, rel=0.03)
    taxed = tables["settlements"].filter(pl.col("kind") == "tax")
    assert set(taxed["market"]) == {"SA"}
    assert (taxed["amount"] < 0).all()


def test_what_a_stopped_supplier_holds_comes_eight_weeks_later() -> None:
    stopped = Replenishing(world(TINY, 7, scenario_named("supplier_stop", TINY)))
    calm = Replenishing(world(TINY, 7))
    for supply in (calm, stopped):
        supply._due[:, 9] = 50
        supply.receive(7)
    late = stopped._supplier == stopped._world.suppliers.biggest
    assert late.any()
    assert (stopped._due[late, 9] == 0).all()
    assert (stopped._due[late, 17] == 50).all()
    assert (stopped._due[~late, 9] == 50).all()


def test_an_unknown_scenario_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="port_closure / viral_spike"):
        scenario_named("meteor", TINY)
