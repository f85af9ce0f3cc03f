"""Buyers pass the door as a keyed hash: the same person gives the same key, and nobody can read it back."""

from __future__ import annotations

import hashlib
import re

import polars as pl

from tradewind.data.intake.values import Read, mapped

_KEY = re.compile(r"^[0-9a-f]{32}$")


def read_buyer(raw: pl.Series, salt: bytes, *, keep_keys: bool = False) -> Read:
    """BLAKE2b with the workspace's `salt` as key, of the identifier without case, spaces and, for a
    telephone number, punctuation: 32 hexadecimal digits.

    `keep_keys`: a cell that is such a key already stays (a workbook of fixes that Tradewind wrote).
    """
    cells = [cell for cell in raw.unique() if cell is not None]
    keys: dict[str, str | None] = {
        cell: cell if keep_keys and _KEY.match(cell) else _hashed(cell, salt) for cell in cells
    }
    return Read(mapped(raw, keys))


def read_postcode(raw: pl.Series) -> Read:
    """The first three letters or digits: an area, not an address."""
    prefix = raw.str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "").str.slice(0, 3)
    return Read(prefix.set((prefix == "").fill_null(False), None))


def _hashed(identifier: str, salt: bytes) -> str:
    plain = re.sub(r"\s+", " ", identifier.casefold()).strip()
    if re.fullmatch(r"[\d\s()+\-.]+", plain):
        plain = re.sub(r"\D", "", plain)
    return hashlib.blake2b(plain.encode(), key=salt[:64], digest_size=16).hexdigest()
