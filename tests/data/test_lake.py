"""The lake keeps every version of every fact, and shows each moment what was known at it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable
from deltalake.exceptions import CommitFailedError
from polars.testing import assert_frame_equal

from tests.data.lines import day, line, no_corrections, order_lines, rows, to_correct
from tradewind.core.errors import ParameterError, WorkspaceBusyError
from tradewind.core.tables import TABLES
from tradewind.data.lake import Lake, stored_schema
from tradewind.data.stores import Folder
from tradewind.data.versioning import Import

SAMPLE = {
    pl.String: "文 'x' \"y\"",
    pl.Int64: 2**53 + 1,
    pl.Float64: 0.1 + 0.2,
    pl.Boolean: True,
    pl.Date: date(2026, 2, 28),
    pl.Datetime("us", "UTC"): datetime(2026, 2, 28, 23, 59, 59, 123456, tzinfo=UTC),
}


@pytest.fixture(scope="module")
def new_lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("new") / "lake"
    Lake(Folder(folder)).create()
    return folder


@pytest.fixture
def lake(tmp_path, new_lake):
    folder = tmp_path / "店 铺" / "lake"
    shutil.copytree(new_lake, folder)
    return Lake(Folder(folder))


def bring(lake, import_id, *batches, merge=False, newest_fact=None, commit=True, progress=None):
    """One import of (table, rows, corrections) batches; returns its counts by table."""
    staging = lake.store.path.parent / f"staging-{import_id}"
    staging.mkdir()
    bringing = Import(lake, staging, import_id, merge=merge, newest_fact=newest_fact)
    for table, said, corrections in batches:
        bringing.add(table, said, corrections)
    if commit:
        bringing.commit({"file": f"{import_id}.csv", "layout": "tradewind"}, progress)
    return bringing.counts


def bring_lines(lake, import_id, *lines, corrections=None, **how):
    batch = ("order_lines", order_lines(*lines), no_corrections() if corrections is None else corrections)
    counts = bring(lake, import_id, batch, **how)["order_lines"]
    return counts.rows_new, counts.rows_changed, counts.rows_same


def lines(lake, as_of=None):
    """(order, line, sku, status) as known at `as_of`."""
    frame = lake.read("order_lines", lake.versions(), as_of)
    return frame.select("order_id", "line_no", "sku", "status").rows()


def value_of(dtype):
    return dtype.categories[-1] if isinstance(dtype, pl.Enum) else SAMPLE[dtype]


@pytest.mark.parametrize("name", TABLES)
def test_every_table_comes_back_as_it_went_in(lake, name):
    schema = TABLES[name].empty().schema
    full = {column: value_of(dtype) for column, dtype in schema.items()}
    sparse = {column: full[column] if column in TABLES[name].key else None for column in schema}
    key = next(column for column in TABLES[name].key if schema[column] == pl.String)
    sparse[key] = "another"
    if "known_at" in schema and TABLES[name].fact_time:
        sparse |= {TABLES[name].fact_time: full[TABLES[name].fact_time], "known_at": full["known_at"]}
    given = pl.DataFrame([full, sparse], schema=schema)
    bring(lake, "one", (name, given.with_columns(source_file=pl.lit("a.csv"), source_row=2), no_corrections()))
    assert_frame_equal(lake.read(name, lake.versions()), given.sort(TABLES[name].key))


@pytest.mark.parametrize("name", TABLES)
def test_a_new_lake_has_every_table_empty_and_typed(lake, name):
    assert_frame_equal(lake.read(name, lake.versions()), TABLES[name].empty())
    assert lake.open_corrections(lake.versions()).is_empty()


def test_arrays_and_lists_have_no_place_in_a_table(monkeypatch):
    class Odd:
        columns = ("quantiles",)

        def empty(self):
            return pl.DataFrame(schema={"quantiles": pl.Array(pl.Float64, 3)})

    monkeypatch.setitem(TABLES, "odd", Odd())
    with pytest.raises(ParameterError, match="quantiles"):
        stored_schema("odd")


def test_creating_again_leaves_what_is_there(lake):
    bring_lines(lake, "one", line("o1"))
    lake.create()
    assert len(lines(lake)) == 1


def test_an_identical_group_is_not_written_again(lake):
    assert bring_lines(lake, "one", line("o1"), line("o2")) == (2, 0, 0)
    before = lake.versions()["order_lines"]
    assert bring_lines(lake, "two", line("o2", file="b.csv", row=9), line("o1", file="b.csv", row=10)) == (0, 0, 2)
    assert lake.versions()["order_lines"] == before


def test_overlapping_exports_add_only_what_is_new(lake):
    bring_lines(lake, "one", line("o1", on=1), line("o2", on=2))
    assert bring_lines(lake, "two", line("o2", on=2), line("o3", on=3)) == (1, 0, 1)
    assert [order for order, *_ in lines(lake)] == ["o1", "o2", "o3"]


def test_a_changed_order_replaces_all_its_lines(lake):
    bring_lines(lake, "one", line("o1", 1), line("o1", 2, sku="cup"), line("o1", 3, sku="jug"))
    assert bring_lines(lake, "two", line("o1", 1), line("o1", 2, sku="bowl"), line("o9", on=4)) == (1, 1, 1)
    assert lines(lake) == [("o1", 1, "mug", "paid"), ("o1", 2, "bowl", "paid"), ("o9", 1, "mug", "paid")]


def test_the_past_shows_what_was_known_then(lake):
    bring_lines(lake, "one", line("o1", on=1), line("o2", on=2))
    bring_lines(lake, "two", line("o1", on=1, sku="cup"), line("o3", on=5))
    assert lines(lake, day(1)) == [("o1", 1, "mug", "paid")]
    assert lines(lake, day(4)) == [("o1", 1, "mug", "paid"), ("o2", 1, "mug", "paid")]
    assert lines(lake, day(5)) == [("o1", 1, "cup", "paid"), ("o2", 1, "mug", "paid"), ("o3", 1, "mug", "paid")]


def test_a_third_version_replaces_the_second(lake):
    for n, sku in enumerate(("mug", "cup", "jug"), start=1):
        bring_lines(lake, f"import {n}", line("o1", sku=sku), line(f"new{n}", on=n))
    assert [sku for order, _, sku, _ in lines(lake) if order == "o1"] == ["jug"]
    assert [sku for order, _, sku, _ in lines(lake, day(2)) if order == "o1"] == ["cup"]


def test_a_later_import_does_not_change_what_an_earlier_version_shows(lake):
    bring_lines(lake, "one", line("o1"))
    seen = lake.versions()
    bring_lines(lake, "two", line("o1", sku="cup"), line("o2"))
    assert lake.read("order_lines", seen)["sku"].to_list() == ["mug"]


def test_a_cancellation_is_not_known_before_it_happened(lake):
    bring_lines(lake, "one", line("o1", status="cancelled", cancelled_at=day(3)))
    assert lines(lake, day(2)) == [("o1", 1, "mug", "paid")]
    assert lake.read("order_lines", lake.versions(), day(2))["cancelled_at"].to_list() == [None]
    assert lines(lake, day(3)) == [("o1", 1, "mug", "cancelled")]


def test_a_cancellation_without_a_date_gets_the_newest_fact_of_its_import_and_keeps_it(lake):
    cancelled = line("o1", on=1, status="cancelled")
    bring_lines(lake, "one", cancelled, line("o2", on=4))
    assert bring_lines(lake, "two", cancelled, line("o3", on=9)) == (1, 0, 1)
    frame = lake.read("order_lines", lake.versions())
    assert frame.filter(order_id="o1")["cancelled_at"].to_list() == [day(4)]
    assert lines(lake, day(2)) == [("o1", 1, "mug", "paid")]


def test_master_data_is_always_known_until_it_changes(lake):
    mug = {"sku": "mug", "title": "Mug", "source_file": "p.csv", "source_row": 2}
    bring(lake, "one", ("products", rows("products", [mug]), no_corrections()))
    changed = rows("products", [mug | {"title": "Big mug"}])
    bring(lake, "two", ("products", changed, no_corrections()), newest_fact=day(7))
    versions = lake.versions()
    assert lake.read("products", versions, day(1))["title"].to_list() == ["Mug"]
    assert lake.read("products", versions, day(7))["title"].to_list() == ["Big mug"]
    assert lake.read("products", versions)["known_at"].to_list() == [day(7)]


def test_rates_published_ahead_do_not_move_the_newest_fact(lake):
    rate = {"currency": "USD", "quote": "CNY", "on_date": date(2027, 1, 1), "rate": 7.0}
    bring(lake, "one", ("fx", rows("fx", [rate]), no_corrections()))
    assert lake.newest_fact(lake.versions()) is None
    bring_lines(lake, "two", line("o1", on=3))
    assert lake.newest_fact(lake.versions()) == day(3)


def test_a_change_is_known_from_its_tables_newest_row_or_else_from_the_newest_fact_beside_it(lake):
    """Rates have days of their own, goods have none and take the orders': the 4th, not the 7th known before."""

    def rate(d, rate):
        return {"currency": "USD", "quote": "CNY", "on_date": date(2026, 3, d), "rate": rate, "source_row": d}

    def mug(title):
        return rows("products", [{"sku": "mug", "title": title, "source_file": "p.csv", "source_row": 2}])

    bring(lake, "one", ("fx", rows("fx", [rate(1, 7.0)]), no_corrections()), ("products", mug("Mug"), no_corrections()))
    bring(
        lake,
        "two",
        ("fx", rows("fx", [rate(1, 7.1), rate(20, 7.2)]), no_corrections()),
        ("products", mug("Big mug"), no_corrections()),
        ("order_lines", order_lines(line("o1", on=4)), no_corrections()),
        ("order_lines", order_lines(line("o2", on=2)), no_corrections()),
        ("stock", rows("stock", [
            {"node": "own", "sku": "mug", "taken_at": day(3), "available_units": 1, "source_row": 2}
        ]), no_corrections()),
        newest_fact=day(7),
    )  # fmt: skip
    versions = lake.versions()
    midnight = datetime(2026, 3, 20, tzinfo=UTC)
    assert lake.read("fx", versions)["known_at"].to_list() == [midnight, midnight]
    assert lake.read("products", versions)["known_at"].to_list() == [day(4)]
    assert [c.note["moment"] for c in lake.imports_after(0)] == ["", day(4).isoformat()]


