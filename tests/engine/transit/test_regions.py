"""Regions stretch their node's times."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from tradewind.engine.transit.life_table import age_edges, ages_at, arrived_by
from tradewind.engine.transit.regions import region_factors, stretched

EDGES = age_edges(60.0)
LANES = pl.DataFrame({"service": "post", "node": ["YW", "MAD"], "market": "ES", "region": ["S", "S"]})
HAZARD = np.vstack([np.full(len(EDGES) - 1, 0.06), np.full(len(EDGES) - 1, 0.12)])


def factors(stretch: float) -> pl.DataFrame:
    return pl.DataFrame({"service": ["post"], "market": ["ES"], "region": ["S"], "stretch": [stretch]})


def medians(hazard: np.ndarray) -> np.ndarray:
    curves = arrived_by(hazard)
    return ages_at(curves / curves[:, -1:], EDGES, np.array([0.5]))[:, 0]


def test_every_nodes_parcels_take_so_much_longer():
    slow = stretched(HAZARD, LANES, factors(1.5), EDGES)
    assert medians(slow) == pytest.approx(1.5 * medians(HAZARD), rel=0.03)


def test_distance_loses_no_parcels():
    slow = stretched(HAZARD, LANES, factors(2.0), EDGES)
    assert arrived_by(slow)[:, -1] == pytest.approx(arrived_by(HAZARD)[:, -1])


def test_a_region_nobody_knows_is_like_the_others():
    assert stretched(HAZARD, LANES.with_columns(region=pl.lit("new")), factors(2.0), EDGES) == pytest.approx(HAZARD)


def test_a_region_whose_parcels_take_what_its_nodes_lead_to_expect_has_factor_one():
    """300 parcels that arrive as the table of their node says, and none: the factor is 1 either way."""
    alive = np.concatenate([[1.0], np.cumprod(1 - HAZARD[0])])
    lane_tally = pl.DataFrame(
        {"stretch": np.arange(len(EDGES)), "arrived": np.append(300 * -np.diff(alive), 0.0), "left": 0.0}
    ).with_columns(service=pl.lit("post"), node=pl.lit("YW"), market=pl.lit("ES"), region=pl.lit("S"))
    lanes, hazard = LANES.head(1), HAZARD[:1]
    assert region_factors(lane_tally, lanes, hazard, EDGES, 20.0)["stretch"][0] == pytest.approx(1.0, abs=0.02)
    elsewhere = lane_tally.with_columns(region=pl.lit("N"))
    both = pl.concat([lane_tally, elsewhere])
    assert region_factors(both, lanes, hazard, EDGES, 1e9)["stretch"][0] == pytest.approx(1.0)
