"""What may be set about a cash calendar: both ends of every range."""

from __future__ import annotations

import pytest

from tradewind.core.errors import ParameterError
from tradewind.engine.cash import CashParams


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("weeks", (1,), (0,)),
        ("scenarios", (10,), (9,)),
        ("min_payouts", (1,), (0,)),
        ("fx_spread", (0, 0.999), (-0.01, 1)),
    ],
)
def test_a_setting_is_taken_within_its_range_and_refused_by_name_outside(name, good, bad):
    for value in good:
        assert getattr(CashParams(**{name: value}), name) == value
    for value in bad:
        with pytest.raises(ParameterError, match=name):
            CashParams(**{name: value})


def test_the_usual_settings():
    assert CashParams() == CashParams(weeks=13, scenarios=200, seed=0, fx_spread=0.005, min_payouts=30)
