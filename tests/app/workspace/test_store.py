"""A workspace takes files in once, shows each moment what was known, keeps plans, and says what is wrong."""

from __future__ import annotations

import os
import stat
from datetime import UTC, date, datetime
from unittest.mock import Mock

import polars as pl
import pytest
from filelock import FileLock

from tests.app.workspace.exports import counts, line, orders
from tradewind.app.python import Workspace
from tradewind.app.usecases.context import Context
from tradewind.app.usecases.data import data_health
from tradewind.app.usecases.requests import HealthRequest
from tradewind.core.errors import (
    NotAWorkspaceError,
    NotEnoughDataError,
    ParameterError,
    StorageError,
    UnknownRunError,
    UnreadableFileError,
    WorkspaceBusyError,
    WorkspaceError,
)
from tradewind.data.frames import row_counts
from tradewind.data.lake import Lake
from tradewind.data.ledger import Ledger


def told(error):
    return " ".join(str(error.value).splitlines())


def plan_with(monkeypatch, plan):
    """Plans are made by `plan`, with a summary of nothing, and kept though they lack most tables."""

    def made(*facts, **asked):
        return plan(*facts, **asked) | {"summary": pl.DataFrame()}

    monkeypatch.setattr("tradewind.app.planning.cycle.plan", made)
    monkeypatch.setattr("tradewind.app.planning.cycle.conform_plan", lambda tables: None)


def skus_plan(facts, **asked):
    """A plan that only lists what was sold: enough to see which data a run read."""
    sold = facts["order_lines"].group_by("sku").agg(pl.col("units").sum()).sort("sku")
    return {"actions": sold, "corrections": facts.corrections}


@pytest.fixture
def plans_skus(monkeypatch):
    plan_with(monkeypatch, skus_plan)


def test_a_new_workspace_is_empty_and_keeps_its_key_to_itself(shop):
    assert shop.currency == "CNY"
    assert shop.table("order_lines").is_empty()
    assert shop.kept_runs().is_empty()
    key = shop.path / "buyer.key"
    assert len(key.read_bytes()) == 32
    if os.name == "posix":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_two_workspaces_have_different_keys(shop, tmp_path):
    other = Workspace.create(tmp_path / "other")
    assert (shop.path / "buyer.key").read_bytes() != (other.path / "buyer.key").read_bytes()


@pytest.mark.parametrize("currency", ["XXX", "XTS", "cny", "QQQ"])
def test_sums_in_what_is_no_money_are_refused(tmp_path, currency):
    with pytest.raises(ParameterError, match=currency):
        Workspace.create(tmp_path / "shop", currency=currency)


def test_a_workspace_is_not_made_twice(shop):
    with pytest.raises(WorkspaceError, match="already"):
        Workspace.create(shop.path)


def test_a_creation_that_was_cut_short_is_finished(tmp_path):
    (tmp_path / "shop" / "lake" / "products").mkdir(parents=True)
    assert Workspace.create(tmp_path / "shop").table("products").is_empty()


def test_no_workspace_is_said_in_one_line_with_what_to_do(tmp_path):
    with pytest.raises(NotAWorkspaceError) as error:
        Workspace(tmp_path / "nothing")
    assert "tradewind init" in told(error)


def test_a_workspace_of_another_format_is_refused(shop):
    (shop.path / "workspace.toml").write_text('format = 99\ncurrency = "CNY"\n', encoding="utf-8")
    with pytest.raises(NotAWorkspaceError, match="format 99"):
        Workspace(shop.path)


@pytest.mark.parametrize("currency", ["yuan", "", "cny"])
def test_a_currency_is_three_capitals(tmp_path, currency):
    with pytest.raises(ParameterError, match="currency"):
        Workspace.create(tmp_path / "shop", currency=currency)


@pytest.mark.parametrize("name", ["shop [1]", "a#b", "a%20b"])
def test_names_the_storage_cannot_handle_are_refused_at_once(tmp_path, name):
    with pytest.raises(WorkspaceError, match="folder's name"):
        Workspace.create(tmp_path / name)
    assert not (tmp_path / name).exists()


