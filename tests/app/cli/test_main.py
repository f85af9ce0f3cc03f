"""From a line to an answer or an error, with the exit code, in the language and form asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from tradewind.app.cli import main
from tradewind.app.usecases import actions
from tradewind.app.usecases.context import Context
from tradewind.app.usecases.requests import ActionsRequest
from tradewind.core.text import LANGUAGES


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADEWIND_LANG", "en")
    monkeypatch.delenv("TRADEWIND_DEBUG", raising=False)


def asked(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    code = main(args)
    said = capsys.readouterr()
    return code, said.out, said.err


def test_an_answer_is_words_for_people_and_the_same_figures_for_programs(capsys, planned):
    code, out, err = asked(capsys, "actions", "--limit", "2", "-w", str(planned))
    assert (code, err) == (0, "")
    answer = json.loads(asked(capsys, "actions", "--limit", "2", "-w", str(planned), "--json")[1])
    assert len(answer["data"]) == 2 < answer["rows"]
    assert all(row["sentence"] in out for row in answer["data"])
    assert f"2 of {answer['rows']} shown" in out


def test_pages_follow_each_other_without_a_gap(capsys, planned):
    whole = json.loads(asked(capsys, "actions", "--limit", "5", "-w", str(planned), "--json")[1])
    first = json.loads(asked(capsys, "actions", "--limit", "2", "-w", str(planned), "--json")[1])
    after = ("--after", str(first["next"]))
    second = json.loads(asked(capsys, "actions", "--limit", "3", *after, "-w", str(planned), "--json")[1])
    assert first["data"] + second["data"] == whole["data"]


def test_the_answer_is_in_the_language_asked_for(capsys, planned):
    chinese = asked(capsys, "actions", "-w", str(planned), "--lang", "zh")[1]
    answer = json.loads(asked(capsys, "actions", "-w", str(planned), "--lang", "zh", "--json")[1])
    assert all(row["sentence"] in chinese for row in answer["data"])


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (["shwo"], "unknown_command", "Did you mean `tradewind show`"),
        (["pizza"], "unknown_command_far", "lists all commands"),
        (["show", "orders", "--limti", "3"], "unknown_option", "--limti"),
        (["run", "--seed"], "option_needs_value", "--seed"),
        (["run", "--seed", "x"], "invalid_integer", "--seed is x"),
        (["run", "--horizon-weeks", "0"], "invalid_integer", "--horizon-weeks is 0"),
        (["run", "--as-of", "02.11.2026"], "invalid_date", "2026-11-02"),
        (["backtest", "--holding-cost", "-1"], "invalid_number", "--holding-cost is -1"),
        (["demo", "--scale", "huge"], "invalid_choice", "tiny, small, large"),
        (["export", "orders"], "missing_value", "--to is missing. For example: tradewind export orders --to"),
        (["import"], "missing_value", "PATH is missing"),
        (["rules", "show"], "missing_value", "RULE is missing"),
        (["runs", "extra"], "too_many_arguments", "extra"),
        (["runs", "--lang", "fr"], "invalid_choice", "en, zh"),
        (["runs", "-w", ""], "empty_value", "--workspace was given without a value"),
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


def test_what_cannot_be_done_gets_one_line_and_exit_code_1(capsys, planned):
    assert asked(capsys, "actions", "-w", "nowhere")[::2] == (
        1,
        "There is no workspace in nowhere. Make one with: tradewind init nowhere\n",
    )
    status, out, _ = asked(capsys, "actions", "--run", "nosuch", "-w", str(planned), "--json")
    assert (status, json.loads(out)["error"]["code"]) == (1, "run_unknown")


def test_errors_speak_chinese_when_asked(capsys):
    assert "缺少 --to" in asked(capsys, "export", "orders", "--lang", "zh")[2]


@pytest.mark.parametrize(("stop", "code"), [(KeyboardInterrupt, 130), (MemoryError, 1), (SystemExit, 1)])
def test_whatever_ends_it_leaves_no_traceback(capsys, monkeypatch, stop, code):
    def stopped(context: Context, request: ActionsRequest) -> None:
        raise stop

    monkeypatch.setattr(actions, "list_actions", stopped)
    status, _, err = asked(capsys, "actions")
    assert status == code
    assert "Traceback" not in err
    assert err.startswith("Stopped.") is (stop is KeyboardInterrupt)


def test_a_use_case_gets_the_folder_the_language_and_whether_the_folder_was_named(capsys, monkeypatch, tmp_path):
    seen: list[Context] = []

    def see(context: Context, request: ActionsRequest) -> None:
        seen.append(context)
        raise KeyboardInterrupt

    monkeypatch.setattr(actions, "list_actions", see)
    monkeypatch.chdir(tmp_path)
    asked(capsys, "actions", "--lang", "zh")
    asked(capsys, "actions", "-w", "there")
    assert [(c.folder, c.named, c.lang) for c in seen] == [(Path("shop"), False, "zh"), (Path("there"), True, "en")]


@dataclass(frozen=True)
class Half:
    """A result of which a part failed."""

    done: pl.DataFrame
    failures: tuple[Exception, ...]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_failed_beside_a_result_is_told_after_it_with_exit_code_1(capsys, monkeypatch, lang):
    half = Half(pl.DataFrame({"file": ["a.csv"]}), (FileNotFoundError(2, "No such file", "b.csv"),))
    monkeypatch.setattr(actions, "list_actions", lambda context, request: half)
    monkeypatch.setattr("tradewind.app.wording.view_of", lambda result, lang: ["a.csv is in."])
    status, out, err = asked(capsys, "actions", "--lang", lang)
    assert (status, out) == (1, "a.csv is in.\n")
    assert "b.csv" in err
    status, out, _ = asked(capsys, "actions", "--lang", lang, "--json")
    answer = json.loads(out)
    assert status == 1
    assert answer["done"] == [{"file": "a.csv"}]
    assert ["b.csv" in error["what"] for error in answer["errors"]] == [True]
    assert "failures" not in answer
