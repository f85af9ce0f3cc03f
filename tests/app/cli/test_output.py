"""Answers reach a terminal as sentences and tables, a program as JSON, and errors as one line."""

from __future__ import annotations

import io
import json
import re

import pytest
from rich.cells import cell_len

from tradewind.app.cli.output import as_json_text, print_error, print_view
from tradewind.app.usecases.errors import explained
from tradewind.app.wording.view import Table
from tradewind.core.errors import NotAWorkspaceError

HOSTILE = "[red]=1+1[/red] :smile: <b>"


@pytest.fixture(autouse=True)
def _no_debugging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRADEWIND_DEBUG", raising=False)


def test_sentences_and_tables_stand_in_their_order_with_numbers_flush_right(capsys):
    table = Table(["SKU", "Units"], [["MUG", "7"], ["灯", "1,200"]], "Sold", frozenset({1}), more="And 3 more.")
    print_view(["First.", table, "Last."], "en")
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines[:3] == ["First.", "Sold", " SKU   Units"]
    assert lines[4:] == [" MUG       7", " 灯    1,200", "And 3 more.", "Last."]


def test_a_pipe_gets_long_lines_whole(capsys):
    print_view(["word " * 100, Table(["A"], [["x" * 300]])], "en")
    out = capsys.readouterr().out
    assert "word " * 99 in out
    assert "x" * 300 in out


def test_text_that_looks_like_markup_stays_text(capsys):
    print_view([HOSTILE, Table([HOSTILE], [[HOSTILE]], HOSTILE)], "en")
    assert capsys.readouterr().out.count(HOSTILE) == 4


def test_cells_break_between_chinese_letters_and_keep_words_whole(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "36")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    print_view(
        [Table(["备注", "数"], [["没有给出供货价（--supply-price），见表", "12"]], numbers=frozenset({1}))], "zh"
    )
    lines = re.sub("\x1b.*?m", "", capsys.readouterr().out).splitlines()
    words = [line.split() for line in lines if line.strip(" ─")]
    assert words == [["备注", "数"], ["没有给出供货价", "12"], ["（--supply-price），见表"]]
    assert max(map(cell_len, lines)) <= 36


@pytest.mark.parametrize(("lang", "says"), [("en", "Not shown, for want of width: C"), ("zh", "未显示的列：C")])
def test_columns_that_do_not_fit_a_terminal_are_named(capsys, monkeypatch, lang, says):
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("FORCE_COLOR", "1")
    print_view([Table(["A", "B", "C"], [["a" * 20, "b" * 20, "c" * 20]], cut=True)], lang)
    out = capsys.readouterr().out
    assert says in out
    assert "b" * 20 in out
    assert "c" * 20 not in out


def test_one_column_at_least_is_shown(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("FORCE_COLOR", "1")
    print_view([Table(["A", "B"], [["a" * 50, "b"]], cut=True)], "en")
    out = capsys.readouterr().out
    assert out.count("a") >= 50
    assert "B (choose with" in out


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", "There is no workspace in 店. Make one with: tradewind init 店\n"),
        ("zh", "店 里没有工作区。请先新建：tradewind init 店\n"),
    ],
)
def test_an_error_is_one_line_whatever_letters_are_in_it(capsys, lang, line):
    print_error(explained(NotAWorkspaceError("workspace_none", path="店"), lang), as_json=False)
    assert capsys.readouterr() == ("", line)


def test_an_error_is_told_to_people_and_to_programs(capsys):
    print_error(explained(NotAWorkspaceError("workspace_none", path="x"), "en"), as_json=True)
    out, err = capsys.readouterr()
    assert json.loads(out)["error"]["code"] == "workspace_none"
    assert err.startswith("There is no workspace in x.")


def test_whoever_debugs_sees_where_it_came_from(capsys, monkeypatch):
    monkeypatch.setenv("TRADEWIND_DEBUG", "1")
    with pytest.raises(ZeroDivisionError) as raised:
        _ = 1 / 0
    print_error(explained(raised.value, "en"), as_json=False)
    assert "_ = 1 / 0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("encoding", "written"), [("utf-8", '"灯"'), ("UTF8", '"灯"'), ("gbk", '"\\u706f"'), ("ascii", '"\\u706f"')]
)
def test_json_is_escaped_where_the_stream_is_not_utf_8(encoding, written):
    assert as_json_text("灯", io.TextIOWrapper(io.BytesIO(), encoding=encoding)) == written
