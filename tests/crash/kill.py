"""Death at a chosen line: the process kills itself when it has run so many lines of the store's code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import tradewind

_ROOT = Path(tradewind.__file__).parent
_STORE = {
    str(_ROOT / place)
    for place in (
        "app/workspace/store.py",
        "app/workspace/location.py",
        *(
            f"data/{name}.py"
            for name in (
                "lake",
                "ledger",
                "databases",
                "write_lock",
                "runs",
                "versioning",
                "change_detection",
                "corrections_log",
                "storage",
                "stores",
            )
        ),
    )
}
_GONE = sorted(path for path in _STORE if not Path(path).exists())
assert not _GONE, f"no such files, their lines would not be counted: {_GONE}"

# Where something becomes visible: the moments a death can do most harm.
_COMMITS = {"append", "commit", "_write", "_stream", "batches", "roll_back", "sync_imports", "save", "add_run"}


def die_at_line(line: int, *, in_commits: bool = False) -> Callable[[], int]:
    """Start counting lines; at number `line` the process is gone. Returns a function that tells the count.

    With `in_commits` only the lines of functions that make something visible are counted.
    """
    seen = 0

    def on_line(_frame, event, _arg):
        nonlocal seen
        if event == "line":
            seen += 1
            if seen == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return on_line

    def on_call(frame, _event, _arg):
        code = frame.f_code
        counted = code.co_filename in _STORE and (not in_commits or code.co_name in _COMMITS)
        return on_line if counted else None

    sys.settrace(on_call)
    return lambda: seen
