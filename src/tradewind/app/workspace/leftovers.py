"""What a killed import leaves of the file it read, plain text with buyers in it: whoever comes next removes it."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

from tradewind.app.workspace.location import Location
from tradewind.core.errors import TradewindError

STAGING: Final = "staging"
"""The folder that an import works in, inside the workspace's; it is there only while one runs, or was killed."""


def sweep(folder: Path) -> None:
    """Empty the staging folder of the workspace in `folder`, unless an import holds the lock and is at work in it.

    The empty folder stays: it tells the next writer that a commit may have been broken off. Where the folder may not
    be written to, or is no workspace, nothing is done.
    """
    staging = folder / STAGING
    if not staging.is_dir():
        return
    with suppress(TradewindError, OSError):
        if any(staging.iterdir()):
            with Location.read(folder).write_lock(0.0, lambda: None):
                for left in staging.iterdir():
                    _remove(left)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
