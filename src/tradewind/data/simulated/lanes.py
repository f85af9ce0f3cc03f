"""How parcels travel in the generated world: services with their freight cards, and the law of each leg.

A parcel's way is a chain of legs. Each takes lognormal days (customs: gamma) around a median by service,
market and kind of node, longer under congestion, which all parcels of a market's week share. Flights of the
economy line leave on Tuesdays and Fridays, sellers hand nothing over and carriers deliver nothing on Sundays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.simulated.goods import JIT, OVERSEAS, POP
from tradewind.data.simulated.markets import MARKETS, NODES
from tradewind.data.simulated.occasions import daily_lift
from tradewind.data.simulated.randomness import Floats, Ints
from tradewind.data.simulated.scales import FUTURE_WEEKS, Scale
from tradewind.data.simulated.world import World

LEGS = (
    "handed_over", "collected", "received_at_hub", "export_cleared", "departed",
    "arrived", "import_cleared", "out_for_delivery", "delivered",
)  # fmt: skip
"""Milestones in the order a parcel passes them; local parcels know only the first two and the last two."""

LOCAL_LEGS = (0, 1, 7, 8)


class Service(NamedTuple):
    """`legs`: median days of each leg to ES; freight in CNY (local: the node's currency); `promise` share on time
    the platform's date is set for in calm weeks.
    """

    name: str
    service_class: str
    carrier: str
    freight_per_kg: float
    freight_per_parcel: float
    divisor: float
    max_weight_g: float
    lost: float
    legs: tuple[float, ...]
    promise: float


_ECONOMY_DAYS = (0.0, 0.3, 1.2, 0.8, 1.0, 7.0, 1.5, 3.6, 0.7)
_STANDARD_DAYS = (0.0, 0.25, 0.8, 0.5, 0.8, 2.4, 1.0, 2.4, 0.5)
_EXPRESS_DAYS = (0.0, 0.15, 0.35, 0.25, 0.4, 1.0, 0.35, 0.8, 0.25)
_LOCAL_DAYS = (0.0, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 1.6, 0.4)
SERVICES = (
    Service("economy-line", "economy", "Silk Post", 44.0, 7.0, 8000, 2000, 0.013, _ECONOMY_DAYS, 0.92),
    Service("standard-line", "standard", "Silk Post", 56.0, 12.0, 8000, 20000, 0.005, _STANDARD_DAYS, 0.93),
    Service("express-line", "express", "Falcon Air", 88.0, 26.0, 5000, 30000, 0.002, _EXPRESS_DAYS, 0.93),
    Service("local-parcel", "standard", "Casa Parcel", 1.4, 3.6, 6000, 20000, 0.002, _LOCAL_DAYS, 0.94),
)
LOCAL = 3

_HAND_OVER_DAYS = {"seller": 1.1, "preferred": 0.45, "origin": 0.5, "overseas": 0.4}
_JIT_EXTRA_DAYS = 0.8
_SPREAD = np.array([0.45, 0.4, 0.35, 0.5, 0.4, 0.28, 0.0, 0.45, 0.5])
_CUSTOMS_SHAPE = 1.6
_CONGESTED = np.array([0.3, 0.5, 0.6, 0.6, 0.8, 0.8, 1.0, 1.0, 0.5])
_CONGESTION_SD, _CONGESTION_KEPT = 0.08, 0.6
_CONSOLIDATED = 0.93
_SUNDAY = 6


def services_table(scale: Scale) -> pl.DataFrame:
    """The services table: every service from every node to every market it can reach."""
    rows = []
    for node, market, number in lanes(scale):
        spec, home = SERVICES[number], NODES[scale.nodes[node]]
        per_kg, per_parcel = freight_card(scale, number, node, market)
        rows.append(
            (spec.name, home.name, scale.markets[market], spec.carrier, spec.service_class, per_kg, per_parcel,
             home.currency, spec.divisor, spec.max_weight_g, None)
        )  # fmt: skip
    schema = TABLES["services"].empty().schema
    return pl.DataFrame(rows, schema=schema, orient="row").sort("service", "node", "market")


def lanes(scale: Scale) -> list[tuple[int, int, int]]:
    """(node, market, service) indices of every lane there is."""
    out = []
    for i, name in enumerate(scale.nodes):
        abroad = NODES[name].kind == "overseas"
        for j, market in enumerate(scale.markets):
            if not abroad:
                out += [(i, j, number) for number in range(LOCAL)]
            elif market in NODES[name].serves:
                out.append((i, j, LOCAL))
    return out


def freight_card(scale: Scale, service: int, node: int, market: int) -> tuple[float, float]:
    """Freight per kg and per parcel in the node's currency; warehouses consolidate."""
    spec, home, to = SERVICES[service], NODES[scale.nodes[node]], MARKETS[scale.markets[market]]
    if home.kind == "overseas":
        factor = 1.0 if home.market == to.code else 1.5
    else:
        factor = to.freight * (1.0 if home.kind == "seller" else _CONSOLIDATED)
    return round(spec.freight_per_kg * factor, 2), round(spec.freight_per_parcel * factor, 2)


def choose_services(mode: Ints, weight_g: Floats, rng: np.random.Generator) -> Ints:
    """The service each parcel takes, by mode; what is too heavy for economy goes standard."""
    coin = rng.random(len(mode))
    managed = np.where(coin < 0.18, 2, 1)
    own = np.where((coin < 0.62) & (weight_g <= SERVICES[0].max_weight_g), 0, 1)
    return np.where(mode == OVERSEAS, LOCAL, np.where(mode == POP, own, managed))


def congestion(world: World) -> tuple[Floats, Floats]:
    """Multiples of leg times by week of sending, (weeks + 26, M): what the calendar makes likely, and what happened.

    Congestion follows the visits of this and the last two weeks; the rest is an AR(1) shock no one sees coming.
    """
    scale = world.scale
    weeks = scale.weeks + FUTURE_WEEKS
    lift = daily_lift(world.listed, scale.first_week, weeks * 7, scale.markets).reshape(weeks, 7, -1).mean(axis=1)
    earlier = [np.concatenate([np.ones((k, lift.shape[1])), lift[: weeks - k]]) for k in (0, 1, 2)]
    load = 0.3 * earlier[0] + 0.45 * earlier[1] + 0.25 * earlier[2]
    expected = 1.0 + 0.32 * np.maximum(load - 1.0, 0.0)
    z = world.stream("congestion").normal(size=expected.shape)
    for week in range(1, weeks):
        z[week] = _CONGESTION_KEPT * z[week - 1] + np.sqrt(1 - _CONGESTION_KEPT**2) * z[week]
    return expected, expected * np.exp(_CONGESTION_SD * z - _CONGESTION_SD**2 / 2)


def congestion_shock(size: int, rng: np.random.Generator) -> Floats:
    """Draws of the unforeseen part of congestion in the long run."""
    out: Floats = rng.lognormal(-(_CONGESTION_SD**2) / 2, _CONGESTION_SD, size)
    return out


@dataclass(frozen=True)
class Shipments:
    """One entry per parcel: indices of node, market, service and mode, the day it was made, counted from the first
    Monday (NaN: never), and the congestion it meets.
    """

    node: Ints
    market: Ints
    service: Ints
    mode: Ints
    created_day: Floats
    congested: Floats


def travel(scale: Scale, parcels: Shipments, rng: np.random.Generator) -> Floats:
    """Day each milestone is reached, (parcels, 9), counted from the first Monday; NaN: not passed.

    Whether the parcel is lost is not asked here.
    """
    median = _medians(scale, parcels)
    n = len(median)
    days = median * np.exp(_SPREAD * rng.normal(size=(n, len(LEGS))))
    days[:, 6] = median[:, 6] * rng.gamma(_CUSTOMS_SHAPE, 1.0 / _CUSTOMS_SHAPE, n)
    days *= 1.0 + (parcels.congested[:, None] - 1.0) * _CONGESTED
    local = parcels.service == LOCAL
    reached = np.empty((n, len(LEGS)))
    now = parcels.created_day
    for leg in range(len(LEGS)):
        now = now + days[:, leg]
        if leg in (0, 8):
            now = np.where(_weekday(now) == _SUNDAY, np.floor(now) + 1.0 + (now % 1.0) * 0.4, now)
        if leg == 4:
            now = np.where(parcels.service == 0, _next_flight(now), now)
        reached[:, leg] = now
    abroad_only = [leg for leg in range(len(LEGS)) if leg not in LOCAL_LEGS]
    reached[np.ix_(local, abroad_only)] = np.nan
    return reached


def _medians(scale: Scale, parcels: Shipments) -> Floats:
    node, market = parcels.node, parcels.market
    to = [MARKETS[m] for m in scale.markets]
    factor = np.ones((len(to), len(LEGS)))
    factor[:, 5] = [m.transport for m in to]
    factor[:, 6] = [m.customs for m in to]
    factor[:, 7] = [m.last_mile for m in to]
    median = np.array([s.legs for s in SERVICES])[parcels.service] * factor[market]
    homes = [NODES[name] for name in scale.nodes]
    hand_over = np.array([_HAND_OVER_DAYS[h.kind] for h in homes])[node]
    median[:, 0] = hand_over + np.where(parcels.mode == JIT, _JIT_EXTRA_DAYS, 0.0)
    far = np.array([[h.kind == "overseas" and h.market != m.code for m in to] for h in homes])[node, market]
    median[:, 7] += np.where(far, 1.2, 0.0)
    return median


def _next_flight(day: Floats) -> Floats:
    """The next Tuesday or Friday noon at or after `day`."""
    since_monday = day % 7.0
    wait = np.stack([(at - since_monday) % 7.0 for at in (1.5, 4.5)]).min(axis=0)
    out: Floats = day + wait
    return out


def _weekday(day: Floats) -> Ints:
    return (np.floor(np.nan_to_num(day)) % 7).astype(np.int64)
