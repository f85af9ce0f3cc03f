"""The whole way in a terminal, on the tiny seller: from nothing to a plan, a report, and the same plan again."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tradewind.app.cli import main
from tradewind.core.tables import TABLES


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a space and Chinese letters in which the demo of the tiny seller was made."""
    folder = tmp_path_factory.mktemp("信风 demo")
    assert main(["demo", str(folder), "--scale", "tiny", "--json"]) == 0
    return folder


def asked(capsys: pytest.CaptureFixture[str], home: Path, *args: str) -> dict:
    status = main([*args, "-w", str(home / "shop"), "--json"])
    out = capsys.readouterr().out
    assert status == 0, out
    return json.loads(out)


def test_the_demo_leaves_files_workspace_page_and_workbook(home):
    here = {p.name for p in home.iterdir()}
    assert {"exports", "shop", "report.html", "plan.xlsx"} <= here


def test_a_second_import_of_the_same_files_changes_nothing(capsys, home):
    before = asked(capsys, home, "show")["loaded"]
    told = asked(capsys, home, "import", str(home / "exports"))["imports"]
    assert {r["rows_new"] + r["rows_changed"] for r in told} == {0}
    assert asked(capsys, home, "show")["loaded"] == before


def test_health_tells_everything_is_on(capsys, home):
    told = asked(capsys, home, "health")
    assert all(c["on"] for c in told["capabilities"])


def test_every_table_loaded_or_planned_can_be_shown(capsys, home):
    contents = asked(capsys, home, "show")
    assert set(contents["loaded"]) == set(TABLES)
    for name, rows in {**contents["plan"], **contents["loaded"]}.items():
        told = asked(capsys, home, "show", name, "--limit", "3")
        assert told["rows"] == rows
        assert len(told["data"]) == min(rows, 3)


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet"])
def test_the_forecast_can_be_exported(capsys, home, tmp_path, ending):
    told = asked(capsys, home, "export", "demand", "--to", str(tmp_path / f"预测.{ending}"))
    read = {"xlsx": pl.read_excel, "csv": pl.read_csv, "parquet": pl.read_parquet}[ending]
    assert read(told["path"]).height == told["rows"] > 0


def test_a_plan_made_again_is_the_same(capsys, home):
    run = asked(capsys, home, "runs")["data"][-1]["id"]
    told = asked(capsys, home, "rerun", run)
    assert told["same"], told["changed_tables"]


def test_a_plan_of_an_earlier_day_knows_that_day(capsys, home):
    told = asked(capsys, home, "run", "--as-of", "2026-09-28", "--horizon-weeks", "6")
    assert told["as_of"] == "2026-09-28T00:00:00+00:00"
    weeks = {r["week"] for r in asked(capsys, home, "show", "demand", "--limit", "9999")["data"]}
    assert (min(weeks), len(weeks)) == ("2026-09-28", 6)


def test_the_report_speaks_chinese(capsys, home, tmp_path):
    told = asked(capsys, home, "report", "--to", str(tmp_path), "--lang", "zh")
    assert "待办事项" in Path(told["page"]).read_text(encoding="utf-8")


def test_templates_can_be_written(capsys, home, tmp_path):
    told = asked(capsys, home, "template", str(tmp_path / "空白 表"))
    assert len(told["files"]) == len(TABLES)


def test_what_a_file_held_beside_its_rows_is_told(capsys, tmp_path):
    head = "platform,shop,order_id,sku,market,ordered_at,units,unit_price,currency,status\n"
    line = "ae,s,o1,mug,ES,2026-01-02 10:00,1,5,EUR,paid\n"
    (tmp_path / "twice.csv").write_text(head + line + line)
    (tmp_path / "bare.csv").write_text(head)
    shop = str(tmp_path / "shop")
    assert main(["init", shop]) == 0
    assert main(["import", str(tmp_path / "twice.csv"), str(tmp_path / "bare.csv"), "-w", shop, "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "Beside that, twice.csv held: 1 x a row that says the same as another of its order: each counts" in told
    assert "bare.csv: no rows in it" in told
