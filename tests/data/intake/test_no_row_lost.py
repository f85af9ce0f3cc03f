"""Every row of a file is loaded, left out with a word, or to correct."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl
import pytest

from tests.data.intake.reading import ORDERS, order, read, written
from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake import checking, detect, sheets, staging
from tradewind.data.intake.sheets import scan

DAY = (date(2026, 1, 5) - date(1970, 1, 1)).days


def parquet(folder, moments: pl.Series):
    lines = {
        name: [cell] * len(moments)
        for name, cell in zip(ORDERS.strip().split(","), order().strip().split(","), strict=True)
    }
    frame = pl.DataFrame(lines).with_columns(moments.alias("ordered_at"))
    frame = frame.with_columns(order_id=pl.format("A{}", pl.int_range(pl.len())))
    frame.write_parquet(folder / "orders.parquet")
    return folder / "orders.parquet"


@pytest.mark.parametrize(
    ("kind", "per_day"),
    [(pl.Date, 1), (pl.Datetime("ms"), 86_400_000), (pl.Datetime("us", "Asia/Shanghai"), 86_400_000_000)],
)
@pytest.mark.parametrize("beyond", [2**31 - 1, -(2**31), 2_932_897, -719_163])
def test_a_time_that_no_calendar_has_waits_and_every_other_row_of_the_parquet_loads(tmp_path, kind, per_day, beyond):
    physical = pl.Int32 if kind == pl.Date else pl.Int64
    beyond = beyond if per_day == 1 else max(-(2**63), min(beyond * per_day, 2**63 - 1))
    moments = pl.Series([DAY * per_day] * 300 + [beyond], dtype=physical).cast(kind)
    imported = read(parquet(tmp_path, moments))
    assert imported.rows("order_lines").height == 300
    assert [(row, value) for row, _, value, _ in imported.problems] == [(302, f"{beyond} ?")]


def test_the_first_and_last_moments_of_the_calendar_are_read_in_any_zone(tmp_path):
    for cell in ("0001-01-01 00:00:00+14:00", "9999-12-31 23:59:59-12:00", "0000-00-00", "99999-01-01"):
        imported = read(written(tmp_path, ORDERS + order(order_id="A0") + order(ordered_at=cell)))
        assert (imported.rows("order_lines").height, len(imported.problems)) == (1, 1), cell
    ends = pl.Series([datetime(1, 1, 1), datetime(9999, 12, 31)], dtype=pl.Datetime("us", "Asia/Tokyo"))
    assert len(read(parquet(tmp_path, ends)).problems) == 2


def test_a_parquet_file_whose_reader_stops_early_is_told(tmp_path, monkeypatch):
    path = parquet(tmp_path, pl.Series([DAY] * 10, dtype=pl.Int32).cast(pl.Date))
    pieces = sheets._pieces
    monkeypatch.setattr(sheets, "_pieces", lambda lazy: (piece.head(7) for piece in pieces(lazy)))
    with pytest.raises(UnreadableFileError) as error:
        list(scan(detect(path)[0].parts[0].place, tmp_path))
    assert error.value.code == "parquet_broken"


def test_a_parquet_file_of_many_equal_rows_is_taken_for_what_it_holds(tmp_path):
    path = tmp_path / "products.parquet"
    pl.DataFrame({"sku": ["a"] * 1_000_000, "title": ["b"] * 1_000_000}).write_parquet(path, compression="zstd")
    place = detect(path)[0].parts[0].place
    assert place.examined.size < 100_000
    assert sheets.text_bytes(place) == 16_000_000


def test_rows_that_vanish_on_the_way_are_told_and_nothing_is_loaded(tmp_path, monkeypatch):
    path = written(tmp_path, ORDERS + order() + order(order_id="A2"))
    in_memory = staging._in_memory
    with monkeypatch.context() as broken:
        broken.setattr(staging, "_in_memory", lambda pieces, feed: [f.head(1) for f in in_memory(pieces, feed)])
        with pytest.raises(UnreadableFileError) as error:
            read(path)
        assert error.value.values | {"path": "orders.csv", "rows": "2", "found": "1"} == error.value.values
    monkeypatch.setattr(
        checking, "validated", lambda made, table: (made.select(*table.columns, "source_row").head(1), [])
    )
    with pytest.raises(UnreadableFileError, match="only 1 can be accounted for"):
        read(path)
