"""Random streams: one per seed and cause, so that a new cause leaves the draws of the others alone."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64] | npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def stream(seed: int, cause: str) -> np.random.Generator:
    """The generator of `cause` ("fx", "life cycle") under `seed`: the same on every machine."""
    key = np.array([seed % 2**64, zlib.crc32(cause.encode())], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key))
