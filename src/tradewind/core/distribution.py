"""Odds: one probability distribution per row of a table, all rows at once.

A row's distribution is an atom and a positive part. The atom is zero (no sale) or, for times, never (a lost
parcel). The positive part is given by its quantiles at fixed levels, joined by straight lines, with an
exponential tail beyond the last. Counts are stored dequantised: Y is continuous, X = ceil(Y), so that
P(X <= k) = P(Y <= k) and a slow mover keeps its exact odds of 1, 2, 3 between two levels.

The positive part is stretched by the one factor that makes the distribution's mean the stored mean:
interpolating plain quantiles biases slow movers by -40 to +5 %.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.errors import ParameterError

Kind = Literal["count", "amount", "time"]
Floats = npt.NDArray[np.float64]

LEVELS: Floats = np.array(
    [
        *(0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7),
        *(0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.965, 0.98, 0.99, 0.995, 0.999),
    ]
)
"""Levels of the positive part's quantiles, in every Distribution."""

_WEIGHTS = np.diff(np.concatenate([[0.0], LEVELS]))
_TAIL_WEIGHT = 1.0 - LEVELS[-1]
_NEAR_TOP = int(np.flatnonzero(LEVELS == 0.98)[0])
_TINY = 1e-9


@dataclass(frozen=True)
class Distribution:
    """`n` distributions, one a row; build one with a constructor below, which fits the tail.

    mean       (n,)     expected value; for kind "time" given that the parcel arrives at all
    p_zero     (n,)     odds of the atom: of zero, or for kind "time" of never
    quantiles  (n, 23)  of the positive part at LEVELS, ascending, >= 0; for counts of Y, X = ceil(Y)
    tail       (n,)     scale of the exponential beyond the last quantile
    kind                "count" (whole units), "amount" (real, >= 0) or "time" (real, atom is never)
    """

    mean: Floats
    p_zero: Floats
    quantiles: Floats
    tail: Floats
    kind: Kind

    @classmethod
    def from_quantiles(
        cls, mean: npt.ArrayLike, p_zero: npt.ArrayLike, quantiles: npt.ArrayLike, kind: Kind
    ) -> Distribution:
        """The distribution with this mean, these odds of zero and these quantiles of the positive part.

        Quantiles are sorted along the levels. A count's mean cannot be below its odds of being
        positive; where it is, the odds of zero are raised. Raises ParameterError on negative or
        non-finite input or odds outside [0, 1].
        """
        means, odds = np.array(mean, float), np.array(p_zero, float)
        q = np.sort(np.array(quantiles, float).reshape(len(means), len(LEVELS)), axis=1)
        _check("mean", means, np.isfinite(means) & (means >= 0), ">= 0 and finite")
        _check("p_zero", odds, (odds >= 0) & (odds <= 1), "between 0 and 1")
        _check("quantiles", q, np.isfinite(q) & (q >= 0), ">= 0 and finite")
        if kind == "count":
            odds = np.maximum(odds, 1.0 - means)
        if kind != "time":
            odds = np.where(means == 0, 1.0, odds)
        target = means.copy()
        if kind != "time":
            target = np.divide(means, 1 - odds, out=np.zeros_like(means), where=odds < 1)
        if kind == "count":
            target = np.maximum(target, 1.0)
        q, tail = _fit_mean(q, target, kind)
        return cls(means, odds, q, tail, kind)

    @classmethod
    def from_samples(cls, samples: npt.ArrayLike, kind: Kind) -> Distribution:
        """The distribution of `samples` (n, draws), each row an equally likely set; `inf` means never for times."""
        x = np.sort(np.array(samples, float), axis=1)
        atom = np.isinf(x) if kind == "time" else x <= 0
        draws = x.shape[1]
        hits = atom.sum(axis=1)
        p_zero = hits / draws
        if kind == "time":
            mean = np.where(atom, 0.0, x).sum(axis=1) / np.maximum(draws - hits, 1)
            first = np.zeros(len(x))
        else:
            mean = np.where(atom, 0.0, x).mean(axis=1)
            first = hits.astype(float)
        y = _dequantised(x) if kind == "count" else x
        at = first[:, None] + LEVELS * (draws - hits)[:, None] - 0.5
        at = np.clip(at, first[:, None], np.maximum(first + draws - hits - 1, first)[:, None])
        low = np.minimum(np.floor(at).astype(int), draws - 1)
        high = np.minimum(low + 1, np.maximum(first + draws - hits - 1, 0).astype(int)[:, None])
        share = at - low
        a, b = np.take_along_axis(y, low, 1), np.take_along_axis(y, high, 1)
        a, b = (np.where((hits == draws)[:, None], 0.0, end) for end in (a, b))
        return cls.from_quantiles(mean, p_zero, a + (b - a) * share, kind)

    @classmethod
    def from_frame(cls, frame: pl.DataFrame, kind: Kind) -> Distribution:
        """The distribution stored by `columns` in a frame's mean, p_zero, quantiles and tail."""
        columns = [frame[c].to_numpy().astype(float) for c in ("mean", "p_zero", "quantiles", "tail")]
        columns[2] = columns[2].reshape(frame.height, len(LEVELS))
        return cls(columns[0], columns[1], columns[2], columns[3], kind)

    def columns(self) -> list[pl.Series]:
        """The distribution as four columns of a frame; arrays are float64, so that a round trip is exact."""
        return [
            pl.Series("mean", self.mean, dtype=pl.Float64),
            pl.Series("p_zero", self.p_zero, dtype=pl.Float64),
            pl.Series("quantiles", self.quantiles, dtype=pl.Array(pl.Float64, len(LEVELS))),
            pl.Series("tail", self.tail, dtype=pl.Float64),
        ]

    def __len__(self) -> int:
        return len(self.mean)

    def take(self, rows: npt.ArrayLike) -> Distribution:
        """The distributions of the chosen rows (indices or a mask)."""
        rows = np.asarray(rows)
        return Distribution(self.mean[rows], self.p_zero[rows], self.quantiles[rows], self.tail[rows], self.kind)

    def quantile(self, u: npt.ArrayLike) -> Floats:
        """Inverse distribution function at `u` in [0, 1): scalar, (n,) or (n, k); draws when u is uniform."""
        u = _per_row(u, len(self))
        flat = u.reshape(len(self), u.size // max(len(self), 1))
        positive = 1.0 - self.p_zero[:, None]
        offset = 0.0 if self.kind == "time" else self.p_zero[:, None]
        v = np.divide(flat - offset, positive, out=np.full_like(flat, -1.0), where=positive > 0)
        x = self._positive_quantile(v)
        if self.kind == "count":
            x = np.maximum(np.ceil(x - _TINY), 1.0)
        if self.kind == "time":
            x = np.where((v >= 1.0) | (positive <= 0), np.inf, x)
        else:
            x = np.where((v <= 0.0) | (positive <= 0), 0.0, x)
        return x.reshape(u.shape)

    def cdf(self, x: npt.ArrayLike) -> Floats:
        """P(X <= x), for x scalar, (n,) or (n, k); for times, of arriving by x."""
        x = _per_row(x, len(self))
        flat = x.reshape(len(self), x.size // max(len(self), 1))
        at = np.floor(flat + _TINY) if self.kind == "count" else flat
        share = self._positive_cdf(at)
        positive = 1.0 - self.p_zero[:, None]
        out = (
            positive * share
            if self.kind == "time"
            else np.where(flat < 0, 0.0, self.p_zero[:, None] + positive * share)
        )
        return out.reshape(x.shape)

    def expected_above(self, n: npt.ArrayLike) -> Floats:
        """E[(X - n)+] for n >= 0, scalar, (n,) or (n, k): units of demand that a stock of n leaves unserved.

        For counts n is a whole number. For times, given arrival.
        """
        n = _per_row(n, len(self))
        flat = np.maximum(n.reshape(len(self), n.size // max(len(self), 1)), 0.0)
        positive = np.ones(len(self)) if self.kind == "time" else 1.0 - self.p_zero
        total = _mean_above(self.quantiles, self.tail, flat, self.kind)
        out = positive[:, None] * total
        return out.reshape(n.shape)

    def expected_below(self, n: npt.ArrayLike) -> Floats:
        """E[(n - X)+]: units of a stock of n that are left over."""
        n = _per_row(n, len(self))
        mean = self.mean.reshape((-1,) + (1,) * (n.ndim - 1))
        return n - mean + self.expected_above(n)

    def variance(self) -> Floats:
        """Variance of X; for times, given arrival."""
        second = _second_moment(self.quantiles, self.tail, self.kind)
        positive = 1.0 if self.kind == "time" else 1.0 - self.p_zero
        return np.maximum(positive * second - self.mean**2, 0.0)

    def knots(self) -> Floats:
        """Quantiles of the positive part at level 0 and at LEVELS, (n, 24): the corners of its straight lines."""
        return np.concatenate([_lower_end(self.quantiles)[:, None], self.quantiles], axis=1)

    def _positive_quantile(self, v: Floats) -> Floats:
        knots = np.concatenate([[0.0], LEVELS])
        q = self.knots()
        i = np.clip(np.searchsorted(knots, v, side="right") - 1, 0, len(LEVELS) - 1)
        a, b = np.take_along_axis(q, i, 1), np.take_along_axis(q, i + 1, 1)
        inside = a + (b - a) * (v - knots[i]) / (knots[i + 1] - knots[i])
        beyond = q[:, -1:] - self.tail[:, None] * np.log(np.maximum(1.0 - v, 1e-12) / _TAIL_WEIGHT)
        return np.where(v > LEVELS[-1], beyond, inside)

    def _positive_cdf(self, x: Floats) -> Floats:
        a, b = _segments(self.quantiles)
        out = np.zeros_like(x)
        for j, weight in enumerate(_WEIGHTS):
            width = np.maximum(b[:, j] - a[:, j], _TINY)[:, None]
            out += weight * np.clip((x - a[:, j, None]) / width, 0.0, 1.0)
        past = x - self.quantiles[:, -1:]
        out += np.where(
            past >= 0, _TAIL_WEIGHT * -np.expm1(-np.maximum(past, 0) / np.maximum(self.tail, _TINY)[:, None]), 0.0
        )
        return np.minimum(out, 1.0)


def _check(name: str, value: Floats, good: npt.NDArray[np.bool_], allowed: str) -> None:
    if not good.all():
        raise ParameterError("parameter_range", name=name, value=value[~good].flat[0], allowed=allowed)


def _per_row(x: npt.ArrayLike, n: int) -> Floats:
    x = np.asarray(x, float)
    return np.full(n, float(x)) if x.ndim == 0 else x


def _lower_end(q: Floats) -> Floats:
    """Where the positive part starts: the first segment's line prolonged to level 0, never below 0."""
    slope = (q[:, 1] - q[:, 0]) / (LEVELS[1] - LEVELS[0])
    return np.maximum(q[:, 0] - slope * LEVELS[0], 0.0)


def _segments(q: Floats) -> tuple[Floats, Floats]:
    return np.concatenate([_lower_end(q)[:, None], q[:, :-1]], axis=1), q


def _fit_mean(q: Floats, target: Floats, kind: Kind) -> tuple[Floats, Floats]:
    """Quantiles and tail scales whose distribution has mean `target` over the positive part.

    The tail goes on as the last quantiles suggest; then the whole positive part is stretched by the
    one factor per row, near 1, that makes the mean right.
    """
    tail = np.maximum(
        (q[:, -1] - q[:, _NEAR_TOP]) / np.log((1 - LEVELS[_NEAR_TOP]) / _TAIL_WEIGHT), 1e-6 + 1e-3 * q[:, -1]
    )

    def mean_stretched(c: Floats, rows: npt.NDArray[np.int64]) -> Floats:
        return _mean_above(q[rows] * c[:, None], tail[rows] * c, np.zeros((len(rows), 1)), kind)[:, 0]

    everywhere = np.arange(len(q))
    if kind == "count":
        c = _rising_root(mean_stretched, target)
    else:
        c = target / np.maximum(mean_stretched(np.ones(len(q)), everywhere), 1e-300)
    return q * c[:, None], tail * c


def _rising_root(f: Callable[[Floats, npt.NDArray[np.int64]], Floats], goal: Floats) -> Floats:
    """The factor per row, at most 2^40, at which rising `f(factor, rows)` meets `goal` (Illinois method)."""
    low, high, x = np.full(len(goal), 1e-9), np.full(len(goal), 2.0), np.ones(len(goal))
    rows = np.arange(len(goal))
    below, above = f(low, rows) - goal, f(high, rows) - goal
    for _ in range(39):
        short = rows[above < 0]
        if not len(short):
            break
        high[short] *= 2
        above[short] = f(high[short], short) - goal[short]
    x = np.where(below >= 0, low, x)
    rows, side = rows[below < 0], np.zeros(len(goal))
    for _ in range(60):
        off = f(x[rows], rows) - goal[rows]
        left = off < 0
        above[rows] = np.where(left, np.where(side[rows] < 0, above[rows] / 2, above[rows]), off)
        below[rows] = np.where(left, off, np.where(side[rows] > 0, below[rows] / 2, below[rows]))
        low[rows], high[rows] = np.where(left, x[rows], low[rows]), np.where(left, high[rows], x[rows])
        side[rows] = np.where(left, -1.0, 1.0)
        rows = rows[np.abs(off) > 1e-10 * (1 + goal[rows])]
        if not len(rows):
            break
        x[rows] = (low[rows] * above[rows] - high[rows] * below[rows]) / np.maximum(above[rows] - below[rows], 1e-300)
    return x


def _ceil_integral(t: Floats) -> Floats:
    """Integral of ceil(y) dy from 0 to t."""
    k = np.floor(t)
    return k * (k + 1) / 2 + (t - k) * (k + 1)


def _mean_above(q: Floats, tail: Floats, n: Floats, kind: Kind) -> Floats:
    """E[(X - n)+] of the positive part, for n of shape (rows, k)."""
    return _bulk_above(q, n, kind) + _TAIL_WEIGHT * _tail_above(q[:, -1:], np.maximum(tail, _TINY)[:, None], n, kind)


def _bulk_above(q: Floats, n: Floats, kind: Kind) -> Floats:
    """The part of E[(X - n)+] that lies below the last level."""
    a, b = _segments(q)
    total = np.zeros_like(n)
    for j, weight in enumerate(_WEIGHTS):
        low, high = np.maximum(a[:, j, None] - n, 0.0), np.maximum(b[:, j, None] - n, 0.0)
        width = (b[:, j] - a[:, j])[:, None]
        flat = width < 1e-7
        width = np.maximum(width, 1e-7)
        if kind == "count":
            area = np.where(flat, np.ceil(high - 1e-7), (_ceil_integral(high) - _ceil_integral(low)) / width)
        else:
            area = np.where(flat, high, (high**2 - low**2) / (2 * width))
        total += weight * area
    return total


def _tail_above(top: Floats, scale: Floats, n: Floats, kind: Kind) -> Floats:
    """E[(X - n)+] for X beginning at `top` with an exponential of `scale` (its ceiling, for counts)."""
    if kind != "count":
        return np.where(n <= top, top - n + scale, scale * np.exp(-np.maximum(n - top, 0) / scale))
    first = np.ceil(top - 1e-7)
    step = np.exp(-1.0 / scale)
    reach = np.exp(-(np.maximum(first - top, 0.0)) / scale)
    at_or_below = first - n + reach / (1.0 - step)
    beyond = reach * step ** np.maximum(n - first, 0.0) / (1.0 - step)
    return np.where(n <= first, at_or_below, beyond)


def _second_moment(q: Floats, tail: Floats, kind: Kind) -> Floats:
    """E[X^2] of the positive part."""
    a, b = _segments(q)
    width = np.maximum(b - a, _TINY)
    if kind == "count":

        def integral(t: Floats) -> Floats:
            k = np.floor(t)
            return k * (k + 1) * (2 * k + 1) / 6 + (t - k) * (k + 1) ** 2

        area = np.where(b - a < 1e-7, np.ceil(b - 1e-7) ** 2, (integral(b) - integral(a)) / width)
    else:
        area = np.where(b - a < 1e-7, b**2, (b**3 - a**3) / (3 * width))
    top, s = q[:, -1], np.maximum(tail, _TINY)
    if kind == "count":
        first, step = np.ceil(top - 1e-7), np.exp(-1.0 / s)
        reach = np.exp(-np.maximum(first - top, 0.0) / s)
        beyond = first**2 + 2 * first * reach / (1 - step) + reach * (1 + step) / (1 - step) ** 2
    else:
        beyond = top**2 + 2 * top * s + 2 * s**2
    return area @ _WEIGHTS + _TAIL_WEIGHT * beyond


def _dequantised(x: Floats) -> Floats:
    """Sorted whole numbers spread evenly over the unit interval below each value, tie by tie."""
    n = x.shape[1]
    place = np.broadcast_to(np.arange(n), x.shape)
    starts = np.concatenate([np.ones((len(x), 1), bool), x[:, 1:] != x[:, :-1]], axis=1)
    ends = np.concatenate([x[:, 1:] != x[:, :-1], np.ones((len(x), 1), bool)], axis=1)
    left = np.maximum.accumulate(np.where(starts, place, 0), axis=1)
    right = np.minimum.accumulate(np.where(ends, place, n)[:, ::-1], axis=1)[:, ::-1]
    return x - 1.0 + (place - left + 0.5) / (right - left + 1)
