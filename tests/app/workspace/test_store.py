"""A workspace takes files in once, shows each moment what was known, keeps plans, and says what is wrong."""

from __future__ import annotations

import os
import shutil
import stat
from datetime import UTC, date, datetime, timedelta
from unittest.mock import Mock

import polars as pl
import pytest
from filelock import FileLock

from tradewind.app.python import Workspace
from tradewind.app.usecases.context import Context
from tradewind.app.usecases.data import data_health
from tradewind.app.usecases.requests import HealthRequest
from tradewind.core.errors import (
    NotAWorkspaceError,
    NotEnoughDataError,
    ParameterError,
    StorageError,
    UnknownLayoutError,
    UnknownRunError,
    UnreadableFileError,
    WorkspaceBusyError,
    WorkspaceError,
)
from tradewind.data.frames import row_counts
from tradewind.data.intake import write_fixes
from tradewind.data.lake import Lake
from tradewind.data.ledger import Ledger

HEADINGS = "platform,shop,order_id,line_no,sku,market,ordered_at,units,unit_price,currency,status,buyer_key"


@pytest.fixture(scope="module")
def new_shop(tmp_path_factory):
    return Workspace.create(tmp_path_factory.mktemp("new") / "义乌 小店", currency="CNY").path


@pytest.fixture
def shop(tmp_path, new_shop):
    shutil.copytree(new_shop, tmp_path / new_shop.name)
    return Workspace(tmp_path / new_shop.name)


def orders(folder, name, *lines):
    path = folder / name
    path.write_text("\n".join([HEADINGS, *lines]) + "\n", encoding="utf-8")
    return path


def line(order, day, sku="mug", units=1, status="paid"):
    return f"aliexpress,main,{order},1,{sku},DE,2026-03-{day:02}T10:00:00Z,{units},9.9,USD,{status},Li Na"


def counts(reports):
    return [(r.table, r.rows_new, r.rows_changed, r.rows_same, r.rows_to_correct) for r in reports]


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


def test_a_file_imported_twice_brings_nothing_new(shop, tmp_path):
    path = orders(tmp_path, "三月 订单.csv", line("o1", 1), line("o2", 2))
    assert counts(shop.import_file(path)) == [("order_lines", 2, 0, 0, 0)]
    versions = shop.snapshot().versions
    assert counts(shop.import_file(path)) == [("order_lines", 0, 0, 2, 0)]
    path.rename(tmp_path / "renamed.csv")
    assert counts(shop.import_file(tmp_path / "renamed.csv")) == [("order_lines", 0, 0, 2, 0)]
    assert shop.snapshot().versions == versions
    assert len(shop.imports()) == 1


def test_buyers_are_known_only_by_a_hash_that_another_workspace_does_not_share(shop, tmp_path):
    path = orders(tmp_path, "orders.csv", line("o1", 1), line("o2", 2))
    other = Workspace.create(tmp_path / "other")
    for workspace in (shop, other):
        workspace.import_file(path)
        assert not any(b"Li Na" in file.read_bytes() for file in workspace.path.rglob("*") if file.is_file())
    first, second = (set(workspace.table("order_lines")["buyer_key"]) for workspace in (shop, other))
    assert len(first) == len(second) == 1
    assert first != second


def test_overlapping_exports_in_any_order_give_the_same_table(shop, tmp_path):
    early = orders(tmp_path, "early.csv", line("o1", 1), line("o2", 2))
    late = orders(tmp_path, "late.csv", line("o2", 2), line("o3", 3))
    other = Workspace.create(tmp_path / "other")
    for workspace, files in ((shop, (early, late)), (other, (late, early))):
        for file in files:
            workspace.import_file(file)
    assert shop.table("order_lines").drop("buyer_key").equals(other.table("order_lines").drop("buyer_key"))
    assert shop.table("order_lines")["order_id"].to_list() == ["o1", "o2", "o3"]


def test_rows_are_counted_as_they_hold_without_reading_the_tables(shop, tmp_path, monkeypatch):
    shop.import_file(orders(tmp_path, "early.csv", line("o1", 1), line("o2", 2)))
    shop.import_file(orders(tmp_path, "late.csv", line("o2", 2, units=3), line("o3", 3)))
    monkeypatch.setattr(Lake, "read", Mock(side_effect=AssertionError("read")))
    counted = row_counts(shop.tables())
    assert (counted["order_lines"], counted["products"]) == (3, 0)


