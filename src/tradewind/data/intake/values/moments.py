"""Dates and times in whatever style a column has, or mixes; local times become UTC.

Whether 03/04/2026 is in March or April is read from the column: a 25 in one place settles it for all. A column
that settles nothing has its unclear dates refused row by row; nothing is guessed. Dates with points
(03.04.2026) are day first everywhere they are in use.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import polars as pl

from tradewind.data.intake.values import Evidence, Read, no_problem
from tradewind.data.intake.values.month_names import MONTHS, bare
from tradewind.data.intake.values.zones import SHARED, ZONES

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_TOLERANCE = timedelta(days=1)
_FAST = ("%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y.%m.%d %H:%M")
_FAST_UTC = ("%Y-%m-%d %H:%M:%S%.fZ", "%Y-%m-%dT%H:%M:%S%.fZ", "%Y-%m-%dT%H:%M:%S%.f+00:00")
_SAMPLE = 100  # cells that show a column's style; what is written otherwise is read cell by cell
_CLOCK = (
    r"(?:(?:[T, ]+(?:at |à |um |kl )?)(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2}(?:[.,]\d+)?))?"
    r" ?(?P<half>am|pm)?)? ?(?P<zone>[a-z]{1,4}|(?:utc|gmt)? ?[+-]\d{1,2}(?::?\d{2})?)?$"
)
_WEEKDAY = r"^(?:\p{L}{2,12}\.?,? )?"
_MONTH = r"(?P<month>\p{L}{3,12})\.?"
_YEAR_FIRST = r"^(?P<year>\d{4})(?P<mark>[-/.])(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})" + _CLOCK
_YEAR_LAST = r"^(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})[-/.](?P<year>\d{4}|\d{2})" + _CLOCK
_NAMED_DAY_FIRST = (
    _WEEKDAY + r"(?P<a>\d{1,2})(?:st|nd|rd|th|er|\.|º|ª)?(?P<mark>[-/ ])(?:de )?" + _MONTH
    + r"(?:[-/,. ]+|,? de )(?P<year>\d{4}|\d{2})" + _CLOCK
)  # fmt: skip
_NAMED_MONTH_FIRST = (
    _WEEKDAY + _MONTH + r"(?P<mark>[-/. ]+)(?P<a>\d{1,2})(?:st|nd|rd|th)?(?:,? |[-/])(?P<year>\d{4}|\d{2})" + _CLOCK
)
_CLOCK_BEFORE_YEAR = r"^((?:\p{L}+\.?,? )?\p{L}{3,}\.? \d{1,2}),? (\d{1,2}:\d{2}(?::\d{2})?)( [a-z]{1,4})? (\d{4})$"
_COMPACT = (
    r"^(?P<year>(?:19|20)\d{2})(?P<a>\d{2})(?P<b>\d{2})(?: ?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?$"
)
_SERIAL = r"^\d{5}(\.\d+)?$"
_EPOCH = r"^\d{10}(?:\d{3})?(?:\.\d+)?$"
_EPOCH_SECONDS = (946_684_800, 4_102_444_800)  # 2000 to 2100
_MS_FROM = 1e11


def read_moment(raw: pl.Series, seen: Evidence, *, time_zone: str, imported_at: datetime | None, future: bool) -> Read:
    """UTC times. Local ones that the clock shows twice are the first; ones it skips are an hour later."""
    local, offset, unclear = _parsed(raw, seen, time_zone)
    value = _to_utc(local, offset, time_zone)
    return _within_reason(raw, value, unclear, imported_at, future=future)


def read_day(raw: pl.Series, seen: Evidence, *, imported_at: datetime | None, future: bool) -> Read:
    """Calendar days, as written: a time of day is dropped, no zone is applied."""
    local, _, unclear = _parsed(raw, seen, "")
    read = _within_reason(raw, local.dt.replace_time_zone("UTC"), unclear, imported_at, future=future)
    return Read(read.value.dt.date(), read.problem)


def moment_evidence(raw: pl.Series) -> Evidence:
    """Counts of dates that can only be day first, and only month first."""
    slow = raw.filter(_fast(raw)[0].is_null() & raw.is_not_null())
    if slow.is_empty():
        return Counter()
    parts = _plain(slow).str.extract_groups(_YEAR_LAST).struct.unnest()
    a, b = parts["a"].cast(pl.Int32, strict=False), parts["b"].cast(pl.Int32, strict=False)
    point = (parts["mark"] == ".").sum()
    return Counter(
        day_first=int(((a > 12) & (b <= 12)).sum() or 0) + int(point or 0),
        month_first=int(((a <= 12) & (b > 12)).sum() or 0),
    )


def _fast(raw: pl.Series) -> tuple[pl.Series, bool]:
    """The styles nearly every machine writes, read without looking at the cells one by one; whether they say UTC."""
    first = raw.drop_nulls().head(_SAMPLE)
    for style in _FAST + _FAST_UTC:
        if _by(first, style).null_count() < len(first):
            return _by(raw, style), style in _FAST_UTC
    return pl.Series(raw.name, [None], dtype=pl.Datetime("us")).new_from_index(0, len(raw)), False


def _by(raw: pl.Series, style: str) -> pl.Series:
    return raw.str.to_datetime(style, strict=False, time_unit="us", exact=True)


def _parsed(raw: pl.Series, seen: Evidence, time_zone: str) -> tuple[pl.Series, pl.Series, pl.Series | None]:
    """Local time, offset from UTC in minutes (null: none stated), and the problem of cells that are unclear."""
    local, utc = _fast(raw)
    offset = pl.Series([0 if utc else None], dtype=pl.Int64).new_from_index(0, len(raw))
    redo = local.is_null() & raw.is_not_null()
    if not redo.any():
        return local, offset, None
    slow = _slow(raw.filter(redo), seen, time_zone)
    at = redo.arg_true()
    unclear = no_problem(len(raw)).scatter(at, slow["unclear"])
    return local.scatter(at, slow["local"]), offset.scatter(at, slow["offset"]), unclear


def _slow(cells: pl.Series, seen: Evidence, time_zone: str) -> pl.DataFrame:
    text = _plain(cells, time_zone)
    read = [
        _assembled(text, _YEAR_FIRST, "a", "b", seen),
        _assembled(text, _YEAR_LAST, "", "", seen),
        _assembled(text, _NAMED_DAY_FIRST, "month", "a", seen),
        _assembled(text, _NAMED_MONTH_FIRST, "month", "a", seen),
        _assembled(text, _COMPACT, "a", "b", seen),
        _serial(text),
        _epoch(text),
    ]
    return pl.select(
        local=pl.coalesce(r["local"] for r in read),
        offset=pl.coalesce(r["offset"] for r in read),
        unclear=pl.coalesce(r["unclear"] for r in read),
    )


def _plain(cells: pl.Series, time_zone: str = "") -> pl.Series:
    """Dates of East Asia, full-width forms and words for the half of the day in one plain form, without accents and
    without zone letters that are the file's own."""
    text = cells.str.normalize("NFKC").str.to_lowercase()
    text = text.str.replace(r"^=?[\"'](.*?)\"?$", "$1")
    text = text.str.replace(r"(\d{4})[年년] ?(\d{1,2})[月월] ?(\d{1,2})[日일]?", "$1-$2-$3")
    text = text.str.replace(r"^(\d{4})\. ?(\d{1,2})\. ?(\d{1,2})\.?( |$)", "$1-$2-$3 ")
    text = text.str.replace(r"(\d{1,2})[时時点시] ?(\d{1,2})[分분](?: ?(\d{1,2})[秒초])?", "$1:$2")
    text = text.str.replace(r"(?:上午|午前|오전) ?([\d:.]+)", "$1 am").str.replace(
        r"(?:下午|午後|오후) ?([\d:.]+)", "$1 pm"
    )
    text = text.str.replace_all(r"([ap])\. ?m\.?", "${1}m").str.replace(r"(\d)(am|pm)", "$1 $2")
    text = text.str.replace(r"(\d)t(\d)", "$1 $2").str.replace(r" ?\([^)]*\)$", "")
    text = text.str.replace_all(r"\s+", " ").str.strip_chars()
    own = [letters for letters, zones in SHARED.items() if time_zone in zones]
    if own:
        text = text.str.replace(rf"(\d(?: [ap]m)?) ?(?:{'|'.join(own)})$", "$1")
    return text.str.replace(_CLOCK_BEFORE_YEAR, "$1 $4 $2$3")


