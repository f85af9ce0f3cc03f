"""What a planner may set about transit times: both ends of every range."""

from __future__ import annotations

import pytest

from tradewind.core.errors import ParameterError
from tradewind.engine.transit.params import TransitParams


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("half_life_days", (0.5, 1e4), (0, -1)),
        ("drift_half_life_days", (0.5,), (0,)),
        ("history_days", (0.5,), (0,)),
        ("pseudo_parcels", (0, 0.5), (-0.1,)),
        ("pseudo_arrivals", (1, 2), (0.9,)),
        ("overdispersion", (0, 0.5, 1), (-0.01, 1.01)),
        ("pseudo_months", (2.1,), (2, 1.9)),
        ("never_after_days", (7, 365), (6.9, 365.1)),
    ],
)
def test_a_setting_is_taken_within_its_range_and_refused_by_name_outside(name, good, bad):
    for value in good:
        assert getattr(TransitParams(**{name: value}), name) == value
    for value in bad:
        with pytest.raises(ParameterError, match=name):
            TransitParams(**{name: value})


def test_the_usual_settings():
    usual = TransitParams()
    assert (usual.half_life_days, usual.drift_half_life_days, usual.history_days) == (120.0, 14.0, 365.0)
    assert (usual.pseudo_parcels, usual.pseudo_arrivals, usual.pseudo_months) == (20.0, 50.0, 4.0)
    assert (usual.overdispersion, usual.never_after_days) == (0.2, 120.0)
