"""The Python face: a workspace that plans and answers.

import tradewind as tw

ws = tw.Workspace("shop")
ws.import_file("exports/")
run = ws.run(seed=1)
run["actions"].head()
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from tradewind.app import workspace
from tradewind.app.workspace.importing import Progress
from tradewind.data.runs import Run


class Workspace(workspace.Workspace):
    """The workspace in folder `path`. Raises NotAWorkspaceError where there is none.

    `busy_timeout_s` is how long a writer waits for another one before WorkspaceBusyError.
    """

    def run(
        self,
        as_of: datetime | None = None,
        horizon_weeks: int = 13,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> Run:
        """Plan, and keep the plan."""
        from tradewind.app.planning import cycle

        return cycle.run(self, as_of=as_of, horizon_weeks=horizon_weeks, seed=seed, progress=progress)

    def rerun(self, run_id: str | None = None, progress: Progress | None = None) -> Run:
        """A kept run once more, from the versions of the tables it read; not kept.

        `changed` of the result names the tables that did not come out the same to the last bit: none with the same
        installation and thread count. Raises UnknownRunError.
        """
        from tradewind.app.planning.rerun import rerun

        return rerun(self, run_id, progress)

    def health(self, today: date | None = None) -> dict[str, pl.DataFrame]:
        """What is loaded and how fresh, what waits for correction, what can be computed (`app.planning.data_health`).

        `versions` (table, version) says which state of the data that is: each kept plan names the versions it read;
        `blocked` (see `blocked_money`), once there are orders, what is missing for margins of the last 13 weeks. Raises
        RuleError.
        """
        from tradewind.app.planning.cycle import gather
        from tradewind.app.planning.data_health import health
        from tradewind.app.planning.value import blocked

        seen = self._versions()
        found = health(self._tables(seen, None), self.corrections(), self.currency, today or datetime.now(UTC).date())
        versions = pl.DataFrame(sorted(seen.items()), schema={"table": pl.String, "version": pl.Int64}, orient="row")
        orders = not found["loaded"].filter(table="order_lines").is_empty()
        missing = {"blocked": blocked(gather(self.snapshot()))} if orders else {}
        return found | {"versions": versions} | missing