def test_rows_are_counted_as_they_hold_without_reading_the_tables(shop, tmp_path, monkeypatch):
    shop.import_file(orders(tmp_path, "early.csv", line("o1", 1), line("o2", 2)))
    shop.import_file(orders(tmp_path, "late.csv", line("o2", 2, units=3), line("o3", 3)))
    monkeypatch.setattr(Lake, "read", Mock(side_effect=AssertionError("read")))
    counted = row_counts(shop.tables())
    assert (counted["order_lines"], counted["products"]) == (3, 0)


def test_without_a_moment_a_snapshot_is_the_midnight_after_the_newest_fact(shop, tmp_path):
    with pytest.raises(NotEnoughDataError, match="tradewind import"):
        shop.snapshot()
    shop.import_file(orders(tmp_path, "orders.csv", line("o1", 1), line("o2", 9)))
    snapshot = shop.snapshot()
    assert snapshot.as_of == datetime(2026, 3, 10, tzinfo=UTC)
    assert snapshot["order_lines"].height == 2


def test_a_snapshot_of_the_past_does_not_change_when_the_future_does(shop, tmp_path):
    moment = datetime(2026, 3, 5, tzinfo=UTC)
    shop.import_file(orders(tmp_path, "one.csv", line("o1", 1), line("o2", 2), line("o3", 9)))
    before = shop.snapshot(moment)["order_lines"]
    shop.import_file(orders(tmp_path, "two.csv", line("o1", 1, status="cancelled"), line("o4", 20)))
    assert shop.snapshot(moment)["order_lines"].equals(before)
    assert before["order_id"].to_list() == ["o1", "o2"]
    assert shop.snapshot()["order_lines"]["status"].to_list() == ["cancelled", "paid", "paid", "paid"]


def test_earlier_versions_of_the_tables_can_be_read_again(shop, tmp_path):
    shop.import_file(orders(tmp_path, "one.csv", line("o1", 1)))
    seen = shop.snapshot()
    shop.import_file(orders(tmp_path, "two.csv", line("o2", 2)))
    again = shop.snapshot(versions=seen.versions)
    assert again.as_of == seen.as_of
    assert again["order_lines"]["order_id"].to_list() == ["o1"]


def test_an_unknown_table_is_a_key_error(shop):
    with pytest.raises(KeyError):
        shop.table("orders")


def test_a_second_writer_waits_then_gives_up_and_readers_never_wait(shop, tmp_path):
    path = orders(tmp_path, "orders.csv", line("o1", 1))
    impatient = Workspace(shop.path, busy_timeout_s=0.1)
    with FileLock(shop.path / "lock"):
        with pytest.raises(WorkspaceBusyError, match=r"0.1 seconds"):
            impatient.import_file(path)
        assert impatient.table("order_lines").is_empty()
    assert counts(impatient.import_file(path)) == [("order_lines", 1, 0, 0, 0)]


def test_a_lost_ledger_of_imports_is_told_again_by_the_lake(shop, tmp_path):
    path = orders(tmp_path, "orders.csv", line("o1", 1))
    shop.import_file(path)
    before = shop.imports()
    (shop.path / "ledger.db").unlink()
    Ledger(shop.path / "ledger.db").create()
    assert Workspace(shop.path).imports() == before
    assert counts(shop.import_file(path)) == [("order_lines", 0, 0, 1, 0)]


def test_a_lake_that_vanished_is_said_in_one_line(shop, tmp_path):
    (shop.path / "lake").rename(tmp_path / "elsewhere")
    with pytest.raises(StorageError) as error:
        shop.table("order_lines")
    assert str(shop.path) in told(error)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_that_may_not_be_written_is_said_in_one_line(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="permissions"):
        Workspace.create(tmp_path / "shop")


def test_a_place_that_is_a_file_is_said_in_one_line(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StorageError):
        Workspace.create(tmp_path / "file" / "shop")