def test_an_import_tells_how_far_it_is_and_counts_what_became_of_each_tables_rows(lake):
    told = []
    bad = pl.concat([to_correct("o8", 1, row=3), to_correct("o9", 1, row=4)])
    mug = rows("products", [{"sku": "mug", "source_file": "p.csv", "source_row": 2}])
    counts = bring(
        lake,
        "one",
        ("order_lines", order_lines(line("o1"), line("o2")), bad),
        ("order_lines", order_lines(line("o3")), to_correct("o7", 1, row=5)),
        ("products", mug, no_corrections()),
        progress=lambda *step: told.append(step),
    )
    assert told == [("import_write", 0, 2), ("import_write", 1, 2), ("import_write", 2, 2)]
    none = dict.fromkeys(("rows_new", "rows_changed", "rows_removed", "rows_same", "rows_to_correct"), 0)
    assert {table: vars(found) for table, found in counts.items()} == {
        "order_lines": none | {"rows_new": 3, "rows_to_correct": 3},
        "products": none | {"rows_new": 1},
    }
    [committed] = lake.imports_after(0)
    assert json.loads(committed.note["counts"]) == {table: vars(found) for table, found in counts.items()}


def test_a_corrected_row_that_changes_nothing_is_not_written(lake):
    bring_lines(lake, "one", line("o1"))
    before = lake.versions()["order_lines"]
    assert bring_lines(lake, "again", line("o1", file="fixes.xlsx"), merge=True) == (0, 0, 1)
    assert lake.versions()["order_lines"] == before
    assert bring_lines(lake, "two", line("o1", units=2), line("o2"), merge=True) == (1, 1, 0)
    assert lake.visible("order_lines", lake.versions()).collect()["revision"].sort().to_list() == [0, 1]


