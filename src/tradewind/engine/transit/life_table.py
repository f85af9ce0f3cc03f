"""Life tables: the share of parcels still on their way that arrive in the next stretch of hours.

Parcels in flight count for the ages they have lived through and for no more (right-censored), so that the
slow ones, which have not arrived yet, are not forgotten; ignoring them makes every young lane look fast.
Lost and returned parcels stay "not arrived" for good, which makes the last value of the table the odds
of arriving at all. With d arrivals and n at risk in a stretch (those leaving unseen counting half):

    h = d / n,   P(arrived by t) = 1 - prod (1 - h)      Kaplan and Meier 1958, actuarial form

A thin group is drawn to the wider one as if m parcels had travelled on it exactly as on the wider group:

    h = (d + m S h') / (n + m S),   h', S the wider group's hazard and share not arrived

which is the Dirichlet-process estimate of Susarla and Van Ryzin 1976; without censoring it is the mix
n/(n+m) own, m/(n+m) wider. Weights that halve every H days of creation date give the same hazards as
weighing every day a parcel was under way by that day's own age, so recent days speak of all ages.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.distribution import LEVELS, Distribution, Floats

_TOO_FEW_AT_RISK = 3.0
_LAST_ARRIVALS = 0.1


def age_edges(never_after_days: float) -> Floats:
    """Bounds of the stretches, in days: six hours when young, up to two days when old."""
    edges = np.concatenate(
        [np.arange(0, 10, 0.25), np.arange(10, 30, 0.5), np.arange(30, 60, 1.0), np.arange(60, 366, 2.0)]
    )
    return np.append(edges[edges < never_after_days - 1e-9], never_after_days)


def tally(trips: pl.DataFrame, by: Sequence[str], edges: Floats) -> pl.DataFrame:
    """Weights of arrivals and of leaving unseen per group and stretch.

    `trips` has `by`, `days`, `arrived` (Boolean) and `weight`. Returns `by`, stretch (index; the
    number of stretches means outlived them all), arrived, left.
    """
    stretch = np.searchsorted(edges, trips["days"].to_numpy(), side="right") - 1
    return (
        trips.with_columns(stretch=pl.Series(np.minimum(stretch, len(edges) - 1), dtype=pl.Int32))
        .group_by(*by, "stretch")
        .agg(
            pl.col("weight").filter(pl.col("arrived")).sum().alias("arrived"),
            pl.col("weight").filter(~pl.col("arrived")).sum().alias("left"),
        )
        .sort(*by, "stretch", nulls_last=True)
    )


def arrival_curves(
    tallied: pl.DataFrame, wanted: pl.DataFrame, levels: Sequence[Sequence[str]], edges: Floats, pseudo_parcels: float
) -> Floats:
    """P(arrived by each edge) for each row of `wanted`, shape (rows, edges).

    `levels` are the groups' columns from the widest to the narrowest, each drawn to the one before
    it. A row whose column is null at a level stays at the level before. All zero where there is nothing at all.
    """
    hazard, still = np.zeros((1, len(edges) - 1)), np.ones((1, len(edges) - 1))
    row = np.zeros(wanted.height, int)
    for depth, by in enumerate(levels):
        groups = (
            wanted.with_columns(wider=pl.Series(row, dtype=pl.Int64)).select(*by, "wider").unique(maintain_order=True)
        )
        groups = groups.filter(pl.all_horizontal(pl.col(c).is_not_null() for c in by)) if by else groups
        arrived, at_risk = _counts(tallied, groups.with_row_index("group"), by, len(edges) - 1)
        wider = groups["wider"].to_numpy()
        if depth == 0:
            new = _widest(arrived, at_risk, np.diff(edges))
        else:
            new = _shrunk(arrived, at_risk, hazard[wider], still[wider], pseudo_parcels)
        row = _rows_in(wanted, groups, by, row, len(hazard))
        hazard = np.vstack([hazard, new])
        still = np.vstack([still, _still_under_way(new)])
    arrived_by = 1.0 - np.cumprod(1.0 - hazard[row], axis=1)
    return np.concatenate([np.zeros((wanted.height, 1)), arrived_by], axis=1)


def laws(arrived_by: Floats, edges: Floats) -> Distribution:
    """The laws of kind "time" of arrival curves (rows, edges); rows that never arrive have only the atom."""
    ever = arrived_by[:, -1]
    share = arrived_by / np.where(ever > 0, ever, 1.0)[:, None]
    mass = np.diff(share, axis=1)
    mean = mass @ ((edges[1:] + edges[:-1]) / 2)
    quantiles = _inverse(share, edges, LEVELS)
    return Distribution.from_quantiles(mean, np.clip(1.0 - ever, 0.0, 1.0), quantiles, "time")


def at_age(arrived_by: Floats, edges: Floats, days: Floats) -> Floats:
    """P(arrived by `days`), one age per row, straight lines between edges."""
    days = np.clip(days, 0.0, edges[-1])
    i = np.clip(np.searchsorted(edges, days, side="right") - 1, 0, len(edges) - 2)
    rows = np.arange(len(arrived_by))
    a, b = arrived_by[rows, i], arrived_by[rows, i + 1]
    return a + (b - a) * (days - edges[i]) / (edges[i + 1] - edges[i])


def area_to(arrived_by: Floats, edges: Floats, days: Floats) -> Floats:
    """Integral of each curve from 0 to its row's `days`."""
    whole = np.concatenate(
        [
            np.zeros((len(arrived_by), 1)),
            np.cumsum((arrived_by[:, 1:] + arrived_by[:, :-1]) / 2 * np.diff(edges), axis=1),
        ],
        axis=1,
    )
    i = np.clip(np.searchsorted(edges, days, side="right") - 1, 0, len(edges) - 2)
    rows = np.arange(len(arrived_by))
    return whole[rows, i] + (arrived_by[rows, i] + at_age(arrived_by, edges, days)) / 2 * (days - edges[i])


