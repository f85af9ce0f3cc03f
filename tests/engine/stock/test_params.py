"""Assumptions of the stock plan: both ends of every range."""

from __future__ import annotations

import pytest

from tradewind.core.errors import ParameterError
from tradewind.engine.stock import StockParams


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("review_weeks", (1, 12), (0,)),
        ("cover_weeks", (2,), (1, 0)),
        ("capital_rate_per_year", (0, 0.5), (-0.01,)),
        ("salvage_share", (0, 1), (-0.01, 1.01)),
        ("lead_time_days_if_unknown", (None, 0, 9), (-1,)),
        ("gap_goal", (1e-9,), (0,)),
        ("price_rounds", (1,), (0,)),
    ],
)
def test_an_assumption_is_taken_within_its_range_and_refused_by_name_outside(name, good, bad):
    for value in good:
        assert getattr(StockParams(**{name: value}), name) == value
    for value in bad:
        with pytest.raises(ParameterError, match=name):
            StockParams(**{name: value})


def test_the_usual_assumptions():
    assert StockParams() == StockParams(1, 13, 0.12, 0.5, None, "CN", 1e-3, 80)