def test_an_import_compared_with_what_another_has_changed_meanwhile_is_refused(lake):
    both = []
    for name in ("one", "two"):
        (lake.store.path.parent / name).mkdir()
        both.append(Import(lake, lake.store.path.parent / name, name))
        both[-1].add("order_lines", order_lines(line("o1", sku=name)), no_corrections())
    both[0].commit({})
    with pytest.raises(CommitFailedError):
        both[1].commit({})
    assert lines(lake) == [("o1", 1, "one", "paid")]


def test_nothing_is_written_once_the_lock_is_lost(lake):
    def lost():
        raise WorkspaceBusyError("workspace_lock_lost", url="a server")

    before = lake.versions()
    with pytest.raises(WorkspaceBusyError):
        bring_lines(Lake(lake.store, check_lock=lost), "one", line("o1"))
    assert lake.versions() == before


def test_rows_are_counted_and_a_column_is_read_as_they_hold(lake):
    bring_lines(lake, "one", line("o1", on=1), line("o2", on=2))
    bring_lines(lake, "two", line("o1", on=1, sku="cup"), line("o3", on=5))
    versions = lake.versions()
    assert [lake.rows("order_lines", versions, as_of) for as_of in (None, day(1), day(2), day(5))] == [3, 1, 2, 3]
    assert sorted(lake.column("order_lines", "sku", versions)) == ["cup", "mug", "mug"]


