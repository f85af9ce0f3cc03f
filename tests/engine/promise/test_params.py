"""How sure a promise must be: both ends of every range."""

from __future__ import annotations

import pytest

from tradewind.core.errors import ParameterError
from tradewind.engine.promise.params import PromiseParams


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("on_time_odds", (0.5, 0.999), (0.499, 0.9991, 1.0)),
        ("reachable_odds", (0.5, 0.999), (0.499, 1.0)),
        ("min_parcels", (1, 2), (0,)),
        ("reachable_days", (1, 60), (0, 61)),
        ("longest_days", (1, 365), (0, 366)),
        ("late_costs_days", (None, 0.1, 5.0), (0, -1)),
    ],
)
def test_a_setting_is_taken_within_its_range_and_refused_by_name_outside(name, good, bad):
    for value in good:
        assert getattr(PromiseParams(**{name: value}), name) == value
    for value in bad:
        with pytest.raises(ParameterError, match=name):
            PromiseParams(**{name: value})


def test_the_usual_settings():
    assert PromiseParams() == PromiseParams(0.9, 30, 5, 0.9, 60, None)