def _assembled(text: pl.Series, pattern: str, month: str, day: str, seen: Evidence) -> pl.DataFrame:
    """Cells of one style as times; month "" means that the order of day and month is the column's."""
    groups = text.str.extract_groups(pattern).struct.unnest()
    for name in ("hour", "minute", "second", "half", "zone", "b", "mark"):
        if name not in groups.columns:
            groups = groups.with_columns(pl.lit(None, pl.String).alias(name))
    number = {c: pl.col(c).cast(pl.Int32, strict=False) for c in ("a", "b", "year", "hour", "minute")}
    unclear = pl.lit(False)
    if month == "month":
        names = {name: MONTHS.get(bare(name)) for name in groups["month"].unique().drop_nulls()}
        month_of = pl.col("month").replace_strict(names, default=None, return_dtype=pl.Int32)
        day_of = number[day]
    elif month:
        month_of, day_of = number[month], number[day]
    else:
        day_first, unclear = _order(number["a"], number["b"], seen)
        month_of = pl.when(day_first).then(number["b"]).otherwise(number["a"])
        day_of = pl.when(day_first).then(number["a"]).otherwise(number["b"])
    year = number["year"] + pl.when(pl.col("year").str.len_chars() == 2).then(2000).otherwise(0)
    hour = number["hour"].fill_null(0)
    half = pl.col("half").fill_null("")
    hour = pl.when(half == "pm").then(hour % 12 + 12).when(half == "am").then(hour % 12).otherwise(hour)
    second = pl.col("second").str.replace(",", ".", literal=True).cast(pl.Float64, strict=False).fill_null(0.0)
    minute = number["minute"].fill_null(0)
    midnight = (hour == 24) & (minute == 0) & (second == 0)
    zone = pl.col("zone").fill_null("")
    stated = (zone == "") | _offset(zone).is_not_null()
    good = (
        month_of.is_between(1, 12) & day_of.is_between(1, 31) & (hour.is_between(0, 23) | midnight)
        & minute.is_between(0, 59) & (second < 60)
    )  # fmt: skip
    day_text = pl.format("{}-{}-{}", year, month_of, day_of)
    local = day_text.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us"))
    local = local + pl.duration(hours=hour, minutes=minute, microseconds=(second * 1e6).round().cast(pl.Int64))
    return groups.select(
        local=pl.when(good & stated & ~unclear).then(local),
        offset=_offset(zone),
        unclear=pl.when(good & zone.is_in(list(SHARED)))
        .then(pl.lit("date_zone_ambiguous"))
        .when(good & stated & unclear)
        .then(pl.lit("date_ambiguous")),
    )


