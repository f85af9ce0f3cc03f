"""Random streams: one per seed and cause, so that a new cause leaves the draws of the others alone."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64] | npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def stream(seed: int, cause: str, shard: int = 0) -> np.random.Generator:
    """The generator of `cause` ("fx", "life cycle") under `seed`: the same on every machine; one for each `shard`."""
    key = np.array([seed % 2**64, zlib.crc32(cause.encode()) + (shard << 32)], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key))


def by_week(week: Ints, draw: Callable[[int, slice], Floats]) -> Floats:
    """Draws for rows sorted by `week`: `draw(week, rows)` for each, from a stream of that week's own.

    What changes in one week then leaves the draws of the weeks before and after alone.
    """
    starts = np.flatnonzero(np.diff(week, prepend=-1))
    stops = np.append(starts[1:], len(week))
    parts = [draw(int(week[a]), slice(int(a), int(b))) for a, b in zip(starts, stops, strict=True)]
    out: Floats = np.concatenate(parts).astype(np.float64) if parts else np.empty(0)
    return out
