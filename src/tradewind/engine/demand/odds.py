"""How far sales scatter around their mean: negative-binomial sizes pooled by demand class and horizon."""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from tradewind.engine.demand.panel import Floats, Ints

SIZES = np.exp(np.linspace(np.log(0.02), np.log(200.0), 40))


def best_size(mean: Floats, units: Floats, weight: Floats) -> float:
    """The size of SIZES under which `units` were likeliest, given their forecast `mean`; 1 without evidence."""
    if not len(mean):
        return 1.0
    return float(SIZES[np.argmax([(weight * log_odds(units, mean, size)).sum() for size in SIZES])])


def log_odds(units: Floats, mean: Floats, size: Floats | float) -> Floats:
    """log P(X = units) of the negative binomial with variance mean + mean^2 / size."""
    return (
        gammaln(units + size)
        - gammaln(size)
        - gammaln(units + 1)
        + size * np.log(size / (size + mean))
        + units * np.log(mean / (size + mean))
    )


def sizes_by_class(classes: Ints, mean: Floats, units: Floats, weight: Floats, count: int, prior: float) -> Floats:
    """A size per class; classes with little evidence lean on the size of all (`prior` observations' worth)."""
    everyone = np.log(best_size(mean, units, weight))
    out = np.empty(count)
    for c in range(count):
        here = classes == c
        own = np.log(best_size(mean[here], units[here], weight[here]))
        n = weight[here].sum()
        out[c] = np.exp((n * own + prior * everyone) / (n + prior))
    return out
