"""How big a generated seller is: from the tests' shared world to a million SKUs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from tradewind.core.errors import ParameterError
from tradewind.core.weeks import WEEK

FUTURE_WEEKS = 26
"""Weeks after the last day for which the calendar and the truth go on."""


@dataclass(frozen=True)
class Scale:
    """`lines_per_week`: purchases a week the mechanism is set to; `new_skus`: launched in the last four weeks.

    `full_tracking_weeks`: of parcels older than that the carriers keep only hand-over, delivery and loss.
    `traffic_days`, `settled_weeks`, `count_weeks`: how far back traffic, payouts and stock counts go.
    `shard` of `shards`: this part of a seller too big for one piece; `skus` and `lines_per_week` are then the part's.
    `weekly_rates`, where given, are the SKUs' rates relative to each other, instead of a random long tail.
    """

    name: str
    skus: int
    markets: tuple[str, ...]
    nodes: tuple[str, ...]
    weeks: int
    lines_per_week: float
    categories: int
    suppliers: int
    new_skus: int
    shops: tuple[str, ...]
    file_format: str = "csv"
    full_tracking_weeks: int = 13
    traffic_days: int = 91
    settled_weeks: int = 52
    count_weeks: int = 520
    shard: int = 0
    shards: int = 1
    weekly_rates: tuple[float, ...] = ()
    last_day: date = date(2026, 10, 18)

    def parts(self) -> list[Scale]:
        """The shards one by one: every `shards`-th SKU each, with its share of suppliers and trade."""
        if self.shards == 1:
            return [self]
        share = {f: getattr(self, f) // self.shards for f in ("skus", "suppliers", "new_skus")}
        lines = self.lines_per_week / self.shards
        return [replace(self, shard=i, lines_per_week=lines, **share) for i in range(self.shards)]

    @property
    def first_week(self) -> date:
        return self.last_day + timedelta(days=1) - WEEK * self.weeks


_DESIGNATED = ("HZ-PREFERRED", "DG-PREFERRED", "YW-PREFERRED", "EC-PREFERRED", "SZ-PREFERRED")
_NODES = ("YIWU-STORE", *_DESIGNATED, "CD-ORIGIN", "QD-ORIGIN", "ES-OVERSEAS", "US-OVERSEAS")

SCALES = {
    scale.name: scale
    for scale in (
        Scale(
            name="tiny",
            skus=4,
            markets=("ES", "SA"),
            nodes=("YIWU-STORE", "HZ-PREFERRED"),
            weeks=12,
            lines_per_week=42.0,
            categories=2,
            suppliers=2,
            new_skus=1,
            shops=("yiwu-1",),
            weekly_rates=(18.0, 6.0, 0.6, 4.0),
        ),
        Scale(
            name="small",
            skus=300,
            markets=("ES", "FR", "PL", "SA", "BR", "US"),
            nodes=_NODES,
            weeks=104,
            lines_per_week=2100.0,
            categories=8,
            suppliers=24,
            new_skus=9,
            shops=("yiwu-1", "yiwu-2"),
        ),
        Scale(
            name="large",
            skus=10_000,
            markets=("ES", "FR", "PL", "SA", "BR", "US", "DE", "KR"),
            nodes=_NODES,
            weeks=104,
            lines_per_week=16_000.0,
            categories=10,
            suppliers=400,
            new_skus=250,
            shops=("yiwu-1", "yiwu-2", "sz-1"),
            file_format="parquet",
            full_tracking_weeks=4,
            traffic_days=28,
            settled_weeks=13,
        ),
        Scale(
            name="huge",
            skus=1_000_000,
            markets=("ES", "FR", "SA", "US"),
            nodes=_NODES,
            weeks=26,
            lines_per_week=80_000.0,
            categories=10,
            suppliers=20_000,
            new_skus=20_000,
            shops=("yiwu-1", "yiwu-2", "sz-1", "sz-2"),
            file_format="parquet",
            full_tracking_weeks=2,
            traffic_days=7,
            settled_weeks=8,
            count_weeks=2,
            shards=20,
        ),
    )
}


def scale_named(name: str) -> Scale:
    """The scale of that name. Raises ParameterError where there is none."""
    if name not in SCALES:
        raise ParameterError("parameter_range", name="scale", value=name, allowed=" / ".join(SCALES))
    return SCALES[name]
