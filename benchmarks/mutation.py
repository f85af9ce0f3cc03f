"""How much of what the tests should hold do they hold: the share of small deliberate errors that turn one red.

    python -m benchmarks.mutation --sample 200 --seed 1 [--within engine/stock] [--workers 1]

Each mutant (benchmarks/mutants.py) is written into a copy of the tree, never into the checkout, and the tests
related to its file (benchmarks/related_tests.py) run in a new process until one fails. Running out of time kills too.
Lines are drawn uniformly over the lines of engine, core and data that can be broken, then one change of the line.
Layouts and the generated seller are left out: they have batteries of their own.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Final
from xml.etree import ElementTree

from benchmarks.mutants import Mutant, compiles, mutants
from benchmarks.related_tests import PACKAGE, related_tests

ROOT: Final = Path(__file__).parent.parent
ROOMS: Final = ("engine", "core", "data")
LEFT_OUT: Final = ("data/intake/layouts", "data/simulated")
RED: Final = float("inf")
LEAST_SECONDS, TIMES_USUAL = 60.0, 6.0
MEMORY: Final = 12 * 2**30
_NO_TESTS: Final = 5
_PYTEST: Final = (
    sys.executable,
    "-B",
    "-m",
    "pytest",
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:xdist",
    "--tb=no",
)


_THREADS: Final = ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@dataclass(frozen=True)
class Site:
    """A mutant in its file, `file` as under src/tradewind."""

    file: str
    mutant: Mutant

    def __str__(self) -> str:
        return f"src/{PACKAGE}/{self.file}:{self.mutant.line}: {self.mutant.label}"


@dataclass(frozen=True)
class Verdict:
    site: Site
    killed: bool
    how: str
    tests: list[str]


def sample(root: Path, size: int, seed: int, within: str = "") -> list[Site]:
    """`size` mutants, one a line, every line that can be broken as likely as any other."""
    lines: dict[tuple[str, int], list[Mutant]] = {}
    sources = {}
    for path in sorted((root / "src" / PACKAGE).rglob("*.py")):
        file = path.relative_to(root / "src" / PACKAGE).as_posix()
        if file.startswith(ROOMS) and not file.startswith(LEFT_OUT) and file.startswith(within):
            sources[file] = path.read_text()
            for mutant in mutants(sources[file]):
                lines.setdefault((file, mutant.line), []).append(mutant)
    chance = random.Random(seed)
    order = chance.sample(sorted(lines), len(lines))
    drawn = (Site(file, chance.choice(lines[file, line])) for file, line in order)
    return list(islice((site for site in drawn if compiles(site.mutant.applied(sources[site.file]))), size))


def share_killed(verdicts: list[Verdict]) -> tuple[float, float, float]:
    """The share and the ends of its 95 % interval (Wilson 1927)."""
    n, z = len(verdicts), 1.959964
    p = sum(v.killed for v in verdicts) / n
    middle, half = p + z * z / (2 * n), z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5
    return p, (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def copy_tree(root: Path, to: Path) -> Path:
    """What the tests need, with compiled files and their times, so that Python and numba find them fresh."""
    for name in ("src", "tests", "benchmarks"):
        shutil.copytree(root / name, to / name, ignore=shutil.ignore_patterns("*.egg-info"))
    shutil.copy2(root / "pyproject.toml", to)
    return to


def try_mutant(tree: Path, site: Site, seconds: Mapping[str, float]) -> Verdict:
    """Break the copy `tree` at `site`, run the related tests, and mend it again."""
    path = tree / "src" / PACKAGE / site.file
    tests = [name for name in related_tests(tree, path, seconds) if seconds.get(name, 0.0) != RED]
    whole, times = path.read_bytes(), (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    try:
        path.write_text(site.mutant.applied(whole.decode()))
        limit = LEAST_SECONDS + TIMES_USUAL * sum(seconds.get(name, 1.0) for name in tests)
        with tempfile.TemporaryDirectory() as compiled:
            code, said = _run(tree, tests, limit, Path(compiled) if _is_compiled(tree, path) else None)
    finally:
        path.write_bytes(whole)
        os.utime(path, ns=times)
    if code is None:
        return Verdict(site, killed=True, how="out of time", tests=tests)
    failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", said, re.M)
    return Verdict(site, killed=code not in (0, _NO_TESTS), how=failed[1] if failed else f"exit {code}", tests=tests)


def _run(tree: Path, tests: list[str], limit: float, compiled: Path | None, *options: str) -> tuple[int | None, str]:
    """Exit code (None: out of time) and output of the tests in a process group of their own."""
    environment = os.environ | dict.fromkeys(_THREADS, "1") | {"PYTHONPATH": str(tree / "src"), "PYTHONHASHSEED": "0"}
    if compiled is not None:
        environment["NUMBA_CACHE_DIR"] = str(compiled)
    with tempfile.TemporaryFile("w+") as out:
        command = [*_PYTEST, f"--basetemp={tree / 'tmp'}", *options, *tests]
        process = subprocess.Popen(
            command, cwd=tree, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
        resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            code: int | None = process.wait(limit)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            _end(process)
        out.seek(0)
        return code, out.read()


def _end(process: subprocess.Popen[bytes]) -> None:
    """The tests and whatever they started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _is_compiled(tree: Path, path: Path) -> bool:
    """Whether numba may hold machine code made of this file: its cache does not see a change in another file."""
    sources = {other: other.read_text() for other in path.parent.glob("*.py")}
    compiled = [text for text in sources.values() if "njit" in text]
    return "njit" in path.read_text() or any(f".{path.stem} import" in text for text in compiled)


