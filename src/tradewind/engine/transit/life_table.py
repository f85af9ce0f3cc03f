"""Life tables: the share of parcels still on their way that arrive in the next stretch of hours.

Parcels in flight count for the ages they have lived through and for no more (right-censored), so that the
slow ones, which have not arrived yet, are not forgotten; ignoring them makes every young lane look fast.
Lost and returned parcels stay "not arrived" for good, which makes the last value of the table the odds
of arriving at all. With d arrivals and n at risk in a stretch (those leaving unseen counting half):

    h = d / n,   P(arrived by t) = 1 - prod (1 - h)      Kaplan and Meier 1958, actuarial form

A thin group is shrunk to the wider one as if m parcels had travelled on it exactly as on the wider group:

    h = (d + m S h') / (n + m S),   h', S the wider group's hazard and share not arrived

which is the Dirichlet-process estimate of Susarla and Van Ryzin 1976; without censoring it is the mix
n/(n+m) own, m/(n+m) wider.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from tradewind.core.distribution import LEVELS, Distribution, Floats

_TOO_FEW_AT_RISK = 3.0
_LAST_ARRIVALS = 0.1


def age_edges(never_after_days: float) -> Floats:
    """Bounds of the stretches, in days: six hours when young, up to two days when old."""
    steps = [np.arange(0, 10, 0.25), np.arange(10, 30, 0.5), np.arange(30, 60, 1.0), np.arange(60, 366, 2.0)]
    edges = np.concatenate(steps)
    return np.append(edges[edges < never_after_days - 1e-9], never_after_days)


def tally(trips: pl.DataFrame, by: Sequence[str], edges: Floats, weight: str) -> pl.DataFrame:
    """Weights of arrivals and of leaving unseen per group and stretch.

    `trips` has `by` (whole numbers >= 0), `days`, `arrived` (Boolean) and `weight`. Returns `by`,
    stretch (index; the number of stretches means outlived them all), arrived, left.
    """
    stretch = np.minimum(np.searchsorted(edges, trips["days"].to_numpy(), side="right") - 1, len(edges) - 1)
    # One whole number per group makes the sum over millions of trips several times faster.
    packed, sizes = pl.lit(0, pl.Int64), []
    for column in by:
        sizes.append(int(trips[column].to_numpy().max(initial=0)) + 1)
        packed = packed * sizes[-1] + pl.col(column).cast(pl.Int64)
    return (
        trips.with_columns(stretch=pl.Series(stretch, dtype=pl.Int64))
        .select(
            pl.col("arrived").alias("came"),
            pl.col(weight).alias("weight"),
            packed=packed * len(edges) + pl.col("stretch"),
        )
        .group_by("packed", "came")
        .agg(pl.col("weight").sum())
        .group_by("packed")
        .agg(
            arrived=pl.col("weight").filter(pl.col("came")).sum(),
            left=pl.col("weight").filter(~pl.col("came")).sum(),
        )
        .sort("packed")
        .with_columns(stretch=(pl.col("packed") % len(edges)).cast(pl.Int16), rest=pl.col("packed") // len(edges))
        .with_columns(_unpacked(trips, by, sizes))
        .select(*by, "stretch", "arrived", "left")
    )


def _unpacked(trips: pl.DataFrame, by: Sequence[str], sizes: Sequence[int]) -> list[pl.Expr]:
    out = []
    for place, column in enumerate(by):
        below = int(np.prod(sizes[place + 1 :], dtype=np.int64))
        out.append((pl.col("rest") // below % sizes[place]).cast(trips.schema[column]).alias(column))
    return out


def hazards(
    tallied: pl.DataFrame, lanes: pl.DataFrame, levels: Sequence[Sequence[str]], edges: Floats, pseudo_parcels: float
) -> Floats:
    """P(arrives in the stretch, given not before) for each row of `lanes`, shape (rows, stretches).

    `levels` are the groupings' columns from the widest to the narrowest, each shrunk to the one before. A row whose
    column is null at a level stays at the level before. All zero where there is nothing at all.
    """
    group, arrived, at_risk = counts(tallied, lanes, levels[0], len(edges) - 1)
    hazard = _widest(arrived, at_risk, np.diff(edges))[group]
    for by in levels[1:]:
        hazard = shrunk_to(hazard, tallied, lanes, by, pseudo_parcels)
    return hazard


def shrunk_to(
    wider: Floats, tallied: pl.DataFrame, lanes: pl.DataFrame, by: Sequence[str], pseudo_parcels: float
) -> Floats:
    """Hazards of the lanes' own groups (columns `by`), shrunk to the `wider` ones given for each lane."""
    group, arrived, at_risk = counts(tallied, lanes, by, wider.shape[1])
    borrowed = pseudo_parcels * (1.0 - arrived_by(wider)[:, :-1])
    total = at_risk[group] + borrowed
    own = np.divide(arrived[group] + borrowed * wider, total, out=wider.copy(), where=total > 1e-9)
    return np.where((group < len(arrived) - 1)[:, None], np.clip(own, 0.0, 1.0), wider)


def arrived_by(hazard: Floats) -> Floats:
    """P(arrived by each edge), shape (rows, edges), from hazards (rows, stretches)."""
    return np.concatenate([np.zeros((len(hazard), 1)), 1.0 - np.cumprod(1.0 - hazard, axis=1)], axis=1)