def _counts(tallied: pl.DataFrame, groups: pl.DataFrame, by: Sequence[str], stretches: int) -> tuple[Floats, Floats]:
    """Arrivals and parcels at risk, (groups, stretches)."""
    if by:
        there = tallied.join(groups.select(*by, "group"), on=list(by), how="inner")
    else:
        there = tallied.with_columns(group=pl.lit(0))
    at = there["group"].to_numpy().astype(int) * (stretches + 1) + there["stretch"].to_numpy()
    size = groups.height * (stretches + 1)
    arrived, left = (
        np.bincount(at, there[c].to_numpy(), size).astype(float).reshape(groups.height, stretches + 1)
        for c in ("arrived", "left")
    )
    entering = np.cumsum((arrived + left)[:, ::-1], axis=1)[:, ::-1]
    return arrived[:, :-1], entering[:, :-1] - left[:, :-1] / 2


def _widest(arrived: Floats, at_risk: Floats, width: Floats) -> Floats:
    """Hazards without anything wider to lean on.

    At ages that hardly any parcel has reached yet, they go on arriving at the daily rate of the slowest tenth
    of the arrivals seen; taking them for lost would be saying what nobody has observed.
    """
    known = at_risk >= _TOO_FEW_AT_RISK
    hazard = np.divide(arrived, at_risk, out=np.zeros_like(arrived), where=known)
    reached = np.where(known, arrived, 0.0).sum(axis=1, keepdims=True)
    late = known & (np.cumsum(np.where(known, arrived, 0.0), axis=1) > (1 - _LAST_ARRIVALS) * reached)
    exposure = (np.where(late, at_risk, 0.0) * width).sum(axis=1)
    rate = np.divide(np.where(late, arrived, 0.0).sum(axis=1), exposure, out=np.zeros(len(arrived)), where=exposure > 0)
    oldest = np.where(known.any(axis=1), known.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1), -1)
    beyond = np.arange(known.shape[1]) > oldest[:, None]
    return np.where(beyond, -np.expm1(-rate[:, None] * width), np.minimum(hazard, 1.0))


def _shrunk(arrived: Floats, at_risk: Floats, wider_hazard: Floats, wider_still: Floats, pseudo: float) -> Floats:
    borrowed = pseudo * wider_still
    total = at_risk + borrowed
    hazard = np.divide(arrived + borrowed * wider_hazard, total, out=wider_hazard.copy(), where=total > 1e-9)
    return np.clip(hazard, 0.0, 1.0)


def _still_under_way(hazard: Floats) -> Floats:
    """Share not arrived at the beginning of each stretch."""
    after = np.cumprod(1.0 - hazard, axis=1)
    return np.concatenate([np.ones((len(hazard), 1)), after[:, :-1]], axis=1)


def _rows_in(
    wanted: pl.DataFrame, groups: pl.DataFrame, by: Sequence[str], row: npt.NDArray[np.int_], first: int
) -> npt.NDArray[np.int_]:
    """For each wanted row its group's row, or the row it had where it has no group on this level."""
    if not by:
        return np.full(wanted.height, first)
    numbered = groups.select(*by).with_row_index("group", offset=first)
    found = wanted.select(*by).join(numbered, on=list(by), how="left", maintain_order="left")["group"]
    return np.where(found.is_not_null().to_numpy(), found.fill_null(0).to_numpy().astype(int), row)


def _inverse(share: Floats, edges: Floats, at: Floats) -> Floats:
    """Ages at which rising curves (rows, edges) reach `at`, (rows, levels)."""
    out = np.empty((len(share), len(at)))
    rows = np.arange(len(share))
    for j, level in enumerate(at):
        i = np.clip((share < level).sum(axis=1), 1, len(edges) - 1)
        a, b = share[rows, i - 1], share[rows, i]
        part = np.divide(level - a, b - a, out=np.ones(len(share)), where=b > a)
        out[:, j] = edges[i - 1] + np.clip(part, 0.0, 1.0) * (edges[i] - edges[i - 1])
    return out