def _order(a: pl.Expr, b: pl.Expr, seen: Evidence) -> tuple[pl.Expr, pl.Expr]:
    """Whether a is the day, and whether that cannot be known."""
    only_one_way = (a > 12) | (b > 12) | (a == b)
    point = pl.col("mark") == "."
    if seen["day_first"] and seen["month_first"]:
        return (a > 12) | (point & (b <= 12)), ~only_one_way & ~point
    if seen["day_first"]:
        return b <= 12, pl.lit(False)
    if seen["month_first"]:
        return a > 12, pl.lit(False)
    return (a > 12) | point, ~only_one_way & ~point


def _serial(text: pl.Series) -> pl.DataFrame:
    """Excel's days since 1899-12-30, to the second."""
    days = text.to_frame("t").select(
        pl.when(pl.col("t").str.contains(_SERIAL)).then(pl.col("t").cast(pl.Float64, strict=False))
    )
    epoch = pl.lit(datetime(1899, 12, 30), pl.Datetime("us"))  # noqa: DTZ001 (a local time: zones come later)
    seconds = (pl.col("t") * 86_400).round().cast(pl.Int64)
    local = epoch + pl.duration(seconds=seconds)
    return days.rename({days.columns[0]: "t"}).select(
        local=local, offset=pl.lit(None, pl.Int64), unclear=pl.lit(None, pl.String)
    )


