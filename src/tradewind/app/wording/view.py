"""What a reader sees of a result: sentences and tables in reading order, rendered by a terminal, page or workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tradewind.app.wording.figures import cell, exchange_rate, heading, money, named, share

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Table:
    """Headings and cells, already words; `numbers` are the columns set flush right; `more` says what was left out.

    `cut`: where the columns do not fit a terminal, the last ones are left out and named, instead of being folded.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    title: str = ""
    numbers: frozenset[int] = frozenset()
    more: str = ""
    cut: bool = False


View = Sequence[str | Table]


def table_of(
    frame: pl.DataFrame,
    lang: str,
    *,
    title: str = "",
    more: str = "",
    moneys: Sequence[str] = (),
    shares: Sequence[str] = (),
    currency: str = "",
) -> Table:
    """A frame as a table: `moneys` with their currency, `shares` in per cent, headings in words."""

    def written(column: str) -> Callable[[Any], str]:
        if column in moneys:
            return lambda v: money(v, currency, lang)
        if column == "rate":
            return exchange_rate
        return (lambda v: share(v, lang)) if column in shares else (lambda v: cell(v, lang))

    columns = [[written(c)(v) for v in frame[c].to_list()] for c in frame.columns]
    rows = list(zip(*columns, strict=True)) if columns else []
    numbers = frozenset(i for i, c in enumerate(frame.columns) if frame[c].dtype.is_numeric())
    return Table([heading(c, lang) for c in frame.columns], rows, title, numbers, more)


def with_money(frame: pl.DataFrame, amounts: Sequence[str], currency: str, lang: str) -> Table:
    """A frame as a table, its amounts without the currency, which the title names, and its mode in words."""
    import polars as pl

    whole = [
        pl.Series(c, [money(v, currency, lang).removesuffix(f" {currency}") for v in frame[c]], dtype=pl.String)
        for c in amounts
    ]
    if "mode" in frame.columns:
        whole.append(pl.Series("mode", [named("mode", m or "", lang) or "-" for m in frame["mode"]], dtype=pl.String))
    numbers = frozenset(i for i, c in enumerate(frame.columns) if frame[c].dtype.is_numeric())
    shares = [c for c in frame.columns if c == "known_share"]
    return replace(table_of(frame.with_columns(whole), lang, title=currency, shares=shares), numbers=numbers)
