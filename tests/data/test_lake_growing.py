"""A lake made before tables and columns were added opens, shows what it holds, and takes new files in."""

from __future__ import annotations

import polars as pl
import pytest
from deltalake import CommitProperties, DeltaTable, Transaction, write_deltalake

from tests.data.lines import day, line, order_lines
from tests.data.test_ledger import run_row
from tradewind.app.python import Workspace
from tradewind.core.errors import NotAWorkspaceError
from tradewind.core.tables import TABLES
from tradewind.data.lake import CORRECTIONS, stored_schema

# What the first lakes did not have.
LATER_TABLES = {
    "bundles", "suppliers", "reservations", "purchase_orders", "inbounds", "settlements", "fines", "traffic",
}  # fmt: skip
LATER_COLUMNS = {"order_lines": ["listing_id"], "parcels": ["tracking_no"], "events": ["code"]}
FIRST_TABLES = [name for name in TABLES if name not in LATER_TABLES]
ORDERS = "platform,shop,order_id,line_no,sku,market,ordered_at,units,unit_price,currency,status,buyer_key,listing_id"


def first_schema(name):
    schema = stored_schema(name)
    return pl.DataFrame(schema={c: t for c, t in schema.items() if c not in LATER_COLUMNS.get(name, [])})


def append(folder, name, rows, seq):
    """One commit as the first version of the program made it."""
    properties = CommitProperties(
        custom_metadata={
            "import_id": f"old:{seq}",
            "import_seq": str(seq),
            "moment": day(1).isoformat(),
            "counts": "{}",
        },
        app_transactions=[Transaction("tradewind.import", seq)],
    )
    write_deltalake(str(folder / name), rows.to_arrow(), mode="append", commit_properties=properties)


@pytest.fixture
def old(tmp_path):
    """A workspace as the first version of the program left it: two orders imported, a run kept."""
    shop = Workspace.create(tmp_path / "shop")
    lake = shop.path / "lake"
    for folder in lake.iterdir():
        for path in sorted(folder.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        folder.rmdir()
    for name in (*FIRST_TABLES, CORRECTIONS):
        DeltaTable.create(str(lake / name), first_schema(name).to_arrow().schema)
    rows = order_lines(line("o1"), line("o2", units=3)).with_columns(import_seq=pl.lit(1), revision=pl.lit(0))
    schema = first_schema("order_lines").schema
    append(lake, "order_lines", rows.select(pl.col(c).cast(t) for c, t in schema.items()), 1)
    append(lake, CORRECTIONS, first_schema(CORRECTIONS), 1)
    versions = {name: DeltaTable(str(lake / name)).version() for name in (*FIRST_TABLES, CORRECTIONS)}
    shop._ledger.add_run(run_row("r1", versions))
    return Workspace(shop.path)


def orders(folder, *lines):
    path = folder / "orders.csv"
    path.write_text("\n".join([ORDERS, *lines]) + "\n", encoding="utf-8")
    return path


def test_what_it_holds_is_read_with_the_new_columns_unknown_and_the_new_tables_empty(old):
    lines = old.table("order_lines")
    assert lines["order_id"].to_list() == ["o1", "o2"]
    assert lines["listing_id"].to_list() == [None, None]
    assert old.table("settlements").is_empty()
    assert set(old.health().loaded["table"]) == {"order_lines"}
    assert not (old.path / "lake" / "settlements").exists()  # who only reads changes nothing


def test_new_files_come_in_with_the_new_columns_and_old_rows_stay_the_same(old, tmp_path):
    same = "aliexpress,main,o1,1,mug,DE,2026-03-01T12:00:00Z,1,9.9,USD,paid,,"
    told = "aliexpress,main,o2,1,mug,DE,2026-03-01T12:00:00Z,3,9.9,USD,paid,,L-2"
    new = "aliexpress,main,o3,1,mug,DE,2026-03-02T12:00:00Z,1,9.9,USD,paid,,L-3"
    [report] = old.import_file(orders(tmp_path, same, told, new))
    assert (report.rows_new, report.rows_changed, report.rows_same) == (1, 1, 1)
    lines = Workspace(old.path).table("order_lines")
    assert dict(lines.select("order_id", "listing_id").iter_rows()) == {"o1": None, "o2": "L-2", "o3": "L-3"}
    sets = tmp_path / "bundles.csv"
    sets.write_text("bundle_sku,sku,units\ntea-set,mug,4\n", encoding="utf-8")
    assert [report.rows_new for report in old.import_file(sets)] == [1]
    assert Workspace(old.path).table("bundles").height == 1


def test_a_run_kept_before_reads_what_it_read_then(old, tmp_path):
    kept = old.load_run("r1")
    new = "aliexpress,main,o3,1,mug,DE,2026-03-02T12:00:00Z,1,9.9,USD,paid,,L-3"
    old.import_file(orders(tmp_path, new))
    seen = Workspace(old.path).snapshot(versions=kept.versions)
    assert seen["order_lines"]["order_id"].to_list() == ["o1", "o2"]
    assert seen["traffic"].is_empty()


def test_files_of_both_ages_are_merged_into_one(old, tmp_path, monkeypatch):
    monkeypatch.setattr("tradewind.data.lake._TOO_MANY_FILES", 1)
    old.import_file(orders(tmp_path, "aliexpress,main,o3,1,mug,DE,2026-03-02T12:00:00Z,1,9.9,USD,paid,,L-3"))
    assert Workspace(old.path).table("order_lines")["listing_id"].to_list() == [None, None, "L-3"]
    assert DeltaTable(str(old.path / "lake" / "order_lines")).get_add_actions().num_rows == 1


def test_a_table_of_the_first_lakes_that_is_gone_is_not_taken_for_one_added_later(old, tmp_path):
    (old.path / "lake" / "order_lines").rename(tmp_path / "order_lines")
    with pytest.raises(Exception, match="not there any more"):
        old.table("order_lines")


def test_a_column_of_a_newer_program_is_read_over_and_not_written_past(old, tmp_path):
    from deltalake import Field
    from deltalake.schema import PrimitiveType

    DeltaTable(str(old.path / "lake" / "order_lines")).alter.add_columns([Field("mood", PrimitiveType("string"))])
    assert Workspace(old.path).table("order_lines").height == 2
    with pytest.raises(NotAWorkspaceError, match="mood"):
        old.import_file(orders(tmp_path, "aliexpress,main,o3,1,mug,DE,2026-03-02T12:00:00Z,1,9.9,USD,paid,,"))
