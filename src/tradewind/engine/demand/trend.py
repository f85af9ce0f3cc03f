"""Is a SKU picking up or fading, in all its markets together?

A pair that sells once a month shows its SKU's fading only when it is long over; all markets together show it in weeks.
What the SKU sold lately, season and events taken out, is set against what its pairs had sold at their slower speeds.
"""

from __future__ import annotations

import numpy as np

from tradewind.engine.demand.panel import Floats, Ints

MOST_USUAL_UNITS = 6.0
"""A week counts at most so many times what the series had usually sold until then: one huge order is no trend."""
PRIOR_UNITS = 3.0
"""Weight, in units, of the prior belief that a SKU has no trend."""


def capped_units(units: Floats, due: Floats) -> Floats:
    """Units (n, weeks) without what exceeds six usual weeks; `due` (n, weeks) is what a normal week counts as.

    What is usual follows from the weeks before each one, so that neither it nor later weeks change it.
    """
    usual = (np.cumsum(units, axis=1) - units + 0.5) / (np.cumsum(due, axis=1) - due + 1.0)
    return np.minimum(units, MOST_USUAL_UNITS * np.maximum(usual, 1.0))


def trend_features(units: Floats, due: Floats, skus: Ints) -> Floats:
    """Features (n, 4) from discounted sums (n, 3) of units and of weeks due: half-lives quick, long, for ever.

    Log of what each series' SKU sold over what its pairs' slower rates say, quick against long and long against for
    ever, near 0 where evidence is thin; then the same two where they are below 0, since a SKU that fades goes on
    fading while one that jumps mostly falls back.
    """
    ratios = []
    for quick, slow in ((0, 1), (1, 2)):
        expected = due[:, quick] * units[:, slow] / (due[:, slow] + 1.0)
        got, wanted = np.bincount(skus, units[:, quick]), np.bincount(skus, expected)
        ratios.append(np.log((got + PRIOR_UNITS) / (wanted + PRIOR_UNITS))[skus])
    return np.column_stack([*ratios, *(np.minimum(x, 0.0) for x in ratios)])
