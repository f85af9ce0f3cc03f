"""Run one piece of work in a process of its own and say how long it took and how much memory it held at most."""

from __future__ import annotations

import json
import multiprocessing
import os
import platform
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Measured:
    seconds: float
    peak_mib: float
    result: Any


def measured(work: Callable[..., Any], *args: Any) -> Measured:
    """`work(*args)` in a spawned process; seconds exclude the interpreter's start and imports at module level."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_timed, (work, args))


def _timed(work: Callable[..., Any], args: tuple[Any, ...]) -> Measured:
    start = time.perf_counter()
    result = work(*args)
    seconds = time.perf_counter() - start
    return Measured(seconds, peak_mib(), result)


def peak_mib() -> float:
    """The most memory this process has held; Linux's ru_maxrss would count the parent's at the fork too."""
    status = Path("/proc/self/status")
    if status.exists():
        high = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(high.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine() -> str:
    """The machine in one line, for the table of figures."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def report(name: str, rows: list[dict[str, Any]]) -> None:
    """One JSON line a row, so that runs can be compared."""
    for row in rows:
        print(json.dumps({"benchmark": name, "machine": machine(), **row}))
