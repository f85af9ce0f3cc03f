"""Who buys: buyers of three segments, some coming again, and a few rings of accounts that live off refunds.

An account keeps its key, its segment and its postcode. Accounts of a ring share a postcode, use every coupon and claim
their money back far too often.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from tradewind.data.simulated.campaigns import SEGMENTS, mix
from tradewind.data.simulated.randomness import Flags, Floats, Ints, stream
from tradewind.data.simulated.scales import Scale

RING_SHARE = 0.006
"""Share of orders placed by rings."""

RING_CLAIM_ODDS = 0.45
"""Odds that a ring's line is claimed back without a return."""

COUPON_ODDS = (0.38, 0.14, 0.08)
"""Odds that a buyer of each segment uses a shop's coupon on an ordinary day."""

_ACCOUNTS_PER_LINE = 0.55
_RING_ORDERS, _RING_SIZE = 14, 6


@dataclass(frozen=True)
class Buyers:
    """One entry per account: `market` index, `segment` index, `ring` (-1: none), `postcode`; `key` as the intake hashes
    it. `rows[m][s]` ordinary accounts of a market and segment, `rings[m]` those of rings.
    """

    key: pl.Series
    market: Ints
    segment: Ints
    ring: Ints
    postcode: Ints
    rows: list[list[Ints]]
    rings: list[Ints]

    def choose(self, market: Ints, lift: Floats, rng: np.random.Generator) -> Ints:
        """The account behind each order; `lift` (orders, 3) multiple of each segment's purchases by campaigns."""
        share = np.array([[len(s) for s in rows] for rows in self.rows], float)[market] * lift
        reach = np.cumsum(share, axis=1)
        segment = (reach < (rng.random(len(market)) * reach[:, -1])[:, None]).sum(axis=1)
        abusive, pick = rng.random(len(market)) < RING_SHARE, rng.random(len(market))
        out = np.zeros(len(market), np.int64)
        for m, rows in enumerate(self.rows):
            ring = self.rings[m]
            here = (market == m) & abusive & (len(ring) > 0)
            if here.any():
                out[here] = ring[(pick[here] * len(ring)).astype(int)]
            for s, accounts in enumerate(rows):
                at = (market == m) & (segment == s) & ~here
                out[at] = accounts[(pick[at] * len(accounts)).astype(int)]
        return out

    @property
    def abusive(self) -> Flags:
        return self.ring >= 0


def buyers(scale: Scale, seed: int) -> Buyers:
    """Draw the accounts; how many does not depend on what is sold."""
    rng = stream(seed, "buyers", scale.shard)
    each = max(int(scale.lines_per_week * scale.weeks * _ACCOUNTS_PER_LINE / len(scale.markets)), 40)
    n = each * len(scale.markets)
    market = np.repeat(np.arange(len(scale.markets)), each)
    reach = np.cumsum(mix(scale), axis=1)[market]
    segment = np.minimum((reach < rng.random(n)[:, None]).sum(axis=1), len(SEGMENTS) - 1)
    in_ring = max(int(each / _ACCOUNTS_PER_LINE * RING_SHARE / _RING_ORDERS), 2)
    place = np.arange(n) % each
    rings = max(in_ring // _RING_SIZE, 1)
    ring = np.where(place < in_ring, market * rings + np.minimum(place // _RING_SIZE, rings - 1), -1)
    code = rng.integers(1, 100, n)
    postcode = np.where(ring >= 0, 1 + ring * 37 % 99, code)
    key = _keys(rng, n)
    ordinary = [
        [np.flatnonzero((market == m) & (segment == s) & (ring < 0)) for s in range(len(SEGMENTS))]
        for m in range(len(scale.markets))
    ]
    abusive = [np.flatnonzero((market == m) & (ring >= 0)) for m in range(len(scale.markets))]
    return Buyers(key, market, segment, ring, postcode, ordinary, abusive)


def true_buyers(drawn: Buyers) -> pl.DataFrame:
    """Segment and ring (null: none) of every account."""
    columns = {
        "buyer_key": drawn.key,
        "segment": pl.Series(SEGMENTS, dtype=pl.String).gather(drawn.segment),
        "ring": pl.Series(drawn.ring),
    }
    return pl.DataFrame(columns).with_columns(ring=pl.when(pl.col("ring") >= 0).then("ring")).sort("buyer_key")


def _keys(rng: np.random.Generator, n: int) -> pl.Series:
    high, low = rng.integers(16**6, 16**7, n), rng.integers(16**6, 16**7, n)
    return pl.Series([f"{a:07x}{b:07x}" for a, b in zip(high.tolist(), low.tolist(), strict=True)], dtype=pl.String)
