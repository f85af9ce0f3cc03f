"""A feed's text rows with their cells read: typed columns, and beside each what could not be read."""

from __future__ import annotations

from collections import Counter

import polars as pl

from tradewind.data.corrections import CLEARED
from tradewind.data.intake.layout import Feed
from tradewind.data.intake.personal import EVENT_NUMBERS, is_no_number
from tradewind.data.intake.sheets import ROW
from tradewind.data.intake.staging import BUYER, FILE
from tradewind.data.intake.values import CLEAR, Setting
from tradewind.data.intake.values.currencies import SHARED, agrees, likeliest
from tradewind.data.intake.values.reading import read

PROBLEM, RAW, SUGGESTION, NAMED = "__problem_", "__raw_", "__suggestion_", "__currency_"
OWN = (ROW, FILE)
NO_NUMBER = "number_is_none"
"""The problem of a cell that cannot be the number of an order, a parcel or a return (see `personal.is_no_number`)."""


def read_feed(
    texts: pl.DataFrame, feed: Feed, setting: Setting, left_out: Counter[str], *, lines: bool = False
) -> pl.DataFrame:
    """Typed columns under the fields' names. A field with problems also has `__problem_`, `__raw_`, `__suggestion_`.

    `lines`: the rows become lines of a group, so that two that say the same may be two of them (see `Feed.once_by`).
    """
    filled = _filled_down(texts, feed)
    once = filled if feed.repeats else _once(filled, feed, left_out, lines=lines)
    if feed.split is not None:
        once = feed.split(once)
    cleared = _cleared(once, feed)
    once = once.with_columns(pl.when(~has).then(name).alias(name) for name, has in cleared.items())
    columns: list[pl.Series] = []
    currencies: dict[str, pl.Series] = {}
    for field in feed.fields:
        if field.name not in once.columns or field.name == BUYER:
            continue
        raw = once[field.name]
        result = read(raw, field, setting)
        columns.append(result.value.alias(field.name))
        if result.currency is not None:
            currencies[field.name] = result.currency
        if result.problem is not None and result.problem.null_count() < once.height:
            columns.append(result.problem.alias(PROBLEM + field.name))
            columns.append(raw.alias(RAW + field.name))
            if result.suggestion is not None:
                columns.append(result.suggestion.alias(SUGGESTION + field.name))
    frame = once.select(*{BUYER, *OWN} & set(once.columns)).hstack(columns)
    if cleared:
        names = [pl.when(has).then(pl.lit(name)) for name, has in cleared.items()]
        frame = frame.with_columns(pl.concat_str(names, separator=",", ignore_nulls=True).alias(CLEARED))
    frame = _with_currency(frame, currencies)
    if setting.currency is not None and "currency" in frame.columns and RAW + "currency" not in frame.columns:
        frame = frame.with_columns(pl.col("currency").fill_null(setting.currency))
    for rule in feed.leave_out:
        kept = frame.filter(~rule.where.fill_null(False))
        left_out[rule.reason] += frame.height - kept.height
        frame = kept
    frame = _without_texts(frame, feed)
    for note in feed.notes:
        if set(note.where.meta.root_names()) <= set(frame.columns):
            left_out[note.reason] += frame.filter(note.where.fill_null(False)).height
    return frame


