"""What a mode does to demand: the stated multiplier, and how unsure it is."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tradewind.data.rules import load_rules
from tradewind.engine.modes.effect import demand_factors, multipliers

RULES = load_rules().with_value("mode_demand.spread", 0.3).with_value("mode_demand.semi_jit", 1.5)
DAY = date(2026, 11, 20)


def test_the_factors_of_a_mode_have_its_mean_and_spread():
    drawn = demand_factors(RULES, DAY, 2000, seed=1)["semi_jit"]
    assert drawn.mean() == pytest.approx(1.5, rel=1e-6)
    assert drawn.std() / drawn.mean() == pytest.approx(0.3, rel=0.02)
    assert drawn.min() > 0


def test_each_mode_and_each_seed_has_scenarios_of_its_own():
    drawn, other = demand_factors(RULES, DAY, 100, seed=1), demand_factors(RULES, DAY, 100, seed=2)
    assert abs(np.corrcoef(drawn["pop"], drawn["own"])[0, 1]) < 0.4
    assert not np.array_equal(drawn["pop"], other["pop"])
    assert sorted(drawn["pop"]) == pytest.approx(sorted(other["pop"]))
    assert drawn.keys() == multipliers(RULES, DAY).keys()


def test_without_any_doubt_each_scenario_has_the_stated_multiplier():
    drawn = demand_factors(RULES.with_value("mode_demand.spread", 0.0), DAY, 5)
    assert drawn["semi_jit"].tolist() == pytest.approx([1.5] * 5)
    assert multipliers(RULES, DAY)["semi_jit"] == 1.5
