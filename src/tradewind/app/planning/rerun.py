"""A kept plan made once more, from the versions of the tables and the rules it was made from."""

from __future__ import annotations

from dataclasses import replace

from tradewind.app.planning import cycle
from tradewind.app.workspace import Workspace
from tradewind.app.workspace.importing import Progress
from tradewind.data.runs import Run, differences


def rerun(workspace: Workspace, run_id: str | None, progress: Progress | None) -> Run:
    """See `Workspace.rerun`."""
    kept = workspace.load_run(run_id)
    facts = cycle.gather(workspace.snapshot_of(kept))
    tables = cycle.plan(facts, horizon_weeks=kept.horizon_weeks, seed=kept.seed, progress=progress)
    return replace(kept, tables=tables, changed=tuple(differences(kept.tables, tables)))
