"""Parcels of the generated seller: one per order, the promise made, what was scanned on the way, what was lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.simulated.goods import JIT, OVERSEAS, POP, STOCKED
from tradewind.data.simulated.lanes import (
    ECONOMY,
    LEGS,
    SERVICES,
    STANDARD,
    Shipments,
    choose_services,
    congestion,
    congestion_shock,
    freight_card,
    lanes,
    travel,
)
from tradewind.data.simulated.markets import NODES
from tradewind.data.simulated.orders import PLATFORM, Orders, moments
from tradewind.data.simulated.randomness import Floats, Ints, by_week
from tradewind.data.simulated.scales import Scale
from tradewind.data.simulated.trading import Sold
from tradewind.data.simulated.weather import STORM, TYPHOON, storm_odds, typhoon_odds
from tradewind.data.simulated.world import World

LOST_AFTER_DAYS = 60.0
"""A parcel that was lost is declared so this long after it was sent."""

_DAY = 86_400.0
_LABEL_HOURS = 3.0
_PACKAGING_G = 20.0
_PROMISE_DRAWS = 4_000
_KEPT_FOREVER = np.isin(LEGS, ("handed_over", "delivered"))


@dataclass(frozen=True)
class Sending:
    """One entry per order, in the orders' sequence; `created_day` is NaN where no parcel was made (cancelled).

    `reached` (orders, 9) day of each milestone as travelled; `lost_at` the leg after which nothing was heard
    (9: arrived); `promised_days` after creation.
    """

    service: Ints
    created_day: Floats
    reached: Floats
    lost_at: Ints
    promised_days: Floats
    weight_g: Floats
    freight: Floats

    @property
    def delivered_day(self) -> Floats:
        return np.where(self.lost_at == len(LEGS), self.reached[:, -1], np.nan)


def send(world: World, sold: Sold, placed: Orders) -> Sending:
    """Send every order that was not called off."""
    scale, lines = world.scale, sold.lines.take(placed.lines)
    weight = _PACKAGING_G + _per_order(placed, lines.units * world.goods.weight_g[lines.sku])
    volume_cm3 = _per_order(placed, lines.units * world.goods.volume_m3[lines.sku] * 1e6)
    _, happened = congestion(world)

    def of_week(week: int, rows: slice) -> Floats:
        rng = world.stream(f"parcels {week}")
        service = choose_services(placed.mode[rows], weight[rows], rng)
        wait = rng.lognormal(np.log(_LABEL_HOURS / 24.0), 0.7, len(service))
        created = np.where(placed.sent[rows], placed.second[rows] / _DAY + wait, np.nan)
        lost_at = _losses(service, rng)
        shipments = _shipments(world, happened, placed, rows, service, created)
        reached = travel(scale, shipments, rng, world.weather.voyage, world.scenario.holds)
        return np.column_stack([service, created, lost_at, reached])

    drawn = by_week(placed.week, of_week).reshape(-1, 3 + len(LEGS))
    service = drawn[:, 0].astype(np.int64)
    return Sending(
        service=service,
        created_day=drawn[:, 1],
        reached=drawn[:, 3:],
        lost_at=drawn[:, 2].astype(np.int64),
        promised_days=promised_days(world)[placed.node, placed.market, service],
        weight_g=weight.round(0),
        freight=_freight(scale, placed, service, weight, volume_cm3),
    )


def parcels_table(scale: Scale, placed: Orders, sent: Sending) -> pl.DataFrame:
    """Parcels made before the end of the data."""
    made = np.flatnonzero(sent.created_day < scale.weeks * 7)
    created = moments(sent.created_day[made] * _DAY, scale)
    due = moments((sent.created_day[made] + sent.promised_days[made]) * _DAY, scale)
    currency = [NODES[n].currency for n in scale.nodes]
    columns = {
        "platform": pl.repeat(PLATFORM, len(made), eager=True),
        "shop": pl.Series(scale.shops).gather(placed.shop[made]),
        "parcel_id": _parcel_ids(placed)[made],
        "order_id": pl.Series(placed.number[made]).cast(pl.String),
        "tracking_no": _parcel_ids(placed)[made],
        "service": pl.Series([s.name for s in SERVICES]).gather(sent.service[made]),
        "node": pl.Series(scale.nodes).gather(placed.node[made]),
        "market": pl.Series(scale.markets).gather(placed.market[made]),
        "region": pl.repeat(None, len(made), eager=True),
        "created_at": created,
        "promised_at": due,
        "weight_g": sent.weight_g[made],
        "freight_amount": sent.freight[made],
        "currency": pl.Series(currency).gather(placed.node[made]),
        "known_at": created,
    }
    return pl.DataFrame(columns).cast(TABLES["parcels"].empty().schema)


def events_table(scale: Scale, placed: Orders, sent: Sending) -> pl.DataFrame:
    """The scans kept up to the end of the data; parcels under way have only what was scanned so far."""
    end = scale.weeks * 7
    recent = sent.created_day >= end - 7 * scale.full_tracking_weeks
    seen = (sent.reached < end) & (np.arange(len(LEGS)) < sent.lost_at[:, None])
    parcel, milestone = np.nonzero(seen & (recent[:, None] | _KEPT_FOREVER))
    day = sent.reached[parcel, milestone]
    declared = sent.created_day + LOST_AFTER_DAYS
    gone = np.flatnonzero((sent.lost_at < len(LEGS)) & (declared < end))
    parcel, day = np.concatenate([parcel, gone]), np.concatenate([day, declared[gone]])
    milestone = np.concatenate([milestone, np.full(len(gone), len(LEGS))])
    abroad = milestone >= LEGS.index("arrived")
    place = np.where(abroad, len(scale.nodes) + placed.market[parcel], placed.node[parcel])
    places = [*(NODES[n].market for n in scale.nodes), *scale.markets]
    happened = moments(day * _DAY, scale)
    columns = {
        "platform": pl.repeat(PLATFORM, len(parcel), eager=True),
        "shop": pl.Series(scale.shops).gather(placed.shop[parcel]),
        "parcel_id": _parcel_ids(placed).gather(parcel),
        "milestone": pl.Series([*LEGS, "lost"]).gather(milestone),
        "happened_at": happened,
        "place": pl.Series(places).gather(place),
        "code": pl.repeat(None, len(place), dtype=pl.String, eager=True),
        "known_at": happened,
    }
    order = np.lexsort((day, parcel))
    return pl.DataFrame(columns)[order].cast(TABLES["events"].empty().schema)


def promised_days(world: World) -> Floats:
    """The platform's promise in whole days, (nodes, markets, services): the service's quantile of a calm week."""
    scale = world.scale
    out = np.full((len(scale.nodes), len(scale.markets), len(SERVICES)), np.nan)
    known: dict[tuple[str, str, int, int], float] = {}
    for node, market, service in lanes(scale):
        key = transit_key(scale, node, market, service)
        if key not in known:
            rng = world.shared_stream(f"promise {node} {market} {service}")
            took = calm_days(scale, node, market, service, np.ones(_PROMISE_DRAWS), rng)
            known[key] = float(np.ceil(np.quantile(took, SERVICES[service].promise)))
        out[node, market, service] = known[key]
    return out


def transit_key(scale: Scale, node: int, market: int, service: int) -> tuple[str, str, int, int]:
    """What a lane's transit time depends on: lanes from nodes of one kind in one country share it."""
    home = NODES[scale.nodes[node]]
    return home.kind, home.market, market, service