def _epoch(text: pl.Series) -> pl.DataFrame:
    """Seconds or milliseconds since 1970, which are UTC, of 2000 to 2100."""
    number = pl.when(pl.col("t").str.contains(_EPOCH)).then(pl.col("t").cast(pl.Float64, strict=False))
    seconds = pl.when(number >= _MS_FROM).then(number / 1000).otherwise(number)
    within = seconds.is_between(*_EPOCH_SECONDS)
    local = pl.when(within).then((seconds * 1e6).round().cast(pl.Int64)).cast(pl.Datetime("us"))
    return text.to_frame("t").select(
        local=local, offset=pl.when(within).then(pl.lit(0, pl.Int64)), unclear=pl.lit(None, pl.String)
    )


def _offset(zone: pl.Expr) -> pl.Expr:
    """Minutes ahead of UTC of `pst`, `+08:00`, `gmt+9`; null for letters that are no zone or several."""
    bare_zone = zone.str.replace(r"^(?:utc|gmt) ?([+-])", "$1")
    sign = pl.when(bare_zone.str.starts_with("-")).then(-1).otherwise(1)
    hours = bare_zone.str.extract(r"^[+-](\d{1,2})(?::?\d{2})?$").cast(pl.Int64, strict=False)
    minutes = bare_zone.str.extract(r"^[+-]\d{1,2}:?(\d{2})$").cast(pl.Int64, strict=False).fill_null(0)
    named = zone.replace_strict(ZONES, default=None, return_dtype=pl.Int64)
    return pl.coalesce(named, sign * (hours * 60 + minutes))


def _to_utc(local: pl.Series, offset: pl.Series, time_zone: str) -> pl.Series:
    if time_zone == "UTC":
        value = local.dt.replace_time_zone("UTC")
    else:
        zoned = local.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
        skipped = zoned.is_null() & local.is_not_null()
        if skipped.any():
            later = (local + timedelta(hours=1)).dt.replace_time_zone(
                time_zone, ambiguous="earliest", non_existent="null"
            )
            zoned = zoned.zip_with(~skipped, later)
        value = zoned.dt.convert_time_zone("UTC")
    if offset.null_count() == len(offset):
        return value
    stated = local.dt.replace_time_zone("UTC") - (offset * 60_000_000).cast(pl.Duration("us"))
    return value.zip_with(offset.is_null(), stated)


def _within_reason(
    raw: pl.Series, value: pl.Series, unclear: pl.Series | None, imported_at: datetime | None, *, future: bool
) -> Read:
    early = (value < EARLIEST).fill_null(False)
    late = early & False
    if imported_at is not None and not future:
        late = (value > imported_at + _TOLERANCE).fill_null(False)
    unread = value.is_null() & raw.is_not_null()
    if not (early.any() or late.any() or unread.any()):
        return Read(value)
    problem = no_problem(len(raw)).set(unread, "date_unreadable").set(early, "date_before_2000")
    problem = problem.set(late, "date_in_future")
    if unclear is not None:
        problem = unclear.set(~unread, None).zip_with(unclear.is_not_null() & unread, problem)
    return Read(value.set(early | late, None), problem)
