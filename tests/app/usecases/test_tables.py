"""Any table can be looked at page by page or taken away whole, by the same choice of rows and columns."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tradewind.app.usecases.requests import ExportRequest, ShowRequest
from tradewind.app.usecases.tables import export_table, show_table
from tradewind.core.errors import ParameterError, RequestError, UnknownNameError, UnknownRunError
from tradewind.core.tables import TABLES
from tradewind.data.lake import Lake


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_all_pages_shown_are_together_what_is_exported(small, tmp_path, ending):
    asked = {"table": "demand", "where": ("market=US",), "columns": "sku,week,mean"}
    pages, after = [], 0
    while after is not None:
        page = show_table(small, ShowRequest(**asked, limit=5, after=after)).page
        pages.append(page.frame)
        after = page.next
    written = export_table(small, ExportRequest(**asked, to=tmp_path / f"需求 表.{ending}"))
    read = {"csv": pl.read_csv, "parquet": pl.read_parquet, "xlsx": pl.read_excel}[ending](written.path)
    shown = pl.concat(pages)
    assert (len(pages) > 1, written.rows, page.rows) == (True, shown.height, shown.height)
    assert_frame_equal(read.select("sku", "mean"), shown.select("sku", "mean"))


def test_the_last_page_has_none_after_it(small):
    first = show_table(small, ShowRequest(table="order_lines", limit=2)).page
    last = show_table(small, ShowRequest(table="order_lines", limit=2, after=first.next)).page
    assert (first.rows, first.next, first.frame["order_id"].to_list()) == (3, 2, ["A1", "A2"])
    assert (last.rows, last.next, last.frame["order_id"].to_list()) == (3, None, ["A3"])
    assert show_table(small, ShowRequest(table="order_lines", limit=3)).page.next is None


@pytest.mark.parametrize(
    ("where", "orders"),
    [
        ("units=3", ["A3"]),
        ("units=3.0", ["A3"]),
        ("market=US", ["A1", "A3"]),
        ("market = US", ["A1", "A3"]),
        ("market=us", []),
        ("paid_amount=", ["A1", "A2", "A3"]),
        ("sku=", []),
        ("ordered_at=2026-11-01", ["A1", "A2"]),
        ("ordered_at=2026-11-01T09:00", ["A2"]),
        ("sku==HYPERLINK(1)", ["A2"]),
    ],
)
def test_a_condition_is_read_by_what_the_column_holds(small, where, orders):
    found = show_table(small, ShowRequest(table="order_lines", where=(where,))).page.frame
    assert found["order_id"].to_list() == orders


def test_every_condition_must_hold_and_only_the_columns_named_are_given(small):
    asked = ShowRequest(table="order_lines", where=("market=US", "units=3"), columns="units, sku")
    assert show_table(small, asked).page.frame.rows() == [(3, "灯 L")]


@pytest.mark.parametrize(
    ("table", "where", "columns", "code", "said"),
    [
        ("ordres", (), None, "unknown_table", "Did you mean orders?"),
        ("xyzzy", (), None, "unknown_table_far", "order_lines"),
        ("order_lines", ("zzz=1",), None, "unknown_column_far", "market"),
        ("order_lines", ("markt=US",), None, "unknown_column", "Did you mean market?"),
        ("order_lines", (), "sku,unit", "unknown_column", "Did you mean units?"),
        ("order_lines", ("units=many",), None, "condition_needs_number", "units=2"),
        ("demand", ("quantiles=1",), None, "condition_on_list", "quantiles"),
        ("order_lines", ("market",), None, "invalid_condition", "COLUMN=VALUE"),
    ],
)
def test_a_wrong_choice_is_refused_alike_for_show_and_export(small, tmp_path, table, where, columns, code, said):
    shown = ShowRequest(table=table, where=where, columns=columns)
    exported = ExportRequest(table=table, where=where, columns=columns, to=tmp_path / "x.csv")
    for ask, request in ((show_table, shown), (export_table, exported)):
        with pytest.raises(RequestError) as error:
            ask(small, request)
        assert (error.value.code, said in str(error.value)) == (code, True)
        assert isinstance(error.value, UnknownNameError) is code.startswith("unknown")
        assert error.value.values["field"] in {"table", "where", "columns"}
    assert not (tmp_path / "x.csv").exists()


def test_without_a_plan_an_unknown_table_is_said_to_need_one(empty):
    with pytest.raises(UnknownNameError, match="no plan has been made yet") as error:
        show_table(empty, ShowRequest(table="orders"))
    assert error.value.code == "unknown_table_no_plan"
    assert show_table(empty, ShowRequest()).plan == {}


def test_a_plan_that_is_not_there_is_named_as_missing(small):
    for table in (None, "orders"):
        with pytest.raises(UnknownRunError, match="There is no plan nosuch"):
            show_table(small, ShowRequest(table=table, run="nosuch"))


def test_a_table_says_what_it_was_read_from(small):
    imported = show_table(small, ShowRequest(table="order_lines")).provenance
    planned = show_table(small, ShowRequest(table="orders")).provenance
    assert (imported.run, dict(imported.versions)) == (None, {"order_lines": 1})
    assert (planned.run, planned.newer_data) == (small.plan().id, False)


def test_what_waits_for_correction_and_what_nobody_knows_are_tables_too(small):
    assert show_table(small, ShowRequest(table="corrections")).page.rows == 0
    assert "listing_id" in show_table(small, ShowRequest(table="unmatched")).page.frame.columns


def test_a_table_of_the_workspace_goes_before_one_of_the_plan_unless_a_plan_is_named(empty):
    mine, seen = pl.DataFrame({"fine_id": ["F1"]}), empty.workspace.snapshot(empty.now())
    run = empty.workspace.save_run({"fines": mine}, snapshot=seen, seed=0, horizon_weeks=13)
    assert show_table(empty, ShowRequest(table="fines")).page.rows == 0
    assert show_table(empty, ShowRequest(table="fines", run=run.id)).page.frame.equals(mine)


@pytest.fixture
def tables_read(monkeypatch) -> set[str]:
    """Names of the tables that are read from now on; `shop_file` tells whether a plan is still up to date."""
    names: set[str] = set()
    of_plan, of_lake = pl.read_parquet, Lake.scan

    def read_plan(address, **how):
        names.add(Path(address).stem)
        return of_plan(address, **how)

    def read_lake(lake, name, *how):
        names.add(name)
        return of_lake(lake, name, *how)

    monkeypatch.setattr(pl, "read_parquet", read_plan)
    monkeypatch.setattr(Lake, "scan", read_lake)
    return names


def test_the_list_of_tables_counts_rows_without_reading_any(small, tables_read):
    contents = show_table(small, ShowRequest())
    assert contents.loaded == dict.fromkeys(TABLES, 0) | {"order_lines": 3}
    assert (contents.plan["orders"], contents.plan["demand"]) == (3, 78)
    assert tables_read == {"shop_file"}


@pytest.mark.parametrize("table", ["orders", "order_lines"])
def test_only_the_table_asked_for_is_read(small, tables_read, table):
    show_table(small, ShowRequest(table=table))
    assert tables_read - {"shop_file"} == {table}


def test_a_file_of_another_kind_is_refused(small, tmp_path):
    with pytest.raises(ParameterError, match=r"\.csv"):
        export_table(small, ExportRequest(table="orders", to=tmp_path / "orders.doc"))


def test_what_looks_like_a_formula_leaves_as_text(small, tmp_path):
    path = export_table(small, ExportRequest(table="order_lines", to=tmp_path / "我的 店铺" / "订单.csv")).path
    assert "'=HYPERLINK(1)" in path.read_text(encoding="utf-8-sig")
