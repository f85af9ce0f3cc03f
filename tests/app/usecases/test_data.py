"""Data comes in once and is told as it stands; one bad file keeps no other out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.app.conftest import ORDER_LINES
from tradewind.app.usecases import Context
from tradewind.app.usecases.data import (
    DraftResult,
    create_workspace,
    data_health,
    import_files,
    write_templates,
)
from tradewind.app.usecases.requests import HealthRequest, ImportRequest, InitRequest, TemplateRequest
from tradewind.app.workspace import Workspace
from tradewind.core.errors import NotAWorkspaceError, ParameterError, WorkspaceError
from tradewind.core.tables import TABLES

HEAD, GOOD = ORDER_LINES.splitlines()[:2]
BAD = GOOD.replace("A1", "A9").replace("2026-11-01 08:00", "2026-13-45")


def orders(path: Path, *lines: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    return path


def test_a_workspace_is_made_in_the_folder_named_else_in_the_one_of_the_request(tmp_path, monkeypatch):
    monkeypatch.delenv("TRADEWIND_LEDGER", raising=False)
    monkeypatch.delenv("TRADEWIND_LAKE", raising=False)
    named = create_workspace(Context(tmp_path / "named"), InitRequest(dir=tmp_path / "asked", currency="eur"))
    asked = create_workspace(Context(tmp_path / "shop", named=False), InitRequest(dir=tmp_path / "asked"))
    assert [r.workspace for r in (named, asked)] == [tmp_path / "named", tmp_path / "asked"]
    assert (named.currency, asked.currency, named.shared) == ("EUR", "CNY", False)
    assert Workspace(tmp_path / "named").currency == "EUR"


def test_the_environment_says_where_a_team_keeps_its_lake_unless_the_request_does(tmp_path, monkeypatch):
    monkeypatch.setenv("TRADEWIND_LAKE", str(tmp_path / "team"))
    environment = create_workspace(Context(tmp_path / "a"), InitRequest())
    request = create_workspace(Context(tmp_path / "b"), InitRequest(lake=str(tmp_path / "own")))
    assert [Path(r.lake) for r in (environment, request)] == [tmp_path / "team", tmp_path / "own"]
    assert environment.shared


def test_a_workspace_is_not_made_twice_nor_with_sums_in_what_is_no_money(empty, tmp_path):
    with pytest.raises(WorkspaceError, match="already"):
        create_workspace(empty, InitRequest())
    with pytest.raises(ParameterError, match="currency"):
        create_workspace(Context(tmp_path / "other"), InitRequest(currency="coins"))


def test_a_path_that_cannot_be_read_does_not_keep_the_others_out(empty, tmp_path):
    good = orders(tmp_path / "out" / "good.csv", GOOD)
    result = import_files(empty, ImportRequest(path=(tmp_path / "nosuch.csv", good)))
    assert [(r.file, r.table, r.rows_new) for r in result.imports] == [("good.csv", "order_lines", 1)]
    assert [error.code for error in result.failures] == ["file_not_found"]


def test_a_file_of_a_folder_that_no_layout_knows_is_passed_over_with_the_cause(empty, tmp_path):
    orders(tmp_path / "exports" / "good.csv", GOOD)
    (tmp_path / "exports" / "strange.csv").write_text("colour,shape\nred,round\n", encoding="utf-8")
    result = import_files(empty, ImportRequest(path=(tmp_path / "exports",)))
    assert [r.file for r in result.imports] == ["good.csv"]
    assert [(p.file, p.error.code.startswith("layout")) for p in result.passed_over] == [("strange.csv", True)]
    assert result.failures == ()


def test_a_file_without_rows_is_named(empty, tmp_path):
    result = import_files(empty, ImportRequest(path=(orders(tmp_path / "bare.csv"),)))
    assert (result.imports, result.empty) == ((), ("bare.csv",))


def test_a_file_imported_again_brings_nothing_new(empty, tmp_path):
    request = ImportRequest(path=(orders(tmp_path / "orders.csv", GOOD),))
    first, second = (import_files(empty, request).imports[0] for _ in range(2))
    assert (first.rows_new, second.rows_new, second.rows_same) == (1, 0, 1)


def test_files_that_name_no_shop_are_of_the_shop_of_the_request(empty):
    returns = Path(__file__).parents[2] / "data/intake/golden/amazon-returns/fba-us returns.txt"
    import_files(empty, ImportRequest(path=(returns,), shop="amz-us"))
    assert empty.workspace.table("returns")["shop"].unique().to_list() == ["amz-us"]


def test_a_mapping_that_is_not_there_is_drafted_and_nothing_is_imported(empty, tmp_path):
    (tmp_path / "erp.csv").write_text("Order no,Item code,Sold at\nA1,MUG,2026-11-01\n", encoding="utf-8")
    draft = import_files(empty, ImportRequest(path=(tmp_path / "erp.csv",), map=tmp_path / "erp.mapping.yaml"))
    assert isinstance(draft, DraftResult)
    assert (draft.mapping.exists(), draft.table) == (True, "order_lines")
    assert [(c.heading, c.cells) for c in draft.sample if c.column == "order_id"] == [("Order no", ("A1",))]
    assert empty.workspace.table("order_lines").is_empty()


def test_only_a_workspace_takes_files(tmp_path):
    with pytest.raises(NotAWorkspaceError):
        import_files(Context(tmp_path), ImportRequest(path=(orders(tmp_path / "o.csv", GOOD),)))


def test_health_of_a_new_workspace_has_nothing_loaded_and_nothing_on(empty):
    health = data_health(empty, HealthRequest())
    assert [f.height for f in (health.loaded, health.corrections, health.notes, health.blocked)] == [0, 0, 0, 0]
    assert not health.capabilities["on"].any()
    assert "cause" in health.blocked.columns


def test_health_counts_the_age_of_data_from_today(small):
    loaded = data_health(small, HealthRequest()).loaded.row(0, named=True)
    assert (loaded["table"], loaded["rows"], loaded["last"], loaded["days_before_today"]) == (
        "order_lines", 3, date(2026, 11, 2), 28,
    )  # fmt: skip


def test_rows_to_correct_are_written_to_a_workbook_where_there_are_some(empty, tmp_path):
    good = orders(tmp_path / "orders.csv", GOOD)
    import_files(empty, ImportRequest(path=(good,)))
    none = data_health(empty, HealthRequest(export=tmp_path / "none.xlsx"))
    assert (none.export, none.rows_to_correct, (tmp_path / "none.xlsx").exists()) == (None, 0, False)
    import_files(empty, ImportRequest(path=(orders(tmp_path / "late.csv", BAD),)))
    some = data_health(empty, HealthRequest(export=tmp_path / "fixes.xlsx"))
    assert (some.export, some.rows_to_correct) == (tmp_path / "fixes.xlsx", 1)
    assert "2026-13-45" in str(pl.read_excel(tmp_path / "fixes.xlsx", sheet_id=2).rows())


def test_what_unknown_costs_block_is_the_same_with_and_without_a_plan(empty, tmp_path, monkeypatch):
    from tradewind.app.planning import value

    import_files(empty, ImportRequest(path=(orders(tmp_path / "orders.csv", GOOD),)))
    computed = data_health(empty, HealthRequest()).blocked
    assert "unit_cost" in computed["cause"].to_list()
    tables = {"blocked": computed, "shop_file": pl.DataFrame({"said": [""]})}
    empty.workspace.save_run(tables, snapshot=empty.workspace.snapshot(), seed=0, horizon_weeks=13)
    monkeypatch.delattr(value, "blocked_money")
    assert data_health(empty, HealthRequest()).blocked.equals(computed)


def test_a_plan_that_has_not_seen_everything_is_not_asked_what_is_blocked(empty, tmp_path):
    import_files(empty, ImportRequest(path=(orders(tmp_path / "orders.csv", GOOD),)))
    first = data_health(empty, HealthRequest()).blocked
    tables = {"blocked": first, "shop_file": pl.DataFrame({"said": [""]})}
    empty.workspace.save_run(tables, snapshot=empty.workspace.snapshot(), seed=0, horizon_weeks=13)
    import_files(empty, ImportRequest(path=(orders(tmp_path / "more.csv", GOOD.replace("A1", "A2")),)))
    both = data_health(empty, HealthRequest()).blocked
    assert [f.filter(cause="unit_cost")["lines"].item() for f in (first, both)] == [1, 2]


def test_a_template_of_every_table_is_written(empty, tmp_path):
    result = write_templates(empty, TemplateRequest(dir=tmp_path / "空白 表"))
    assert [f.stem for f in result.files] == sorted(TABLES)
    assert all(f.is_file() and f.parent == result.folder for f in result.files)


def test_an_import_of_which_a_part_was_read_says_so(empty, tmp_path):
    good = orders(tmp_path / "orders.csv", GOOD)
    whole = import_files(empty, ImportRequest(path=(good,)))
    partly = import_files(empty, ImportRequest(path=(good, tmp_path / "nosuch.csv")))
    none = import_files(empty, ImportRequest(path=(tmp_path / "nosuch.csv",)))
    assert (whole.partly, partly.partly, none.partly) == (False, True, False)


def test_health_names_the_headings_that_the_latest_import_of_a_file_left(empty, tmp_path):
    path = tmp_path / "goods.csv"
    for headings in ("sku,unit_cost,currency,colour,scent", "sku,unit_cost,currency,colour"):
        path.write_text(
            headings + "\n" + ",".join(["mug", "3", "CNY", "red", "rose"][: headings.count(",") + 1]) + "\n"
        )
        import_files(empty, ImportRequest(path=(path,)))
    notes = data_health(empty, HealthRequest()).notes
    assert notes.filter(note="unread_headings").rows() == [("unread_headings", 1, "goods.csv: colour")]
