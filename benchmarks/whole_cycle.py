"""The whole cycle on a generated seller: import, plan, report.

    python -m benchmarks.whole_cycle [--scale large] [--keep FOLDER]

Bar: `large` (10 k SKUs, 8 markets, two years) <= 5 min and <= 8 GiB for the cycle. No open peer plans
this from exports; the reading of the same files by pandas stands beside it as a yardstick of the machine.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.measure import measured, report


def import_folder(workspace: Path, files: Path) -> int:
    import tradewind as tw

    return sum(r.rows_new for r in tw.Workspace(workspace).import_file(files))


def plan(workspace: Path) -> dict[str, int]:
    import tradewind as tw

    run = tw.Workspace(workspace).run()
    return {name: frame.height for name, frame in run.tables.items()}


def read_with_pandas(files: Path) -> int:
    import pandas as pd

    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet}
    return sum(len(read[f.suffix](f)) for f in sorted(files.iterdir()) if f.suffix in read)


def main() -> None:
    from tradewind.app.workspace import Workspace
    from tradewind.data.simulated import write_seller

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", default="large", choices=["tiny", "small", "large"])
    parser.add_argument("--keep", type=Path, help="an empty folder for the files and the workspace, kept afterwards")
    asked = parser.parse_args()
    scale = asked.scale
    with tempfile.TemporaryDirectory() as place:
        folder = asked.keep or Path(place)
        write_seller(folder / "files", scale=scale, seed=7)
        Workspace.create(folder / "shop")
        steps = {
            "import": measured(import_folder, folder / "shop", folder / "files"),
            "plan": measured(plan, folder / "shop"),
            "pandas reads the files": measured(read_with_pandas, folder / "files"),
        }
        report(
            "whole_cycle",
            [
                {
                    "scale": scale,
                    "step": name,
                    "seconds": round(m.seconds, 1),
                    "peak_mib": round(m.peak_mib),
                    "result": m.result,
                }
                for name, m in steps.items()
            ],
        )


if __name__ == "__main__":
    main()
