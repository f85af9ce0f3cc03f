"""Import a million order lines; import twenty overlapping exports.

    python -m benchmarks.import_lines [--lines 1000000]

Bars: 1 M lines from CSV, validated and idempotent, <= 10 s and <= 1.5 GiB; 20 overlapping exports of 300 k lines
<= 40 s, disk growth within twice the live data. Beside it pandas + pandera read and validate the same file,
without storing it.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measure import Measured, measured, report

MARKETS = np.array(["ES", "FR", "PL", "SA", "BR", "US"])


def orders(lines: int, first_order: int = 0) -> pl.DataFrame:
    """`lines` order lines in the product's own template, two an order; the same order always looks the same."""
    order = first_order + np.arange(lines) // 2
    fixed = np.random.default_rng(99).integers(0, 2**31, 4_000_000)
    draw = fixed[(first_order * 2 + np.arange(lines)) % len(fixed)]
    units = 1 + draw % 3
    price = np.round(2 + draw % 1000 / 20, 2)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    return pl.DataFrame(
        {
            "platform": ["aliexpress"] * lines,
            "shop": ["main"] * lines,
            "order_id": pl.Series(8_000_000_000_000_000 + order).cast(pl.String),
            "line_no": np.arange(lines) % 2 + 1,
            "sku": pl.Series(draw % 5000).cast(pl.String).str.zfill(6),
            "market": MARKETS[draw % 6],
            "mode": ["semi_jit"] * lines,
            "ordered_at": pl.select(pl.lit(start) + pl.duration(seconds=pl.Series(order * 20))).to_series(),
            "units": units,
            "unit_price": price,
            "paid_amount": np.round(units * price, 2),
            "currency": ["USD"] * lines,
            "status": ["paid"] * lines,
        }
    ).with_columns(pl.col("ordered_at").dt.strftime("%Y-%m-%d %H:%M:%S"))


def import_once(workspace: Path, file: Path) -> int:
    import tradewind as tw

    ws = tw.Workspace(workspace)
    return sum(r.rows_new for r in ws.import_file(file))


def import_all(workspace: Path, files: list[Path]) -> int:
    return sum(import_once(workspace, file) for file in files)


def pandas_pandera(file: Path) -> int:
    import pandas as pd
    import pandera.pandas as pa

    schema = pa.DataFrameSchema(
        {
            "order_id": pa.Column(str),
            "line_no": pa.Column(int, pa.Check.ge(1)),
            "sku": pa.Column(str),
            "market": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{2}$")),
            "ordered_at": pa.Column("datetime64[ns]"),
            "units": pa.Column(int, pa.Check.ge(1)),
            "unit_price": pa.Column(float, pa.Check.ge(0)),
            "currency": pa.Column(str, pa.Check.str_matches(r"^[A-Z]{3}$")),
        },
        unique=["order_id", "line_no"],
    )
    frame = pd.read_csv(file, dtype={"order_id": str, "sku": str}, parse_dates=["ordered_at"])
    frame["ordered_at"] = frame["ordered_at"].astype("datetime64[ns]")
    return len(schema.validate(frame, lazy=True))


def folder_bytes(folder: Path) -> int:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    lines = parser.parse_args().lines
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        report("import_lines", [*one_file(folder, lines), *overlapping(folder, lines * 3 // 10)])


def one_file(folder: Path, lines: int) -> list[dict[str, object]]:
    from tradewind.app.workspace import Workspace

    file = folder / "orders.csv"
    orders(lines).write_csv(file)
    Workspace.create(folder / "one", currency="USD")
    first = measured(import_once, folder / "one", file)
    renamed = folder / "again.csv"
    orders(lines).with_columns(status=pl.lit("paid")).sample(fraction=1.0, shuffle=True, seed=1).write_csv(renamed)
    again = measured(import_once, folder / "one", renamed)
    peer = measured(pandas_pandera, file)
    return [
        {"case": f"{lines:,} lines, first import", **figures(first)},
        {"case": f"{lines:,} lines again, rows shuffled", **figures(again)},
        {"case": "pandas + pandera, read and validate only", **figures(peer)},
    ]


def overlapping(folder: Path, lines: int, exports: int = 20) -> list[dict[str, object]]:
    """Each export shares all but a twentieth of its lines with the one before."""
    from tradewind.app.workspace import Workspace

    files = []
    for i in range(exports):
        files.append(folder / f"week{i:02}.csv")
        orders(lines, first_order=i * lines // 40).write_csv(files[-1])
    Workspace.create(folder / "many", currency="USD")
    many = measured(import_all, folder / "many", files)
    Workspace.create(folder / "live", currency="USD")
    whole = folder / "whole.csv"
    orders(lines + (exports - 1) * (lines // 20)).write_csv(whole)
    measured(import_once, folder / "live", whole)
    grown = folder_bytes(folder / "many" / "lake") / folder_bytes(folder / "live" / "lake")
    return [
        {
            "case": f"{exports} overlapping exports of {lines:,} lines",
            **figures(many),
            "disk_over_live": round(grown, 2),
        }
    ]


def figures(m: Measured) -> dict[str, object]:
    return {"seconds": round(m.seconds, 2), "peak_mib": round(m.peak_mib), "rows_new": m.result}


if __name__ == "__main__":
    main()
