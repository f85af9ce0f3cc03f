"""The command line: help in two languages, one-line errors, JSON for programs, no crash on any console."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

import tradewind.app.workspace.store as workspace_module
from tests.app.report.made_up import HOSTILE, healthy, made_up_run
from tradewind.app.cli import main
from tradewind.app.cli.errors import explained
from tradewind.app.cli.place import workspace_folder
from tradewind.app.commands import COMMANDS, EVERY, command
from tradewind.core.errors import NotAWorkspaceError, ParameterError, TradewindError, UnknownRunError
from tradewind.core.tables import TABLES
from tradewind.core.text import catalogue

ORDER_LINES = pl.DataFrame(
    {
        "order_id": ["A1", "A2", "A3"],
        "sku": ["MUG", "=HYPERLINK(1)", "灯 L"],
        "market": ["US", "DE", "US"],
        "units": [1, 2, 3],
        "ordered_at": [datetime(2026, 11, 1, 8, tzinfo=UTC)] * 3,
        "unit_price": [9.5, float("nan"), 3.0],
    }
)


class FakeWorkspace:
    """A workspace with three order lines and the made-up plan."""

    def __init__(self, path: Path | str = "", *, busy_timeout_s: float = 0) -> None:
        if Path(path).name == "nowhere":
            raise NotAWorkspaceError("workspace_none", path=path)
        self.path = Path(path)

    def table(self, name: str) -> pl.DataFrame:
        return ORDER_LINES if name == "order_lines" else TABLES[name].empty()

    def corrections(self) -> pl.DataFrame:
        return pl.DataFrame({"table": ["order_lines"]})

    def health(self) -> dict[str, pl.DataFrame]:
        return healthy()

    def load_run(self, run_id: str | None = None):
        if run_id == "nosuch":
            raise UnknownRunError("run_unknown", run=run_id, latest="20261116-0001")
        return made_up_run()

    def runs(self) -> pl.DataFrame:
        return pl.DataFrame({"id": ["20261116-0001"], "seed": [7]})


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workspace_module, "Workspace", FakeWorkspace)
    monkeypatch.setenv("TRADEWIND_LANG", "en")
    monkeypatch.delenv("TRADEWIND_DEBUG", raising=False)


def asked(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    code = main(args)
    said = capsys.readouterr()
    return code, said.out, said.err


def shell(*args: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    line = [sys.executable, "-c", "import sys; from tradewind.app.cli import main; sys.exit(main())", *args]
    return subprocess.run(line, capture_output=True, env={**os.environ, **env}, check=False)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_help_lists_every_command_in_the_language_asked(capsys, lang):
    code, out, _ = asked(capsys, "--help", "--lang", lang)
    assert code == 0
    assert all(c.name in out for c in COMMANDS)
    assert catalogue(lang)["cli_heading.start"] in out


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", [c.name for c in COMMANDS])
def test_every_commands_help_names_every_option(capsys, lang, name):
    code, out, _ = asked(capsys, name, "--help", "--lang", lang)
    assert code == 0
    assert all(o.flag in out for o in (*command(name).options, *EVERY))


def test_help_needs_no_heavy_library():
    line = "import sys; from tradewind.app.cli import main; main(['--help']); print(HEAVY & sys.modules.keys())"
    heavy = "HEAVY = {'polars', 'numpy', 'matplotlib', 'deltalake', 'sqlalchemy', 'numba', 'scipy'}; "
    out = subprocess.run([sys.executable, "-c", heavy + line], capture_output=True, text=True, check=True)
    assert out.stdout.strip().endswith("set()")


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_console_encoding_makes_it_crash(encoding, lang):
    told = shell("--help", "--lang", lang, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (told.returncode, told.stderr) == (0, b"")
    wrong = shell("shwo", "--lang", lang, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert wrong.returncode == 2
    assert b"Traceback" not in wrong.stderr


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_all_words_of_the_command_line_fit_a_gbk_console(lang):
    groups = (
        "cli_",
        "ask",
        "said",
        "every",
        "summary_head",
        "health_part",
        "health_empty",
        "column",
        "metric.",
        "mode.",
    )
    for key, words in catalogue(lang).items():
        if (key.startswith(groups) and not key.startswith("column.")) or key in {"column.table", "column.rows"}:
            words.encode("gbk")


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["shwo"], "cli_unknown_command", "Did you mean `tradewind show`"),
        (["pizza"], "cli_unknown_command_far", "lists all commands"),
        (["show", "orders", "--limti", "3"], "cli_unknown_option", "--limti"),
        (["run", "--seed"], "cli_option_needs_value", "--seed"),
        (["run", "--seed", "x"], "invalid_integer", "--seed is x"),
        (["run", "--horizon-weeks", "0"], "invalid_integer", "--horizon-weeks is 0"),
        (["run", "--as-of", "02.11.2026"], "invalid_date", "2026-11-02"),
        (["backtest", "--holding-cost", "-1"], "invalid_number", "--holding-cost is -1"),
        (["demo", "--scale", "huge"], "invalid_choice", "tiny, small, large"),
        (["export", "orders"], "missing_value", "--to is missing"),
        (["import"], "missing_value", "PATH is missing"),
        (["runs", "extra"], "cli_too_many", "extra"),
        (["show", "ordres"], "unknown_table", "Did you mean orders?"),
        (["show", "xyzzy"], "unknown_table_far", "Choose one of those."),
        (["show", "order_lines", "--where", "zzz=1"], "unknown_column_far", "Choose one of those."),
        (["show", "order_lines", "--where", "units=many"], "condition_needs_number", "units=2"),
        (["show", "demand", "--where", "quantiles=1"], "condition_on_list", "quantiles"),
        (["show", "order_lines", "--where", "market"], "invalid_condition", "COLUMN=VALUE"),
        (["show", "order_lines", "--where", "markt=US"], "unknown_column", "Did you mean market?"),
        (["show", "order_lines", "--columns", "sku,unit"], "unknown_column", "Did you mean units?"),
        (["show", "order_lines", "--lang", "fr"], "invalid_choice", "en, zh"),
    ],
)
def test_a_wrong_question_gets_one_line_and_exit_code_2(capsys, args, code, says):
    status, _, err = asked(capsys, *args)
    assert status == 2
    assert says in err
    assert err.count("\n") == 1
    status, out, _ = asked(capsys, args[0], "--json", *args[1:])
    assert status == 2
    error = json.loads(out)["error"]
    assert set(error) == {"code", "what", "fix"}
    assert error["code"] == code


def test_what_cannot_be_done_gets_one_line_and_exit_code_1(capsys):
    assert asked(capsys, "actions", "-w", "nowhere")[::2] == (
        1,
        "There is no workspace in nowhere. Make one with: tradewind init nowhere\n",
    )
    status, out, _ = asked(capsys, "actions", "--run", "nosuch", "--json")
    assert (status, json.loads(out)["error"]["code"]) == (1, "run_unknown")


def test_errors_speak_chinese_when_asked(capsys):
    _, _, err = asked(capsys, "export", "orders", "--lang", "zh")
    assert "缺少 --to" in err


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/d/x"), "cli_disk_full", 1),
        (PermissionError(errno.EACCES, "Permission denied", "/d/x"), "cli_not_permitted", 1),
        (OSError(errno.EROFS, "Read-only file system", "/d/x"), "cli_not_permitted", 1),
        (FileNotFoundError(errno.ENOENT, "No such file", "/d/x"), "cli_no_such_file", 1),
        (OSError(errno.EIO, "Input/output error", "/d/x"), "cli_storage_refused", 1),
        (KeyboardInterrupt(), "cli_stopped", 130),
        (MemoryError(), "cli_out_of_memory", 1),
        (ModuleNotFoundError("No module named 'pandas'", name="pandas"), "extra_missing", 1),
        (ModuleNotFoundError("No module named 'polars.x'", name="polars.x"), "package_missing", 1),
        (ZeroDivisionError("division by zero"), "cli_fault", 1),
        (TradewindError("nobody_wrote_this", path="x"), "nobody_wrote_this", 1),
        (ParameterError("parameter_range", name="a", value=1, allowed="2"), "parameter_range", 1),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_error_is_explained(error, code, status, lang):
    said = explained(error, lang)
    assert (said.code, said.exit_code) == (code, status)
    assert said.what
    assert "\n" not in said.what + said.fix


def test_a_reader_that_goes_away_ends_it_quietly():
    line = [sys.executable, "-c", "from tradewind.app.cli import main; raise SystemExit(main(['show', '--help']))"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as told:
        told.stdout.close()
        assert told.stderr.read() == b""


def test_ctrl_c_ends_with_130_and_no_traceback(capsys, monkeypatch):
    def interrupted(self: FakeWorkspace, run_id: str | None = None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeWorkspace, "load_run", interrupted)
    status, _, err = asked(capsys, "actions")
    assert status == 130
    assert err.startswith("Stopped.")


def test_show_gives_rows_and_data(capsys):
    status, out, _ = asked(capsys, "show", "order_lines", "--limit", "2", "--json")
    told = json.loads(out)
    assert status == 0
    assert told["rows"] == 3
    assert [r["sku"] for r in told["data"]] == ["MUG", "=HYPERLINK(1)"]
    assert told["data"][0]["ordered_at"] == "2026-11-01T08:00:00+00:00"
    assert told["data"][1]["unit_price"] is None


def test_show_knows_the_tables_of_the_plan_and_their_quantiles(capsys):
    told = json.loads(asked(capsys, "show", "demand", "--limit", "1", "--json")[1])
    assert told["rows"] == 78
    assert len(told["data"][0]["quantiles"]) == 23


def test_show_filters_and_chooses_columns(capsys):
    out = asked(capsys, "show", "order_lines", "--where", "market=US", "--columns", "sku,units", "--json")[1]
    assert json.loads(out) == {"rows": 2, "data": [{"sku": "MUG", "units": 1}, {"sku": "灯 L", "units": 3}]}


@pytest.mark.parametrize(
    ("where", "rows"),
    [("units=3", 1), ("units=3.0", 1), ("unit_price=", 1), ("ordered_at=2026-11-01", 3), ("market=us", 0)],
)
def test_a_condition_is_read_by_what_the_column_holds(capsys, where, rows):
    assert json.loads(asked(capsys, "show", "order_lines", "--where", where, "--json")[1])["rows"] == rows


def test_what_no_row_fulfils_is_said_in_words(capsys):
    assert (
        asked(capsys, "show", "order_lines", "--where", "market=XX")[1] == "No row of order_lines is so: market=XX.\n"
    )
    assert asked(capsys, "show", "returns")[1] == "There is nothing in returns.\n"


def test_show_without_a_table_lists_what_there_is(capsys):
    told = json.loads(asked(capsys, "show", "--json")[1])
    assert told["loaded"]["order_lines"] == 3
    assert told["plan"]["orders"] == 3


def test_actions_come_with_their_sentence(capsys):
    told = json.loads(asked(capsys, "actions", "--limit", "2", "--json")[1])
    assert told["rows"] == 3
    assert told["data"][1]["sentence"].endswith("one more cubic metre is worth 212 CNY.")
    assert told["data"][1]["evidence"] == {"node": "义乌仓 HZ", "week": "2026-12-14"}


def test_export_writes_to_paths_with_chinese_letters_and_spaces(capsys, tmp_path):
    path = tmp_path / "我的 店铺" / "订单 一.csv"
    status, out, _ = asked(capsys, "export", "order_lines", "--to", str(path), "--json")
    assert status == 0
    assert json.loads(out)["path"] == str(path)
    assert "'=HYPERLINK(1)" in path.read_text(encoding="utf-8-sig")


def test_health_says_what_waits_and_what_is_missing(capsys):
    status, out, _ = asked(capsys, "health")
    assert status == 0
    assert "needs: tracking events" in out
    assert "Products without a unit cost: 4," in out
    assert "Versions of the data: order_lines 3, stock 2." in out


def test_one_bad_path_does_not_keep_the_others_out(capsys, monkeypatch, tmp_path):
    class Brought(list):
        passed_over = ()

    monkeypatch.setattr(FakeWorkspace, "import_file", lambda self, path, **how: Brought(), raising=False)
    (tmp_path / "good.csv").touch()
    args = ("import", str(tmp_path / "nosuch.csv"), str(tmp_path / "good.csv"), "--json")
    status, out, _ = asked(capsys, *args)
    assert status == 1
    assert [e["code"] for e in json.loads(out)["errors"]] == ["cli_no_such_file"]


def test_report_writes_page_and_workbook(capsys, tmp_path):
    status, out, _ = asked(capsys, "report", "--to", str(tmp_path), "--json", "--lang", "zh")
    told = json.loads(out)
    assert status == 0
    assert Path(told["page"]).read_text(encoding="utf-8").count("<section") == 12
    assert Path(told["workbook"]).exists()


def test_hostile_names_reach_the_terminal_as_text(capsys):
    out = asked(capsys, "show", "orders", "--columns", "sku")[1]
    assert HOSTILE in out


def test_the_workspace_is_the_folder_told_then_this_one_then_the_environments_then_shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRADEWIND_WORKSPACE", raising=False)
    assert workspace_folder(None) == Path("shop")
    monkeypatch.setenv("TRADEWIND_WORKSPACE", "elsewhere")
    assert workspace_folder(None) == Path("elsewhere")
    (tmp_path / "workspace.toml").touch()
    assert workspace_folder(None) == Path()
    assert workspace_folder(Path("told")) == Path("told")


@pytest.mark.parametrize(
    ("env", "lang"),
    [
        ({"TRADEWIND_LANG": "zh", "LC_ALL": "C"}, "zh"),
        ({"TRADEWIND_LANG": "", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"TRADEWIND_LANG": "", "LC_ALL": "C"}, "en"),
    ],
)
def test_the_language_comes_from_the_environment(env, lang):
    said = shell("shwo", PYTHONIOENCODING="utf-8", **env).stderr.decode()
    assert ("没有命令" in said) is (lang == "zh")
