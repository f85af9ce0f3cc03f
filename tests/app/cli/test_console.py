"""No console makes it crash, the language and the folder are those somebody would expect, and it ends quietly."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tradewind.app.cli import main
from tradewind.app.cli.console import chosen_language
from tradewind.app.cli.place import workspace_folder
from tradewind.core.text import LANGUAGES, catalogue

LINE = "import sys; from tradewind.app.cli import main; sys.exit(main())"


def shell(*args: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", LINE, *args], capture_output=True, env={**os.environ, **env}, check=False
    )


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_encoding_makes_it_crash(encoding, lang):
    page = shell("--help", "--lang", lang, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (page.returncode, page.stderr) == (0, b"")
    wrong = shell("shwo", "--lang", lang, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert wrong.returncode == 2
    assert b"Traceback" not in wrong.stderr


def test_json_is_read_by_any_reader_of_a_console_that_is_not_utf_8():
    wrong = shell("export", "--json", "--lang", "zh", PYTHONIOENCODING="gbk", PYTHONUTF8="0")
    assert b"\\u7f3a\\u5c11 TABLE" in wrong.stdout


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_words_of_the_command_line_fit_a_gbk_console(lang):
    groups = (
        "cli_",
        "request.",
        "every.",
        "finance.",
        "step.",
        "summary_head",
        "health_part",
        "health_empty",
        "metric.",
    )
    for key, words in catalogue(lang).items():
        if key.startswith(groups) or key in {"column.table", "column.rows"}:
            words.encode("gbk")


@pytest.mark.parametrize(
    ("args", "env", "lang"),
    [
        (["--lang", "zh"], {"TRADEWIND_LANG": "en", "LC_ALL": "C"}, "zh"),
        (["--lang=zh"], {"TRADEWIND_LANG": "en", "LC_ALL": "C"}, "zh"),
        (["--lang", "en", "--lang=zh"], {"TRADEWIND_LANG": "en", "LC_ALL": "C"}, "zh"),
        (["--lang", "fr"], {"TRADEWIND_LANG": "en", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ([], {"TRADEWIND_LANG": "zh", "LC_ALL": "C"}, "zh"),
        ([], {"TRADEWIND_LANG": "ZH_cn", "LC_ALL": "C"}, "zh"),
        ([], {"TRADEWIND_LANG": "", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ([], {"TRADEWIND_LANG": "de", "LC_ALL": "C"}, "en"),
    ],
)
def test_the_language_is_the_one_asked_for_then_the_environments_then_the_systems(monkeypatch, args, env, lang):
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert chosen_language(["runs", *args]) == lang


def test_the_workspace_is_the_folder_named_then_this_one_then_the_environments_then_shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRADEWIND_WORKSPACE", raising=False)
    assert workspace_folder(None) == Path("shop")
    monkeypatch.setenv("TRADEWIND_WORKSPACE", "elsewhere")
    assert workspace_folder(None) == Path("elsewhere")
    (tmp_path / "workspace.toml").touch()
    assert workspace_folder(None) == Path()
    assert workspace_folder(Path("named")) == Path("named")


def test_a_reader_that_goes_away_ends_it_quietly():
    line = [sys.executable, "-c", "from tradewind.app.cli import main; raise SystemExit(main(['show', '--help']))"]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait() == 1


def test_nothing_asked_is_help(capsys):
    assert main([]) == 0
    assert "tradewind demo" in capsys.readouterr().out
