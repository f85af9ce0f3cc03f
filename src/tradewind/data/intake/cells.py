"""A feed's text rows with their cells read: typed columns, and beside each what could not be read."""

from __future__ import annotations

from collections import Counter

import polars as pl

from tradewind.data.corrections import CLEARED
from tradewind.data.intake.layout import Feed
from tradewind.data.intake.sheets import ROW
from tradewind.data.intake.staging import BUYER, FILE
from tradewind.data.intake.values import CLEAR, Setting
from tradewind.data.intake.values.reading import read

PROBLEM, RAW, SUGGESTION = "__problem_", "__raw_", "__suggestion_"
OWN = (ROW, FILE)


def read_feed(texts: pl.DataFrame, feed: Feed, setting: Setting, left_out: Counter[str]) -> pl.DataFrame:
    """Typed columns under the fields' names. A field with problems also has `__problem_`, `__raw_`, `__suggestion_`."""
    filled = _filled_down(texts, feed)
    once = filled if feed.repeats else _once(filled)
    left_out["duplicate_collapsed"] += texts.height - once.height
    if feed.split is not None:
        once = feed.split(once)
    cleared = _cleared(once, feed)
    once = once.with_columns(pl.when(~has).then(name).alias(name) for name, has in cleared.items())
    columns: list[pl.Series] = []
    currencies: list[pl.Series] = []
    for field in feed.fields:
        if field.name not in once.columns or field.name == BUYER:
            continue
        raw = once[field.name]
        result = read(raw, field, setting)
        columns.append(result.value.alias(field.name))
        if result.currency is not None:
            currencies.append(result.currency)
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
    for rule in feed.leave_out:
        kept = frame.filter(~rule.where.fill_null(False))
        left_out[rule.reason] += frame.height - kept.height
        frame = kept
    for note in feed.notes:
        if set(note.where.meta.root_names()) <= set(frame.columns):
            left_out[note.reason] += frame.filter(note.where.fill_null(False)).height
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


def _once(texts: pl.DataFrame) -> pl.DataFrame:
    """The rows without those that say the same as an earlier one, in the order of the file.

    Only rows whose hashes are equal are compared in full: they are few.
    """
    cells = [c for c in texts.columns if c not in OWN]
    alike = texts.select(pl.struct(cells).hash()).to_series().is_duplicated()
    if not alike.any():
        return texts
    numbered = texts.with_row_index("__n")
    suspects = numbered.filter(alike)
    first = suspects.sort(FILE, ROW).unique(subset=cells, keep="first", maintain_order=True)
    again = suspects.join(first, on="__n", how="anti")["__n"]
    return numbered.filter(~pl.col("__n").is_in(again.implode())).drop("__n")


def _with_currency(frame: pl.DataFrame, named: list[pl.Series]) -> pl.DataFrame:
    """The currency that amounts name in their text, where the row says none; a row that says two is a problem."""
    if not named or "currency" not in frame.columns:
        return frame
    cells = pl.DataFrame([s.alias(str(i)) for i, s in enumerate(named)])
    first = cells.select(pl.coalesce(pl.all())).to_series()
    stated = frame["currency"]
    differs = pl.Series([False]).new_from_index(0, frame.height)
    for one in [*cells.get_columns(), stated]:
        differs = differs | (one != first).fill_null(False)
    frame = frame.with_columns(stated.zip_with(stated.is_not_null(), first).alias("currency"))
    if not differs.any():
        return frame
    problem = pl.Series([None], dtype=pl.String).new_from_index(0, frame.height).set(differs, "currency_conflict")
    raw = stated.fill_null("").set(differs, None)
    raw = raw.zip_with(raw.is_not_null(), (stated.fill_null("") + " / " + first.fill_null("")))
    return frame.with_columns(problem.alias(PROBLEM + "currency"), raw.alias(RAW + "currency"))
