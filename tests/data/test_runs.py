"""A run's tables come back to the last bit, and a run that died is never seen."""

from __future__ import annotations

import math
from unittest.mock import Mock

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tests.data.test_ledger import run_row
from tradewind.core.errors import UnknownRunError
from tradewind.data.frames import row_counts
from tradewind.data.ledger import Ledger
from tradewind.data.runs import differences, load, save, sweep
from tradewind.data.stores import Folder

DEMAND = pl.DataFrame(
    {"sku": ["mug", "cup"], "quantiles": [[0.1, 0.2, 0.3], [1.0, 2.0, math.pi]], "kind": ["count", "time"]},
    schema={"sku": pl.String, "quantiles": pl.Array(pl.Float64, 3), "kind": pl.Enum(["count", "time"])},
)


@pytest.fixture
def ledger(tmp_path):
    (tmp_path / "runs").mkdir()
    ledger = Ledger(tmp_path / "ledger.db")
    ledger.create()
    return ledger


def test_rows_are_counted_without_reading_the_tables(tmp_path, ledger, monkeypatch):
    save(Folder(tmp_path / "runs"), ledger, run_row("r1"), {"demand": DEMAND, "orders": DEMAND.clear()})
    kept = load(Folder(tmp_path / "runs"), ledger.run("r1"))
    monkeypatch.setattr(pl, "read_parquet", Mock(side_effect=AssertionError("read")))
    assert row_counts(kept.tables) == {"demand": 2, "orders": 0}


def test_tables_with_arrays_and_enums_come_back_to_the_last_bit(tmp_path, ledger):
    saved = save(Folder(tmp_path / "runs"), ledger, run_row("r1"), {"demand": DEMAND, "orders": DEMAND.clear()})
    again = load(Folder(tmp_path / "runs"), ledger.run("r1"))
    assert sorted(again.tables) == ["demand", "orders"]
    assert_frame_equal(again["demand"], DEMAND, check_exact=True)
    assert_frame_equal(again["orders"], DEMAND.clear())
    assert (saved.id, again.seed, again.horizon_weeks, again.versions) == ("r1", 7, 13, {"order_lines": 3})
    assert differences({"demand": DEMAND, "orders": DEMAND.clear()}, again.tables) == []


def test_a_table_an_earlier_version_did_not_keep_is_asked_for_in_vain_with_what_to_do(tmp_path, ledger):
    kept = save(Folder(tmp_path / "runs"), ledger, run_row("r1"), {"demand": DEMAND})
    with pytest.raises(UnknownRunError, match=r"savings.*tradewind run"):
        kept["savings"]


def test_the_own_rules_of_a_run_come_back_as_they_were_written(tmp_path, ledger):
    said = "- {id: semi.operation_fee, value: 1.5, source: 合同}\r\n"
    save(Folder(tmp_path / "runs"), ledger, run_row("r1"), {"demand": DEMAND}, said)
    save(Folder(tmp_path / "runs"), ledger, run_row("r2"), {"demand": DEMAND})
    assert [load(Folder(tmp_path / "runs"), ledger.run(name)).own_rules for name in ("r1", "r2")] == [said, ""]


def test_a_run_that_died_before_the_ledger_is_invisible_and_swept(tmp_path, ledger, monkeypatch):
    save(Folder(tmp_path / "runs"), ledger, run_row("whole"), {"demand": DEMAND})
    monkeypatch.setattr(Ledger, "add_run", Mock(side_effect=KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        save(Folder(tmp_path / "runs"), ledger, run_row("half"), {"demand": DEMAND})
    assert (tmp_path / "runs" / "half").exists()
    assert [run.id for run in ledger.runs()] == ["whole"]
    assert sweep(Folder(tmp_path / "runs"), ledger) == ["half"]
    assert not (tmp_path / "runs" / "half").exists()
    assert_frame_equal(load(Folder(tmp_path / "runs"), ledger.run())["demand"], DEMAND)


def test_what_a_dead_run_left_goes_when_the_next_is_kept_and_folders_may_be_named_like_patterns(tmp_path, ledger):
    store = Folder(tmp_path / "店[1]*")
    store.write("half/demand.parquet", b"half")
    kept = save(store, ledger, run_row("r1"), {"demand": DEMAND})
    assert store.folders("") == ["r1"]
    assert row_counts(kept.tables) == {"demand": 2}
    assert_frame_equal(kept["demand"], DEMAND)


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"demand": DEMAND.head(1)},
        {"demand": DEMAND.reverse()},
        {"demand": DEMAND.with_columns(sku=pl.lit("jug"))},
        {"demand": DEMAND.with_columns(pl.col("kind").cast(pl.String))},
        {"demand": DEMAND.with_columns(quantiles=pl.Series([[0.1, 0.2, 0.3], [1.0, 2.0, math.nextafter(math.pi, 4)]],
                                                          dtype=pl.Array(pl.Float64, 3)))},
    ],
)  # fmt: skip
def test_any_difference_between_two_plans_is_named(other):
    assert differences({"demand": DEMAND}, other) == ["demand"]


def test_unknown_values_do_not_make_plans_differ():
    holes = pl.DataFrame({"mean": [None, math.nan, 1.0]})
    assert differences({"demand": holes}, {"demand": holes.clone()}) == []
