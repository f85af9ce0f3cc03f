"""What a SKU did at this time last year, beyond what its market's season explains.

Christmas lights do not follow the season of the shop. A SKU's sales around the same week last year, in all its
markets together, are set against its whole last year: were weeks with a sale more frequent, and sales larger? Thin
evidence gives numbers near 0, which change nothing.
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
    """Running totals by SKU, (skus, weeks + 1): weeks with a sale, weeks due, log sizes. `rows` maps series to SKUs."""

    hits: Floats
    due: Floats
    size: Floats
    rows: Ints

    def last_year(self, moment: int, target: int) -> Floats:
        """(n, 3): log of the relative frequency of sales around `target` - 52 weeks, the same for the weeks before
        `moment` - 52, and relative log size around `target` - 52.

        Only weeks before `moment` count; 0 where last year is not known.
        """
        then = self._against_year(moment, target - YEAR - AROUND, target - YEAR + AROUND + 1)
        before = self._against_year(moment, moment - YEAR - BEFORE, moment - YEAR)
        return np.column_stack([then[0], before[0], then[1]])[self.rows]

    def _against_year(self, moment: int, first: int, stop: int) -> tuple[Floats, Floats]:
        first, stop = max(first, 0), min(max(stop, 0), moment)
        if stop <= first:
            return np.zeros(len(self.hits)), np.zeros(len(self.hits))
        year = max(moment - YEAR, 0)
        hits, due, size = (x[:, stop] - x[:, first] for x in (self.hits, self.due, self.size))
        all_hits, all_due, all_size = (x[:, moment] - x[:, year] for x in (self.hits, self.due, self.size))
        expected = due * (all_hits + 0.1) / (all_due + 0.2)
        often = np.log((hits + DOUBT) / (expected + DOUBT))
        large = (size - hits * all_size / np.maximum(all_hits, 1e-9)) / (hits + DOUBT)
        return often, np.where(all_hits > 0, large, 0.0)


def remember(sale: Floats, due: Floats, size: Floats, skus: Ints) -> Memory:
    """Totals by SKU from matrices (n, weeks): week with a sale, weeks due, log size where there was a sale."""
    groups = int(skus.max(initial=-1)) + 1

    def running(values: Floats) -> Floats:
        total = np.zeros((groups, values.shape[1] + 1))
        np.add.at(total[:, 1:], skus, values)
        return np.cumsum(total, axis=1)

    return Memory(running(sale), running(due), running(size), skus)
