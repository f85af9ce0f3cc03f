"""A first mapping for a file in no known layout, proposed from its headings, its values and its units.

A heading is taken for a column when it is one of the names any source is known to use, then when it comes near
one, then when nearly all of its cells read as what the column needs (a moment, a country, a currency). The draft is
for a person to correct: what is guessed is marked, and what is not found is asked for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import polars as pl
import yaml

from tradewind.core.tables import TABLES
from tradewind.core.text import text
from tradewind.data.intake.files import File, examine
from tradewind.data.intake.headings import NEAR, likeness, plain
from tradewind.data.intake.layout import Field
from tradewind.data.intake.layouts.tradewind import BUYERS, fields_of
from tradewind.data.intake.paths import expand
from tradewind.data.intake.sheets import NOTES_SHEET, Head, heads
from tradewind.data.intake.values import Setting
from tradewind.data.intake.values.reading import evidence, read

SAMPLE_ROWS: Final = 5
_READS: Final = 0.9
_GUESSED: Final = 0.7  # of a column known by its name
_TELLING: Final = ("moment", "day", "country", "currency")
_FALLBACK: Final = {
    "platform": "aliexpress", "shop": "main", "status": "paid", "units": "1", "node": "seller", "currency": "CNY",
    "market": "ZZ",
}  # fmt: skip
_BESIDE: Final = {"order_lines": ("parcels",)}
_UNITS: Final = (
    (r"(?i)(\bkg\b|[(（]kg|公斤|千克)", "_g", 1000.0),
    (r"(?i)(\bcm\b|[(（]cm|厘米)", "_mm", 10.0),
    (r"(?i)([(（]m[)）]|[(（]米)", "_mm", 1000.0),
    (r"(?i)(\blbs?\b|磅)", "_g", 453.59237),
    (r"(?i)(\bin(ch)?(es)?\b|英寸)", "_mm", 25.4),
)
_LIGHT_KG: Final = 30.0
_CHINESE: Final = r"[\u4e00-\u9fff]"


@dataclass
class Draft:
    """A mapping proposed, as YAML in `text`.

    asked     columns that are needed and that no heading was found for
    guessed   columns whose heading is only near, or was found by its values
    sample    (column, heading, first cells as they would be read) of every column found
    """

    name: str
    table: str
    text: str = ""
    asked: list[str] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    sample: list[tuple[str, str, list[str]]] = field(default_factory=list)


def draft_mapping(
    path: Path, name: str, table: str | None = None, lang: str = "en", *, as_detected: bool = False
) -> Draft:
    """A mapping for the first table of the file at `path`, into `table` or the table it fits best.

    `as_detected`: Tradewind's own layout reads the file, so the draft reads it to the same rows: times in UTC, nothing
    fixed, no table beside. Raises InputError where the file cannot be read or no row looks like headings.
    """
    files, refused = expand(path)
    if not files:
        raise refused[0][1]
    head, at = _headings(files[0])
    columns = _columns(head, at)
    tables = [table] if table else list(TABLES)
    fits = {one: _by_values(one, _found(one, columns), columns) for one in tables}
    main = max(fits, key=lambda one: _completeness(one, fits[one]) * len(fits[one]))
    return _written(name, main, fits[main], columns, lang, as_detected=as_detected)


@dataclass(frozen=True)
class _Column:
    heading: str
    cells: pl.Series


@dataclass(frozen=True)
class _Match:
    heading: str
    sure: bool


def _headings(file: File) -> tuple[Head, int]:
    """The table of the file with the most known headings, and which of its rows holds them."""
    known = {plain(alias) for table in TABLES.values() for f in fields_of(table) for alias in f.headings}
    best: tuple[tuple[int, int], Head, int] | None = None
    for head in heads(file, examine(file)):
        if head.sheet == NOTES_SHEET:
            continue
        for at, row in enumerate(head.rows):
            named = [cell for cell in row if cell and not re.fullmatch(r"[\d.,:/\- ]+", cell)]
            score = (sum(plain(cell) in known for cell in named), len(named))
            if best is None or score > best[0]:
                best = (score, head, at)
    assert best is not None  # an empty file is refused when it is examined
    return best[1], best[2]


def _columns(head: Head, at: int) -> list[_Column]:
    rows = [row for row in head.rows[at + 1 :] if any(row)]
    return [
        _Column(
            heading.strip(),
            pl.Series([(row[n].strip() or None) if n < len(row) else None for row in rows], dtype=pl.String),
        )
        for n, heading in enumerate(head.rows[at])
        if heading.strip()
    ]


def _found(table: str, columns: list[_Column]) -> dict[str, _Match]:
    """Columns of `table` -> headings: by a known name first, then by the nearest one."""
    found: dict[str, _Match] = {}
    free = {plain(c.heading): c.heading for c in reversed(columns)}
    for one in fields_of(TABLES[table]):
        for alias in map(plain, one.headings):
            if alias in free:
                found[one.name] = _Match(free.pop(alias), sure=True)
                break
    for one in fields_of(TABLES[table]):
        if one.name in found or one.name in BUYERS or not free:
            continue
        score, near = max((likeness(one, heading), heading) for heading in free)
        if score >= NEAR:
            found[one.name] = _Match(free.pop(near), sure=False)
    return found


def _completeness(table: str, found: dict[str, _Match]) -> float:
    required = [f.name for f in fields_of(TABLES[table]) if f.required and f.name not in _FALLBACK]
    there = sum(1.0 if found[name].sure else _GUESSED for name in required if name in found)
    return there / len(required) if required else 0.0


def _by_values(table: str, found: dict[str, _Match], columns: list[_Column]) -> dict[str, _Match]:
    """`found` with required columns that no heading names, by the free column whose cells read as what is needed."""
    found = dict(found)
    if "sku" not in found and "listing_id" in found:  # named by the platform alone: listings say what it is
        found["sku"] = replace(found["listing_id"], sure=False)
    taken = {match.heading for match in found.values()}
    for one in fields_of(TABLES[table]):
        if not one.required or one.name in found or one.kind not in _TELLING:
            continue
        shares = {c.heading: _readable(one, c.cells) for c in columns if c.heading not in taken}
        best = max(shares, key=lambda heading: shares[heading], default=None)
        if best is not None and shares[best] >= _READS:
            found[one.name] = _Match(best, sure=False)
            taken.add(best)
    return found


def _readable(one: Field, cells: pl.Series) -> float:
    filled = cells.drop_nulls()
    if filled.is_empty() or (one.kind in ("moment", "day") and filled.str.contains(r"^\d+(\.\d+)?$").all()):
        return 0.0
    setting = Setting(b"", None, {one.name: evidence(filled, one)})
    result = read(filled, one, setting)
    wrong = 0 if result.problem is None else len(filled) - result.problem.null_count()
    return 1 - (wrong + result.value.null_count() * (wrong == 0)) / len(filled)


def _written(
    name: str, table: str, found: dict[str, _Match], columns: list[_Column], lang: str, *, as_detected: bool
) -> Draft:
    cells = {c.heading: c.cells for c in columns}
    chinese = sum(bool(re.search(_CHINESE, c.heading)) for c in columns) * 2 >= len(columns)
    draft = Draft(name, table)
    lines = [f"# {text('mapping_draft.top', lang)}", f"name: {_quoted(name)}"]
    zone = "Asia/Shanghai" if chinese and not as_detected else "UTC"
    lines.append(f"time_zone: {zone}  # {text('mapping_draft.time_zone', lang)}")
    lines += ["tables:", *_table_lines(table, found, cells, draft, lang, fixes=not as_detected)]
    for beside in () if as_detected else _BESIDE.get(table, ()):
        more = _found(beside, columns)
        needed = [f.name for f in fields_of(TABLES[beside]) if f.required and f.name not in _FALLBACK]
        borrowed = {"created_at": found["ordered_at"]} if "ordered_at" in found else {}
        more = {**borrowed, **more, **{n: found[n] for n in ("order_id", "market") if n in found}}
        if all(one in more for one in needed):
            kept = {n: m for n, m in more.items() if n not in BUYERS}
            lines += _table_lines(beside, kept, cells, Draft(name, beside), lang, fixes=True)
            found = {**kept, **found}
    unused = [c.heading for c in columns if c.heading not in {m.heading for m in found.values()}]
    if unused:
        lines += [f"unused:  # {text('mapping_draft.unused', lang)}", *(f"  - {_quoted(h)}" for h in unused)]
    return replace(draft, text="\n".join(lines) + "\n")


def _table_lines(
    table: str, found: dict[str, _Match], cells: dict[str, pl.Series], draft: Draft, lang: str, *, fixes: bool
) -> list[str]:
    lines, fixed = [f"  {table}:", "    columns:"], []
    for one in fields_of(TABLES[table]):
        needed = one.required or (one.name == "currency" and table != "products")
        match = found.get(one.name)
        if match is None and one.name in _FALLBACK and needed and fixes:
            fixed.append(f"      {one.name}: {_FALLBACK[one.name]}  # {text('mapping_draft.fixed', lang)}")
        elif match is None and needed:
            draft.asked.append(one.name)
            lines.append(f"      {one.name}: null  # {text('mapping_draft.asked', lang)}")
        elif match is not None:
            if not match.sure:
                draft.guessed.append(one.name)
            lines.append(f"      {one.name}: {_how(one, match, cells[match.heading], lang)}")
            draft.sample.append((one.name, match.heading, _sample(one, match.heading, cells[match.heading])))
    return [*lines, *(["    fixed:", *fixed] if fixed else [])]


def _how(one: Field, match: _Match, cells: pl.Series, lang: str) -> str:
    heading, note = _quoted(match.heading), "" if match.sure else f"  # {text('mapping_draft.guessed', lang)}"
    times, guessed = _times(one, match.heading, cells)
    if times != 1:
        looks = f"  # {text('mapping_draft.unit', lang)}" if guessed else note
        return f"{{heading: {heading}, times: {times:g}}}{looks}"
    if one.kind == "choice":
        known = {plain(word) for word in one.choices}
        strange = sorted({word for word in cells.drop_nulls() if plain(word) not in known})
        if strange:
            words = ", ".join(f"{_quoted(word)}: {next(iter(one.choices.values()))}" for word in strange)
            return f"{{heading: {heading}, words: {{{words}}}}}  # {text('mapping_draft.words', lang)}"
    return heading + note


def _times(one: Field, heading: str, cells: pl.Series) -> tuple[float, bool]:
    """What a cell is multiplied by to be in our unit, and whether that is only a guess from the values."""
    for pattern, ending, times in _UNITS:
        if one.name.endswith(ending) and re.search(pattern, heading):
            return times, False
    if one.name == "weight_g" and not re.search(r"(?i)(g|克)[)）]?$", heading):
        numbers = cells.drop_nulls().cast(pl.Float64, strict=False).drop_nulls()
        if len(numbers) and float(numbers.median() or 0) < _LIGHT_KG and (numbers != numbers.round()).any():  # type: ignore[arg-type]
            return 1000.0, True
    return 1.0, False


def _sample(one: Field, heading: str, cells: pl.Series) -> list[str]:
    """The first cells as they would be read, "?" where they cannot be; nothing that identifies a buyer."""
    first = cells.head(SAMPLE_ROWS)
    if one.personal:
        return ["***" if cell else "" for cell in first]
    values = read(first, one, Setting(b"", None, {one.name: evidence(cells.drop_nulls(), one)})).value
    times, _ = _times(one, heading, cells)
    if times != 1:
        values = values * times
    shown = values.dt.to_string("%Y-%m-%d %H:%M") if values.dtype.is_temporal() and one.kind == "moment" else values
    return [
        "" if cell is None else "?" if value is None else str(value)
        for cell, value in zip(first, shown.cast(pl.String), strict=True)
    ]


def _quoted(text: str) -> str:
    return (
        yaml.safe_dump(text, allow_unicode=True, default_style='"' if "\n" in text else None, width=10_000)
        .split("\n...")[0]
        .strip()
    )