def test_a_plan_is_kept_with_what_was_asked_and_the_versions_it_read(shop, tmp_path, plans_skus):
    shop.import_file(orders(tmp_path, "one.csv", line("o1", 1, units=3)))
    run = shop.run(seed=4, horizon_weeks=9)
    kept = shop.load_run()
    assert (kept.id, kept.seed, kept.horizon_weeks, kept.currency) == (run.id, 4, 9, "CNY")
    assert kept.versions == shop.snapshot().versions
    assert kept["actions"].rows() == [("mug", 3)]
    assert shop.kept_runs()["id"].to_list() == [run.id]
    with pytest.raises(UnknownRunError, match=run.id):
        shop.load_run("another")


@pytest.mark.parametrize("as_of", [None, datetime(2026, 3, 8, tzinfo=UTC)])
def test_a_plan_made_again_sees_what_it_saw(shop, tmp_path, plans_skus, as_of):
    shop.import_file(orders(tmp_path, "one.csv", line("o1", 1), line("o2", 2, units="many")))
    run = shop.run(as_of=as_of)
    shop.import_file(orders(tmp_path, "two.csv", line("o1", 1, sku="cup"), line("o2", 2), line("o3", 9)))
    again = shop.rerun(run.id)
    assert again.changed == ()
    assert again["actions"].equals(run["actions"])
    assert shop.kept_runs().height == 1


def test_a_plan_as_of_a_day_shows_the_rows_to_correct_of_facts_until_then(shop, tmp_path):
    bad = [line("o1", 1, units="many"), line("o2", 9, units="few"), line("o3", 9).replace("2026-03-09", "someday")]
    shop.import_file(orders(tmp_path, "one.csv", *bad))
    then = shop.snapshot(datetime(2026, 3, 8, tzinfo=UTC))
    assert sorted(then.corrections["row"]) == [2, 4]
    shop.import_file(orders(tmp_path, "two.csv", line("o1", 1), line("o4", 3, units="none")))
    assert sorted(then.corrections["row"]) == [2, 4]
    assert shop.snapshot().corrections["file"].to_list() == ["one.csv", "one.csv", "two.csv"]


def test_a_plan_made_again_follows_the_rules_it_was_made_with(shop, tmp_path, monkeypatch):
    def fee_plan(facts, **asked):
        return {"fee": pl.DataFrame({"fee": [facts.rules.value("semi.operation_fee", on=date(2026, 3, 2))]})}

    plan_with(monkeypatch, fee_plan)
    shop.import_file(orders(tmp_path, "one.csv", line("o1", 1)))
    own = shop.path / "rules.yaml"
    without = shop.run()
    own.write_text("- {id: semi.operation_fee, value: 1.5, source: 合同}\n", encoding="utf-8")
    cheap = shop.run()
    own.write_text("- {id: semi.operation_fee, value: 9.5, source: letter}\n", encoding="utf-8")
    assert cheap["fee"].item() == 1.5
    assert [shop.rerun(run.id).changed for run in (without, cheap)] == [(), ()]
    assert shop.rerun(cheap.id)["fee"].item() == 1.5
    assert shop.run()["fee"].item() == 9.5


def test_a_plan_made_again_says_what_came_out_different(shop, tmp_path, plans_skus, monkeypatch):
    shop.import_file(orders(tmp_path, "one.csv", line("o1", 1)))
    run = shop.run()
    plan_with(monkeypatch, lambda facts, **asked: skus_plan(facts) | {"actions": pl.DataFrame({"sku": ["cup"]})})
    assert shop.rerun(run.id).changed == ("actions",)


def tiers_plan(facts, **asked):
    """A plan whose one tier says from which day it is, with the tiers, rules and profile it was made from."""
    before = facts.previous_tiers
    return {
        "tiers": pl.DataFrame({"tier": [f"of {facts.as_of:%d}"]}),
        "tiers_before": pl.DataFrame({"tier": [None if before is None else before["tier"].item()]}),
        "shop_file": pl.DataFrame({"said": [facts.shop_file]}),
    }


@pytest.fixture
def plans_tiers(shop, tmp_path, monkeypatch):
    plan_with(monkeypatch, tiers_plan)
    shop.import_file(orders(tmp_path, "one.csv", line("o1", 1), line("o2", 9, units=4)))


def march(day):
    return datetime(2026, 3, day, tzinfo=UTC)


