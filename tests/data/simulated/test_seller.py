"""The generated seller's files: in the product's own layout, valid, consistent, the same for the same seed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from tradewind.core.errors import ParameterError, StorageError
from tradewind.core.tables import TABLES
from tradewind.data.simulated import write_seller

TRUTH = {
    "rates", "lanes", "factors", "returns", "goods", "campaigns", "segments", "buyers", "suppliers", "scenario",
}  # fmt: skip
END = datetime(2026, 10, 19, tzinfo=UTC)


def read(folder: Path, table: str) -> pl.DataFrame:
    """The CSV of `table` as the intake would type it."""
    types = TABLES[table].empty().schema
    raw = pl.read_csv(folder / f"{table}.csv", infer_schema=False)
    return raw.select(_typed(name, kind) for name, kind in types.items())


def _typed(name: str, kind: pl.DataType) -> pl.Expr:
    if isinstance(kind, pl.Datetime):
        return pl.col(name).str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC")
    return pl.col(name).str.to_date() if kind == pl.Date else pl.col(name).cast(kind)


def digests(folder: Path) -> dict[str, str]:
    return {file.name: sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())}


def test_there_is_one_file_for_every_table_with_its_columns_as_headings(tiny: Path) -> None:
    assert {file.name for file in tiny.iterdir()} == {f"{name}.csv" for name in TABLES}
    for name, table in TABLES.items():
        assert tuple(pl.read_csv(tiny / f"{name}.csv", n_rows=1).columns) == table.columns


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_valid(tiny: Path, name: str) -> None:
    TABLES[name].schema.validate(read(tiny, name))


def test_every_sku_node_and_lane_that_is_used_is_described(tiny: Path) -> None:
    skus = set(read(tiny, "products")["sku"])
    assert set(read(tiny, "listings")["sku"]) <= skus | set(read(tiny, "bundles")["bundle_sku"])
    for table in (
        "order_lines",
        "stock",
        "returns",
        "inbounds",
        "purchase_orders",
        "traffic",
        "reservations",
        "bundles",
    ):
        assert set(read(tiny, table)["sku"]) <= skus
    assert set(read(tiny, "purchase_orders")["supplier"]) <= set(read(tiny, "suppliers")["supplier"])
    assert set(read(tiny, "order_lines")["listing_id"]) <= set(read(tiny, "listings")["listing_id"])
    assert set(read(tiny, "stock")["node"]) <= set(read(tiny, "nodes")["node"])
    lane = ["service", "node", "market"]
    assert read(tiny, "parcels").join(read(tiny, "services"), on=lane, how="anti").is_empty()


def test_orders_sent_have_one_parcel_and_cancelled_ones_none(tiny: Path) -> None:
    lines, parcels = read(tiny, "order_lines"), read(tiny, "parcels")
    sent = lines.filter(pl.col("status").is_in(["shipped", "delivered"]))
    assert sorted(sent["order_id"].unique()) == sorted(parcels["order_id"])
    assert set(lines.filter(pl.col("cancelled_at").is_not_null())["status"]) == {"cancelled"}


def test_nothing_is_known_after_the_last_day(tiny: Path) -> None:
    for name in TABLES.keys() - {"products", "listings", "bundles", "suppliers", "nodes", "services", "calendar"}:
        assert read(tiny, name)["known_at"].max() < END
    assert read(tiny, "order_lines")["cancelled_at"].max() < END


def test_the_calendar_goes_on_for_half_a_year_with_the_next_peaks(tiny: Path) -> None:
    ahead = read(tiny, "calendar").filter(pl.col("starts_on") > END.date())
    days = {(row["event"], row["starts_on"]) for row in ahead.iter_rows(named=True)}
    assert ("11.11", date(2026, 11, 11)) in days
    assert ("Black Friday", date(2026, 11, 27)) in days
    assert ("Ramadan", date(2027, 2, 8)) in days
    assert ("Spring Festival", date(2027, 1, 27)) in days
    assert ahead.filter(pl.col("event") == "Spring Festival")["kind"].to_list() == ["closure"]


def test_the_bill_of_each_line_adds_up(tiny: Path) -> None:
    lines = read(tiny, "order_lines")
    gap = lines["units"] * lines["unit_price"] - lines["discount"] - lines["paid_amount"]
    assert gap.abs().max() < 0.006


def test_same_seed_same_bytes_and_another_seed_other_bytes(tmp_path: Path, tiny: Path, tiny_truth: Path) -> None:
    again, other = write_seller(tmp_path / "again", "tiny", seed=7), write_seller(tmp_path / "other", "tiny", seed=8)
    assert digests(again.folder) == digests(tiny)
    assert digests(again.truth_folder) == digests(tiny_truth)
    assert digests(other.folder)["order_lines.csv"] != digests(tiny)["order_lines.csv"]


def test_the_truth_lies_in_a_sibling_folder_and_progress_is_told_up_to_one(tmp_path: Path) -> None:
    told: list[float] = []
    files = write_seller(tmp_path / "店铺 demo", "tiny", progress=told.append)
    assert files.truth_folder.parent == files.folder.parent
    assert {f.stem for f in files.truth_folder.iterdir()} == TRUTH
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_an_unknown_scale_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="tiny / small / large / huge"):
        write_seller(tmp_path / "p", "gigantic")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="file"):
        write_seller(tmp_path / "file" / "demo", "tiny")
