"""Returns and refunds of the generated seller: odds by category and market, higher where the parcel was late."""

from __future__ import annotations

import numpy as np
import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.simulated.lanes import LEGS
from tradewind.data.simulated.markets import CATEGORIES, MARKETS
from tradewind.data.simulated.orders import PLATFORM, Orders, moments
from tradewind.data.simulated.parcels import LOST_AFTER_DAYS, Sending
from tradewind.data.simulated.randomness import Floats
from tradewind.data.simulated.scales import Scale
from tradewind.data.simulated.trading import Sold
from tradewind.data.simulated.world import World

LATE_FACTOR = 1.8
"""A late parcel's goods come back this much more often."""

REFUND_ONLY_SHARE = 0.35
"""Share of returns where the buyer keeps the goods."""

_REASONS = ("changed_mind", "not_as_described", "damaged", "wrong_size")
_DAY = 86_400.0
_DAYS_TO_CLAIM = 6.0


def return_odds(scale: Scale) -> Floats:
    """Odds that a line delivered in time is returned or refunded, (categories, markets)."""
    by_category = np.array([c.return_odds for c in CATEGORIES[: scale.categories]])
    by_market = np.array([MARKETS[m].returns for m in scale.markets])
    odds: Floats = by_category[:, None] * by_market[None, :]
    return odds


def returns_table(world: World, sold: Sold, placed: Orders, sent: Sending, lines: pl.DataFrame) -> pl.DataFrame:
    """Returns and refunds of `lines` (order_lines) opened before the end; a lost parcel is refunded once given up."""
    scale, rng, order = world.scale, world.stream("returns"), placed.line
    bought = sold.lines.take(placed.lines)
    took = (sent.delivered_day - sent.created_day)[order]
    late = took > sent.promised_days[order]
    odds = return_odds(scale)[world.goods.category[bought.sku], bought.market] * np.where(late, LATE_FACTOR, 1.0)
    claims = rng.random(len(order)) < odds
    lost = (sent.lost_at[order] < len(LEGS)) & placed.sent[order]
    wait = rng.gamma(2.0, _DAYS_TO_CLAIM / 2.0, len(order))
    opened = np.where(lost, sent.created_day[order] + LOST_AFTER_DAYS, sent.delivered_day[order]) + wait
    rows = np.flatnonzero((claims | lost) & (opened < scale.weeks * 7))
    kept = lost[rows] | (rng.random(len(rows)) < REFUND_ONLY_SHARE)
    reason = np.where(late[rows] & (rng.random(len(rows)) < 0.5), 5, rng.integers(0, len(_REASONS), len(rows)))
    reason = np.where(lost[rows], 4, reason)
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
        "kind": pl.Series(np.where(kept, "refund", "return"), dtype=pl.String),
        "units": claimed["units"],
        "refund_amount": claimed["paid_amount"],
        "currency": claimed["currency"],
        "reason": pl.Series([*_REASONS, "not_received", "late"]).gather(reason),
        "opened_at": when,
        "known_at": when,
    }
    return pl.DataFrame(columns).cast(TABLES["returns"].empty().schema).sort("opened_at", "return_id")
