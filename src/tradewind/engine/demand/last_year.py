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
PRIOR_WEEKS = 1.0
"""Weight, in weeks with a sale, of the prior belief that a SKU has no season of its own."""


@dataclass(frozen=True)
class RunningTotals:
    """Running totals of all series, (all, weeks + 1): weeks with a sale, weeks due, log sizes; each one's SKU number
    `sku` (all,). Features are made for the series `rows` (n,)."""

    hits: Floats
    due: Floats
    size: Floats
    sku: Ints
    rows: Ints

    def last_year(self, origin: int, target: int, rate: Floats, mean_log_size: Floats) -> Floats:
        """Features (n, 5) of week number `target` as known before `origin`, each 0 where last year is not known.

        Of the SKU in all markets, against its whole last year: log frequency of sales around `target` - 52 weeks, the
        same for the weeks before `origin` - 52, log size around `target` - 52. Of the series itself, against its
        present `rate` (share of weeks with a sale) and `mean_log_size` (log size): log frequency and log size around
        `target` - 52.
        """
        window = (target - YEAR - AROUND, target - YEAR + AROUND + 1)
        then = self._of_sku(origin, *window)
        before = self._of_sku(origin, origin - YEAR - BEFORE, origin - YEAR)
        hits, due, size = (x[self.rows] for x in self._sums(*_within(*window, origin)))
        again = np.log((hits + PRIOR_WEEKS) / (due * rate + PRIOR_WEEKS))
        larger = (size - hits * mean_log_size) / (hits + 2.0 * PRIOR_WEEKS)
        return np.column_stack([then[0], before[0], then[1], again, larger])

    def _of_sku(self, origin: int, first: int, stop: int) -> tuple[Floats, Floats]:
        part, year = _within(first, stop, origin), (max(origin - YEAR, 0), origin)
        hits, due, size = (self._by_sku(x) for x in self._sums(*part))
        all_hits, all_due, all_size = (self._by_sku(x) for x in self._sums(*year))
        expected = due * (all_hits + 0.1) / (all_due + 0.2)
        occurrence = np.log((hits + PRIOR_WEEKS) / (expected + PRIOR_WEEKS))
        sale_size = (size - hits * all_size / np.maximum(all_hits, 1e-9)) / (hits + PRIOR_WEEKS)
        mine = self.sku[self.rows]
        return occurrence[mine], np.where(all_hits > 0, sale_size, 0.0)[mine]

    def _sums(self, first: int, stop: int) -> list[Floats]:
        return [x[:, stop] - x[:, first] for x in (self.hits, self.due, self.size)]

    def _by_sku(self, values: Floats) -> Floats:
        return np.bincount(self.sku, values).astype(np.float64)


def _within(first: int, stop: int, origin: int) -> tuple[int, int]:
    """The part of a span of weeks that lies between week 0 and `origin`; empty spans are (0, 0)."""
    first, stop = max(first, 0), min(max(stop, 0), origin)
    return (first, stop) if stop > first else (0, 0)


def running_totals(sale: Floats, due: Floats, size: Floats, skus: Ints) -> RunningTotals:
    """Totals from matrices (n, weeks): week with a sale, weeks due, log size where there was a sale."""

    def running(values: Floats) -> Floats:
        return np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)

    return RunningTotals(running(sale), running(due), running(size), skus, np.arange(len(skus)))
