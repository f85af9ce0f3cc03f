"""Coupon and advertising campaigns on single goods, and how much each kind of buyer answers them.

A campaign runs for two weeks in all markets. Its lift in a market is the mean of the segments' answers by the
market's mix of them; a third of what it wins is taken from the good's look-alikes. None runs after the last day:
what is foreseen there is without campaigns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tradewind.data.simulated.randomness import Flags, Floats, Ints, stream
from tradewind.data.simulated.scales import FUTURE_WEEKS, Scale

SEGMENTS = ("bargain", "regular", "loyal")
_MIX = {"ES": (0.40, 0.45, 0.15), "FR": (0.35, 0.50, 0.15), "PL": (0.50, 0.40, 0.10), "SA": (0.25, 0.50, 0.25),
        "BR": (0.55, 0.35, 0.10), "US": (0.30, 0.50, 0.20), "DE": (0.30, 0.55, 0.15),
        "KR": (0.45, 0.35, 0.20)}  # fmt: skip

KINDS = ("coupon", "ads")
LIFT = {"coupon": (0.90, 0.25, 0.02), "ads": (0.10, 0.45, 0.20)}
"""Share more that each segment buys under a campaign: bargain hunters answer coupons, regulars advertising."""

COUPON_SHARE = 0.10
"""What a campaign's coupon takes off the price."""

CANNIBALISED = 0.33
"""Share of a campaign's extra purchases that look-alikes lose."""

AD_COST_PER_CLICK = 0.9
"""CNY; an advertising campaign's clicks cost this much each."""

_START_ODDS, _WEEKS = 0.012, 2
_CALM_END_WEEKS = 2


@dataclass(frozen=True)
class Campaigns:
    """`running[kind]` (N, W + 26): whether a campaign of that kind runs for the SKU in that week."""

    running: dict[str, Flags]

    def effect(self, scale: Scale, look_alike: Ints) -> Floats:
        """Multiple of appeal, (N, M, W + 26): own lift, less what look-alikes' campaigns take."""
        n, weeks = next(iter(self.running.values())).shape
        out = np.ones((n, len(scale.markets), weeks), np.float32)
        if not any(on.any() for on in self.running.values()):
            return np.broadcast_to(np.float64(1.0), out.shape)
        size = np.bincount(look_alike)[look_alike]
        lost = np.zeros_like(out)
        for kind, on in self.running.items():
            lift = market_lift(scale, kind)
            out += on[:, None, :] * lift[None, :, None].astype(np.float32)
            group = np.zeros((int(look_alike.max()) + 1, weeks), np.float32)
            np.add.at(group, look_alike, on.astype(np.float32))
            others = (group[look_alike] - on) / np.maximum(size - 1, 1)[:, None]
            lost += CANNIBALISED * others[:, None, :] * lift[None, :, None]
        return np.asarray(out * np.maximum(1.0 - lost, 0.3), np.float64)


def campaigns(scale: Scale, seed: int) -> Campaigns:
    """Draw the campaigns of every SKU; the tests' small world has none."""
    shape = (scale.skus, scale.weeks + FUTURE_WEEKS)
    running = {}
    for kind in KINDS:
        odds = 0.0 if scale.weekly_rates else _START_ODDS
        on = stream(seed, f"campaigns {kind}", scale.shard).random(shape) < odds
        for _ in range(_WEEKS - 1):
            on[:, 1:] |= on[:, :-1]
        on[:, scale.weeks - _CALM_END_WEEKS :] = False
        running[kind] = on
    return Campaigns(running)


def mix(scale: Scale) -> Floats:
    """Share of each segment among a market's buyers, (M, 3)."""
    return np.array([_MIX[m] for m in scale.markets])


def market_lift(scale: Scale, kind: str) -> Floats:
    """Lift of a campaign in each market, (M,): the segments' answers by the market's mix."""
    lift: Floats = mix(scale) @ np.array(LIFT[kind])
    return lift


def true_campaigns(scale: Scale, seed: int, skus: list[str]) -> pl.DataFrame:
    """Every campaign week: sku, kind, week (date)."""
    parts = []
    for kind, on in campaigns(scale, seed).running.items():
        sku, week = np.nonzero(on)
        monday = pl.lit(scale.first_week) + pl.duration(days=pl.col("week") * 7)
        frame = pl.DataFrame({"sku": pl.Series(skus, dtype=pl.String).gather(sku), "week": week})
        parts.append(frame.with_columns(week=monday.cast(pl.Date), kind=pl.lit(kind)))
    return pl.concat(parts).sort("sku", "week", "kind")


def true_segments(scale: Scale) -> pl.DataFrame:
    """Mix and answers: market, segment, share, lift of coupon and ads."""
    rows = [
        (market, segment, float(mix(scale)[j, k]), LIFT["coupon"][k], LIFT["ads"][k])
        for j, market in enumerate(scale.markets)
        for k, segment in enumerate(SEGMENTS)
    ]
    return pl.DataFrame(rows, schema=["market", "segment", "share", "coupon_lift", "ads_lift"], orient="row")
