"""How parcels travel in the generated world: services with their freight cards, and the distribution of each leg.

A parcel's way is a chain of legs. Each takes lognormal days (customs: gamma) around a median by service (and so by
carrier), market and kind of node, longer under congestion and in storms, which all parcels of a market's week share.
What is made after 16:00 in China is handed over the next day at the earliest. Economy and special lines leave on their
days of the week, and all on board share the voyage; sellers hand nothing over and carriers deliver nothing on Sundays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.simulated.events import daily_lift
from tradewind.data.simulated.goods import JIT, OVERSEAS, POP
from tradewind.data.simulated.markets import MARKETS, NODES
from tradewind.data.simulated.randomness import Floats, Ints
from tradewind.data.simulated.scales import FUTURE_WEEKS, Scale
from tradewind.data.simulated.scenarios import ARRIVAL, Hold
from tradewind.data.simulated.weather import voyages
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
_SPECIAL_DAYS = (0.0, 0.3, 0.9, 0.6, 0.7, 3.4, 1.1, 2.7, 0.5)
_LOCAL_DAYS = (0.0, 0.3, 0.0, 0.0, 0.0, 0.0, 0.0, 1.6, 0.4)
SERVICES = (
    Service("economy-line", "economy", "Silk Post", 44.0, 7.0, 8000, 2000, 0.013, _ECONOMY_DAYS, 0.92),
    Service("standard-line", "standard", "Silk Post", 56.0, 12.0, 8000, 20000, 0.005, _STANDARD_DAYS, 0.93),
    Service("express-line", "express", "Falcon Air", 88.0, 26.0, 5000, 30000, 0.002, _EXPRESS_DAYS, 0.93),
    Service("local-parcel", "standard", "Casa Parcel", 1.4, 3.6, 6000, 20000, 0.002, _LOCAL_DAYS, 0.94),
    Service("special-line", "standard", "Crane Lines", 50.0, 10.5, 6000, 20000, 0.007, _SPECIAL_DAYS, 0.92),
)
ECONOMY, STANDARD, EXPRESS, LOCAL, SPECIAL = range(5)
_FROM_CHINA = (ECONOMY, STANDARD, EXPRESS, SPECIAL)
_DEPARTURES = {ECONOMY: (1.5, 4.5), SPECIAL: (0.5, 2.5, 5.5)}

_HAND_OVER_DAYS = {"seller": 0.8, "preferred": 0.25, "origin": 0.3, "overseas": 0.2}
_CUT_OFF = {"CN": 8.0 / 24.0, "ES": 12.0 / 24.0, "US": 20.0 / 24.0}
_OPENS = {"CN": 1.0 / 24.0, "ES": 7.0 / 24.0, "US": 14.0 / 24.0}
_TYPHOON_LEGS, _STORM_LEGS = (1, 2, 3, 4), (7, 8)
_JIT_EXTRA_DAYS = 0.3
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
                out += [(i, j, number) for number in _FROM_CHINA]
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
    managed = np.where(coin < 0.18, EXPRESS, np.where(coin < 0.36, SPECIAL, STANDARD))
    own = np.where((coin < 0.62) & (weight_g <= SERVICES[ECONOMY].max_weight_g), ECONOMY, STANDARD)
    return np.where(mode == OVERSEAS, LOCAL, np.where(mode == POP, own, managed))


def congestion(world: World) -> tuple[Floats, Floats]:
    """Multiples of leg times by week of sending, (weeks + 26, M): what the calendar makes likely, and what happened.

    Congestion follows the visits of this and the last two weeks; the rest is an AR(1) shock no one sees coming.
    """
    scale = world.scale
    weeks = scale.weeks + FUTURE_WEEKS
    lift = daily_lift(world.events, scale.first_week, weeks * 7, scale.markets).reshape(weeks, 7, -1).mean(axis=1)
    earlier = [np.concatenate([np.ones((k, lift.shape[1])), lift[: weeks - k]]) for k in (0, 1, 2)]
    load = 0.3 * earlier[0] + 0.45 * earlier[1] + 0.25 * earlier[2]
    expected = 1.0 + 0.32 * np.maximum(load - 1.0, 0.0)
    z = world.shared_stream("congestion").normal(size=expected.shape)
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
    typhoon: Floats | float = 1.0
    storm: Floats | float = 1.0


def travel(
    scale: Scale,
    parcels: Shipments,
    rng: np.random.Generator,
    voyage: Floats | None = None,
    holds: tuple[Hold, ...] = (),
) -> Floats:
    """Day each milestone is reached, (parcels, 9), counted from the first Monday; NaN: not passed.

    `voyage` (days, M): length of the voyage by day of departure, drawn for each parcel where not given. `holds`: where
    nothing passes for a while. Whether the parcel is lost is not asked here.
    """
    median = _medians(scale, parcels)
    n = len(median)
    days = median * np.exp(_SPREAD * rng.normal(size=(n, len(LEGS))))
    days[:, 6] = median[:, 6] * rng.gamma(_CUSTOMS_SHAPE, 1.0 / _CUSTOMS_SHAPE, n)
    days *= 1.0 + (parcels.congested[:, None] - 1.0) * _CONGESTED
    days[:, _TYPHOON_LEGS] *= np.reshape(parcels.typhoon, (-1, 1))
    days[:, _STORM_LEGS] *= np.reshape(parcels.storm, (-1, 1))
    shared = np.isin(parcels.service, tuple(_DEPARTURES))
    drawn = voyages(rng, n)
    local = parcels.service == LOCAL
    reached = np.empty((n, len(LEGS)))
    now = _after_cut_off(scale, parcels)
    for leg in range(len(LEGS)):
        if leg == ARRIVAL:
            slower = drawn if voyage is None else _voyage_of(voyage, now, parcels.market)
            days[:, leg] *= np.where(shared, slower, 1.0)
        now = now + days[:, leg]
        if leg in (0, 8):
            now = np.where(_weekday(now) == _SUNDAY, np.floor(now) + 1.0 + (now % 1.0) * 0.4, now)
        if leg == 4:
            now = _departure(now, parcels.service)
        for hold in holds:
            now = _held(scale, hold, leg, now, parcels)
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


def _after_cut_off(scale: Scale, parcels: Shipments) -> Floats:
    """When work on a parcel begins: at once, or the next morning when it was made after the node's cut-off."""
    home = [NODES[name].market for name in scale.nodes]
    cut_off = np.array([_CUT_OFF[m] for m in home])[parcels.node]
    opens = np.array([_OPENS[m] for m in home])[parcels.node]
    made = parcels.created_day
    return np.where(made % 1.0 > cut_off, np.floor(made) + 1.0 + opens, made)


