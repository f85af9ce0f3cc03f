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


def test_a_region_of_slower_parcels_stretches_and_more_so_the_more_there_are():
    """Parcels that arrive as the node's table says at half the speed: 300 of them, and 20."""
    alive = np.concatenate([[1.0], np.cumprod(1 - HAZARD[0] / 2)])
    tally = pl.DataFrame(
        {"stretch": np.arange(len(EDGES)), "arrived": np.append(-np.diff(alive), 0.0), "left": 0.0}
    ).with_columns(service=pl.lit("post"), node=pl.lit("YW"), market=pl.lit("ES"), region=pl.lit("S"))
    found = [
        region_factors(tally.with_columns(pl.col("arrived") * n), LANES.head(1), HAZARD[:1], EDGES, 20.0)["stretch"][0]
        for n in (20, 300)
    ]
    assert 1.2 < found[0] < found[1] < 2.1


def test_a_regions_expected_times_are_those_of_the_nodes_that_send_most():
    """All parcels come from the quick node: its table alone is what they are held against."""
    alive = np.concatenate([[1.0], np.cumprod(1 - HAZARD[1])])
    quick = pl.DataFrame(
        {"stretch": np.arange(len(EDGES)), "arrived": np.append(300 * -np.diff(alive), 0.0), "left": 0.0}
    ).with_columns(service=pl.lit("post"), node=pl.lit("MAD"), market=pl.lit("ES"), region=pl.lit("S"))
    found = region_factors(quick, LANES, HAZARD, EDGES, 20.0)
    assert found.rows() == [("post", "ES", "S", pytest.approx(1.0, abs=0.02))]


def test_a_region_without_parcels_has_factor_one():
    nothing = pl.DataFrame(
        {
            "service": ["post"],
            "node": ["YW"],
            "market": ["ES"],
            "region": ["N"],
            "stretch": [0],
            "arrived": [5.0],
            "left": [0.0],
        }
    )
    assert region_factors(nothing, LANES, HAZARD, EDGES, 20.0)["stretch"].to_list() == [pytest.approx(1.0)]
