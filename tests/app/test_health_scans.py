"""Health tells of scans whose parcel nobody loaded, and of those the histories leave out."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from tests.data.lines import rows
from tradewind.app.planning.data_health import health
from tradewind.core.tables import TABLES
from tradewind.core.text import LANGUAGES, catalogue
from tradewind.data.lake import CORRECTION_COLUMNS


def notes(parcels: list[dict], events: list[dict]) -> list[tuple]:
    tables = {name: table.empty() for name, table in TABLES.items()}
    for name, some in (("parcels", parcels), ("events", events)):
        tables[name] = rows(name, some).drop("source_file", "source_row", strict=False)
    waiting = pl.DataFrame(schema=CORRECTION_COLUMNS)
    return health(tables, waiting, "CNY", date(2026, 3, 20))["notes"].rows()


def at(day: int) -> datetime:
    return datetime(2026, 3, day, tzinfo=UTC)


def scan(number: str, milestone: str, day: int) -> dict:
    return {
        "platform": "*", "shop": "*", "parcel_id": number, "milestone": milestone, "happened_at": at(day),
        "known_at": at(day),
    }  # fmt: skip


PARCEL = {
    "platform": "aliexpress", "shop": "yiwu", "parcel_id": "p1", "tracking_no": "LP1", "service": "std", "node": "CN",
    "market": "ES", "created_at": at(1), "known_at": at(1),
}  # fmt: skip


def test_scans_of_parcels_nobody_loaded_are_counted_with_an_example():
    said = notes([PARCEL], [scan("LP1", "delivered", 9), scan("LP7", "collected", 2), scan("LP7", "delivered", 9)])
    assert said == [("unknown_parcel", 2, "LP7")]


def test_scans_left_out_are_counted_by_their_reason():
    said = notes([PARCEL], [scan("LP1", "delivered", 9), scan("LP1", "returned", 14)])
    assert said == [("scan_revoked", 1, "p1")]


def test_every_note_has_its_sentence():
    for lang in LANGUAGES:
        said = catalogue(lang)
        reasons = [key.removeprefix("scan_reason.") for key in said if key.startswith("scan_reason.")]
        missing = [n for n in (*reasons, "unknown_parcel", "clock_set") if f"health_note.{n}" not in said]
        assert not missing
