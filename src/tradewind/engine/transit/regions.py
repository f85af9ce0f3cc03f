"""How much longer parcels to a region take than their nodes' parcels into the market on the whole.

A region is far from every node, so its factor is estimated over all of them: the region's own life table against the
mix of its nodes' tables, weighted by the parcels each sends there. The factor c is the geometric mean
of the ratios of their quartiles, given arrival, and a lane of that region starts out as its node's table with
time stretched by it, P(arrived by t) = F(t / c): an accelerated failure time model. Thin regions are shrunk to
the mix, hence to c = 1, by the same count of pseudo parcels as everything else.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from tradewind.core.distribution import Floats
from tradewind.engine.transit.life_table import ages_at, arrived_by, hazard_of, shrunk_to

REGION: Final = ["service", "market", "region"]
_QUARTILES = np.array([0.25, 0.5, 0.75])
_SHORTEST_DAYS = 1e-3


def region_factors(
    lane_tally: pl.DataFrame, lanes: pl.DataFrame, node_hazard: Floats, edges: Floats, pseudo_parcels: float
) -> pl.DataFrame:
    """REGION and `stretch`, the factor on time, for every region of `lanes` (one row each; `node_hazard` theirs).

    `lane_tally` is the tally of trips by lane.
    """
    weights = lane_tally.group_by("service", "node", *REGION[1:]).agg(weight=(pl.col("arrived") + pl.col("left")).sum())
    weighed = lanes.join(weights, on=["service", "node", *REGION[1:]], how="left", maintain_order="left")
    regions = lanes.select(REGION).unique().sort(REGION).with_row_index("number")
    number = lanes.join(regions, on=REGION, how="left", maintain_order="left")["number"].to_numpy()
    weight = weighed["weight"].fill_null(0.0).to_numpy()
    mixed = np.zeros((regions.height, len(edges)))
    np.add.at(mixed, number, arrived_by(node_hazard) * weight[:, None])
    mixed /= np.maximum(np.bincount(number, weight, regions.height), 1e-12)[:, None]
    expected = hazard_of(mixed)
    own = arrived_by(shrunk_to(expected, lane_tally, regions, REGION, pseudo_parcels))
    ratio = np.log(_quartiles(own, edges) / _quartiles(mixed, edges))
    return regions.select(REGION).with_columns(stretch=pl.Series(np.exp(ratio.mean(axis=1))))


def stretched(hazard: Floats, lanes: pl.DataFrame, factors: pl.DataFrame, edges: Floats) -> Floats:
    """Hazards of `lanes` with time stretched by their region's factor; the odds of ever arriving stay."""
    if not factors.height or not lanes.height:
        return hazard
    known = lanes.select(REGION).join(factors, on=REGION, how="left", maintain_order="left")["stretch"]
    factor = known.fill_null(1.0).to_numpy()
    moved = np.flatnonzero(factor != 1.0)
    curves = arrived_by(hazard[moved])
    at = np.minimum(edges / factor[moved, None], edges[-1])
    i = np.clip(np.searchsorted(edges, at, side="right") - 1, 0, len(edges) - 2)
    a, b = np.take_along_axis(curves, i, 1), np.take_along_axis(curves, i + 1, 1)
    slower = a + (b - a) * (at - edges[i]) / (edges[i + 1] - edges[i])
    slower *= curves[:, -1:] / np.where(slower[:, -1:] > 0, slower[:, -1:], 1.0)
    out = hazard.copy()
    out[moved] = hazard_of(slower)
    return out


def _quartiles(curves: Floats, edges: Floats) -> Floats:
    share = curves / np.where(curves[:, -1:] > 0, curves[:, -1:], 1.0)
    return np.maximum(ages_at(share, edges, _QUARTILES), _SHORTEST_DAYS)
