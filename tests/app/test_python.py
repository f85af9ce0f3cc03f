"""The Python face answers every use case by its name, with the fields of its request and frames back."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from inspect import Parameter, signature
from pathlib import Path
from typing import Any, get_args

import pytest

import tradewind as tw
from tradewind.app.python import Workspace
from tradewind.app.usecases import USE_CASES, UseCase
from tradewind.app.usecases.request import Field, fields_of
from tradewind.app.usecases.requests import ModeName
from tradewind.core.errors import NotAWorkspaceError, RequestError, UnknownNameError, UnknownRunError

NAMES = {"import": "import_files"}
"""Python's own words are no names of methods."""
ASKED = [u for u in USE_CASES if u.name != "init" and u.effect != "local"]
"""`init` is `Workspace.create`, from before the typed requests; a server is no affair of a program's own workspace."""
WRITTEN = {
    "text": "str",
    "texts": "Sequence[str]",
    "integer": "int",
    "number": "float",
    "moment": "Moment",
    "path": "str | Path",
    "paths": "Sequence[str | Path]",
    "flag": "bool",
}
"""How a method declares a field of each kind."""


def method(use_case: UseCase) -> Any:
    return getattr(Workspace, NAMES.get(use_case.id, use_case.id))


def declared(field: Field) -> tuple[str, Any, Any, str]:
    """How a method is to declare the field: its name, by place or by name, default and type."""
    default = str(field.default) if isinstance(field.default, Path) else field.default
    kind = WRITTEN.get(field.kind) or "Literal[" + ", ".join(f'"{c}"' for c in field.choices) + "]"
    if field.choices == get_args(ModeName):
        kind = "ModeName"
    return (
        field.name,
        Parameter.POSITIONAL_OR_KEYWORD if field.positional else Parameter.KEYWORD_ONLY,
        Parameter.empty if field.required else default,
        kind + (" | None" if default is None and not field.required else ""),
    )


@pytest.mark.parametrize("use_case", ASKED, ids=lambda u: u.name)
def test_a_method_takes_what_its_request_has(use_case):
    parameters = signature(method(use_case)).parameters.values()
    own = [p for p in parameters if p.name not in {"self", "progress"}]
    given = [(p.name, p.kind, p.default, p.annotation.replace("'", '"')) for p in own]
    assert sorted(given, key=str) == sorted(map(declared, fields_of(use_case.request)), key=str)


@pytest.mark.parametrize("use_case", ASKED, ids=lambda u: u.name)
def test_a_method_is_described_in_a_line_and_long_work_takes_a_progress(use_case):
    assert method(use_case).__doc__.strip().count("\n") == 0
    assert ("progress" in signature(method(use_case)).parameters) == (use_case.effect == "job")


@pytest.mark.parametrize("use_case", ASKED, ids=lambda u: u.name)
def test_a_method_gives_back_what_the_use_case_does_and_plans_as_runs(use_case):
    given = signature(method(use_case)).return_annotation
    assert given == ("Run" if use_case.name in {"run", "rerun"} else signature(use_case.function).return_annotation)


@pytest.fixture(scope="module")
def ws(planned: Path) -> Workspace:
    return tw.Workspace(planned)


def test_questions_are_answered_with_frames(ws):
    assert ws.actions(limit=2).page.frame["rank"].to_list() == [1, 2]
    assert ws.cash(weeks=8).weeks.height == 8
    assert ws.show("order_lines", where=["market=ES"], limit=3).page.frame["market"].unique().to_list() == ["ES"]
    assert ws.margin(actual=True, by="market").page.frame.height > 1
    assert ws.rules_list(pack="eu", on=date(2026, 11, 2)).rows > 0
    assert ws.runs().page.frame["id"].to_list() == [ws.load_run().id]


def test_every_answer_holds_data_and_no_words_of_a_language(ws):
    """Frames and plain values; what the terminal says stands in app.wording."""
    for result in (ws.actions(), ws.cash(), ws.savings(), ws.fines(), ws.health(), ws.modes()):
        assert all(not callable(getattr(result, field.name)) for field in fields(result))


def test_values_out_of_bounds_are_refused_by_the_fields_own_name(ws):
    with pytest.raises(RequestError, match="weeks is 53") as refused:
        ws.cash(weeks=53)
    assert refused.value.values["field"] == "weeks"
    with pytest.raises(RequestError, match="by is moon"):
        ws.margin(by="moon")
    with pytest.raises(UnknownNameError):
        ws.show("ordres")
    with pytest.raises(UnknownRunError):
        ws.actions(run="nosuch")


def test_days_may_be_dates_moments_or_text(ws):
    said = ["2026-09-28", date(2026, 9, 28), datetime(2026, 9, 28, tzinfo=UTC), "2026-09-28T02:00:00+02:00"]
    assert len({ws.margin(as_of=day).provenance.as_of for day in said}) == 1


def test_a_new_workspace_takes_files_plans_and_plans_again(tiny, tmp_path):
    steps: list[str] = []
    shop = tw.Workspace.create(tmp_path / "shop", currency="CNY")
    assert isinstance(shop, tw.Workspace)
    assert {report.table for report in shop.import_file(tiny)} >= {"products", "order_lines"}
    run = shop.run(seed=3, horizon_weeks=6, progress=lambda step, *_: steps.append(step))
    assert (run.seed, run["demand"]["week"].n_unique()) == (3, 6)
    assert steps[0] == "observe"
    assert shop.rerun(run.id).changed == ()


def test_files_are_brought_in_as_a_terminal_does(tiny, tmp_path):
    shop = tw.Workspace.create(tmp_path / "shop")
    done = shop.import_files([tiny / "products.csv", tmp_path / "nosuch.csv"])
    assert [report.table for report in done.imports] == ["products"]
    assert len(done.failures) == 1
    assert shop.import_files(tiny / "nodes.csv").imports[0].table == "nodes"


def test_the_report_is_in_the_language_of_the_workspace(planned, tmp_path):
    paths = tw.Workspace(planned, lang="zh").report(to=tmp_path)
    assert "待办事项" in paths.page.read_text(encoding="utf-8")


def test_a_demo_needs_no_workspace(tmp_path):
    made = tw.Workspace.demo(tmp_path / "demo", scale="tiny")
    assert made.page.is_file()
    assert tw.Workspace(tmp_path / "demo" / "shop").actions(limit=5).page.frame.equals(made.do_first)


def test_a_folder_without_a_workspace_is_refused(tmp_path):
    with pytest.raises(NotAWorkspaceError):
        tw.Workspace(tmp_path)


def test_a_plan_is_read_once_for_many_questions(ws, monkeypatch):
    ws.actions()
    monkeypatch.setattr("tradewind.data.runs.load", lambda *_: pytest.fail("the plan was read again"))
    assert ws.actions(limit=1).page.frame.height == 1