def _without_texts(frame: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Cells that cannot be the number of what happened become cells to correct: a name that slipped in settles nowhere.

    After the rows that are no facts have gone, which may hold a word in the place of a number.
    """
    for field in feed.fields:
        if field.name not in frame.columns or not (
            field.shape or (field.kind == "code" and field.name in EVENT_NUMBERS)
        ):
            continue
        cells = frame[field.name]
        fails = frame.select(is_no_number(pl.col(field.name), field.shape).fill_null(False)).to_series()
        if not fails.any():
            continue
        nothing = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
        problem, raw = (frame[p + field.name] if p + field.name in frame.columns else nothing for p in (PROBLEM, RAW))
        frame = frame.with_columns(
            cells.set(fails, None),
            problem.set(fails, NO_NUMBER).alias(PROBLEM + field.name),
            raw.zip_with(~fails, cells).alias(RAW + field.name),
        )
    return frame


def _cleared(texts: pl.DataFrame, feed: Feed) -> dict[str, pl.Series]:
    """The columns with cells that say that nothing is to be known any more, and which cells do."""
    if not feed.clears:
        return {}
    says = {
        f.name: texts[f.name].str.to_lowercase().is_in(CLEAR).fill_null(False)
        for f in feed.fields
        if f.name in texts.columns and not f.personal
    }
    return {name: has for name, has in says.items() if has.any()}


def _filled_down(texts: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    if not feed.fill_down:
        return texts
    filled = pl.col(feed.fill_down).forward_fill().backward_fill().over(feed.group)
    return texts.sort(FILE, ROW).with_columns(filled)


def _once(texts: pl.DataFrame, feed: Feed, left_out: Counter[str], *, lines: bool) -> pl.DataFrame:
    """The rows without those that state an earlier one again, in the order of the file; what is alike is counted.

    Rows of equal hashes are compared with the first of them, cell by cell and a column at a time.
    """
    cells = [c for c in texts.columns if c not in OWN]
    rows = texts.select(FILE, ROW, pl.struct(cells).hash().alias("__hash")).with_row_index("__n")
    suspects = rows.filter(pl.col("__hash").is_duplicated()).sort(FILE, ROW)
    if suspects.is_empty():
        return texts
    pairs = suspects.select("__n", pl.col("__n").first().over("__hash").alias("first"))
    pairs = pairs.filter(pl.col("__n") != pl.col("first"))
    for name in cells:
        same = texts[name].gather(pairs["__n"]).eq_missing(texts[name].gather(pairs["first"]))
        pairs = pairs.filter(same)
    again = pairs["__n"]
    if lines:
        named = feed.once_by in texts.columns
        again = again.filter(texts[feed.once_by].gather(again).is_not_null()) if named else again.clear()
    left_out["duplicate_collapsed"] += len(again)
    left_out["alike_counted"] += pairs.height - len(again)
    keep = pl.Series([True], dtype=pl.Boolean).new_from_index(0, texts.height).scatter(again, False)
    return texts.filter(keep)


def _with_currency(frame: pl.DataFrame, named: dict[str, pl.Series]) -> pl.DataFrame:
    """The currency that amounts name in their text, where the row says none; a row that says two is a problem.

    Where the rows have no currency of their own, what each amount names stands beside it (`__currency_` and its field).
    """
    named = {field: cells for field, cells in named.items() if cells.null_count() < len(cells)}
    if not named:
        return frame
    if "currency" not in frame.columns:
        return frame.with_columns(cells.alias(NAMED + field) for field, cells in named.items())
    rows = pl.DataFrame([frame["currency"], *(cells.alias(field) for field, cells in named.items())])
    kinds = rows.unique(maintain_order=True)
    settled = [_one_currency(row) for row in kinds.rows()]
    told = {"one": [one for one, _ in settled], "against": [against for _, against in settled]}
    kinds = kinds.with_columns(pl.Series(name, said, dtype=pl.String) for name, said in told.items())
    found = rows.join(kinds, on=rows.columns, how="left", nulls_equal=True, maintain_order="left")
    frame, against = frame.with_columns(currency=found["one"]), found["against"]
    if against.null_count() == frame.height:
        return frame
    problem = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    problem = problem.set(against.is_not_null(), "currency_conflict")
    return frame.with_columns(problem.alias(PROBLEM + "currency"), against.alias(RAW + "currency"))


def _one_currency(row: tuple[str | None, ...]) -> tuple[str | None, str | None]:
    """The currency of a row by its own column (first) and its amounts, and, where they contradict, what they say."""
    said = list(dict.fromkeys(name for name in row if name))
    codes = [name for name in said if name not in SHARED]
    one = codes[0] if codes else likeliest(said[0]) if said else None
    agreed = one is None or all(agrees(name, one) for name in said)
    return one, None if agreed else " / ".join(said)
