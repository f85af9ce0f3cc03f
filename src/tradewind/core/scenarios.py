"""Common random numbers: what the same dice say about every row of a table, now and on any machine.

A draw depends on nothing but the seed, the row's identity (not its place), the week and the scenario's
number. Rows are tied together by shared factors through a Gaussian copula, since independent SKUs
would make totals far too certain: z = sum_f sqrt(share_f) z_f + sqrt(1 - sum share) z_row, u = Phi(z), so
each row keeps its own distribution exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numba as nb
import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.distribution import LEVELS, Distribution
from tradewind.core.errors import ParameterError

Keys = npt.NDArray[np.uint64]

_FNV_OFFSET, _FNV_PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)


@dataclass(frozen=True)
class Factor:
    """A shock that rows with the same key share; `weekly` draws it anew each week, else once for all weeks."""

    name: str
    keys: Keys
    share: float
    weekly: bool = True


def row_keys(frame: pl.DataFrame, columns: Sequence[str]) -> Keys:
    """A 64-bit key per row from its identity (FNV-1a over the text), the same on every machine and version."""
    joined = frame.select(
        pl.concat_str([pl.col(c).cast(pl.String).fill_null("\x00") for c in columns], separator="\x1f")
    )
    text = joined.to_series().str.encode("hex").cast(pl.Binary)
    if not len(text):
        return np.zeros(0, np.uint64)
    fixed = np.array(text.to_list(), dtype=np.bytes_)
    width = fixed.dtype.itemsize
    letters = fixed.view(np.uint8).reshape(len(fixed), width).astype(np.uint64)
    h = np.full(len(fixed), _FNV_OFFSET)
    with np.errstate(over="ignore"):
        for j in range(width):
            there = letters[:, j] != 0
            h = np.where(there, (h ^ letters[:, j]) * _FNV_PRIME, h)
    return h


def uniforms(
    keys: Keys, steps: Sequence[int], scenarios: int, seed: int, factors: Sequence[Factor] = ()
) -> npt.NDArray[np.float32]:
    """Uniform draws in (0, 1), shape (rows, len(steps), scenarios).

    `steps` name the weeks (their ordinals), so that a shifted horizon keeps its draws. Raises
    ParameterError where the factors' shares add up to more than one.
    """
    shares = np.array([f.share for f in factors])
    if (shares < 0).any() or shares.sum() > 1 + 1e-12:
        raise ParameterError(
            "parameter_range", name="factor shares", value=shares.sum(), allowed="between 0 and 1 in total"
        )
    steps_ = np.asarray(steps, np.int64)
    z = np.zeros((len(keys), len(steps_), scenarios), np.float32)
    for number, factor in enumerate(factors, start=1):
        groups, members = np.unique(factor.keys, return_inverse=True)
        shared_steps = steps_ if factor.weekly else np.zeros(1, np.int64)
        shock = _normals(groups, shared_steps, scenarios, _stream(seed, number))
        _add(z, shock, members.astype(np.int64), np.float32(math.sqrt(factor.share)))
    _finish(z, keys, steps_, np.uint64(_stream(seed, 0)), math.sqrt(max(0.0, 1.0 - shares.sum())))
    return z


def sample(
    distribution: Distribution,
    keys: Keys,
    steps: Sequence[int],
    scenarios: int,
    seed: int,
    factors: Sequence[Factor] = (),
) -> npt.NDArray[np.float32]:
    """Draws from distributions laid out row by row, week by week: `distribution` has len(keys) * len(steps) rows.

    Returns (rows, steps, scenarios). Sum over an axis for lead-time or pooled demand: that is the
    whole point, since the quantile of a sum is not the sum of quantiles.
    """
    u = uniforms(keys, steps, scenarios, seed, factors)
    flat = u.reshape(len(distribution), scenarios)
    knots = np.concatenate([[0.0], LEVELS])
    _draw(flat, distribution.p_zero, distribution.knots(), knots, distribution.tail, distribution.kind == "count",
          distribution.kind == "time")  # fmt: skip
    return u


def _stream(seed: int, number: int) -> int:
    return (seed * 0x9E3779B97F4A7C15 + number * 0xD1B54A32D192ED03) % 2**64


@nb.njit(cache=True, inline="always")
def _mix(x):  # type: ignore[no-untyped-def]
    """splitmix64 finaliser (Steele, Lea, Flood 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@nb.njit(cache=True, inline="always")
def _normal(key, step, scenario, stream):  # type: ignore[no-untyped-def]
    """A standard normal by Box and Muller from two hashed 32-bit halves."""
    x = _mix(stream ^ key)
    x = _mix(x + np.uint64(step) * np.uint64(0x9E3779B97F4A7C15))
    x = _mix(x + np.uint64(scenario) * np.uint64(0xD1B54A32D192ED03))
    u1 = (np.float64(x >> np.uint64(32)) + 0.5) / 4294967296.0
    u2 = np.float64(x & np.uint64(0xFFFFFFFF)) / 4294967296.0
    return math.sqrt(-2.0 * math.log(u1)) * math.cos(2.0 * math.pi * u2)


@nb.njit(cache=True, parallel=True)
def _normals_into(out, keys, steps, stream):  # type: ignore[no-untyped-def]
    for i in nb.prange(out.shape[0]):
        for t in range(out.shape[1]):
            for s in range(out.shape[2]):
                out[i, t, s] = _normal(keys[i], steps[t], s, stream)


@nb.njit(cache=True, parallel=True)
def _add(z, shock, members, weight):  # type: ignore[no-untyped-def]
    weekly = shock.shape[1] > 1
    for i in nb.prange(z.shape[0]):
        for t in range(z.shape[1]):
            at = t if weekly else 0
            for s in range(z.shape[2]):
                z[i, t, s] += weight * shock[members[i], at, s]


@nb.njit(cache=True, parallel=True)
def _finish(z, keys, steps, stream, weight):  # type: ignore[no-untyped-def]
    for i in nb.prange(z.shape[0]):
        for t in range(z.shape[1]):
            for s in range(z.shape[2]):
                total = z[i, t, s] + weight * _normal(keys[i], steps[t], s, stream)
                u = 0.5 * math.erfc(-total / math.sqrt(2.0))
                z[i, t, s] = min(max(u, 1e-7), 1.0 - 1e-7)


@nb.njit(cache=True, parallel=True)
def _draw(u, p_zero, quantiles, levels, tail, count, never):  # type: ignore[no-untyped-def]
    """Distribution.quantile, row by row and in place, so that no copy of the draws is made."""
    top = len(levels) - 1
    for i in nb.prange(u.shape[0]):
        positive = 1.0 - p_zero[i]
        for s in range(u.shape[1]):
            v = np.float64(u[i, s])
            if never:
                if v >= positive:
                    u[i, s] = np.inf
                    continue
            else:
                v -= p_zero[i]
                if v <= 0.0:
                    u[i, s] = 0.0
                    continue
            v /= positive
            if v > levels[top]:
                x = quantiles[i, top] - tail[i] * math.log(max(1.0 - v, 1e-12) / (1.0 - levels[top]))
            else:
                low, high = 0, top
                while high - low > 1:
                    mid = (low + high) // 2
                    if levels[mid] <= v:
                        low = mid
                    else:
                        high = mid
                share = (v - levels[low]) / (levels[high] - levels[low])
                x = quantiles[i, low] + share * (quantiles[i, high] - quantiles[i, low])
            if count:
                x = max(math.ceil(x - 1e-9), 1.0)
            u[i, s] = x


def _normals(keys: Keys, steps: npt.NDArray[np.int64], scenarios: int, stream: int) -> npt.NDArray[np.float32]:
    out = np.empty((len(keys), len(steps), scenarios), np.float32)
    _normals_into(out, keys, steps, np.uint64(stream))
    return out
