"""Weather and voyages: what slows all parcels of a week or of a departure alike, and nobody sees coming.

Storms close in on a market's last mile for a week, typhoons on the ports of China in summer; each flight or vessel of
the economy lines has a voyage of its own length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradewind.data.simulated.randomness import Floats, Ints, stream
from tradewind.data.simulated.scales import FUTURE_WEEKS, Scale

STORM, TYPHOON = 1.6, 1.7
"""Multiples of the legs a storm (last mile) or typhoon (from collection to departure) slows."""

VOYAGE_SD = 0.15
"""Log standard deviation of a voyage's length, shared by all on board."""

_WINTER, _SUMMER = 3, 33


@dataclass(frozen=True)
class Weather:
    """Multiples by week, the future too: `origin` (weeks,), `market` (weeks, M); `voyage` (days, M) by departure."""

    origin: Floats
    market: Floats
    voyage: Floats


def weather(scale: Scale, seed: int) -> Weather:
    """Draw the weather of the history and of the weeks after."""
    weeks, markets = scale.weeks + FUTURE_WEEKS, len(scale.markets)
    rng = stream(seed, "weather")
    origin = np.where(rng.random(weeks) < typhoon_odds(scale, np.arange(weeks)), TYPHOON, 1.0)
    odds = storm_odds(scale, np.arange(weeks))[:, None]
    market = np.where(rng.random((weeks, markets)) < odds, STORM, 1.0)
    return Weather(origin, market, voyages(rng, (weeks * 7 + 200, markets)))


def storm_odds(scale: Scale, week: Ints) -> Floats:
    """Odds of a week of storms in a market, highest in winter."""
    odds: Floats = 0.02 + 0.07 * _near(scale, week, _WINTER)
    return odds


def typhoon_odds(scale: Scale, week: Ints) -> Floats:
    """Odds of a week of typhoons at the ports, highest in August."""
    odds: Floats = 0.01 + 0.11 * _near(scale, week, _SUMMER)
    return odds


def voyages(rng: np.random.Generator, shape: int | tuple[int, ...]) -> Floats:
    """Lengths of voyages over the usual, mean 1."""
    out: Floats = rng.lognormal(-(VOYAGE_SD**2) / 2, VOYAGE_SD, shape)
    return out


def _near(scale: Scale, week: Ints, top: int) -> Floats:
    """1 in week `top` of the year, 0 half a year from it."""
    turn = 2.0 * np.pi * (scale.first_week.isocalendar().week + week.astype(np.float64) - top) / 52.18
    near: Floats = (0.5 + 0.5 * np.cos(turn)) ** 3
    return near
