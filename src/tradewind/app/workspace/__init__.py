"""Where are a seller's facts and plans kept? In a workspace: a folder, or a server and a bucket for a team.

    workspace = Workspace.create("shop", currency="CNY")
    workspace.import_file("exports/")

It stores and reads; what is computed from the tables it does not know.
"""

from __future__ import annotations

from tradewind.app.workspace.snapshot import Snapshot
from tradewind.app.workspace.store import Workspace

__all__ = ["Snapshot", "Workspace"]
