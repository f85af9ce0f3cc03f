"""What a SKU did at this time last year, beyond what its market's season explains.

Christmas lights do not follow the season of the shop. A SKU's sales around the same week last year, in all its
markets together, are set against its whole last year, and the series' own against what it does now: were weeks with
a sale more frequent, and sales larger? Thin evidence gives numbers near 0, which change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tradewind.engine.demand.panel import Floats, Ints

YEAR = 52
AROUND = 3
BEFORE = 8
DOUBT = 1.0
"""Weeks with a sale that stand for doubt about a SKU's own season."""


@dataclass(frozen=True)
class Memory:
    """Running totals of all series, (all, weeks + 1): weeks with a sale, weeks due, log sizes; each one's SKU number
    `sku` (all,). Asked about are the series `rows` (n,)."""

    hits: Floats
    due: Floats
    size: Floats
    sku: Ints
    rows: Ints

    def last_year(self, moment: int, target: int, rate: Floats, place: Floats) -> Floats:
        """Features (n, 5) of week number `target` as known before `moment`, each 0 where last year is not known.

        Of the SKU in all markets, against its whole last year: log frequency of sales around `target` - 52 weeks, the
        same for the weeks before `moment` - 52, log size around `target` - 52. Of the series itself, against its
        present `rate` (share of weeks with a sale) and `place` (log size): log frequency and log size around
        `target` - 52.
        """
        window = (target - YEAR - AROUND, target - YEAR + AROUND + 1)
        then = self._of_sku(moment, *window)
        before = self._of_sku(moment, moment - YEAR - BEFORE, moment - YEAR)
        hits, due, size = (x[self.rows] for x in self._sums(*_within(*window, moment)))
        again = np.log((hits + DOUBT) / (due * rate + DOUBT))
        larger = (size - hits * place) / (hits + 2.0 * DOUBT)
        return np.column_stack([then[0], before[0], then[1], again, larger])

    def _of_sku(self, moment: int, first: int, stop: int) -> tuple[Floats, Floats]:
        part, year = _within(first, stop, moment), (max(moment - YEAR, 0), moment)
        hits, due, size = (self._by_sku(x) for x in self._sums(*part))
        all_hits, all_due, all_size = (self._by_sku(x) for x in self._sums(*year))
        expected = due * (all_hits + 0.1) / (all_due + 0.2)
        often = np.log((hits + DOUBT) / (expected + DOUBT))
        large = (size - hits * all_size / np.maximum(all_hits, 1e-9)) / (hits + DOUBT)
        mine = self.sku[self.rows]
        return often[mine], np.where(all_hits > 0, large, 0.0)[mine]

    def _sums(self, first: int, stop: int) -> list[Floats]:
        return [x[:, stop] - x[:, first] for x in (self.hits, self.due, self.size)]

    def _by_sku(self, values: Floats) -> Floats:
        return np.bincount(self.sku, values).astype(np.float64)


def _within(first: int, stop: int, moment: int) -> tuple[int, int]:
    """The part of a span of weeks that lies between week 0 and `moment`; empty spans are (0, 0)."""
    first, stop = max(first, 0), min(max(stop, 0), moment)
    return (first, stop) if stop > first else (0, 0)


def remember(sale: Floats, due: Floats, size: Floats, skus: Ints) -> Memory:
    """Totals from matrices (n, weeks): week with a sale, weeks due, log size where there was a sale."""

    def running(values: Floats) -> Floats:
        return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)

    return Memory(running(sale), running(due), running(size), skus, np.arange(len(skus)))
