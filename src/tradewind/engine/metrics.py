"""The registry of figures: one name, one function, wherever the figure is shown.

Each metric is computed from the frames of a plan and nothing else. Its label and meaning stand in the
catalogue (`metric.<name>`, `metric_meaning.<name>`). A figure that cannot be known is null, never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

Frames = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Metric:
    """`unit` is "money" (the workspace's currency), "units", "orders", "parcels", "rows", "days" or "share"."""

    name: str
    unit: str
    window: str
    formula: Callable[[Frames], float | None]


def summary(frames: Frames, currency: str) -> pl.DataFrame:
    """Every metric of the plan: metric, value, unit (money as the currency's code), window."""
    rows = [(m.name, m.formula(frames), currency if m.unit == "money" else m.unit, m.window) for m in METRICS.values()]
    return pl.DataFrame(
        rows,
        schema={"metric": pl.String, "value": pl.Float64, "unit": pl.String, "window": pl.String},
        orient="row",
    )


def _total(table: str, column: str) -> Callable[[Frames], float | None]:
    def formula(frames: Frames) -> float | None:
        known = frames[table][column].drop_nulls()
        return float(known.sum()) if len(known) else None

    return formula


def _whole(table: str, column: str) -> Callable[[Frames], float | None]:
    """The sum where every row's figure is known: part of a total is not the total."""

    def formula(frames: Frames) -> float | None:
        figures = frames[table][column]
        return float(figures.sum()) if len(figures) and not figures.null_count() else None

    return formula


def _largest(table: str, column: str) -> Callable[[Frames], float | None]:
    def formula(frames: Frames) -> float | None:
        known = frames[table][column].drop_nulls()
        return float(known.sort()[-1]) if len(known) else None

    return formula


def _weighted_share(table: str, flag: str, weight: str) -> Callable[[Frames], float | None]:
    """Share of `weight` for which `flag` holds, among the rows where it is known."""

    def formula(frames: Frames) -> float | None:
        known = frames[table].filter(pl.col(flag).is_not_null() & (pl.col(weight) > 0))
        total = float(known[weight].sum())
        return float((known[flag].cast(pl.Float64) * known[weight]).sum()) / total if total else None

    return formula


def _margin_share(frames: Frames) -> float | None:
    known = frames["margin_by"].filter(pl.col("margin").is_not_null())
    revenue = float(known["known_revenue"].sum())
    return float(known["margin"].sum()) / revenue if revenue else None


def _demand_units(frames: Frames) -> float | None:
    return _total("demand", "mean")(frames)


def _rows(table: str) -> Callable[[Frames], float | None]:
    return lambda frames: float(frames[table].height)


METRICS: Final[dict[str, Metric]] = {
    m.name: m
    for m in (
        Metric("revenue", "money", "last_13_weeks", _whole("margin_by", "revenue")),
        Metric("margin", "money", "last_13_weeks", _total("margin_by", "margin")),
        Metric("margin_share", "share", "last_13_weeks", _margin_share),
        Metric("expected_units", "units", "horizon", _demand_units),
        Metric("plan_gain", "money", "horizon", _total("orders", "expected_gain")),
        Metric("order_cost", "money", "now", _total("orders", "order_cost")),
        Metric("late_parcels", "parcels", "now", _total("late_parcels", "p_late")),
        Metric("on_time_share", "share", "last_13_weeks", _weighted_share("deliveries", "on_time", "parcels")),
        Metric("five_day_share", "share", "now", _weighted_share("promises", "reachable_5_days", "parcels")),
        Metric("actions_money", "money", "horizon", _total("actions", "expected_money")),
        Metric("order_age", "days", "now", _largest("freshness", "days_old")),
        Metric("rows_to_correct", "rows", "now", _rows("corrections")),
    )
}
