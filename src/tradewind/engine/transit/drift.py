"""Drift: how much faster or slower parcels have been arriving lately than the long-run life tables expect.

A lane's life table needs months of parcels; congestion, strikes and peaks move whole services within days. So the
life tables have a long half-life and the drift a short one: the arrivals of recent days against those expected from
the parcels then under way, in flight ones included:

    r = (observed + k r') / (expected + k),   hazard given arrival: 1 - (1 - g)^r

r' the drift of the wider group (all services: 1), k `pseudo_arrivals`; indirect standardisation, as in comparing
mortality between years. One drift holds for all ages: congestion shows in young parcels first, and those
that will be slow are not old yet.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from tradewind.core.distribution import Floats
from tradewind.engine.transit.life_table import arrived_by, counts, hazard_of

_LEVELS: Sequence[tuple[str, ...]] = ((), ("service",), ("service", "market"), ("service", "node", "market"))
MOSTLY_LOST = 0.9
"""Once this share of those that ever arrive has arrived, most that are still under way are lost."""
_LONGEST_HALF_LIVES = 40.0


def observed_drift(
    recent: pl.DataFrame, lanes: pl.DataFrame, hazard: Floats, edges: Floats, half_life_days: float
) -> pl.DataFrame:
    """Arrivals of recent days beside those expected: service, node, market, region, observed, expected.

    `recent` is the tally by `lane` with creation weights that halve every `half_life_days`: a parcel-day then counts
    half when it lies that far back. `lanes` has `lane` and its columns, `hazard` their long-run tables. The last
    tenth of the arrivals says nothing of drift: most parcels of that age are lost.
    """
    group, arrived, at_risk = counts(recent, lanes, ("lane",), len(edges) - 1)
    # Weights fall with a parcel's creation date; the day it reached an age lies that age later.
    later = np.minimum(edges[:-1] / half_life_days, _LONGEST_HALF_LIVES)
    usable = np.where(_share(hazard) < MOSTLY_LOST, 2.0**later, 0.0)
    return lanes.drop("lane").with_columns(
        pl.Series("observed", (arrived[group] * usable).sum(axis=1)),
        pl.Series("expected", (at_risk[group] * hazard * usable).sum(axis=1)),
    )


def with_drift(hazard: Floats, lanes: pl.DataFrame, drift: pl.DataFrame, pseudo_arrivals: float) -> Floats:
    """The hazards of `lanes`, one row each, with recent drift.

    Congestion delays parcels, it does not lose them: drift acts on the hazards given arrival, and the odds of
    ever arriving stay.
    """
    if not lanes.height or not drift.height:
        return hazard
    ratio = np.ones(lanes.height)
    for by in _LEVELS:
        observed, expected = _totals(drift, lanes, by)
        ratio = (observed + pseudo_arrivals * ratio) / (expected + pseudo_arrivals)
    usual = arrived_by(hazard)
    ever = usual[:, -1:]
    given_arrival = hazard_of(usual / np.where(ever > 0, ever, 1.0))
    return hazard_of(arrived_by(1.0 - (1.0 - given_arrival) ** ratio[:, None]) * ever)


def _totals(drift: pl.DataFrame, lanes: pl.DataFrame, by: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Observed and expected arrivals of each lane's group; zero where there is none."""
    if by:
        groups = lanes.select(by).unique(maintain_order=True).with_row_index("group")
        number = lanes.select(by).join(groups, on=list(by), how="left", maintain_order="left")["group"].to_numpy()
        there = drift.join(groups, on=list(by), how="inner", maintain_order="left")
    else:
        number, there = np.zeros(lanes.height, np.int64), drift.with_columns(group=pl.lit(0))
    at, size = there["group"].to_numpy(), int(number.max()) + 1
    observed, expected = (
        np.bincount(at, there[c].to_numpy(), size).astype(float)[number] for c in ("observed", "expected")
    )
    return observed, expected


def _share(hazard: Floats) -> Floats:
    """Of the parcels that ever arrive, the share arrived before each stretch."""
    curves = arrived_by(hazard)
    return curves[:, :-1] / np.where(curves[:, -1:] > 0, curves[:, -1:], 1.0)
