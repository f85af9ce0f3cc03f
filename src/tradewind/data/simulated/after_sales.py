"""Returns and refunds of the generated seller: odds by category and market, higher where the parcel was late."""

from __future__ import annotations

import numpy as np
import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.simulated.buyers import RING_CLAIM_ODDS
from tradewind.data.simulated.lanes import LEGS
from tradewind.data.simulated.markets import CATEGORIES, MARKETS
from tradewind.data.simulated.orders import PLATFORM, Orders, moments
from tradewind.data.simulated.parcels import LOST_AFTER_DAYS, Sending
from tradewind.data.simulated.randomness import Floats, by_week
from tradewind.data.simulated.scales import Scale
from tradewind.data.simulated.trading import Sold
from tradewind.data.simulated.world import World

LATE_FACTOR = 1.8
"""A late parcel's goods come back this much more often."""

REFUND_ONLY_SHARE = 0.35
"""Share of returns where the buyer keeps the goods."""

REASONS = (
    ("changed_mind", "buyer", 0.34),
    ("wrong_size", "buyer", 0.16),
    ("not_as_described", "seller", 0.17),
    ("quality", "seller", 0.13),
    ("wrong_goods", "seller", 0.06),
    ("damaged", "carrier", 0.14),
)
"""Reason of a claim on goods that came in time, whose fault it is, and its share."""

NOT_RECEIVED, LATE = len(REASONS), len(REASONS) + 1
FAULTS = {**{reason: fault for reason, fault, _ in REASONS}, "not_received": "carrier", "late": "carrier"}
_SIZED = ("Dresses",)
_QUALITY = 3
_SLIPPED = 0.4
_DAY = 86_400.0
_DAYS_TO_CLAIM = 6.0


def return_odds(scale: Scale) -> Floats:
    """Odds that a line delivered in time is returned or refunded, (categories, markets)."""
    by_category = np.array([c.return_odds for c in CATEGORIES[: scale.categories]])
    by_market = np.array([MARKETS[m].returns for m in scale.markets])
    odds: Floats = by_category[:, None] * by_market[None, :]
    return odds


def returns_table(world: World, sold: Sold, placed: Orders, sent: Sending, lines: pl.DataFrame) -> pl.DataFrame:
    """Returns and refunds of `lines` (order_lines) opened before the end; a lost parcel is refunded once given up.

    What slipped through of a supplier's bad goods comes back on top; rings claim refunds without return.
    """
    scale, order = world.scale, placed.line
    bought = sold.lines.take(placed.lines)
    took = (sent.delivered_day - sent.created_day)[order]
    late = took > sent.promised_days[order]
    lost = (sent.lost_at[order] < len(LEGS)) & placed.sent[order]
    odds = return_odds(scale)[world.goods.category[bought.sku], bought.market] * np.where(late, LATE_FACTOR, 1.0)
    bad = _SLIPPED * world.suppliers.reject_odds[world.goods.supplier[bought.sku]]
    ring = world.buyers.abusive[placed.account[order]]
    shares = _reason_shares(scale)[world.goods.category[bought.sku]]

    def of_week(week: int, rows: slice) -> Floats:
        rng = world.stream(f"returns {week}")
        n = len(order[rows])
        claims, spoiled, tricked = (rng.random(n) < p for p in (odds[rows], bad[rows], ring[rows] * RING_CLAIM_ODDS))
        wait = rng.gamma(2.0, _DAYS_TO_CLAIM / 2.0, n)
        reason = (np.cumsum(shares[rows], axis=1) < rng.random(n)[:, None]).sum(axis=1)
        reason = np.where(spoiled, _QUALITY, reason)
        reason = np.where(late[rows] & (rng.random(n) < 0.5), LATE, reason)
        reason = np.where(tricked, np.where(rng.random(n) < 0.6, 2, _QUALITY), reason)
        kept = tricked | (rng.random(n) < REFUND_ONLY_SHARE)
        return np.column_stack([claims | spoiled | tricked, wait, reason, kept])

    claims, wait, reason, kept = by_week(placed.week[order], of_week).reshape(-1, 4).T
    opened = np.where(lost, sent.created_day[order] + LOST_AFTER_DAYS, sent.delivered_day[order]) + wait
    rows = np.flatnonzero(((claims > 0) | lost) & (opened < scale.weeks * 7))
    only_refund = lost[rows] | (kept[rows] > 0)
    reason = np.where(lost, NOT_RECEIVED, reason)[rows].astype(np.int64)
    when = moments(opened[rows] * _DAY, scale)
    claimed = lines[rows]
    columns = {
        "platform": pl.repeat(PLATFORM, len(rows), eager=True),
        "shop": claimed["shop"],
        "return_id": claimed.select(pl.format("RT{}{}", "order_id", "line_no")).to_series(),
        "line_no": pl.repeat(1, len(rows), eager=True),
        "order_id": claimed["order_id"],
        "sku": claimed["sku"],
        "market": claimed["market"],
        "kind": pl.Series(np.where(only_refund, "refund", "return"), dtype=pl.String),
        "units": claimed["units"],
        "refund_amount": claimed["paid_amount"],
        "currency": claimed["currency"],
        "reason": pl.Series([*FAULTS], dtype=pl.String).gather(reason),
        "opened_at": when,
        "known_at": when,
    }
    return pl.DataFrame(columns).cast(TABLES["returns"].empty().schema).sort("opened_at", "return_id")


def _reason_shares(scale: Scale) -> Floats:
    """Share of each reason by category, (C, reasons): only what has a size is the wrong size."""
    shares = np.array([[share for _, _, share in REASONS]] * scale.categories)
    sized = np.array([c.name in _SIZED for c in CATEGORIES[: scale.categories]])
    shares[~sized, 1] = 0.0
    shares[sized, 1] *= 3.0
    out: Floats = shares / shares.sum(axis=1, keepdims=True)
    return out
