"""Import thousands of damaged files: none may end in a traceback, hang, fill the memory or lose a row without a word.

    python -m benchmarks.fuzz [--files 3000] [--seed 1] [--seconds 3600] [--keep FOLDER]

The golden exports of every layout in text, workbook, Parquet, JSON, web page and zip, each damaged in a way drawn from
the seed: bytes, cells, rows, members and XML, and files built to take more than they weigh. Every import runs in a
worker that is killed after 20 seconds; a file that takes it over 2 GiB counts as found. Exit code 1 where anything is.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

from benchmarks.damaged_files import damaged, golden

MOST_SECONDS: Final = 20.0
MOST_MIB: Final = 2048
_LAST_RESORT_BYTES: Final = 24 * 1024**3
_FAULTS: Final = {"file_fault", "rows_lost", "program_fault"}


def _worker(pipe: Connection) -> None:
    """Imports what it is told to, each file into a workspace of its own, and says how it ended."""
    resource.setrlimit(resource.RLIMIT_AS, (_LAST_RESORT_BYTES, _LAST_RESORT_BYTES))
    while (path := pipe.recv()) is not None:
        pipe.send((_ended(Path(path)), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10))


def _ended(path: Path) -> str:
    from tradewind.app.workspace import Workspace
    from tradewind.core.errors import TradewindError

    shop = path.with_suffix(".shop")
    try:
        done = Workspace.create(shop, currency="USD").import_file(path)
        faults = [f"{why.code}: {why}" for _, why in done.passed_over if why.code in _FAULTS]
        return f"fault {faults[0]}" if faults else "loaded" if any(r.rows_new for r in done) else "nothing to load"
    except TradewindError as error:
        return f"fault {error.code}: {error}" if error.code in _FAULTS else f"refused: {error.code}"
    except BaseException as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"fault {type(error).__name__} at {Path(place.filename).name}:{place.lineno}: {str(error)[:200]}"
    finally:
        shutil.rmtree(shop, ignore_errors=True)


class _Pool:
    """One worker at a time, replaced when it hangs, dies or has grown."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._start()

    def ask(self, path: Path) -> tuple[str, int]:
        self._pipe.send(str(path))
        began = time.monotonic()
        try:
            if not self._pipe.poll(MOST_SECONDS):
                return self._replaced(f"fault hang over {MOST_SECONDS:g} s"), 0
            said, mib = self._pipe.recv()
        except (EOFError, OSError):
            return self._replaced(f"fault death of the process after {time.monotonic() - began:.0f} s"), 0
        if mib > MOST_MIB // 2:
            self._replaced("")
        return (f"fault {mib:,} MiB" if mib > MOST_MIB else said), mib

    def stop(self) -> None:
        self._process.kill()
        self._process.join()

    def _start(self) -> None:
        self._pipe, theirs = self._context.Pipe()
        self._process = self._context.Process(target=_worker, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()

    def _replaced(self, why: str) -> str:
        self.stop()
        self._start()
        return why


def fuzz(files: int, seed: int, seconds: float, keep: Path | None) -> Counter[str]:
    """How imports of that many damaged files ended; what was found is printed as it is found, and kept in `keep`."""
    exports, pool, ended = golden(), _Pool(), Counter[str]()
    until = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        _warm_up(pool, Path(folder))
        for number in range(files):
            if time.monotonic() > until:
                print(f"stopped after {number:,} files: {seconds:g} s are over")
                break
            name, content = damaged(seed, number, exports)
            path = Path(folder) / name
            path.write_bytes(content)
            said, _ = pool.ask(path)
            ended[said.split(":")[0].split(" at ")[0]] += 1
            if said.startswith("fault"):
                print(f"{name}: {said}", flush=True)
                if keep is not None:
                    keep.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, keep)
            path.unlink()
    pool.stop()
    return ended


def _warm_up(pool: _Pool, folder: Path) -> None:
    """The first import loads libraries: that is no file's time."""
    (folder / "first.csv").write_text("sku,title\na,b\n")
    pool.ask(folder / "first.csv")


def main() -> Any:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3600.0)
    parser.add_argument("--keep", type=Path, help="folder for the files that something was found with")
    args = parser.parse_args()
    ended = fuzz(args.files, args.seed, args.seconds, args.keep)
    for what, files in ended.most_common():
        print(f"{files:6,}  {what}")
    return int(any(what.startswith("fault") for what in ended))


if __name__ == "__main__":
    sys.exit(main())
