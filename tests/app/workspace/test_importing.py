"""Files come in once, say what they change and what they leave, and wipe nothing that is known."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tests.app.workspace.exports import counts, line, orders
from tradewind.app.python import Workspace
from tradewind.core.errors import ParameterError, UnknownLayoutError
from tradewind.data.intake import write_fixes


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


def test_the_currency_of_a_file_that_names_none_can_be_stated_and_goes_before_none_that_is_named(shop, tmp_path):
    path = orders(tmp_path, "orders.csv", line("o1", 1).replace("USD", ""), line("o2", 2))
    assert counts(shop.import_file(path)) == [("order_lines", 1, 0, 0, 1)]
    assert counts(shop.import_file(path, currency="EUR")) == [("order_lines", 1, 0, 1, 0)]
    found = shop.table("order_lines").sort("order_id").select("order_id", "currency").rows()
    assert found == [("o1", "EUR"), ("o2", "USD")]
    assert shop.corrections().is_empty()
    with pytest.raises(ParameterError, match="XQQ"):
        shop.import_file(path, currency="XQQ")


def test_overlapping_exports_in_any_order_give_the_same_table(shop, tmp_path):
    early = orders(tmp_path, "early.csv", line("o1", 1), line("o2", 2))
    late = orders(tmp_path, "late.csv", line("o2", 2), line("o3", 3))
    other = Workspace.create(tmp_path / "other")
    for workspace, files in ((shop, (early, late)), (other, (late, early))):
        for file in files:
            workspace.import_file(file)
    assert shop.table("order_lines").drop("buyer_key").equals(other.table("order_lines").drop("buyer_key"))
    assert shop.table("order_lines")["order_id"].to_list() == ["o1", "o2", "o3"]


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
    path = orders(tmp_path, "orders.csv", line("o1", 1), line("o2", 2, units="1..2"))
    assert counts(shop.import_file(path)) == [("order_lines", 1, 0, 0, 1)]
    waiting = shop.corrections()
    assert waiting.select("table", "file", "row", "column", "value").rows() == [
        ("order_lines", "orders.csv", 3, "units", "1..2")
    ]
    shop.import_file(orders(tmp_path, "orders.csv", line("o1", 1), line("o2", 2, units=5)))
    assert shop.corrections().is_empty()
    assert shop.table("order_lines")["units"].to_list() == [1, 5]


def test_a_file_seen_before_has_as_many_rows_to_correct_as_still_wait(shop, tmp_path):
    lines = [line("o1", 1), line("o2", 2, units="1..2"), line("o3", 3, units="few").replace("USD", "QQQ")]
    path = orders(tmp_path, "orders.csv", *lines)
    assert counts(shop.import_file(path)) == [("order_lines", 1, 0, 0, 2)]
    assert counts(shop.import_file(path)) == [("order_lines", 0, 0, 1, 2)]
    shop.import_file(orders(tmp_path, "corrected.csv", line("o2", 2, units=5), line("o3", 3, units="few")))
    assert counts(shop.import_file(path)) == [("order_lines", 0, 0, 2, 1)]


def test_a_corrected_workbook_settles_its_rows_and_leaves_the_rest_of_the_order(shop, tmp_path):
    good, bad = line("o1", 1), line("o1", 1, units="1..2").replace("o1,1,", "o1,2,")
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
