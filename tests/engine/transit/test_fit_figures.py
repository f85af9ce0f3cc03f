"""The figures of one small carrier, so that nothing in the transit model changes unseen.

Two services, two nodes, two markets, one with regions, over forty weeks, made by arithmetic alone: days on the way
that go up and down, a slow month, parcels lost, returned and still under way. Where the method is meant to change, so
are these figures, and the change is looked at in the benchmarks first.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tradewind.core.distribution import Distribution
from tradewind.engine.transit import TransitModel, fit_transit
from tradewind.engine.transit.late_risk import late_odds

AS_OF = datetime(2026, 10, 5, tzinfo=UTC)
DAYS = 280
LANES = (("post", "YW", "ES", "MD", 10.0), ("post", "YW", "ES", "CT", 13.0), ("post", "HZ", "ES", "MD", 9.0),
         ("post", "YW", "FR", None, 12.0), ("fast", "YW", "ES", "MD", 5.0))  # fmt: skip


def taken(usual: float, day: int, n: int) -> float:
    """Days on the way: up and down by a third, and half as long again in a slow month."""
    slow = 1.5 if 150 <= day < 180 else 1.0
    return usual * slow * (0.75 + ((day * 7 + n * 13) % 20) / 40)


def world() -> tuple[pl.DataFrame, pl.DataFrame]:
    parcels, scans = [], []
    for n, (service, node, market, region, usual) in enumerate(LANES):
        for day in range(0, DAYS, 1 if n < 2 else 4):
            created = AS_OF - timedelta(days=DAYS - day)
            key = {"platform": "ae", "shop": "yw", "parcel_id": f"{n}-{day:03d}"}
            lane = {"service": service, "node": node, "market": market, "region": region}
            parcels.append(
                key | lane | {"created_at": created, "promised_at": created + timedelta(days=14), "known_at": created}
            )
            last = "lost" if day % 41 == 5 else "returned" if day % 37 == 5 else "delivered"
            days = taken(usual, day, n)
            for milestone, share in (("collected", 0.1), ("departed", 0.4), ("arrived", 0.7), (last, 1.0)):
                at = created + timedelta(days=days * share)
                scans.append(key | {"milestone": milestone, "happened_at": at, "known_at": at})
    moment = {c: pl.Datetime("us", "UTC") for c in ("created_at", "promised_at", "known_at", "happened_at")}
    frames = [pl.DataFrame(rows, infer_schema_length=None) for rows in (parcels, scans)]
    return tuple(f.cast({c: t for c, t in moment.items() if c in f.columns}) for f in frames)  # type: ignore[return-value]


@pytest.fixture(scope="module")
def model() -> TransitModel:
    return fit_transit(*world(), as_of=AS_OF)


PROMISED = {
    ("fast", "YW", "ES", "MD"): (5.52927, 0.0478876, 5.19024, 9.36963, 69, "transit_lane"),
    ("new", "YW", "ES", None): (11.6522, 0.0475018, 11.2675, 20.416, 0, "transit_other_services"),
    ("post", "HZ", "ES", "MD"): (9.43998, 0.0445563, 9.06195, 14.9223, 68, "transit_lane"),
    ("post", "HZ", "FR", None): (12.908, 0.0405069, 12.539, 20.0818, 0, "transit_service_only"),
    ("post", "YW", "ES", "CT"): (13.6054, 0.0508404, 13.2591, 20.7305, 267, "transit_lane"),
    ("post", "YW", "ES", "MD"): (10.512, 0.050469, 10.2089, 16.157, 271, "transit_lane"),
    ("post", "YW", "ES", None): (11.9915, 0.0509177, 11.6199, 18.8191, 538, "transit_lane"),
    ("post", "YW", "FR", None): (13.2889, 0.0366335, 12.8927, 20.4642, 67, "transit_lane"),
}
LATE = {
    "0-271": ("arrived", 9.0, 0.0554178, 0.053577, 2.37388, "transit_late_by_scan"),
    "0-272": ("arrived", 8.0, 0.0535948, 0.0535948, 1.13043, "transit_late_by_scan"),
    "0-273": ("departed", 7.0, 0.0877877, 0.0531119, 3.43229, "transit_late_by_scan"),
    "0-274": ("departed", 6.0, 0.107906, 0.0531235, 5.11738, "transit_late_by_scan"),
    "0-275": ("departed", 5.0, 0.0776676, 0.0531235, 4.81738, "transit_late_by_scan"),
    "0-276": ("collected", 4.0, 0.123543, 0.0508331, 6.53786, "transit_late_by_scan"),
    "0-277": ("collected", 3.0, 0.126281, 0.0508422, 7.69984, "transit_late_by_scan"),
    "0-278": ("collected", 2.0, 0.120774, 0.0508422, 8.37484, "transit_late_by_scan"),
    "0-279": ("created", 1.0, 0.195622, 0.0529812, 11.1965, "transit_late_by_scan"),
}


def test_the_odds_of_each_lane(model):
    """Mean days, odds of never arriving, the median and the 95th percentile, parcels, and what it rests on."""
    asked = pl.DataFrame(
        [*(lane[:4] for lane in LANES),
         ("post", "YW", "ES", None), ("post", "HZ", "FR", None), ("new", "YW", "ES", None)],
        schema=["service", "node", "market", "region"], orient="row",
    )  # fmt: skip
    lanes = model.predict(asked)
    odds = Distribution.from_frame(lanes, "time")
    told = lanes.with_columns(
        median=pl.Series(odds.quantile(0.5)), high=pl.Series(odds.quantile(0.95 * (1 - odds.p_zero)))
    )
    columns = ("service", "node", "market", "region", "mean", "p_zero", "median", "high", "parcels", "basis")
    found = {row[:4]: row[4:] for row in told.select(columns).rows()}
    assert found.keys() == PROMISED.keys()
    for lane, figures in PROMISED.items():
        assert found[lane] == tuple(pytest.approx(v, rel=1e-4) if isinstance(v, float) else v for v in figures), lane


def test_the_odds_of_parcels_on_their_way(model):
    """Of the last parcels of the first lane: stage, days so far, odds of being late, of never arriving, days left."""
    late = late_odds(model).filter(pl.col("parcel_id").str.starts_with("0-"))
    columns = ("parcel_id", "stage", "days_so_far", "p_late", "p_never", "expected_days_left", "basis")
    found = {row[0]: row[1:] for row in late.with_columns(pl.col("stage").cast(pl.String)).select(columns).rows()}
    assert found.keys() == LATE.keys()
    for parcel, figures in LATE.items():
        assert found[parcel] == tuple(pytest.approx(v, rel=1e-4) if isinstance(v, float) else v for v in figures), (
            parcel
        )
