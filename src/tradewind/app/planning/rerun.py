"""A kept plan made once more, from the versions of the tables and the rules it was made from."""

from __future__ import annotations

from dataclasses import replace

from tradewind.app.workspace import Workspace
from tradewind.app.workspace.importing import Progress
from tradewind.data.ledger import RunRow
from tradewind.data.runs import Run, differences


def rerun(workspace: Workspace, run_id: str | None, progress: Progress | None) -> Run:
    """See `Workspace.rerun`."""
    from tradewind.app.planning import cycle

    kept = workspace.load_run(run_id)
    then = AsItWas(workspace, kept)
    facts = cycle.gather(then, then.snapshot(kept.asked_as_of))
    tables = cycle.plan(facts, horizon_weeks=kept.horizon_weeks, seed=kept.seed, progress=progress)
    return replace(kept, tables=tables, changed=tuple(differences(kept.tables, tables)))


class AsItWas(Workspace):
    """The workspace as a kept run saw it: its snapshot and rules are that run's."""

    def __init__(self, workspace: Workspace, kept: Run) -> None:
        super().__init__(workspace.path)
        self._kept = kept

    def _versions(self) -> dict[str, int]:
        return self._kept.versions

    def shop_file(self) -> str:
        kept = self._kept.tables.get("shop_file")
        return super().shop_file() if kept is None else str(kept["said"].item())

    def _own_rules(self) -> str:
        kept = self._kept.own_rules
        return super()._own_rules() if kept is None else kept

    def _earlier_runs(self) -> list[RunRow]:
        rows = super()._earlier_runs()
        return rows[: [row.id for row in rows].index(self._kept.id)]
