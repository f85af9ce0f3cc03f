"""From a tracker's file to what a plan reads: scans add up, find their parcel and never look ahead."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tradewind.app.planning.facts import Facts
from tradewind.app.planning.observe import with_histories
from tradewind.app.python import Workspace
from tradewind.core.tables import TABLES

PARCELS = (
    "platform,shop,parcel_id,tracking_no,service,node,market,created_at\n"
    "aliexpress,main,P1,LP1,std,CN,ES,2026-03-01 08:00\n"
)


def cainiao(*steps: tuple[str, datetime], number: str = "LP1") -> str:
    told = [{"time": int(at.timestamp() * 1000), "timeZone": "GMT+8", "actionCode": code} for code, at in steps]
    return json.dumps({"module": [{"mailNo": number, "detailList": told}]})


def day(number: int) -> datetime:
    return datetime(2026, 3, number, 12, tzinfo=UTC)


def written(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


@pytest.fixture
def shop(tmp_path) -> Workspace:
    workspace = Workspace.create(tmp_path / "shop")
    workspace.import_file(written(tmp_path / "parcels.csv", PARCELS))
    return workspace


def test_what_one_tracker_tells_is_added_to_what_another_told(shop, tmp_path):
    both = cainiao(("PU_PICKUP_SUCCESS", day(2)), ("LH_DEPART", day(4)))
    shop.import_file(written(tmp_path / "cainiao.json", both))
    head = "Tracking Number,Package Status,Sub Status,Latest Event Time\n"
    (report,) = shop.import_file(
        written(tmp_path / "17.csv", f"{head}LP1,Delivered,Delivered_Other,2026-03-09 20:00\n")
    )
    assert (report.layout, report.rows_new) == ("tracking-17track", 1)
    assert shop.table("events")["milestone"].sort().to_list() == ["collected", "departed", "delivered"]


def test_a_later_answer_with_fewer_steps_takes_none_away(shop, tmp_path):
    shop.import_file(written(tmp_path / "a.json", cainiao(("PU_PICKUP_SUCCESS", day(2)), ("LH_DEPART", day(4)))))
    shop.import_file(written(tmp_path / "b.json", cainiao(("GTMS_SIGNED", day(9)))))
    assert shop.table("events").height == 3
    before = shop.snapshot(as_of=day(5))["events"]
    assert before["milestone"].sort().to_list() == ["collected", "departed"]


def test_an_unknown_number_is_told_and_nothing_fails(shop, tmp_path):
    (report,) = shop.import_file(written(tmp_path / "a.json", cainiao(number="LP9")))
    assert (report.rows_new, dict(report.notes)) == (0, {"number_not_found": 1})


def test_health_counts_scans_whose_parcel_is_not_loaded_until_it_is(shop, tmp_path):
    shop.import_file(written(tmp_path / "a.json", cainiao(("GTMS_SIGNED", day(9)), number="LP2")))
    assert shop.health().notes.filter(note="unknown_parcel").row(0) == ("unknown_parcel", 1, "LP2")
    shop.import_file(written(tmp_path / "more.csv", PARCELS.replace("P1,LP1", "P2,LP2")))
    assert shop.health().notes.filter(note="unknown_parcel").is_empty()


def facts(events: pl.DataFrame, as_of: datetime) -> Facts:
    parcel = {
        "platform": "aliexpress", "shop": "main", "parcel_id": "P1", "tracking_no": "LP1", "service": "std",
        "node": "CN", "market": "ES", "created_at": day(1), "known_at": day(1),
    }  # fmt: skip
    tables = {name: table.empty() for name, table in TABLES.items()}
    tables |= {"parcels": pl.DataFrame([parcel], schema=tables["parcels"].schema), "events": events}
    return Facts(as_of, tables, pl.DataFrame(), None, "CNY")  # type: ignore[arg-type]


def scan(milestone: str, at: datetime) -> dict:
    return {
        "platform": "*", "shop": "*", "parcel_id": "LP1", "milestone": milestone, "happened_at": at, "known_at": at,
    }  # fmt: skip


def test_a_plan_reads_the_parcels_own_history_and_nothing_of_the_future():
    schema = TABLES["events"].empty().schema
    told = [scan("departed", day(4)), scan("delivered", day(9)), scan("delivered", day(9) + timedelta(hours=2))]
    later = [*told, scan("returned", day(20))]
    before = with_histories(facts(pl.DataFrame(told, schema=schema), day(10)))["events"]
    after = with_histories(facts(pl.DataFrame(later, schema=schema), day(10)))["events"]
    assert before.select("platform", "parcel_id", "milestone").rows() == [
        ("aliexpress", "P1", "departed"),
        ("aliexpress", "P1", "delivered"),
    ]
    assert before.equals(after)
    assert before.schema == schema
