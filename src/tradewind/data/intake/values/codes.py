"""Order numbers and SKUs are text: kept letter by letter, and refused where Excel made them numbers."""

from __future__ import annotations

from collections import Counter

import polars as pl

from tradewind.data.intake.values import Evidence, Read, no_problem

_SCIENTIFIC = r"^\d([.,]\d+)?[eE]\+\d{1,2}$|^\d[.,]\d+[eE]\d{1,2}$|^\d{16,}\.0$"
_LONG = r"^\d{16,}$"
_ROUNDED = r"^\d{15}0+$"
_ENOUGH = 3


def read_code(raw: pl.Series, seen: Evidence) -> Read:
    """A code as it stands, without the `="…"` or apostrophe that protected it from Excel.

    Excel keeps 15 digits. A longer number it touched shows as 8.18E+15 (a plain 2E10 is a code: Excel writes the
    sign), or ends in zeros from the 16th digit on; the latter counts when all long numbers of the column do (three or
    more: one in a thousand by chance).
    """
    value = raw
    if raw.str.contains(r"^[='`]").any():
        value = raw.str.replace(r'^="(.*)"$', "$1").str.replace(r"^['`]", "")
        value = value.set((value == "").fill_null(False), None)
    damaged = value.str.contains(_SCIENTIFIC)
    if seen["long"] >= _ENOUGH and seen["long"] == seen["rounded"]:
        damaged = damaged | value.str.contains(_ROUNDED)
    damaged = damaged.fill_null(False)
    if not damaged.any():
        return Read(value)
    return Read(value.set(damaged, None), no_problem(len(raw)).set(damaged, "number_damaged_by_excel"))


def code_evidence(raw: pl.Series) -> Evidence:
    """Counts of distinct numbers of 16 and more digits, and of those whose digits after the 15th are all zero."""
    long = raw.filter(raw.str.len_bytes() >= 16).unique()
    return Counter(long=int(long.str.contains(_LONG).sum() or 0), rounded=int(long.str.contains(_ROUNDED).sum() or 0))


def lost_zeros(sku: pl.Series, known: pl.Series) -> pl.Series:
    """For each SKU of digits that is not known, the known one it equals but for leading zeros; else null."""
    zeros = known.filter(known.str.contains(r"^0+\d*$"))
    if zeros.is_empty():
        return pl.Series([None], dtype=pl.String).new_from_index(0, len(sku))
    short = zeros.str.strip_chars_start("0")
    table = dict(zip(short.to_list(), zeros.to_list(), strict=True))
    for sku_known in known:
        table.pop(sku_known, None)
    return sku.replace_strict(table, default=None, return_dtype=pl.String)
