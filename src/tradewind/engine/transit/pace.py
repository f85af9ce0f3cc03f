"""How much faster or slower parcels have been arriving lately than the long-run life tables expect.

What is known of a lane's own habits needs months of parcels; congestion, strikes and peaks move whole
services within days. So the life tables remember long and the pace forgets fast: in each band of ages, the
arrivals of recent days against those expected from the parcels then under way, in flight ones included:

    r = (observed + k r') / (expected + k),   hazard given arrival now: 1 - (1 - g)^r

r' the pace of the wider group (all services: 1), k `pseudo_arrivals`. A parcel-day counts half when it lies
`pace_half_life_days` back. This is the period life table of demography, as a correction (indirect
standardisation). Bands are by the share of parcels that have usually arrived, so that an express and a
sea line are cut alike.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from tradewind.core.distribution import Floats
from tradewind.engine.transit.life_table import arrived_by, counts

_BANDS = np.array([0.0, 0.25, 0.5, 0.75])
_MOSTLY_LOST = 0.9
_PAIR = ("service", "node", "market")
_LEVELS: Sequence[tuple[str, ...]] = ((), ("service",), ("service", "market"), _PAIR)
_LONGEST_HALF_LIVES = 40.0
_GONE = 1e-12


def observe_pace(
    recent: pl.DataFrame, lanes: pl.DataFrame, hazard: Floats, edges: Floats, half_life_days: float
) -> pl.DataFrame:
    """Arrivals of recent days beside those expected: service, node, market, band, observed, expected.

    `recent` is the tally by `lane` with creation weights of that half-life; `lanes` has `lane` and the lane's columns,
    `hazard` their long-run tables.
    """
    group, arrived, at_risk = counts(recent, lanes, ("lane",), len(edges) - 1)
    telling = _share(hazard) < _MOSTLY_LOST
    # Weights fall with a parcel's creation date; the day it reached an age lies that age later.
    at_that_age = 2.0 ** np.minimum(edges[:-1] / half_life_days, _LONGEST_HALF_LIVES)
    expected = at_risk[group] * at_that_age * hazard
    observed = arrived[group] * at_that_age
    band = _band(hazard)
    parts = [
        lanes.select(_PAIR).with_columns(
            pl.lit(number, pl.Int32).alias("band"),
            pl.Series("observed", np.where(telling & (band == number), observed, 0.0).sum(axis=1)),
            pl.Series("expected", np.where(telling & (band == number), expected, 0.0).sum(axis=1)),
        )
        for number in range(len(_BANDS))
    ]
    return pl.concat(parts)


def at_pace(hazard: Floats, lanes: pl.DataFrame, paces: pl.DataFrame, pseudo_arrivals: float) -> Floats:
    """P(arrived by each edge) of `lanes`, one row each: long-run hazards at the pace of late.

    Congestion delays parcels, it does not lose them: the pace acts on the hazards given arrival, and the odds of
    ever arriving stay those of the long run.
    """
    usual = arrived_by(hazard)
    if not lanes.height or not paces.height:
        return usual
    pace = np.ones((lanes.height, len(_BANDS)))
    for by in _LEVELS:
        observed, expected = _totals(paces, lanes, by)
        pace = (observed + pseudo_arrivals * pace) / (expected + pseudo_arrivals)
    ever = np.where(usual[:, -1:] > 0, usual[:, -1:], 1.0)
    waiting = 1.0 - usual / ever
    given_arrival = np.divide(
        -np.diff(waiting), waiting[:, :-1], out=np.zeros_like(hazard), where=waiting[:, :-1] > _GONE
    )
    hastened = (1.0 - np.clip(given_arrival, 0.0, 1.0)) ** np.take_along_axis(pace, _band(hazard), axis=1)
    return arrived_by(1.0 - hastened) * usual[:, -1:]


def _totals(paces: pl.DataFrame, lanes: pl.DataFrame, by: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Observed and expected arrivals of each lane's group, (lanes, bands); zero for groups never seen."""
    if by:
        groups = lanes.select(by).unique(maintain_order=True).with_row_index("group")
        group = lanes.select(by).join(groups, on=list(by), how="left", maintain_order="left")["group"].to_numpy()
        there = paces.join(groups, on=list(by), how="inner", maintain_order="left")
    else:
        group, there = np.zeros(lanes.height, np.int64), paces.with_columns(group=pl.lit(0))
    at = there["group"].to_numpy().astype(np.int64) * len(_BANDS) + there["band"].to_numpy()
    size = (int(group.max()) + 1) * len(_BANDS)
    observed, expected = (
        np.bincount(at, there[c].to_numpy(), size).astype(float).reshape(-1, len(_BANDS))[group]
        for c in ("observed", "expected")
    )
    return observed, expected


def _band(hazard: Floats) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.asarray(np.searchsorted(_BANDS, _share(hazard), side="right") - 1, np.int64)


def _share(hazard: Floats) -> Floats:
    """Of the parcels that ever arrive, the share arrived before each stretch."""
    curves = arrived_by(hazard)
    return curves[:, :-1] / np.where(curves[:, -1:] > 0, curves[:, -1:], 1.0)
