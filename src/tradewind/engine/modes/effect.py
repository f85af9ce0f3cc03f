"""What a mode does to demand: a stated multiplier against the mode the SKU is sold in, with its own uncertainty.

    factor of a scenario = m(mode) / m(present) x exp(s z - s^2 / 2),   s^2 = ln(1 + spread^2)

with mean m(mode) / m(present). The present mode's factor is 1: its demand was observed. One z per mode and
scenario, the same for all SKUs: what is not known is the mode, not the SKU. (Lognormal with a given mean and
coefficient of variation; Johnson, Kotz and Balakrishnan 1994, ch. 14.)
"""

from __future__ import annotations

import math
import zlib
from datetime import date
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from tradewind.core.rules import Rules

Floats = npt.NDArray[np.float64]
MODES_WITH_EFFECT = ("semi_stocked", "semi_jit", "pop", "overseas", "full", "own")


def demand_factors(rules: Rules, on: date, scenarios: int, *, seed: int = 0) -> dict[str, Floats]:
    """For each mode its multiplier against POP, scenario by scenario (mean over scenarios: the stated one)."""
    cv = rules.value("mode_demand.spread", on=on)
    s = math.sqrt(math.log1p(cv**2))
    normal = NormalDist()
    grid = np.array([normal.inv_cdf((i + 0.5) / scenarios) for i in range(scenarios)])
    out = {}
    for mode in MODES_WITH_EFFECT:
        rng = np.random.default_rng([seed, zlib.crc32(mode.encode())])
        noise = np.exp(s * rng.permutation(grid))
        out[mode] = rules.value(f"mode_demand.{mode}", on=on) * noise / noise.mean()
    return out


def multipliers(rules: Rules, on: date) -> dict[str, float]:
    """The stated multipliers themselves."""
    return {mode: rules.value(f"mode_demand.{mode}", on=on) for mode in MODES_WITH_EFFECT}
