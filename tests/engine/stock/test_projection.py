"""Stock along a path, with sales lost and not kept."""

from __future__ import annotations

import numpy as np
import pytest

from tradewind.engine.stock.projection import Supply, project


def one_path(demand: list[float], supply: list[int], arrival: int, cover: int, **more: float):
    return project(
        np.array([demand], np.float32)[:, :, None],
        np.array([0]),
        np.array([0, 1]),
        Supply(np.array([supply]), np.array([arrival])),
        cover=cover,
        **more,
    )


def test_sales_lost_before_the_arrival_do_not_come_back():
    seen = one_path([3, 3, 3, 3], [4, 0, 0, 0], arrival=2, cover=2)
    assert seen.need[0, :, 0].tolist() == [3, 6]  # 2 were lost in week 1, nobody waits for them
    assert seen.stock_units[0].tolist() == [4, 1, 0, 0]
    assert seen.lost_odds[0].tolist() == [0, 1, 1, 1]


def test_goods_that_come_later_sell_before_an_order_is_needed():
    seen = one_path([1, 1, 1, 1, 1], [1, 0, 0, 2, 0], arrival=1, cover=4)
    assert seen.need[0, :, 0].tolist() == [1, 2, 2, 2]  # weeks 1 and 2 are short, 3 and 4 are served
    assert seen.lost_odds[0].tolist() == [0, 1, 1, 1, 1]
    assert seen.stock_units[0].tolist() == [1, 0, 0, 2, 1]


def test_need_is_what_extra_units_would_have_sold_simulated_week_by_week():
    rng = np.random.default_rng(0)
    demand, supply = rng.poisson(2.0, 10), rng.poisson(1.2, 10)
    arrival, cover = 3, 5

    def sold(extra: int) -> list[float]:
        left, total, out = 0, 0, []
        for week in range(10):
            left += supply[week] + extra * (week == arrival)
            now = min(left, demand[week])
            left, total = left - now, total + now
            out.append(total)
        return out

    seen = one_path(demand.tolist(), supply.tolist(), arrival=arrival, cover=cover)
    for extra in range(15):
        more = [a - b for a, b in zip(sold(extra), sold(0), strict=True)][arrival : arrival + cover]
        assert np.minimum(seen.need[0, :, 0], extra).tolist() == more


def test_only_the_share_of_the_first_week_that_is_to_come_is_demanded():
    seen = one_path([7, 7], [3, 0], arrival=0, cover=1, first_week_share=3 / 7)
    assert seen.demand_units[0].tolist() == pytest.approx([3, 7])
    assert seen.need[0, 0, 0] == pytest.approx(0)


def test_past_the_last_week_a_path_repeats_its_last_weeks():
    seen = one_path([1, 2, 9], [0, 0, 0], arrival=1, cover=4)
    assert seen.need[0, :, 0].tolist() == [2, 11, 13, 22]  # 2, 9, then 2, 9 again


def test_demand_of_all_markets_a_node_serves_is_pooled_path_by_path():
    draws = np.array([[[1, 5]], [[10, 0]]], np.float32)
    seen = project(draws, np.array([0, 1]), np.array([0, 2]), Supply(np.array([[0]]), np.array([0])), cover=1)
    assert seen.need[0, 0].tolist() == [5, 11]
