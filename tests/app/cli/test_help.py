"""Help names everything there is to ask, in the language asked, and is there at once."""

from __future__ import annotations

import subprocess
import sys

import pytest
from rich.cells import cell_len

from tradewind.app.cli import main
from tradewind.app.cli.shared import Shared
from tradewind.app.usecases import USE_CASES
from tradewind.app.usecases.request import fields_of
from tradewind.core.text import LANGUAGES, catalogue


def page(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(args) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_lists_every_use_case_under_its_heading(capsys, lang):
    words, out = catalogue(lang), page(capsys, "--help", "--lang", lang)
    for use_case in USE_CASES:
        section = out.split(f"─ {words[f'cli_heading.{use_case.heading}']} ─")[1].split("╰")[0]
        assert f"│ {use_case.name} " in section


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda u: u.name)
def test_a_use_case_tells_its_fields_their_defaults_and_an_example(capsys, lang, use_case):
    out = page(capsys, *use_case.name.split(), "--help", "--lang", lang)
    fields = (*fields_of(use_case.request), *fields_of(Shared))
    assert all(f"│ {field.flag} " in out for field in fields)
    assert all(str(f.default) in out for f in fields if f.default not in {None, False, ()})
    assert use_case.example in " ".join(out.split())


@pytest.mark.parametrize(
    ("command", "usage"),
    [
        (["export"], "tradewind export TABLE --to PATH [OPTIONS]"),
        (["import"], "tradewind import PATH... [OPTIONS]"),
        (["show"], "tradewind show [TABLE] [OPTIONS]"),
        (["rules", "diff"], "tradewind rules diff FIRST SECOND [OPTIONS]"),
        (["rules"], "tradewind rules COMMAND [OPTIONS]"),
    ],
)
def test_usage_shows_what_is_required_without_brackets(capsys, command, usage):
    assert f"Usage: {usage}\n" in page(capsys, *command, "--help", "--lang", "en")


def test_bounds_choices_and_a_default_of_zero_are_shown(capsys):
    assert "--weeks          1-52   " in page(capsys, "cash", "--help", "--lang", "en")
    assert "--scale          tiny|small|large  " in page(capsys, "demo", "--help", "--lang", "en")
    assert "(default: 0)" in " ".join(page(capsys, "show", "--help", "--lang", "en").replace("│", " ").split())


def test_a_group_tells_its_commands_and_what_it_is_alone(capsys):
    out = page(capsys, "rules", "--help", "--lang", "en")
    assert "`tradewind rules` alone is `tradewind rules list`." in out
    assert all(f"│ {u.name} " in out for u in USE_CASES if u.name.startswith("rules "))
    assert "margin" not in out


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_boxes_are_whole_at_any_width(capsys, monkeypatch, lang, width):
    monkeypatch.setenv("COLUMNS", str(width))
    for use_case in USE_CASES:
        lines = page(capsys, *use_case.name.split(), "--help", "--lang", lang).splitlines()
        assert {cell_len(line) for line in lines if line[:1] in "╭│╰"} - {0} == {min(width, 110)}, use_case.name


def test_it_needs_no_heavy_library():
    line = "import sys; from tradewind.app.cli import main; main(['--help']); print(HEAVY & sys.modules.keys())"
    heavy = "HEAVY = {'polars', 'numpy', 'matplotlib', 'deltalake', 'sqlalchemy', 'numba', 'scipy', 'yaml'}; "
    out = subprocess.run([sys.executable, "-c", heavy + line], capture_output=True, text=True, check=True)
    assert out.stdout.strip().endswith("set()")


def test_the_version_is_one_line(capsys):
    assert page(capsys, "--version").startswith("tradewind 0.")
