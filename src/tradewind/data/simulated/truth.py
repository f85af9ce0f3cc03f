"""What only tests and benchmarks may read: the true rates, factors, transit times and return odds.

rates: one row per SKU, market and week in which the SKU is on sale, over the history and the 26 weeks after.
  structural_rate  expected units with every shock at its long-run mean: season, trend, events, life, price
  rate             history: expected units given that week's shocks. After the last day: expected units given
                   all shocks up to the last week and the known calendar, none later: the best any forecast can do.
                   No decline or launch begins after the last day
  realised_rate    expected units given that week's own shocks; after the last day, along one continuation
  latent_units     units of first choices, as if everything were in stock (future: of that continuation)
  sold_units       units sold, with those who switched from a look-alike that was out (null in the future)
  in_stock_share   share of the week's visits before the serving node ran out (null in the future)
  future           false in the history
Units are as ordered; `kept_share` of them is not called off.

lanes: true odds of days from a parcel's creation to delivery, given arrival, by service, node, market and week of
creation, for the last 13 weeks and the 26 to come: known peaks included, the shock of the week drawn; `lost` the
odds of never. factors: the shocks' sizes. returns: odds of a line delivered in time, by category and market.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from tradewind.data.simulated.after_sales import LATE_FACTOR, REFUND_ONLY_SHARE, return_odds
from tradewind.data.simulated.buying import CANCEL_ODDS, SWITCH_ODDS
from tradewind.data.simulated.campaigns import CANNIBALISED
from tradewind.data.simulated.goods import ELASTICITY, supplier_names
from tradewind.data.simulated.lanes import LEGS, SERVICES, congestion, lanes
from tradewind.data.simulated.markets import CATEGORIES
from tradewind.data.simulated.parcels import calm_days, transit_key
from tradewind.data.simulated.randomness import Floats, Ints
from tradewind.data.simulated.scales import FUTURE_WEEKS, Scale
from tradewind.data.simulated.trading import Trading
from tradewind.data.simulated.visits import (
    CATEGORY_WEEK,
    MARKET_WEEK,
    SERIES,
    draw_units,
    foreseen_rates,
    realised_rates,
    structural_rates,
    units_per_purchase,
)
from tradewind.data.simulated.world import World, spiked

LANE_LEVELS = (0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.99)
_LANE_DRAWS = 1_000
_LANE_WEEKS_BACK = 13


def true_rates(world: World, traded: Trading) -> pl.DataFrame:
    """The rates frame described above, sorted by week, SKU, market."""
    scale, goods = world.scale, world.goods
    parts = [_week(world, traded, week) for week in range(scale.weeks + FUTURE_WEEKS)]
    sku, market = pl.Enum(goods.sku), pl.Enum(scale.markets)
    return pl.concat(parts).with_columns(
        pl.col("sku").replace_strict(dict(enumerate(goods.sku)), return_dtype=sku),
        pl.col("market").replace_strict(dict(enumerate(scale.markets)), return_dtype=market),
        kept_share=pl.lit(1.0 - CANCEL_ODDS, pl.Float32),
    )


def true_factors() -> pl.DataFrame:
    """Log standard deviation in the long run and weekly persistence of each shared shock."""
    named = {"market_week": MARKET_WEEK, "category_week": CATEGORY_WEEK, "series": SERIES}
    rows = [(name, shock.sd, shock.kept) for name, shock in named.items()]
    rows += [("switch_odds", SWITCH_ODDS, 0.0), ("cancel_odds", CANCEL_ODDS, 0.0)]
    return pl.DataFrame(rows, schema={"factor": pl.String, "size": pl.Float64, "kept": pl.Float64}, orient="row")


def true_returns(scale: Scale) -> pl.DataFrame:
    """Odds that a line delivered in time comes back, by category and market, and what lateness does to them."""
    odds = return_odds(scale)
    rows = [
        (CATEGORIES[c].name, market, float(odds[c, j]), LATE_FACTOR, REFUND_ONLY_SHARE)
        for c in range(scale.categories)
        for j, market in enumerate(scale.markets)
    ]
    names = ("category", "market", "odds", "late_factor", "refund_only_share")
    return pl.DataFrame(rows, schema=names, orient="row")


def true_goods(world: World) -> pl.DataFrame:
    """Appeal at full life, price elasticity, look-alike group, odds that a purchase takes several, by SKU."""
    goods = world.goods
    columns = {
        "sku": goods.sku,
        "strength": goods.strength,
        "elasticity": np.full(len(goods.sku), ELASTICITY),
        "look_alike": goods.look_alike,
        "cannibalised": np.full(len(goods.sku), CANNIBALISED),
        "pack_odds": goods.pack_odds,
    }
    return pl.DataFrame(columns)


def true_scenario(world: World) -> pl.DataFrame:
    """One row per effect of the scenario: name, its Monday, what it touches, how much, weeks (0: for good)."""
    schema = {"scenario": pl.String, "starts_on": pl.Date, "touches": pl.String, "size": pl.Float64, "weeks": pl.Int64}
    happens, scale = world.scenario, world.scale
    start, rows = happens.starts_on(scale) if happens.name else None, []
    for hold in happens.holds:
        days = int(hold.last_day - hold.first_day)
        rows.append(
            (
                happens.name,
                start,
                f"{hold.carrier or 'all carriers'} to {hold.market}: {LEGS[hold.leg]}",
                0.0,
                days // 7,
            )
        )
    if happens.spike:
        rows.append((happens.name, start, world.goods.sku[spiked(world.goods, happens)], happens.spike, 0))
    if happens.duty:
        rows.append((happens.name, start, happens.duty_market, happens.duty, 0))
    if happens.stop_weeks:
        name = supplier_names(scale, np.array([world.suppliers.biggest]))[0]
        rows.append((happens.name, start, name, 0.0, happens.stop_weeks))
    if happens.landing_weeks:
        rows.append((happens.name, start, f"containers to {happens.landing}", 0.0, happens.landing_weeks))
    return pl.DataFrame(rows, schema=schema, orient="row")


def true_lanes(world: World) -> pl.DataFrame:
    """Quantiles of days to delivery by lane and week of creation, from 1,000 draws each."""
    scale = world.scale
    expected, _ = congestion(world)
    weeks = np.arange(max(scale.weeks - _LANE_WEEKS_BACK, 0), scale.weeks + FUTURE_WEEKS)
    mondays = [scale.first_week + timedelta(weeks=int(w)) for w in weeks]
    parts = []
    known: dict[tuple[str, str, int, int], Floats] = {}
    for node, market, service in lanes(scale):
        transit = transit_key(scale, node, market, service)
        if transit not in known:
            rng = world.shared_stream(f"lane {node} {market} {service}")
            load, season = np.repeat(expected[weeks, market], _LANE_DRAWS), np.repeat(weeks, _LANE_DRAWS)
            took = calm_days(scale, node, market, service, load, rng, season)
            known[transit] = took.reshape(len(weeks), _LANE_DRAWS)
        days = known[transit]
        quantiles = np.quantile(days, LANE_LEVELS, axis=1)
        columns = {"week": mondays, "mean": days.mean(axis=1), "lost": np.full(len(weeks), SERVICES[service].lost)}
        columns |= {f"q{level}": q for level, q in zip(LANE_LEVELS, quantiles, strict=True)}
        key = {"service": SERVICES[service].name, "node": scale.nodes[node], "market": scale.markets[market]}
        parts.append(pl.DataFrame(columns).select(*(pl.lit(v).alias(k) for k, v in key.items()), pl.all()))
    return pl.concat(parts).sort("service", "node", "market", "week")


def _week(world: World, traded: Trading, week: int) -> pl.DataFrame:
    scale, goods, visits = world.scale, world.goods, world.visits
    history, last = week < scale.weeks, scale.weeks - 1
    pack = units_per_purchase(goods.pack_odds)[:, None]
    realised = realised_rates(goods, visits, week)
    rate = realised if history else foreseen_rates(goods, visits, week, last)
    latent = traded.first_choice[week] if history else _continued(world, realised, week)
    sku, market = np.nonzero(np.repeat(goods.alive(week)[:, None], realised.shape[1], axis=1))
    frame = pl.DataFrame(
        {
            "sku": sku.astype(np.int32),
            "market": market.astype(np.int32),
            "structural_rate": (structural_rates(goods, visits, week) * pack)[sku, market].astype(np.float32),
            "rate": (rate * pack)[sku, market].astype(np.float32),
            "realised_rate": (realised * pack)[sku, market].astype(np.float32),
            "latent_units": latent[sku, market].astype(np.int32),
        }
    )
    point = world.places.point_of[sku, market]
    none = pl.lit(None)
    return frame.with_columns(
        week=pl.lit(scale.first_week + timedelta(weeks=week)),
        sold_units=pl.Series(traded.sold_units[week][sku, market]) if history else none.cast(pl.Int32),
        in_stock_share=pl.Series(traded.in_stock_share[week, point].astype(np.float32))
        if history
        else none.cast(pl.Float32),
        future=pl.lit(not history),
    )


def _continued(world: World, rates: Floats, week: int) -> Ints:
    rng = world.stream(f"week {week}")
    counts = rng.poisson(rates)
    pair = np.repeat(np.arange(counts.size), counts.ravel())
    units = draw_units(world.goods.pack_odds[pair // counts.shape[1]], rng)
    return np.bincount(pair, units, counts.size).reshape(counts.shape).astype(np.int64)