def test_imports_are_numbered_one_after_the_other_and_one_rolled_back_keeps_its_number(lake):
    assert (lake.complete(lake.versions()["corrections"]), lake.next_seq(lake.versions())) == (0, 1)
    assert lake.imports_after(0) == []
    bring_lines(lake, "one", line("o1"))
    assert (lake.complete(lake.versions()["corrections"]), lake.next_seq(lake.versions())) == (1, 2)
    lake.append("products", [parquet(lake, "products", 2)], seq=2, note={})  # and died before the corrections
    assert (lake.complete(lake.versions()["corrections"]), lake.next_seq(lake.versions())) == (1, 3)
    assert lake.read("products", lake.versions()).is_empty()
    assert lake.roll_back() == ["products"]
    assert lake.next_seq(lake.versions()) == 3


def parquet(lake, name, seq):
    """A row of a table as an import stages it."""
    row = dict.fromkeys(stored_schema(name)) | {"sku": "mug", "import_seq": seq, "revision": 0}
    path = lake.store.path.parent / f"{name}.parquet"
    pl.DataFrame([row], schema=stored_schema(name)).write_parquet(path)
    return path


def test_of_the_rows_an_import_could_not_read_those_still_open_are_told(lake):
    bad = pl.concat([to_correct("o1", 2, row=3), to_correct("o2", 1, row=4)])
    bring_lines(lake, "one", line("o1", 1), corrections=bad)
    bring_lines(lake, "two", line("o5"), corrections=to_correct("o6", 1, file="b.csv", row=9))
    bring_lines(lake, "fixes", line("o1", 2, file="fixes.xlsx"), merge=True)

    def told(import_id):
        return lake.unresolved(import_id, lake.versions())["row"].to_list()

    assert (told("one"), told("two"), told("fixes")) == ([4], [9], [])
    # said anew in other words by a later import, it is still one that the first could not read
    again = to_correct("o2", 1, file="c.csv", row=8).with_columns(value=pl.lit("some"))
    bring_lines(lake, "three", line("o7"), corrections=again)
    assert (told("one"), told("three")) == ([8], [8])