def test_a_folder_comes_in_with_master_data_first_and_strangers_are_named(shop, tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    orders(folder, "a_orders.csv", line("o1", 1))
    (folder / "z_products.csv").write_text("sku,title\nmug,Mug\n", encoding="utf-8")
    (folder / "letter.csv").write_text("dear,sir\nhow,are you\n", encoding="utf-8")
    imported = shop.import_file(folder)
    assert [r.table for r in imported] == ["products", "order_lines"]
    assert [(name, type(why)) for name, why in imported.passed_over] == [("letter.csv", UnknownLayoutError)]


def test_rows_to_correct_wait_and_the_good_ones_load(shop, tmp_path):
    path = orders(tmp_path, "orders.csv", line("o1", 1), line("o2", 2, units="many"))
    assert counts(shop.import_file(path)) == [("order_lines", 1, 0, 0, 1)]
    waiting = shop.corrections()
    assert waiting.select("table", "file", "row", "column", "value").rows() == [
        ("order_lines", "orders.csv", 3, "units", "many")
    ]
    shop.import_file(orders(tmp_path, "orders.csv", line("o1", 1), line("o2", 2, units=5)))
    assert shop.corrections().is_empty()
    assert shop.table("order_lines")["units"].to_list() == [1, 5]


def test_a_file_seen_before_has_as_many_rows_to_correct_as_still_wait(shop, tmp_path):
    lines = [line("o1", 1), line("o2", 2, units="many"), line("o3", 3, units="few").replace("USD", "QQQ")]
    path = orders(tmp_path, "orders.csv", *lines)
    assert counts(shop.import_file(path)) == [("order_lines", 1, 0, 0, 2)]
    assert counts(shop.import_file(path)) == [("order_lines", 0, 0, 1, 2)]
    shop.import_file(orders(tmp_path, "corrected.csv", line("o2", 2, units=5), line("o3", 3, units="few")))
    assert counts(shop.import_file(path)) == [("order_lines", 0, 0, 2, 1)]


def test_a_corrected_workbook_settles_its_rows_and_leaves_the_rest_of_the_order(shop, tmp_path):
    good, bad = line("o1", 1), line("o1", 1, units="many").replace("o1,1,", "o1,2,")
    shop.import_file(orders(tmp_path, "orders.csv", good, bad, line("o2", 2)))
    write_fixes(shop.corrections(), tmp_path / "fixes.xlsx")
    corrected = pl.read_excel(tmp_path / "fixes.xlsx", sheet_name="order_lines", infer_schema_length=0)
    corrected.with_columns(units=pl.lit("4")).write_excel(tmp_path / "corrected.xlsx", worksheet="order_lines")
    assert counts(shop.import_file(tmp_path / "corrected.xlsx")) == [("order_lines", 1, 0, 0, 0)]
    assert shop.corrections().is_empty()
    lines = shop.table("order_lines").select("order_id", "line_no", "units")
    assert lines.rows() == [("o1", 1, 1), ("o1", 2, 4), ("o2", 1, 1)]
    known_at = shop.table("order_lines").filter(order_id="o1")["known_at"]
    assert known_at.to_list() == [datetime(2026, 3, 1, 10, tzinfo=UTC)] * 2


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
    assert found.notes.rows() == [("rate_missing", 2, "USD")]
    assert found.provenance.versions == shop.snapshot().versions


def test_progress_is_told_in_steps_that_have_words(shop, tmp_path):
    from tradewind.core.text import catalogue

    steps = []
    shop.import_file(orders(tmp_path, "orders.csv", line("o1", 1)), progress=lambda *step: steps.append(step))
    assert ("import_write", 1, 1) in steps
    assert "step.import_write" in catalogue("zh")


def test_the_older_of_two_files_asked_for_by_itself_restores_what_it_says(shop, tmp_path):
    older, newer = orders(tmp_path, "a.csv", line("o1", 1)), orders(tmp_path, "b.csv", line("o1", 1, units=7))
    shop.import_file(older)
    assert counts(shop.import_file(newer)) == [("order_lines", 0, 1, 0, 0)]
    assert counts(shop.import_file(older)) == [("order_lines", 0, 1, 0, 0)]
    assert shop.table("order_lines")["units"].to_list() == [1]
    assert counts(shop.import_file(older)) == [("order_lines", 0, 0, 1, 0)]


def test_a_folder_of_older_and_newer_exports_changes_nothing_the_second_time(shop, tmp_path):
    folder = tmp_path / "morning"
    folder.mkdir()
    for day, units in ((1, 1), (2, 7)):
        path = orders(folder, f"day{day}.csv", line("o1", 1, units=units))
        os.utime(path, (day, day))
    shop.import_file(folder)
    before = shop.versions()
    assert counts(shop.import_file(folder)) == [("order_lines", 0, 0, 1, 0)] * 2
    assert shop.table("order_lines")["units"].to_list() == [7]
    assert shop.versions() == before


def test_the_older_of_two_files_is_not_restored_from_a_folder_or_beside_another(shop, tmp_path):
    folder = tmp_path / "morning"
    folder.mkdir()
    one, two = line("o1", 1), line("o1", 1).replace("o1,1,", "o1,2,")
    older, newer = orders(folder, "a.csv", one), orders(tmp_path, "b.csv", one, two)
    shop.import_file(older)
    shop.import_file(newer)
    before = shop.versions()
    assert [report.seen for report in shop.import_file(folder)] == [True]
    assert [report.seen for report in shop.import_file(older, alone=False)] == [True]
    assert shop.versions() == before
    (report,) = shop.import_file(older)
    assert (report.seen, report.rows_same, report.rows_removed) == (False, 1, 1)


def test_a_dropped_line_of_an_order_exported_again_is_counted_as_removed(shop, tmp_path):
    two = [line("o1", 1), line("o1", 1).replace("o1,1,", "o1,2,")]
    shop.import_file(orders(tmp_path, "a.csv", *two))
    (report,) = shop.import_file(orders(tmp_path, "b.csv", two[0]))
    assert (report.rows_same, report.rows_removed, report.rows_changed) == (1, 1, 0)


def test_rows_dated_ahead_are_taken_from_the_same_file_once_their_day_has_come(shop, tmp_path, monkeypatch):
    ahead = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    row = line("o1", 1).replace("2026-03-01T10:00:00Z", ahead.isoformat())
    path = orders(tmp_path, "a.csv", row)
    assert counts(shop.import_file(path)) == [("order_lines", 0, 0, 0, 1)]
    assert counts(shop.import_file(path)) == [("order_lines", 0, 0, 0, 1)]

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return ahead.astimezone(tz)

    monkeypatch.setattr("tradewind.app.workspace.store.datetime", Later)
    assert counts(shop.import_file(path.parent)) == [("order_lines", 1, 0, 0, 0)]
    assert shop.corrections().is_empty()


def test_a_row_whose_day_has_still_not_come_costs_nothing_the_next_morning(shop, tmp_path, monkeypatch):
    ahead = datetime.now(UTC).replace(microsecond=0) + timedelta(days=300)
    folder = tmp_path / "morning"
    folder.mkdir()
    orders(folder, "a.csv", line("o1", 1).replace("2026-03-01T10:00:00Z", ahead.isoformat()))
    shop.import_file(folder)
    before = shop.versions()

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):
            return (ahead - timedelta(days=200)).astimezone(tz)

    monkeypatch.setattr("tradewind.app.workspace.store.datetime", Later)
    assert counts(shop.import_file(folder)) == [("order_lines", 0, 0, 0, 1)]
    assert shop.versions() == before


def test_a_file_with_fewer_columns_leaves_what_is_known_of_a_product(shop, tmp_path):
    full, short, emptied = tmp_path / "full.csv", tmp_path / "short.csv", tmp_path / "emptied.csv"
    full.write_text("sku,title,unit_cost,currency,weight_g\nmug,Mug,20,CNY,250\n")
    short.write_text("sku,weight_g\nmug,260\n")
    emptied.write_text("sku,title,unit_cost,currency,weight_g\nmug,,20,CNY,#Clear\n")
    known = []
    for path in (full, short, emptied):
        shop.import_file(path)
        known.append(shop.table("products").select("title", "unit_cost", "weight_g").row(0))
    assert known == [("Mug", 20.0, 250.0), ("Mug", 20.0, 260.0), ("Mug", 20.0, None)]


def test_headings_and_sheets_that_were_not_read_are_said(shop, tmp_path):
    path = tmp_path / "goods.csv"
    path.write_text("sku,unit_cost,currency,weigth_g,colour\nmug,20,CNY,250,red\n")
    (report,) = shop.import_file(path)
    assert [(one.heading, one.perhaps) for one in report.unread] == [("weigth_g", "weight_g"), ("colour", None)]
