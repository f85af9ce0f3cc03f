"""Counts, measures and amounts: thousands separators, decimal commas, currency text, accounting brackets.

What a single mark before three digits means (1.234, 1,234) the whole column of the file says, whatever the order of
its rows: where some cell proves decimal commas (`12,5`, `1.234,50`), 1.234 is a thousand and 1,234 a little over one;
where some proves decimal points (`12.50`, `1,234.5`), the other way round. Where cells prove both, such a cell is a
row to correct. Where none proves anything, a point is decimal, as in every figure a program writes, and a comma
separates thousands in amounts and counts; in a measure it is a row to correct.
"""

from __future__ import annotations

from collections import Counter

import polars as pl

from tradewind.data.intake.values import NOTHING, Evidence, Read, no_problem
from tradewind.data.intake.values.currencies import NO_CENTS, likeliest, named_in

_SHAPE = (
    r"^(?P<before>[^\d.,()+\-]*)(?P<open>\()?(?P<minus>-)?\+?(?P<inner>[^\d.,()+\-]*)"
    r"(?P<digits>\d[\d., ']*|[.,]\d+)(?P<close>\))?(?P<trailing>-)?(?P<after>[^\d,()]*)$"
)
_GROUPED_COMMA = r"^[1-9]\d{0,2}(,\d{3})+(\.\d*)?$"
_GROUPED_DOT = r"^[1-9]\d{0,2}(\.\d{3})+(,\d*)?$"
_ONE_COMMA_3 = r"^[1-9]\d{0,2},\d{3}$"
_ONE_DOT_3 = r"^[+-]?[1-9]\d{0,2}\.\d{3}$"
_PLAIN_POINT = r"^[+-]?(\d*\.(\d{1,2}|\d{4,})|0*\.\d+)$"
MERGED_COUNT = "⇕"
"""Stands behind a count whose cell is merged over several rows: nobody knows how much of it each has."""
_INDIAN = r"^\d{1,2}(,\d{2})+,\d{3}(\.\d*)?$"


def read_number(raw: pl.Series, seen: Evidence) -> Read:
    """A measure as Float64. `7,125` alone in a column that shows neither style is refused, not guessed."""
    return _read(raw, seen, comma_3_is_thousands=False, currency_text=False)


def read_money(raw: pl.Series, seen: Evidence) -> Read:
    """An amount as Float64 with the currency its text names: `US $1,234.50`, `¥12`, `12,50 €`.

    `1,234` is a thousand and `1.234` is not, unless the column shows decimal commas.
    """
    return _read(raw, seen, comma_3_is_thousands=True, currency_text=True)


def read_whole(raw: pl.Series, seen: Evidence) -> Read:
    """A count as Int64; 2.5 pieces are a problem."""
    quick = raw.cast(pl.Int64, strict=False)
    if quick.null_count() == raw.null_count():
        return Read(quick)
    read = _read(raw, seen, comma_3_is_thousands=True, currency_text=False)
    broken = (read.value != read.value.round()) | (read.value.abs() > 2**53)
    value = read.value.set(broken.fill_null(False), None).cast(pl.Int64)
    problem = no_problem(len(raw)) if read.problem is None else read.problem
    return Read(value, problem.set(broken.fill_null(False), "number_not_whole"))


def number_evidence(raw: pl.Series) -> Evidence:
    """Counts of cells that show a decimal comma, and a decimal point, beyond doubt; those of pieces add up."""
    plain = int(raw.str.contains(_PLAIN_POINT).sum() or 0)
    slow = raw.filter(_quick(raw).is_null() & raw.is_not_null())
    if slow.is_empty():
        return Counter(dot=plain)
    digits = _split(slow)["digits"]
    comma = digits.str.contains(r"^[^.]*,\d{1,2}$|^[^.]*,\d{4,}$|^0?,\d+$|\..*,|^[^,]*\.\d{3}\.\d{3}")
    dot = digits.str.contains(r"^[^,]*\.\d{1,2}$|^[^,]*\.\d{4,}$|^0?\.\d+$|,.*\.|^[^.]*,\d{3},\d{3}")
    return Counter(comma=int(comma.sum() or 0), dot=int(dot.sum() or 0) + plain)


def _quick(raw: pl.Series) -> pl.Series:
    value = raw.cast(pl.Float64, strict=False)
    return value.set(~value.is_finite().fill_null(True), None)


