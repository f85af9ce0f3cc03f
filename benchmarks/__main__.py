"""Every benchmark, one after the other: python -m benchmarks [--data FOLDER]. Each also runs alone."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", default="", help="folder of the public data sets; those benchmarks are left out without it"
    )
    data = parser.parse_args().data
    runs = [[name] for name in ("import_lines", "aliexpress_export", "tracking", "whole_cycle", "stock_plan", "margin")]
    runs += [["month_in_money"], ["published_roi"], ["huge_seller"]]
    if data:
        runs += [
            ["plausibility", "--data", data],
            ["online_retail", "--data", str(Path(data) / "online_retail_ii"), "--json"],
            ["olist_transit", "--data", str(Path(data) / "olist")],
        ]
    failed = [
        run[0]
        for run in runs
        if subprocess.run([sys.executable, "-m", f"benchmarks.{run[0]}", *run[1:]], check=False).returncode
    ]
    if failed:
        print("failed:", ", ".join(failed), file=sys.stderr)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
