"""A kept plan made once more, from the versions of the tables and the rules it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from tradewind.app.importing import Progress
from tradewind.app.workspace import Snapshot, Workspace
from tradewind.data.ledger import RunRow
from tradewind.data.runs import Run, differences


def rerun(workspace: Workspace, run_id: str | None, progress: Progress | None) -> Run:
    """See `Workspace.rerun`."""
    from tradewind.app import cycle

    kept = workspace.load_run(run_id)
    again = cycle.run(
        Replay(workspace, kept),
        as_of=kept.asked_as_of,
        horizon_weeks=kept.horizon_weeks,
        seed=kept.seed,
        progress=progress,
    )
    return replace(again, changed=tuple(differences(kept.tables, again.tables)))


class Replay(Workspace):
    """The workspace as a kept run saw it: its snapshot and rules are that run's, and nothing it computes is kept."""

    def __init__(self, workspace: Workspace, kept: Run) -> None:
        super().__init__(workspace.path)
        self._kept = kept

    def save_run(
        self,
        tables: Mapping[str, pl.DataFrame],
        *,
        snapshot: Snapshot,
        seed: int,
        horizon_weeks: int,
        progress: Progress | None = None,
    ) -> Run:
        return replace(self._kept, tables=dict(tables))

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