def measure(tree: Path, tests: list[str]) -> dict[str, float]:
    """Seconds of each test file, all unbroken; files that are red already tell nothing and are left out."""
    report = tree / "durations.xml"
    _run(tree, tests, 3600.0, None, "--maxfail=1000", "-o", "junit_family=xunit1", f"--junitxml={report}")
    cases = ElementTree.parse(report).getroot().iter("testcase")
    seconds = dict.fromkeys(tests, 0.0)
    for case in cases:
        file = case.get("file", "")
        red = case.find("failure") is not None or case.find("error") is not None
        seconds[file] = RED if red else seconds[file] + float(case.get("time", 0.0))
    return seconds


def verdicts(sites: list[Site], trees: list[Path], seconds: Mapping[str, float]) -> Iterator[Verdict]:
    free: SimpleQueue[Path] = SimpleQueue()
    for tree in trees:
        free.put(tree)

    def tried(site: Site) -> Verdict:
        tree = free.get()
        try:
            return try_mutant(tree, site, seconds)
        finally:
            free.put(tree)

    with ThreadPoolExecutor(len(trees)) as pool:
        yield from pool.map(tried, sites)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=200, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--within", default="", help="only files that begin so, such as engine/stock")
    parser.add_argument("--workers", type=int, choices=(1, 2), default=1)
    parser.add_argument(
        "--timings", type=Path, help="seconds of each test file: trusted if there, else measured and written"
    )
    parser.add_argument("--bar", type=float, default=0.0, help="exit 1 where a smaller share is killed")
    asked = parser.parse_args()
    sites = sample(ROOT, asked.sample, asked.seed, asked.within)
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        first = copy_tree(ROOT, Path(folder) / "0")
        seconds = _timings(first, sites, asked.timings)
        trees = [first, *(copy_tree(first, Path(folder) / str(i)) for i in range(1, asked.workers))]
        done = list(_told(verdicts(sites, trees, seconds), len(sites)))
    for verdict in done:
        if not verdict.killed:
            print(f"survived  {verdict.site}  {verdict.site.mutant.text}\n          {' '.join(verdict.tests)}")
    p, low, high = share_killed(done)
    killed = sum(verdict.killed for verdict in done)
    print(f"killed {killed} of {len(done)}: {p:.1%} (95 %: {low:.1%} to {high:.1%}), seed {asked.seed}")
    return int(p < asked.bar)


def _timings(tree: Path, sites: list[Site], kept: Path | None) -> dict[str, float]:
    if kept is not None and kept.exists():
        return json.loads(kept.read_text())
    needed = {name for site in sites for name in related_tests(tree, tree / "src" / PACKAGE / site.file, {})}
    seconds = measure(tree, sorted(needed))
    for name in (name for name, spent in seconds.items() if spent == RED):
        print(f"left out, red before anything is broken: {name}", file=sys.stderr)
    if kept is not None:
        kept.write_text(json.dumps(seconds))
    return seconds


def _told(found: Iterator[Verdict], total: int) -> Iterator[Verdict]:
    began = time.monotonic()
    for i, verdict in enumerate(found, 1):
        word = "killed" if verdict.killed else "SURVIVED"
        print(f"{i}/{total} {time.monotonic() - began:.0f} s {word} {verdict.site} [{verdict.how}]", file=sys.stderr)
        yield verdict


if __name__ == "__main__":
    sys.exit(main())