def test_rows_to_correct_are_listed_by_table_file_and_row(lake):
    bad = [to_correct("o1", 1, file="b.csv", row=3), to_correct("o2", 1, row=9), to_correct("o3", 1, row=4)]
    returned = to_correct("r1", 1, row=1).with_columns(table=pl.lit("returns"))
    bring_lines(lake, "one", line("o9"), corrections=pl.concat([returned, *bad]))
    listed = lake.open_corrections(lake.versions()).select("table", "file", "row").rows()
    assert listed == [
        ("order_lines", "a.csv", 4), ("order_lines", "a.csv", 9), ("order_lines", "b.csv", 3), ("returns", "a.csv", 1),
    ]  # fmt: skip


def test_files_are_merged_from_one_more_than_many_on(lake, monkeypatch):
    monkeypatch.setattr("tradewind.data.lake._TOO_MANY_FILES", 3)

    def files_after(n):
        bring_lines(lake, f"import {n}", line(f"o{n}", on=n))
        lake.compact(["order_lines"], [])
        return len(DeltaTable(lake.store.address("order_lines")).get_add_actions())

    assert [files_after(n) for n in range(1, 6)] == [1, 2, 3, 1, 2]


def test_a_line_waiting_for_correction_keeps_its_good_version(lake):
    bring_lines(lake, "one", line("o1", 1), line("o1", 2, sku="cup"))
    again = (line("o1", 1, units=5),)
    assert bring_lines(lake, "two", *again, corrections=to_correct("o1", 2, row=3)) == (0, 1, 0)
    assert lines(lake) == [("o1", 1, "mug", "paid"), ("o1", 2, "cup", "paid")]
    assert bring_lines(lake, "three", *again, corrections=to_correct("o1", 2, row=3)) == (0, 0, 1)


def test_corrected_rows_join_their_order_without_replacing_it(lake):
    bring_lines(lake, "one", line("o1", 1), line("o9", on=20), corrections=to_correct("o1", 2, row=3))
    fixed = line("o1", 2, sku="cup", file="fixes.xlsx")
    assert bring_lines(lake, "fixes", fixed, merge=True) == (1, 0, 0)
    assert [sku for order, _, sku, _ in lines(lake) if order == "o1"] == ["mug", "cup"]
    assert [sku for order, _, sku, _ in lines(lake, day(1)) if order == "o1"] == ["mug", "cup"]
    assert bring_lines(lake, "fixes again", fixed, merge=True) == (0, 0, 1)


def test_a_correction_is_settled_by_a_corrected_row_or_a_clean_repeat_of_its_order(lake):
    def open_rows():
        return lake.open_corrections(lake.versions())["row"].to_list()

    bad = pl.concat([to_correct("o1", 2, row=3), to_correct("o2", 1, row=4), to_correct(None, None, row=5)])
    bring_lines(lake, "one", line("o1", 1), corrections=bad)
    assert open_rows() == [3, 4, 5]
    bring_lines(lake, "fixes", line("o1", 2, file="fixes.xlsx"), merge=True)
    assert open_rows() == [4, 5]
    bring_lines(lake, "clean", line("o2", file="b.csv", row=40))
    assert open_rows() == [5]
    bring_lines(lake, "same file, mended", line("o3", file="a.csv", row=5))
    assert open_rows() == []


def test_a_row_that_is_still_bad_in_the_next_export_waits_once(lake):
    bring_lines(lake, "one", line("o1", 1), corrections=to_correct("o1", 2, row=3))
    bring_lines(lake, "two", line("o1", 1), line("o2"), corrections=to_correct("o1", 2, file="b.csv", row=7))
    assert lake.open_corrections(lake.versions()).select("file", "row").rows() == [("a.csv", 3)]


