"""Where the work is kept: which folder a command means when none is named."""

from __future__ import annotations

import os
from pathlib import Path

DEFAULT_FOLDER = "shop"


def workspace_folder(named: Path | None) -> Path:
    """The folder named; else the current folder if it is a workspace; else TRADEWIND_WORKSPACE; else ./shop."""
    if named is not None:
        return named
    if looks_like_workspace(Path()):
        return Path()
    stated = os.environ.get("TRADEWIND_WORKSPACE", "").strip()
    return Path(stated).expanduser() if stated else Path(DEFAULT_FOLDER)


def looks_like_workspace(folder: Path) -> bool:
    """Whether the mark of a workspace lies in `folder`, without opening it."""
    return (folder / "workspace.toml").is_file()
