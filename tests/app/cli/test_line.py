"""A command line becomes a use case, the fields given for it, and the options every command takes; all still text."""

from __future__ import annotations

import pytest

from tradewind.app.cli.line import Asked, HelpPage, VersionPage, parsed
from tradewind.app.usecases import use_case
from tradewind.core.errors import RequestError


@pytest.mark.parametrize(
    ("line", "name", "given"),
    [
        ("cash", "cash", {}),
        ("cash --weeks 8 --fx-spread 0.01", "cash", {"weeks": "8", "fx_spread": "0.01"}),
        ("cash --spread=0.01", "cash", {"fx_spread": "0.01"}),
        ("show orders --limit x", "show", {"table": "orders", "limit": "x"}),
        ("show --where a=1 --where b=", "show", {"where": ("a=1", "b=")}),
        ("import one.csv two.csv --as olist", "import", {"path": ("one.csv", "two.csv"), "layout": "olist"}),
        ("margin --actual --from 2026-01-01", "margin", {"actual": True, "since": "2026-01-01"}),
        ("shop-health", "shop-health", {}),
        ("rules show semi.a", "rules show", {"rule": "semi.a"}),
        ("rules diff 2026-01-01 2026-02-01", "rules diff", {"first": "2026-01-01", "second": "2026-02-01"}),
        ("show -- --odd-name", "show", {"table": "--odd-name"}),
    ],
)
def test_a_line_names_a_use_case_and_its_fields(line, name, given):
    assert parsed(line.split()) == Asked(use_case(name), given, {})


@pytest.mark.parametrize("line", ["rules", "rules --find eu", "rules --pack=eu --find eu", "rules --find list"])
def test_a_group_asked_alone_is_its_list(line):
    asked = parsed(line.split())
    assert isinstance(asked, Asked)
    assert asked.use_case.name == "rules list"
    assert set(asked.given) == {word.split("=")[0].strip("-") for word in line.split() if word.startswith("--")}


@pytest.mark.parametrize(
    "line",
    [
        "runs -w here --lang zh --json",
        "-w here --lang zh --json runs",
        "--workspace=here runs --lang=zh --json",
        "-w there runs -w here --lang zh --json",
    ],
)
def test_options_of_every_command_stand_anywhere_and_the_nearest_counts(line):
    assert parsed(line.split()) == Asked(use_case("runs"), {}, {"workspace": "here", "lang": "zh", "json": True})


def test_options_of_every_command_stand_before_the_command_of_a_group_too():
    assert parsed(["rules", "--json", "show", "semi.a"]) == Asked(
        use_case("rules show"), {"rule": "semi.a"}, {"json": True}
    )


@pytest.mark.parametrize(
    ("line", "page"),
    [
        ("--help", HelpPage()),
        ("-h", HelpPage()),
        ("", HelpPage()),
        ("--lang zh", HelpPage()),
        ("--version", VersionPage()),
        ("cash --weeks x -h", HelpPage(use_case("cash"))),
        ("rules --help", HelpPage("rules")),
        ("rules card --help", HelpPage(use_case("rules card"))),
    ],
)
def test_help_and_version_come_before_anything_else(line, page):
    assert parsed(line.split()) == page


@pytest.mark.parametrize(
    ("line", "code", "values"),
    [
        ("shwo", "unknown_command", {"command": "shwo", "near": "show"}),
        ("rules lst", "unknown_command", {"command": "rules lst", "near": "rules list"}),
        ("rules-list", "unknown_command", {"command": "rules-list", "near": "rules list"}),
        ("pizza", "unknown_command_far", {"command": "pizza"}),
        ("show --limti 3", "unknown_option", {"option": "--limti", "command": "tradewind show", "near": "--limit"}),
        ("show --pizza", "unknown_option_far", {"option": "--pizza", "command": "tradewind show"}),
        ("--jsno runs", "unknown_option", {"option": "--jsno", "command": "tradewind", "near": "--json"}),
        ("run --seed", "option_needs_value", {"option": "--seed", "command": "tradewind run"}),
        ("rules --on", "option_needs_value", {"option": "--on", "command": "tradewind rules list"}),
        ("runs --json=yes", "option_takes_no_value", {"option": "--json", "command": "tradewind runs"}),
        ("runs more words", "too_many_arguments", {"extra": "more words", "command": "tradewind runs"}),
        ("rules list semi", "too_many_arguments", {"extra": "semi", "command": "tradewind rules list"}),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_cause(line, code, values):
    with pytest.raises(RequestError) as refused:
        parsed(line.split())
    assert (refused.value.code, refused.value.values) == (code, values)
