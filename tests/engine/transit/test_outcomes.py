"""What is known about parcels at a moment."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from tradewind.core.errors import MissingColumnError
from tradewind.engine.transit.outcomes import judgeable, known_parcels, known_scans, outcomes

AS_OF = datetime(2026, 3, 31, tzinfo=UTC)
KEY = {"platform": "ae", "shop": "s1"}


def day(d: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, d, hour, tzinfo=UTC)


def parcels(**created: datetime) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {**KEY, "parcel_id": p, "service": "post", "node": "YW", "market": "DE", "created_at": at, "known_at": at}
            for p, at in created.items()
        ]
    )


def scans(*rows: tuple[str, str, datetime]) -> pl.DataFrame:
    return pl.DataFrame(
        [{**KEY, "parcel_id": p, "milestone": m, "happened_at": at, "known_at": at} for p, m, at in rows]
    )


def judged(p: pl.DataFrame, e: pl.DataFrame) -> dict[str, dict]:
    known = known_parcels(p, AS_OF)
    return {row["parcel_id"]: row for row in outcomes(known, known_scans(e, known, AS_OF), AS_OF).to_dicts()}


def test_a_delivered_parcel_took_the_days_from_creation_to_its_first_delivery():
    got = judged(parcels(a=day(1)), scans(("a", "delivered", day(8, 12)), ("a", "delivered", day(9))))
    assert got["a"]["days"] == 7.5
    assert got["a"]["delivered_at"] == day(8, 12)


def test_a_parcel_without_delivery_has_been_under_way_until_now():
    got = judged(parcels(a=day(1)), scans(("a", "departed", day(3))))
    assert got["a"]["days"] == 30.0
    assert got["a"]["delivered_at"] is None
    assert not got["a"]["ended"]


def test_a_lost_parcel_has_ended_unless_it_was_found_and_delivered():
    got = judged(parcels(a=day(1), b=day(1)), scans(*[(p, "lost", day(9)) for p in "ab"], ("b", "delivered", day(20))))
    assert got["a"]["ended"]
    assert got["b"]["days"] == 19.0


def test_a_parcel_delivered_after_it_was_returned_went_back_to_its_sender():
    got = judged(parcels(a=day(1)), scans(("a", "returned", day(9)), ("a", "delivered", day(20))))
    assert got["a"]["ended"]
    assert got["a"]["delivered_at"] is None


def test_a_scan_that_happened_but_was_not_known_yet_changes_nothing():
    later = scans(("a", "delivered", day(8))).with_columns(known_at=pl.lit(datetime(2026, 4, 2, tzinfo=UTC)))
    assert judged(parcels(a=day(1)), later)["a"]["delivered_at"] is None


def test_a_parcel_delivered_before_it_was_created_is_not_judged():
    p = parcels(a=day(5), b=day(5))
    known = known_parcels(p, AS_OF)
    all_of_them = outcomes(
        known, known_scans(scans(("a", "delivered", day(4)), ("b", "delivered", day(9))), known, AS_OF), AS_OF
    )
    assert judgeable(all_of_them)["parcel_id"].to_list() == ["b"]


def test_parcels_of_a_service_that_is_never_tracked_are_not_taken_for_lost():
    p = parcels(a=day(5), b=day(5)).with_columns(service=pl.Series(["untracked", "post"]))
    known = known_parcels(p, AS_OF)
    all_of_them = outcomes(known, known_scans(scans(("b", "delivered", day(9))), known, AS_OF), AS_OF)
    assert judgeable(all_of_them)["parcel_id"].to_list() == ["b"]


def test_a_missing_column_is_named():
    with pytest.raises(MissingColumnError, match="created_at"):
        known_parcels(parcels(a=day(1)).drop("created_at"), AS_OF)


def test_a_scan_dated_after_now_has_not_happened_however_early_it_was_announced():
    announced = scans(("a", "delivered", datetime(2026, 4, 2, tzinfo=UTC))).with_columns(known_at=pl.lit(day(2)))
    assert judged(parcels(a=day(1)), announced)["a"]["delivered_at"] is None