def hazard_of(curves: Floats) -> Floats:
    """The inverse of `arrived_by`; zero where nobody is left."""
    waiting = 1.0 - curves[:, :-1]
    gone = np.maximum(curves[:, 1:] - curves[:, :-1], 0.0)
    return np.clip(np.divide(gone, waiting, out=np.zeros_like(gone), where=waiting > 1e-12), 0.0, 1.0)


def distributions(curves: Floats, edges: Floats) -> Distribution:
    """The distributions of kind "time" of arrival curves (rows, edges); rows that never arrive have only the atom."""
    ever = curves[:, -1]
    share = curves / np.where(ever > 0, ever, 1.0)[:, None]
    mean = (np.diff(share, axis=1) * ((edges[1:] + edges[:-1]) / 2)).sum(axis=1)
    return Distribution.from_quantiles(mean, np.clip(1.0 - ever, 0.0, 1.0), ages_at(share, edges, LEVELS), "time")


def ages_at(share: Floats, edges: Floats, at: Floats) -> Floats:
    """Ages at which rising curves (rows, edges) reach `at`, (rows, levels)."""
    out = np.empty((len(share), len(at)))
    rows = np.arange(len(share))
    for j, level in enumerate(at):
        i = np.clip((share < level).sum(axis=1), 1, len(edges) - 1)
        a, b = share[rows, i - 1], share[rows, i]
        part = np.divide(level - a, b - a, out=np.ones(len(share)), where=b > a)
        out[:, j] = edges[i - 1] + np.clip(part, 0.0, 1.0) * (edges[i] - edges[i - 1])
    return out


def at_age(curves: Floats, edges: Floats, days: Floats) -> Floats:
    """P(arrived by `days`), one age per row, straight lines between edges."""
    days = np.clip(days, 0.0, edges[-1])
    i = np.clip(np.searchsorted(edges, days, side="right") - 1, 0, len(edges) - 2)
    rows = np.arange(len(curves))
    a, b = curves[rows, i], curves[rows, i + 1]
    return a + (b - a) * (days - edges[i]) / (edges[i + 1] - edges[i])


def area_to(curves: Floats, edges: Floats, days: Floats) -> Floats:
    """Integral of each curve from 0 to its row's `days`."""
    steps = (curves[:, 1:] + curves[:, :-1]) / 2 * np.diff(edges)
    cumulative = np.concatenate([np.zeros((len(curves), 1)), np.cumsum(steps, axis=1)], axis=1)
    i = np.clip(np.searchsorted(edges, days, side="right") - 1, 0, len(edges) - 2)
    rows = np.arange(len(curves))
    return cumulative[rows, i] + (curves[rows, i] + at_age(curves, edges, days)) / 2 * (days - edges[i])


def counts(
    tallied: pl.DataFrame, lanes: pl.DataFrame, by: Sequence[str], stretches: int
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], Floats, Floats]:
    """Which group each lane belongs to, and per group arrivals and parcels at risk, (groups + 1, stretches).

    The last group is empty: of lanes with a null in `by`.
    """
    if by:
        groups = lanes.select(by).drop_nulls().unique(maintain_order=True).with_row_index("group")
        group = lanes.select(by).join(groups, on=list(by), how="left", maintain_order="left")["group"]
        number = group.fill_null(groups.height).to_numpy().astype(np.int64)
        there, size = tallied.join(groups, on=list(by), how="inner"), groups.height
    else:
        number, there, size = np.zeros(lanes.height, np.int64), tallied.with_columns(group=pl.lit(0)), 1
    at = there["group"].to_numpy().astype(np.int64) * (stretches + 1) + there["stretch"].to_numpy()
    arrived, left = (_summed(at, there[c].to_numpy(), (size + 1, stretches + 1)) for c in ("arrived", "left"))
    entering = np.cumsum((arrived + left)[:, ::-1], axis=1)[:, ::-1]
    return number, arrived[:, :-1], (entering - left / 2)[:, :-1]


def _summed(at: np.ndarray[tuple[int], np.dtype[np.int64]], values: Floats, shape: tuple[int, int]) -> Floats:
    return np.bincount(at, values, shape[0] * shape[1]).astype(float).reshape(shape)


def _widest(arrived: Floats, at_risk: Floats, width: Floats) -> Floats:
    """Hazards of the widest group, which has nothing to be shrunk to.

    At ages that hardly any parcel has reached yet, they go on arriving at the daily rate of the slowest tenth
    of the arrivals seen; taking them for lost would be saying what nobody has observed.
    """
    known = at_risk >= _TOO_FEW_AT_RISK
    hazard = np.divide(arrived, at_risk, out=np.zeros_like(arrived), where=known)
    reached = np.where(known, arrived, 0.0)
    late = known & (np.cumsum(reached, axis=1) > (1 - _LAST_ARRIVALS) * reached.sum(axis=1, keepdims=True))
    exposure = (np.where(late, at_risk, 0.0) * width).sum(axis=1)
    rate = np.divide(np.where(late, arrived, 0.0).sum(axis=1), exposure, out=np.zeros(len(arrived)), where=exposure > 0)
    oldest = np.where(known.any(axis=1), known.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1), -1)
    beyond = np.arange(known.shape[1]) > oldest[:, None]
    return np.where(beyond, -np.expm1(-rate[:, None] * width), np.minimum(hazard, 1.0))
