"""Buyers pass the door as a keyed hash: the same person gives the same key, and nobody can read it back."""

from __future__ import annotations

import hashlib

import polars as pl

from tradewind.data.intake.values import Read

_KEY = r"^[0-9a-f]{32}$"
_POSTCODE = r"^[A-Z]{0,4}[ -]?\d[A-Z0-9 -]{0,10}$|^[A-Z]{1,2}\d[A-Z0-9 -]{0,8}$|^[A-Z0-9]{1,3}$"
_NO_POSTCODE = r"[A-Z]{5}|^\d{9,}$|(\d[ -]?){10}|^(\d{2,3}[ -]){2}\d{2,4}"
_TELEPHONE = r"^[\d ()+\-.]+$"


def read_buyer(raw: pl.Series, salt: bytes, *, keep_keys: bool = False) -> Read:
    """BLAKE2b with the workspace's `salt` as key, of the identifier without case, spaces and, for a
    telephone number, punctuation: 32 hexadecimal digits.

    `keep_keys`: a cell that is such a key already stays (a workbook of fixes that Tradewind wrote).
    """
    cells = raw.drop_nulls().unique()
    keys = _hashed(cells, salt)
    if keep_keys:
        keys = keys.zip_with(~cells.str.contains(_KEY), cells)
    return Read(raw.replace_strict(cells, keys, default=None, return_dtype=pl.String))


def read_postcode(raw: pl.Series) -> Read:
    """The first three letters or digits: an area, not an address. Null where the cell does not look like a postcode (a
    name, a street, a telephone number that slipped there)."""
    written = raw.str.to_uppercase().str.strip_chars("='`\"〒 ")
    looks = written.str.contains(_POSTCODE) & ~written.str.contains(_NO_POSTCODE)
    prefix = written.str.replace_all(r"[^\p{L}\p{N}]", "").str.slice(0, 3)
    return Read(prefix.set(~(looks & (prefix != "")).fill_null(False), None))


def _hashed(identifiers: pl.Series, salt: bytes) -> pl.Series:
    plain = identifiers.str.to_lowercase()
    digits = plain.str.replace_all(r"[^\d]", "")
    plain = plain.zip_with(~plain.str.contains(_TELEPHONE), digits)
    key = salt[:64]
    hashes = [hashlib.blake2b(one.encode(), key=key, digest_size=16).hexdigest() for one in plain]
    return pl.Series(identifiers.name, hashes, dtype=pl.String)
