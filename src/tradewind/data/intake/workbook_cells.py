"""The cells of a workbook or web page as a reader sees them: merged cells in each of their rows, codes in their format.

A merged cell holds its value in its first row alone. An order tool merges an order's cells over its lines: each line is
of that order. An amount (what the order came to) is of all its rows together: they share it, by what each comes to.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, pairwise

import polars as pl

from tradewind.data.intake.detect import Part
from tradewind.data.intake.layout import Feed, Field
from tradewind.data.intake.sheets import ROW
from tradewind.data.intake.values.numbers import MERGED_COUNT, number_evidence, read_money
from tradewind.data.intake.web_tables import web_tables
from tradewind.data.intake.workbook_xml import Merged, SheetXml, sheet_xml, shown


def as_shown(raw: pl.DataFrame, part: Part, feed: Feed, notes: Counter[str]) -> pl.DataFrame:
    """Rows of a sheet or page as text, from `sheets.scan`, with what its merged cells and number formats say."""
    place = part.place
    if place.examined.kind == "web":
        said = SheetXml(web_tables(place.file, place.examined)[place.sheet].merged)
    elif place.examined.kind == "workbook":
        said = sheet_xml(place.file, place.examined.content_hash, place.sheet or "")
    else:
        return raw
    columns = {at: field for field in feed.fields for name, at in part.place.columns if name == field.name}
    raw = _formatted(raw, columns, said)
    return _spread(raw, columns, feed, said.merged, notes)


def _formatted(raw: pl.DataFrame, columns: dict[int, Field], said: SheetXml) -> pl.DataFrame:
    """Codes in number cells as their format shows them: 123 in the format 00000 is 00123."""
    codes = {at: field.name for at, field in columns.items() if field.kind in ("code", "text")}
    wanted = [(row + 1, codes[column], form) for row, column, form in said.formats if column in codes]
    top = raw[ROW][0] if raw.height else 0
    for name in {name for _, name, _ in wanted}:
        at = [(row - top, form) for row, of, form in wanted if of == name and top <= row < top + raw.height]
        cells = [(nth, form, raw[name][nth]) for nth, form in at]
        new = [(nth, shown(int(cell), form)) for nth, form, cell in cells if cell and cell.isdecimal()]
        raw = raw.with_columns(raw[name].scatter([nth for nth, _ in new], [code for _, code in new]))
    return raw


def _spread(
    raw: pl.DataFrame, columns: dict[int, Field], feed: Feed, merged: tuple[Merged, ...], notes: Counter[str]
) -> pl.DataFrame:
    """Each merged cell in all its rows; an amount shared out over them, a count that nobody can share marked."""
    top = raw[ROW][0] - 1 if raw.height else 0
    spans: dict[str, list[range]] = {}
    for one in merged:
        if one.left in columns and top <= one.top < top + raw.height:
            rows = range(one.top - top, min(one.bottom - top + 1, raw.height))
            spans.setdefault(columns[one.left].name, []).append(rows)
    alike = (*feed.fill_down, *(f.name for f in feed.fields if feed.split is not None or not f.adds_up))
    sums = [f for f in columns.values() if f.name in spans and f.name not in alike]
    filled = {name: _filled(raw[name], ranges) for name, ranges in spans.items() if name in alike}
    raw = raw.with_columns(cells for cells, _ in filled.values())
    notes["merged_filled"] += len({row for _, rows in filled.values() for row in rows})
    shared: set[int] = set()
    for field in sums:
        mine = [rows for rows in spans[field.name] if raw[field.name][rows[0]] is not None]
        if mine and field.kind == "money":
            cells = _shared(raw[field.name], mine, _weights(raw, feed))
            shared |= {row for rows in mine for row in rows}
        else:
            cells = _marked(raw[field.name], mine if field.required else [])
        raw = raw.with_columns(cells)
    notes["merged_shared"] += len(shared)
    return raw


def _filled(cells: pl.Series, spans: list[range]) -> tuple[pl.Series, list[int]]:
    """Each span as its first row says, and the rows that were filled."""
    first = cells.to_list()
    found = [(row, first[rows[0]]) for rows in spans for row in rows[1:] if first[rows[0]] is not None]
    places = [row for row, _ in found]
    return cells.scatter(places, [cell for _, cell in found]), places


def _marked(cells: pl.Series, spans: list[range]) -> pl.Series:
    found = [(row, f"{cells[rows[0]]} {MERGED_COUNT}") for rows in spans for row in rows]
    return cells.scatter([row for row, _ in found], [cell for _, cell in found])


def _weights(raw: pl.DataFrame, feed: Feed) -> list[float]:
    """What each row comes to: pieces times price, else pieces, else all alike."""
    amounts = {
        field.name: read_money(raw[field.name], number_evidence(raw[field.name])).value
        for field in feed.fields
        if field.name in ("units", "unit_price") and field.name in raw.columns
    }
    units = amounts.get("units", pl.Series([1.0]).new_from_index(0, raw.height)).fill_null(1.0)
    weights = units * amounts["unit_price"].fill_null(0.0) if "unit_price" in amounts else units
    return [max(weight, 0.0) for weight in weights]


def _shared(cells: pl.Series, spans: list[range], weights: list[float]) -> pl.Series:
    """Each span's amount in parts that add up to it, in its own currency; one that cannot be read stays as it is."""
    read = read_money(cells, number_evidence(cells))
    values = read.value.to_list()
    currencies = [None] * len(cells) if read.currency is None else read.currency.to_list()
    found: list[tuple[int, str]] = []
    for rows in spans:
        total, currency = values[rows[0]], currencies[rows[0]] or ""
        if total is None:
            continue
        parts = _parts(total, weights[rows.start : rows.stop])
        found += [(row, f"{currency} {part:.6f}".strip()) for row, part in zip(rows, parts, strict=True)]
    return cells.scatter([row for row, _ in found], [cell for _, cell in found])


def _parts(total: float, weights: list[float]) -> list[float]:
    """`total` by weight, to the cent; the parts add up to it.

    >>> _parts(10.0, [2.0, 1.0]), _parts(10.0, [0.0, 0.0, 0.0])
    ([6.67, 3.33], [3.33, 3.34, 3.33])
    """
    weights = weights if sum(weights) > 0 else [1.0] * len(weights)
    ends = [0.0, *(round(total * part / sum(weights), 2) for part in accumulate(weights[:-1])), total]
    return [round(end - start, 6) for start, end in pairwise(ends)]
