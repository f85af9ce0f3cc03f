"""Stages: from each scan on, for those that waited as long for the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from tradewind.engine.transit.outcomes import STAGES
from tradewind.engine.transit.stages import open_stages, stage_trips

AS_OF = datetime(2026, 3, 31, tzinfo=UTC)
START = datetime(2026, 3, 1, tzinfo=UTC)


def after(days: float) -> datetime:
    return START + timedelta(days=days)


def scans(*rows: tuple[int, str, float]) -> pl.DataFrame:
    return pl.DataFrame(
        {"row": [r[0] for r in rows], "milestone": [r[1] for r in rows], "happened_at": [after(r[2]) for r in rows]},
        schema={"row": pl.UInt32, "milestone": STAGES, "happened_at": pl.Datetime("us", "UTC")},
    )


def trips(delivered: datetime | None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "row": [0],
            "lane": [0],
            "created_at": [START],
            "delivered_at": [delivered],
            "arrived": [delivered is not None],
        },
        schema_overrides={
            "row": pl.UInt32,
            "delivered_at": pl.Datetime("us", "UTC"),
            "created_at": pl.Datetime("us", "UTC"),
        },
    ).with_columns(weight=pl.lit(1.0))


def counted(frame: pl.DataFrame) -> list[tuple[str, int, float]]:
    names = dict(enumerate(STAGES.categories))
    return sorted((names[s], w, d) for s, w, d in frame.select("stage", "waited_days", "days").rows())


def test_a_parcel_speaks_for_each_stage_only_as_long_as_it_waited_there():
    """Departed on day 1.5, delivered on day 4: created for 1.5 days, departed for 2.5."""
    got = stage_trips(trips(after(4)), scans((0, "departed", 1.5), (0, "delivered", 4)), AS_OF)
    assert counted(got) == [
        ("created", 0, 4.0),
        ("created", 1, 3.0),
        ("departed", 0, 2.5),
        ("departed", 1, 1.5),
        ("departed", 2, 0.5),
    ]


def test_a_scan_after_delivery_begins_no_trip():
    got = stage_trips(trips(after(0.5)), scans((0, "delivered", 0.5), (0, "exception", 2.0)), AS_OF)
    assert counted(got) == [("created", 0, 0.5)]


def test_of_scans_at_the_same_moment_the_one_further_on_is_where_the_parcel_is():
    judged = trips(None).with_columns(
        platform=pl.lit("ae"), shop=pl.lit("s"), parcel_id=pl.lit("a"), service=pl.lit("post"), node=pl.lit("YW"),
        market=pl.lit("DE"), region=pl.lit(None, pl.String), promised_at=pl.lit(AS_OF), ended=pl.lit(False),
    )  # fmt: skip
    same = scans((0, "arrived", 3.0), (0, "departed", 3.0))
    assert open_stages(judged, same)["stage"].to_list() == ["arrived"]
