"""How a series sells, by the two limits of Syntetos, Boylan and Croston."""

from __future__ import annotations

import numpy as np
import pytest

from tradewind.engine.demand.classes import CLASSES, demand_class


@pytest.mark.parametrize(
    ("units", "seen", "said"),
    [
        ([3, 4, 3, 4, 3, 4, 3, 4], None, "smooth"),
        ([3, 0, 3, 4, 3, 4, 3, 4], None, "smooth"),  # 8 weeks / 7 = 1.14
        ([3, 0, 3, 0, 3, 4, 3, 4], None, "intermittent"),  # 8 weeks / 6 = 1.33
        ([3, 0, 3, 0, 3, 4, 3, 4], [1, 0, 1, 0, 1, 1, 1, 1], "smooth"),  # weeks not observed do not count
        ([1, 1, 1, 1, 1, 9], None, "erratic"),
        ([1, 0, 0, 1, 0, 9], None, "lumpy"),
        ([2, 3, 5, 8], None, "smooth"),  # variance 7 (of the sample), mean 4.5: 0.346
        ([1, 3, 5, 9], None, "erratic"),  # variance 11.67, mean 4.5: 0.576
        ([0, 0, 0, 7], None, "new"),
        ([0, 0, 7, 7], None, "intermittent"),
        ([0, 0, 0, 0], None, "new"),
    ],
)
def test_a_class_follows_from_how_often_and_how_evenly_it_sells(units, seen, said):
    exposure = np.ones(len(units)) if seen is None else np.array(seen, float)
    assert CLASSES[demand_class(np.array([units], float), exposure[None, :])[0]] == said