def calm_days(
    scale: Scale,
    node: int,
    market: int,
    service: int,
    expected: Floats,
    rng: np.random.Generator,
    week: Ints | None = None,
) -> Floats:
    """Draws of days from creation to delivery on one lane, given arrival, at the stated expected congestion.

    Parcels are created evenly over the week. `week` (index), where given: in that season's weather, else in none.
    """
    n = len(expected)
    created = rng.uniform(0.0, 7.0, n)
    mode = _lane_modes(NODES[scale.nodes[node]].kind, service, n, rng)
    congested = expected * congestion_shock(n, rng)
    typhoon, storm = np.ones(n), np.ones(n)
    if week is not None:
        typhoon = np.where(rng.random(n) < typhoon_odds(scale, week), TYPHOON, 1.0)
        storm = np.where(rng.random(n) < storm_odds(scale, week), STORM, 1.0)
    if NODES[scale.nodes[node]].market != "CN":
        typhoon = np.ones(n)
    where, to, by = (np.full(n, value) for value in (node, market, service))
    reached = travel(scale, Shipments(where, to, by, mode, created, congested, typhoon, storm), rng)
    days: Floats = reached[:, -1] - created
    return days


def _shipments(
    world: World, congested: Floats, placed: Orders, rows: slice, service: Ints, created: Floats
) -> Shipments:
    """The week's parcels with the congestion and weather of the week they are made in."""
    week = np.minimum(np.nan_to_num(created) // 7, len(congested) - 1).astype(int)
    node, market = placed.node[rows], placed.market[rows]
    china = np.array([NODES[n].market == "CN" for n in world.scale.nodes])[node]
    typhoon = np.where(china, world.weather.origin[week], 1.0)
    storm = world.weather.market[week, market]
    return Shipments(node, market, service, placed.mode[rows], created, congested[week, market], typhoon, storm)


def _per_order(placed: Orders, amount: Floats) -> Floats:
    total: Floats = np.bincount(placed.line, amount, len(placed.number)).astype(np.float64)
    return total


def _lane_modes(kind: str, service: int, n: int, rng: np.random.Generator) -> Ints:
    if kind == "overseas":
        return np.full(n, OVERSEAS)
    if kind != "seller":
        return np.full(n, STOCKED)
    jit_share = {ECONOMY: 0.0, STANDARD: 0.6}.get(service, 1.0)
    return np.where(rng.random(n) < jit_share, JIT, POP)


def _losses(service: Ints, rng: np.random.Generator) -> Ints:
    lost = rng.random(len(service)) < np.array([s.lost for s in SERVICES])[service]
    return np.where(lost, rng.integers(2, len(LEGS), len(service)), len(LEGS))


def _freight(scale: Scale, placed: Orders, service: Ints, weight_g: Floats, volume_cm3: Floats) -> Floats:
    """Billed freight: per kg of the greater of actual and volumetric weight, plus the fee per parcel."""
    card = np.zeros((len(scale.nodes), len(scale.markets), len(SERVICES), 2))
    for node, market, number in lanes(scale):
        card[node, market, number] = freight_card(scale, number, node, market)
    volumetric_kg = volume_cm3 / np.array([s.divisor for s in SERVICES])[service]
    per_kg, per_parcel = card[placed.node, placed.market, service].T
    billed: Floats = np.round(np.maximum(weight_g / 1000.0, volumetric_kg) * per_kg + per_parcel, 2)
    return billed


def _parcel_ids(placed: Orders) -> pl.Series:
    return pl.Series(placed.number).cast(pl.String).str.replace("^", "LP")
