"""A whole plan for a generated seller, from nothing, in one go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tradewind.app import report
from tradewind.app.usecases.actions import list_actions
from tradewind.app.usecases.context import Context
from tradewind.app.usecases.data import import_files
from tradewind.app.usecases.plans import PlanResult, make_plan
from tradewind.app.usecases.requests import ActionsRequest, DemoRequest, ImportRequest, ReportRequest, RunRequest
from tradewind.core.errors import NotAWorkspaceError

if TYPE_CHECKING:
    import polars as pl

TOP_ACTIONS: Final = 5


@dataclass(frozen=True)
class DemoResult(PlanResult):
    """The seller's plan; `folder` holds the seller's files (exports), the workspace (shop) and the report.

    `do_first`: the first rows of the plan's table `actions`.
    """

    folder: Path
    page: Path
    workbook: Path
    do_first: pl.DataFrame


def make_demo(context: Context, request: DemoRequest) -> DemoResult:
    """Make a seller, import the files, plan, write the report; a repeat takes up where the last one stopped.

    Raises StorageError, OSError where the folder cannot be written.
    """
    from tradewind.data.simulated import write_seller

    home = request.dir
    files = write_seller(
        home / "exports",
        scale=request.scale,
        seed=request.seed,
        progress=lambda done: context.progress("seller", done, 1),
    )
    shop = replace(context, folder=_workspace(home / "shop"), named=True)
    brought = import_files(shop, ImportRequest(path=(files.folder,)))
    for failure in getattr(brought, "failures", ()):
        raise failure
    plan = make_plan(shop, RunRequest())
    written = report.answer(shop, ReportRequest(to=home))
    first = list_actions(shop, ActionsRequest(limit=TOP_ACTIONS)).page.frame
    return DemoResult(**vars(plan), folder=home, page=written.page, workbook=written.workbook, do_first=first)


def _workspace(folder: Path) -> Path:
    """The folder, in which there is a workspace."""
    from tradewind.app.workspace import Workspace

    try:
        return Workspace(folder).path
    except NotAWorkspaceError:
        return Workspace.create(folder).path
