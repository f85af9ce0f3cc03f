"""Make a seller of a million SKUs, and import his files.

    python -m benchmarks.huge_seller [--skus 1000000]

Bar: bounded memory, <= 4 GiB each. The seller is made in 20 shards, each streamed to Parquet before the next is begun;
fewer SKUs make fewer shards of the same size. pyarrow reading the same files batch by batch and pandas reading them
whole stand beside it.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import Measured, measured, report


def generate(folder: Path, skus: int) -> int:
    """Rows written."""
    import pyarrow.parquet as pq

    from tradewind.data.simulated import scales, write_seller

    whole = scales.SCALES["huge"]
    shards = max(1, whole.shards * skus // whole.skus)
    share = shards / whole.shards
    scales.SCALES["huge"] = replace(
        whole,
        skus=int(whole.skus * share),
        shards=shards,
        suppliers=int(whole.suppliers * share),
        new_skus=int(whole.new_skus * share),
        lines_per_week=whole.lines_per_week * share,
    )
    files = write_seller(folder, scale="huge", seed=7)
    return sum(pq.read_metadata(f).num_rows for f in files.folder.glob("*.parquet"))


def import_folder(workspace: Path, files: Path) -> int:
    import tradewind as tw

    return sum(r.rows_new for r in tw.Workspace(workspace).import_file(files))


def read_with_pyarrow(files: Path) -> int:
    import pyarrow.parquet as pq

    return sum(b.num_rows for f in sorted(files.glob("*.parquet")) for b in pq.ParquetFile(f).iter_batches())


def read_with_pandas(files: Path) -> int:
    """One file after the other, nothing kept."""
    import pandas as pd

    return sum(len(pd.read_parquet(f)) for f in sorted(files.glob("*.parquet")))


def main() -> None:
    from tradewind.app.workspace import Workspace

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--skus", type=int, default=1_000_000)
    parser.add_argument("--no-import", action="store_true", help="only generate and read")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        steps = {"generate": measured(generate, folder / "files", asked.skus)}
        tell(asked.skus, "generate", steps["generate"])
        tell(asked.skus, "pyarrow reads the files", measured(read_with_pyarrow, folder / "files"))
        tell(asked.skus, "pandas reads the files", measured(read_with_pandas, folder / "files"))
        if not asked.no_import:
            Workspace.create(folder / "shop")
            tell(asked.skus, "import", measured(import_folder, folder / "shop", folder / "files"))


def tell(skus: int, step: str, m: Measured) -> None:
    row = {"skus": skus, "step": step, "seconds": round(m.seconds, 1), "peak_mib": round(m.peak_mib), "rows": m.result}
    report("huge_seller", [row])


if __name__ == "__main__":
    main()