def _departure(day: Floats, service: Ints) -> Floats:
    """The next departure of the parcel's line at or after `day`; lines without fixed days leave at once."""
    out = day
    for line, at in _DEPARTURES.items():
        wait = np.stack([(hour - day % 7.0) % 7.0 for hour in at]).min(axis=0)
        out = np.where(service == line, day + wait, out)
    return out


def _voyage_of(voyage: Floats, departed: Floats, market: Ints) -> Floats:
    day = np.clip(np.nan_to_num(departed), 0, len(voyage) - 1).astype(np.int64)
    return voyage[day, market]


def _held(scale: Scale, hold: Hold, leg: int, now: Floats, parcels: Shipments) -> Floats:
    """Parcels that would pass during the hold pass after it, in the order they came, over half as long."""
    if leg != hold.leg or hold.market not in scale.markets:
        return now
    caught = (parcels.market == scale.markets.index(hold.market)) & (now >= hold.first_day) & (now < hold.last_day)
    if hold.carrier is not None:
        caught &= np.array([s.carrier == hold.carrier for s in SERVICES])[parcels.service]
    return np.where(caught, hold.last_day + 0.5 * (now - hold.first_day), now)


def _weekday(day: Floats) -> Ints:
    return (np.floor(np.nan_to_num(day)) % 7).astype(np.int64)