def test_the_tiers_before_a_plan_are_those_of_the_last_plan_from_an_earlier_moment(shop, plans_tiers):
    assert shop.snapshot(march(12)).previous_tiers is None
    shop.run(as_of=march(5))
    shop.run(as_of=march(12))
    assert shop.snapshot(march(12)).previous_tiers["tier"].to_list() == ["of 05"]
    assert shop.snapshot(march(5)).previous_tiers is None
    assert shop.snapshot(march(13)).previous_tiers["tier"].to_list() == ["of 12"]


def test_of_plans_from_one_moment_the_newest_is_the_one_before(shop, plans_tiers, monkeypatch):
    shop.run(as_of=march(5))
    plan_with(monkeypatch, lambda facts, **asked: {"tiers": pl.DataFrame({"tier": ["again"]})})
    shop.run(as_of=march(5))
    assert shop.snapshot(march(12)).previous_tiers["tier"].to_list() == ["again"]


def test_a_plan_made_again_does_not_see_the_tiers_of_a_plan_made_after_it(shop, plans_tiers):
    shop.run(as_of=march(5))
    run = shop.run(as_of=march(12))
    shop.run(as_of=march(10))
    assert shop.snapshot(march(12)).previous_tiers["tier"].to_list() == ["of 10"]
    assert shop.snapshot_of(run).previous_tiers["tier"].to_list() == ["of 05"]
    assert shop.rerun(run.id).changed == ()


def test_a_plan_made_again_sees_the_shop_profile_it_was_made_with(shop, plans_tiers):
    profile = shop.path / "shop.yaml"
    profile.write_text("cash_on_hand: 500", encoding="utf-8")
    run = shop.run()
    profile.write_text("cash_on_hand: 9", encoding="utf-8")
    assert shop.rerun(run.id).changed == ()
    assert shop.rerun(run.id)["shop_file"]["said"].item() == "cash_on_hand: 500"
    assert shop.snapshot().shop_profile == "cash_on_hand: 9"


def test_a_shop_profile_that_is_not_understood_stops_a_plan_before_it_begins(shop, plans_tiers):
    (shop.path / "shop.yaml").write_text("cash: 9", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match=r"shop\.yaml cannot be read: 'cash'"):
        shop.run()


def test_a_plan_made_again_is_in_the_currency_it_was_made_in(shop, plans_tiers):
    run = shop.run()
    mark = shop.path / "workspace.toml"
    mark.write_text(mark.read_text(encoding="utf-8").replace("CNY", "EUR"), encoding="utf-8")
    later = Workspace(shop.path)
    assert (later.snapshot().base, later.snapshot_of(run).base) == ("EUR", "CNY")


def health_on(shop, day):
    """What health says on that day."""
    context = Context(shop.path, now=lambda: datetime(day.year, day.month, day.day, tzinfo=UTC))
    return data_health(context, HealthRequest())


def test_health_of_an_empty_workspace_says_what_would_be_switched_on(shop):
    found = health_on(shop, date(2026, 3, 19))
    assert found.loaded.is_empty()
    assert not found.capabilities["on"].any()
    assert found.blocked.is_empty()


def test_health_says_what_is_loaded_and_what_would_be_switched_on(shop, tmp_path):
    shop.import_file(orders(tmp_path, "orders.csv", line("o1", 1), line("o2", 9), line("o3", 9, units="many")))
    found = health_on(shop, date(2026, 3, 19))
    assert found.loaded.rows() == [("order_lines", 2, date(2026, 3, 1), date(2026, 3, 9), 10)]
    assert found.corrections.select("table", "rows", "examples").rows() == [("order_lines", 1, "orders.csv:4")]
    on = {row["capability"]: row for row in found.capabilities.rows(named=True)}
    assert on["forecast"]["on"]
    assert not on["stock_plan"]["on"]
    assert on["stock_plan"]["missing_tables"] == ["products", "stock", "nodes"]
    assert found.notes.rows() == [("all_in_currency", 2, "USD"), ("rate_missing", 2, "USD")]
    assert found.provenance.versions == shop.snapshot().versions
