"""Every frame of a plan keeps its contract, also where little is loaded; one that does not is never kept."""

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tradewind.app.planning import cycle
from tradewind.app.planning.facts import Facts
from tradewind.app.workspace import Workspace
from tradewind.core.plan_tables import PlanTableError, conform_plan
from tradewind.core.tables import TABLES


@pytest.fixture(scope="module")
def shop(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    ws = Workspace.create(tmp_path_factory.mktemp("tables") / "shop")
    ws.import_file(tiny)
    return ws


@pytest.fixture(scope="module")
def facts(shop: Workspace) -> Facts:
    return cycle.gather(shop.snapshot())


def planned(facts: Facts, **tables: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return cycle.plan(dataclasses.replace(facts, tables=facts.tables | tables), horizon_weeks=5)


@pytest.fixture(scope="module")
def whole(facts: Facts) -> dict[str, pl.DataFrame]:
    return planned(facts)


def test_a_plan_of_all_tables_conforms(whole):
    conform_plan(whole)
    assert all(whole[name].height for name in ("demand", "economics", "orders", "late_parcels", "actions"))


def test_a_plan_of_orders_alone_conforms(facts):
    plan = planned(facts, **{name: TABLES[name].empty() for name in TABLES if name != "order_lines"})
    conform_plan(plan)
    assert plan["orders"].is_empty()
    assert plan["promises"].is_empty()


@pytest.mark.parametrize("missing", [("products",), ("stock",), ("parcels", "events"), ("services", "nodes"), ("fx",)])
def test_a_plan_without_some_tables_conforms(facts, missing):
    conform_plan(planned(facts, **{name: TABLES[name].empty() for name in missing}))


def test_a_plan_long_after_the_last_order_conforms(facts):
    plan = cycle.plan(dataclasses.replace(facts, as_of=datetime(2027, 3, 1, tzinfo=UTC)), horizon_weeks=5)
    conform_plan(plan)
    assert plan["savings"].is_empty()


def test_a_plan_of_goods_given_away_conforms_and_names_no_supply_price(facts):
    """At a price of 0 nothing can be read off two supply prices: unknown, not NaN."""
    free = facts["order_lines"].with_columns(unit_price=0.0, paid_amount=0.0)
    plan = planned(facts, order_lines=free)
    conform_plan(plan)
    assert plan["mode_offers"].is_empty()


def test_a_plan_that_breaks_a_contract_is_not_kept(shop, whole, monkeypatch):
    broken = whole | {"orders": whole["orders"].drop("reason")}
    monkeypatch.setattr(cycle, "plan", lambda *_, **__: broken)
    with pytest.raises(PlanTableError, match="orders: column reason is missing"):
        cycle.run(shop)
    assert shop.kept_runs().is_empty()
