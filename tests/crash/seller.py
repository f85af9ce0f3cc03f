"""What the killed processes do, and how two workspaces are compared."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import polars as pl

from tradewind.app.workspace import Workspace
from tradewind.core.tables import TABLES
from tradewind.data.runs import Run

FILES = ("1_products.csv", "2_orders.csv", "3_orders_overlapping.csv", "4_orders_changed.csv", "5_parcels.csv")
_ORDERS = "platform,shop,order_id,line_no,sku,market,ordered_at,units,unit_price,currency,status,buyer_key"


def write_exports(folder: Path) -> None:
    """Master data, three overlapping exports of orders (some changed, some cancelled, some bad), parcels."""
    folder.mkdir()
    products = ["sku,title,unit_cost,currency", *(f"sku{n},Thing {n},{n}.5,CNY" for n in range(20))]
    parcels = ["platform,shop,parcel_id,order_id,service,node,market,created_at"]
    parcels += [f"aliexpress,main,p{n},o{n:04},std,hz,DE,2026-03-{1 + n % 28:02}T12:00:00Z" for n in range(300)]
    written = {
        FILES[0]: products,
        FILES[1]: [_ORDERS, *_orders(range(400))],
        FILES[2]: [_ORDERS, *_orders(range(200, 600))],
        FILES[3]: [_ORDERS, *_orders(range(300, 500), units=2, bad_every=50)],
        FILES[4]: parcels,
    }
    for name, lines in written.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _orders(numbers: range, units: int = 1, bad_every: int = 0) -> list[str]:
    lines = []
    for n in numbers:
        status = "cancelled" if n % 37 == 0 else "paid"
        said = "many" if bad_every and n % bad_every == 0 else str(units)
        moment = f"2026-{1 + n // 280:02}-{1 + n // 10 % 28:02}T08:00:00Z"
        for i in (1, 2):
            lines.append(f"aliexpress,main,o{n:04},{i},sku{(n + i) % 20},DE,{moment},{said},9.9,USD,{status},Li Na")
    return lines


def work(workspace: Workspace, exports: Path) -> None:
    """Import the folder and make a plan, as a user repeats it after a crash."""
    workspace.import_file(exports)
    if workspace.kept_runs().is_empty():
        keep_small_plan(workspace)


def keep_small_plan(workspace: Workspace, seed: int = 0) -> Run:
    """A plan of three tables, kept as every plan is."""
    snapshot = workspace.snapshot()
    sold = snapshot["order_lines"].group_by("sku", "status").agg(pl.col("units").sum()).sort("sku", "status")
    tables = {"sold": sold, "cancelled": sold.filter(status="cancelled"), "corrections": snapshot.corrections}
    return workspace.save_run(tables, snapshot=snapshot, seed=seed, horizon_weeks=13)


def content_hash(workspace: Workspace) -> str:
    """Hash of everything a workspace shows: its tables, rows to correct, imports, and the tables of its plans."""
    digest = hashlib.sha256()
    for name in TABLES:
        digest.update(name.encode() + workspace.table(name).write_csv().encode())
    digest.update(workspace.corrections().write_csv().encode())
    digest.update("\n".join(row.import_id for row in workspace.imports()).encode())
    for run_id in workspace.kept_runs()["id"]:
        run = workspace.load_run(run_id)
        for name in sorted(run.tables):
            digest.update(name.encode() + run[name].write_csv().encode())
    return digest.hexdigest()


def main(folder: str, exports: str, kill_at_line: str, where: str) -> None:
    """Do the work in this process; with `kill_at_line` > 0 die at that line of our code, by SIGKILL.

    `where` says which lines count: "anywhere" in the store, or in its "commits" alone.
    """
    from tests.crash.kill import die_at_line
    from tradewind.data import intake  # noqa: F401 (imported before lines are counted)

    workspace = Workspace(folder)
    print("ready", flush=True)
    count = die_at_line(int(kill_at_line), in_commits=where == "commits")
    work(workspace, Path(exports))
    print(count(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
