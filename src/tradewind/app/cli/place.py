"""Where the work is kept: which folder a command means when it is not told."""

from __future__ import annotations

import os
from pathlib import Path

DEFAULT_FOLDER = "shop"


def workspace_folder(told: Path | None) -> Path:
    """The folder told; else the current folder if it is a workspace; else TRADEWIND_WORKSPACE; else ./shop."""
    if told is not None:
        return told
    if looks_like_workspace(Path()):
        return Path()
    named = os.environ.get("TRADEWIND_WORKSPACE", "").strip()
    return Path(named).expanduser() if named else Path(DEFAULT_FOLDER)


def looks_like_workspace(folder: Path) -> bool:
    """Whether the mark of a workspace lies in `folder`, without opening it."""
    return (folder / "workspace.toml").is_file()
