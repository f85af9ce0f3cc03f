"""Several parcels in one cell, as AliExpress writes them in 实际发货物流:运单号: company, colon, tracking number."""

from __future__ import annotations

import polars as pl

_PAIR = r"(?:[^:：;；,，|]*?[:：]\s*)?[A-Za-z0-9][A-Za-z0-9\-]{5,39}(?:[\s;；,，|]+|$)"
_NUMBER = r"([A-Za-z0-9][A-Za-z0-9\-]{5,39})[\s;；,，|]*$"
_BARE = r"^[A-Za-z0-9\-]*\d[A-Za-z0-9\-]*$"


def waybills(cells: pl.Series) -> pl.DataFrame:
    """One row per parcel: `at` (which cell), `company` (null where none is named), `tracking_no`, `unread`.

    `unread` is a part that names no tracking number. Empty cells give no row.
    """
    numbered = pl.DataFrame({"at": pl.int_range(len(cells), eager=True), "cell": cells}).drop_nulls("cell")
    rows = numbered.select(
        "at", part=pl.col("cell").str.replace_all(r"\s*[:：]\s*", ":").str.extract_all(_PAIR), cell="cell"
    )
    left = pl.col("cell").str.replace_all(r"\s*[:：]\s*", ":").str.replace_all(_PAIR, "").str.strip_chars(" ;；,，|:")
    bad = rows.select("at", part=pl.lit(None, pl.String), unread=left).filter(pl.col("unread") != "")
    good = rows.select("at", "part", unread=pl.lit(None, pl.String)).explode(
        "part", keep_nulls=False, empty_as_null=False
    )
    parts = pl.concat([good, bad]).with_columns(pl.col("part").str.strip_chars(" ;；,，|"))
    number = pl.col("part").str.extract(_NUMBER)
    company = pl.col("part").str.extract(r"^(.*):").str.strip_chars()
    is_number = number.str.contains(_BARE).fill_null(False)
    found = parts.select(
        "at",
        company=pl.when(is_number & (company != "")).then(company),
        tracking_no=pl.when(is_number).then(number),
        unread=pl.when(~is_number).then(pl.coalesce("unread", "part")),
    )
    return found.unique(["at", "tracking_no"], keep="first", maintain_order=True).sort("at", maintain_order=True)