def _read(raw: pl.Series, seen: Evidence, *, comma_3_is_thousands: bool, currency_text: bool) -> Read:
    value = _quick(raw)
    decimal_comma = seen["comma"] > 0
    redo = value.is_null() & raw.is_not_null()
    if decimal_comma:
        redo = redo | raw.str.contains(_ONE_DOT_3).fill_null(False)
    if not redo.any():
        return Read(value)
    cells = raw.filter(redo)
    slow = _slow(cells, seen, comma_3_is_thousands=comma_3_is_thousands, currency_text=currency_text)
    at = redo.arg_true()
    return Read(
        value.scatter(at, slow["value"]),
        no_problem(len(raw)).scatter(at, slow["problem"]),
        currency=no_problem(len(raw)).scatter(at, slow["currency"]) if currency_text else None,
    )


def _slow(cells: pl.Series, seen: Evidence, *, comma_3_is_thousands: bool, currency_text: bool) -> pl.DataFrame:
    """value, problem and currency of cells that are no plain numbers."""
    frame = _with_currency(_split(cells), currency_text=currency_text)
    digits, both = pl.col("digits"), seen["comma"] > 0 and seen["dot"] > 0
    open_comma, open_dot = digits.str.contains(_ONE_COMMA_3), digits.str.contains(_ONE_DOT_3)
    unclear = pl.lit(False)
    if both:
        unclear = open_comma | open_dot
    elif not seen["comma"] and not seen["dot"] and not comma_3_is_thousands:
        unclear = open_comma
    grouped = digits.str.contains(_GROUPED_COMMA) | digits.str.contains(_INDIAN)
    last_is_comma = digits.str.contains(r",[^.]*$") & ~grouped
    decimal_comma = pl.when(open_comma | open_dot).then(pl.lit(seen["comma"] > 0)).otherwise(last_is_comma) | (
        digits.str.contains(_GROUPED_DOT) & (~open_dot | pl.col("no_cents"))
    )
    comma_form = digits.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    dot_form = digits.str.replace_all(",", "", literal=True)
    well_formed = digits.str.contains(r"^\d*[.,]?\d*$") | grouped | digits.str.contains(_GROUPED_DOT)
    sign = pl.when(pl.col("negative")).then(-1.0).otherwise(1.0)
    number = sign * pl.when(decimal_comma).then(comma_form).otherwise(dot_form).cast(pl.Float64, strict=False)
    frame = frame.with_columns(number=pl.when(well_formed).then(number), unclear=unclear)
    words = (pl.col("words") != "") & pl.col("currency").is_null()
    problem = (
        pl.when(pl.col("nothing"))
        .then(None)
        .when(pl.col("number").is_null())
        .then(pl.lit("number_unreadable"))
        .when(pl.col("words") == MERGED_COUNT)
        .then(pl.lit("number_merged"))
        .when(words)
        .then(pl.lit("currency_text_unknown" if currency_text else "number_unreadable"))
        .when("unclear")
        .then(pl.lit("number_ambiguous"))
    )
    return frame.with_columns(problem=problem).select(
        value=pl.when(pl.col("problem").is_null()).then("number"), problem="problem", currency="currency"
    )


def _with_currency(frame: pl.DataFrame, *, currency_text: bool) -> pl.DataFrame:
    """The parts of cells with `currency`, a code or a sign that several share, and whether it has no cents."""
    known = {word: named_in(word) for word in frame["words"].unique() if word} if currency_text else {}
    without = [word for word, named in known.items() if likeliest(named) in NO_CENTS]
    return frame.with_columns(
        currency=pl.col("words").replace_strict(known, default=None, return_dtype=pl.String),
        no_cents=pl.col("words").is_in(without),
    )


def _split(cells: pl.Series) -> pl.DataFrame:
    """Each cell in its digits, its sign and the words around them."""
    frame = (
        cells.alias("cell")
        .to_frame()
        .with_columns(
            nothing=pl.col("cell").is_in(NOTHING),
            cell=pl.col("cell").str.normalize("NFKC").str.replace_all("[−–]", "-").str.replace_all(r"[\s\u{a0}]+", " "),
        )
    )
    frame = frame.with_columns(
        pl.col("cell").str.replace(r"^='?\"?(.*?)\"?$", "$1").str.replace(r"^(-?\p{L}{1,4})\. ?(\d)", "$1 $2")
    )
    parts = frame.select("nothing", pl.col("cell").str.extract_groups(_SHAPE)).unnest("cell")
    blank = pl.lit("")
    return parts.select(
        "nothing",
        digits=pl.col("digits").str.replace_all("[ ']", ""),
        negative=pl.col("minus").is_not_null() | pl.col("trailing").is_not_null() | pl.col("open").is_not_null(),
        words=pl.concat_str([pl.coalesce(c, blank) for c in ("before", "inner", "after")], separator=" ")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars(),
    )
