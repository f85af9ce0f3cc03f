"""One export in several files of a zip or sheets of a workbook: an order whose lines are in two of them is one order.

A zip may as well hold the same export of two weeks. An order that two files state with the same lines was exported
twice: the file that comes last by name is the newer. One whose lines differ is in parts, and all of them count. Of two
sheets nobody knows which is the newer, so that orders they state differently are asked about.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake.layout import Feed
from tradewind.data.intake.staging import FILE

_IN = "__in_file"


def newest_of_each(texts: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """`texts` without the rows of groups that a later file states again with the same lines."""
    file = pl.col(FILE).str.split(" / ").list.first()
    lines_by = [name for name in feed.lines_by if name in texts.columns]
    if not lines_by or texts.select(file.n_unique()).item() <= 1:
        return texts
    group = list(feed.group)
    texts = texts.with_columns(file.alias(_IN))
    line = pl.concat_str([pl.col(name).fill_null("") for name in lines_by], separator="\x1f")
    rows = texts.select(
        *group,
        _IN,
        line=line,
        has=pl.any_horizontal(pl.col(lines_by).is_not_null()),
        named=pl.col(group[-1]).is_not_null(),
    )
    kinds = rows.group_by(*group, _IN, "line").agg(pl.len(), pl.col("has").any(), pl.col("named").all())
    counted = pl.concat_str("line", "len", separator="\x1f")
    stated = kinds.group_by(*group, _IN).agg(
        lines=counted.sort().str.join("\x1e"), complete=pl.col("has").any() & pl.col("named").all()
    )
    last = pl.col(_IN).max().over(*group, "lines")
    older = stated.filter(pl.col("complete") & (pl.col(_IN) < last)).select(*group, _IN)
    return texts.join(older, on=[*group, _IN], how="anti", nulls_equal=True, maintain_order="left").drop(_IN)


def one_sheet_of_each(texts: pl.DataFrame, feed: Feed, book: str, sheets: Mapping[str, str]) -> pl.DataFrame:
    """`texts` without the rows of groups that an earlier sheet of the workbook `book` states with the same rows.

    `sheets` are its sheets by what their rows say in FILE. Raises UnreadableFileError where two of them state the same
    group with other rows.
    """
    group = list(feed.group)
    of_book = pl.col(FILE).is_in(list(sheets))
    _check_sheets(texts.filter(of_book), feed, book, sheets)
    first = pl.col(FILE) == pl.col(FILE).filter(of_book).min().over(group)
    return texts.filter(~of_book | first | pl.col(group[-1]).is_null())


def _check_sheets(texts: pl.DataFrame, feed: Feed, book: str, sheets: Mapping[str, str]) -> None:
    group = list(feed.group)
    cells = [f.name for f in feed.fields if f.name in texts.columns]
    key = pl.col(group[-1]).is_not_null()
    stated = texts.filter(key).group_by(*group, FILE).agg(rows=pl.struct(cells).hash().sort())
    apart = stated.group_by(group).agg(pl.col(FILE).unique().sort(), kinds=pl.col("rows").n_unique())
    apart = apart.filter((pl.col("kinds") > 1) & (pl.col(FILE).list.len() > 1)).sort(group)
    if apart.is_empty():
        return
    named = sorted({sheets[one] for one in apart[FILE].explode()})
    raise UnreadableFileError(
        "sheets_repeat", path=book, group=group[-1], sheets=", ".join(named), example=apart[group[-1]][0]
    )