def test_an_import_that_died_between_tables_is_invisible_and_rolled_back(lake, monkeypatch):
    bring_lines(lake, "one", line("o1"))
    write = Lake.append

    def dies_at_the_corrections(self, name, parts, **how):
        if name == "corrections":
            raise KeyboardInterrupt
        write(self, name, parts, **how)

    monkeypatch.setattr(Lake, "append", dies_at_the_corrections)
    with pytest.raises(KeyboardInterrupt):
        bring_lines(lake, "two", line("o1", sku="cup"), line("o2"))
    monkeypatch.undo()
    assert lines(lake) == [("o1", 1, "mug", "paid")]
    assert lake.roll_back() == ["order_lines"]
    assert lake.roll_back() == []
    assert bring_lines(lake, "three", line("o1", sku="cup"), line("o2")) == (1, 1, 0)
    assert lines(lake) == [("o1", 1, "cup", "paid"), ("o2", 1, "mug", "paid")]


def test_a_batch_that_splits_an_order_is_refused(lake):
    with pytest.raises(ValueError, match="two batches"):
        bring(
            lake,
            "one",
            ("order_lines", order_lines(line("o1", 1)), no_corrections()),
            ("order_lines", order_lines(line("o1", 2)), no_corrections()),
        )


def test_many_small_imports_are_merged_and_pinned_versions_stay_readable(lake, monkeypatch):
    monkeypatch.setattr("tradewind.data.lake._TOO_MANY_FILES", 3)
    pinned = []
    for n in range(1, 13):
        bring_lines(lake, f"import {n}", line(f"o{n:02}", on=n))
        if n in {2, 5}:
            pinned.append(lake.versions())
        lake.compact(["order_lines"], pinned)
    assert len(lines(lake)) == 12
    assert [lake.read("order_lines", versions).height for versions in pinned] == [2, 5]
    assert len(list((lake.store.path / "order_lines").glob("*.parquet"))) < 12


def test_no_text_is_repeated_in_the_log_or_in_the_statistics_of_files(lake, monkeypatch):
    monkeypatch.setattr("tradewind.data.lake._TOO_MANY_FILES", 1)
    for number in range(3):
        bring_lines(lake, f"import-{number}", line(f"order-{number}", sku="Li Na"))
    lake.compact({"order_lines"}, [])
    folder = Path(lake.store.address("order_lines"))
    assert not any("Li Na" in log.read_text() for log in (folder / "_delta_log").glob("*.json"))
    for file in folder.glob("*.parquet"):
        columns = pq.ParquetFile(file).metadata.row_group(0)
        told = {columns.column(at).path_in_schema: columns.column(at).statistics for at in range(columns.num_columns)}
        assert told["sku"] is None
        assert told["import_seq"].has_min_max
    assert lake.versions()["order_lines"] > 0
    assert set(lake.read("order_lines", lake.versions())["sku"]) == {"Li Na"}


def test_files_of_a_killed_writer_are_swept(lake):
    bring_lines(lake, "one", line("o1"))
    orphan = lake.store.path / "order_lines" / "part-00000-killed.parquet"
    orphan.write_bytes(b"half a file")
    lake.vacuum([lake.versions()])
    assert not orphan.exists()
    assert len(lines(lake)) == 1


def test_the_log_tells_the_imports(lake):
    bring_lines(lake, "one", line("o1", on=2))
    bring_lines(lake, "two", line("o1", on=2))
    told = [(c.seq, c.note["import_id"], c.note["file"], c.note["moment"]) for c in lake.imports_after(0)]
    assert told == [(1, "one", "one.csv", day(2).isoformat()), (2, "two", "two.csv", day(2).isoformat())]
    assert [c.seq for c in lake.imports_after(1)] == [2]


def test_a_line_that_an_order_lost_is_removed_whatever_its_number_was(lake):
    bring_lines(lake, "first", line("o1", 1, sku="bowl", mode="own"), line("o1", 2, sku="mug", mode="pop"))
    again = ("order_lines", order_lines(line("o1", 1, sku="mug")), no_corrections())
    counts = bring(lake, "again", again)["order_lines"]
    assert (counts.rows_new, counts.rows_changed, counts.rows_removed, counts.rows_same) == (0, 0, 1, 1)
    left = lake.read("order_lines", lake.versions())
    assert left.select("line_no", "sku", "mode").rows() == [(1, "mug", "pop")]
