"""What became of files, in words: counts per table, what was left out and why, what to do next."""

from __future__ import annotations

from pathlib import Path

import pytest

from tradewind.app.usecases.data import (
    DraftResult,
    ImportResult,
    PassedOver,
    SampleColumn,
    TemplatesResult,
    WorkspaceResult,
)
from tradewind.app.wording import as_data, view_of
from tradewind.app.wording.view import Table
from tradewind.app.workspace.importing import ImportReport
from tradewind.core.errors import UnreadableFileError

UNREADABLE = UnreadableFileError("file_empty", path="b.csv")
IMPORTED = ImportResult(
    imports=(ImportReport("a.csv", "tradewind", "order_lines", 1200, 0, 0, 3, 2, 0.5, {"duplicate_collapsed": 1}),),
    passed_over=(PassedOver("b.csv", UNREADABLE),),
    empty=("bare.csv",),
    failures=(UnreadableFileError("file_not_found", path="nosuch.csv"),),
)


def test_an_import_is_counted_then_what_was_left_out_then_what_to_do():
    table, noted, no_rows, passed_over, waiting, further = view_of(IMPORTED, "en")
    assert isinstance(table, Table)
    assert table.rows == [["a.csv", "tradewind", "order_lines", "1,200", "0", "0", "3", "2", "0.50"]]
    assert table.numbers == {3, 4, 5, 6, 7, 8}
    assert noted == "Beside that, a.csv held: 1 x the same row once more."
    assert no_rows.startswith("bare.csv: no rows in it")
    assert passed_over == f"b.csv was passed over: {UNREADABLE.what('en')} {UNREADABLE.fix('en')}"
    assert (waiting.startswith("Rows to correct: 2."), further.startswith("Next:")) == (True, True)


def test_where_nothing_came_in_there_is_nothing_to_do_next():
    assert view_of(ImportResult((), (), ("bare.csv",)), "zh") == [
        "bare.csv：里面没有数据行，什么都没有导入。请检查导出时的筛选条件。"
    ]


def test_programs_are_told_counts_causes_and_errors():
    said = as_data(IMPORTED, "en")
    assert said["imports"][0]["rows_to_correct"] == 2
    why, fix = UNREADABLE.what("en"), UNREADABLE.fix("en")
    assert said["passed_over"] == [{"file": "b.csv", "code": "file_empty", "why": why, "fix": fix}]
    assert (said["partly"], as_data(ImportResult((), (), ()), "en")["partly"]) == (True, False)
    assert [error["code"] for error in said["errors"]] == ["file_not_found"]
    assert "errors" not in as_data(ImportResult((), (), ()), "en")


def test_a_draft_shows_its_rows_side_by_side_and_what_is_still_to_be_said():
    sample = (SampleColumn("order_id", "Order no", ("A1", "A2")), SampleColumn("sku", "Item", ("MUG",)))
    draft = DraftResult(Path("my erp.csv"), Path("erp.yaml"), "order_lines", ("market",), (), sample)
    table, written, asked, further = view_of(draft, "en")
    assert table.rows == [["order_id", "Order no", "A1", "A2"], ["sku", "Item", "MUG", ""]]
    assert (list(table.headings[2:]), table.cut) == (["1", "2"], True)
    assert ("erp.yaml" in written, asked) == (True, "Still to be said there: market.")
    assert further == 'Then: tradewind import "my erp.csv" --map erp.yaml'


@pytest.mark.parametrize(("shared", "lines"), [(False, 2), (True, 3)])
def test_how_others_come_to_a_workspace_is_said_where_it_is_shared(shared, lines):
    made = WorkspaceResult(Path("shop"), "CNY", "ledger.db", "shop", shared)
    view = view_of(made, "en")
    assert (view[0], len(view)) == ("Made the workspace shop; its sums are in CNY.", lines)


def test_templates_are_listed():
    written = TemplatesResult(Path("t"), (Path("t/fx.xlsx"), Path("t/stock.xlsx")))
    assert view_of(written, "en") == ["2 files written to t:", "t/fx.xlsx", "t/stock.xlsx"]
