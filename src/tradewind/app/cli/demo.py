"""A whole plan for a generated seller, from nothing, in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tradewind.app.asking import Answer, Ask, Grid
from tradewind.app.cli.console import words
from tradewind.app.cli.loading import quoted
from tradewind.app.cli.planning import report_lines, run_data, run_line, summary_grid
from tradewind.app.wording.figures import money
from tradewind.core.errors import NotAWorkspaceError

TOP_ACTIONS = 5


def demo(ask: Ask) -> Answer:
    """Make a seller, import its files, plan, write the report; a repeat takes up where the last one stopped."""
    from tradewind.app.report import write_report
    from tradewind.data.simulated import write_seller

    folder: Path = ask["dir"]
    files = write_seller(
        folder / "exports", scale=ask["scale"], seed=ask["seed"], progress=lambda done: ask.progress("seller", done, 1)
    )
    workspace = _workspace(folder / "shop")
    workspace.import_file(files.folder, progress=ask.progress)
    plan = workspace.run(progress=ask.progress)
    ask.progress("report")
    paths = write_report(plan, folder, ask.lang, health=workspace.health())
    data = run_data(plan) | {
        "folder": str(folder),
        "page": str(paths.page),
        "workbook": str(paths.workbook),
    }
    return Answer(data, _one_screen(plan, paths, folder, ask.lang))


def _workspace(folder: Path) -> Any:
    from tradewind.app.workspace import Workspace

    try:
        return Workspace(folder)
    except NotAWorkspaceError:
        return Workspace.create(folder)


def _one_screen(plan: Any, paths: Any, folder: Path, lang: str) -> list[str | Grid]:
    from tradewind.app.wording.sentences import action_sentences

    say = words(lang)
    top = plan["actions"].head(TOP_ACTIONS)
    rows = [
        [str(r["rank"]), money(r["expected_money"], r["currency"], lang), sentence]
        for r, sentence in zip(top.iter_rows(named=True), action_sentences(top, lang), strict=True)
    ]
    headings = ["#", say("column.expected_money"), say("column.reason")]
    return [
        run_line(plan, lang),
        summary_grid(plan, lang),
        Grid(headings, rows, say("said.do_first"), frozenset({0, 1})),
        *report_lines(paths, lang),
        say("said.look_further", folder=quoted(folder)),
    ]
