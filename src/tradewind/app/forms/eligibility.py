"""The sheet of facts about a shop that semi-managed asks for: written empty, read filled in (yaml, csv, xlsx)."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from tradewind.app.forms.workbook import named_columns, read_sheet, read_text, refuse_existing, write_sheet
from tradewind.core.errors import InputError, UnreadableFileError
from tradewind.core.text import LANGUAGES, catalogue, text
from tradewind.data.storage import write_at_once
from tradewind.engine.compliance import FACTS, Fact

_YES = {"yes", "y", "true", "1", "是", "有", "√", "已"}
_NO = {"no", "n", "false", "0", "否", "无", "没有", "×"}
_YAML = {".yaml", ".yml"}


def write_seller_sheet(path: Path, lang: str) -> Path:
    """The empty sheet at `path`, its kind by the ending. Raises InputError where there is a file already."""
    if path.suffix.lower() in _YAML:
        refuse_existing(path)
        lines = [f"# {catalogue(lang)[f'eligible_fact.{f.name}']}\n{f.name}:\n" for f in FACTS]
        write_at_once(path, "\n".join(lines).encode())
    else:
        rows = [[f.name, catalogue(lang)[f"eligible_fact.{f.name}"], "", f.example] for f in FACTS]
        write_sheet(path, ["field", "what", "value", "example"], rows)
    return path


def read_seller_sheet(path: Path, lang: str = "en") -> dict[str, Any]:
    """The facts of a sheet: name -> date, share 0..1, number, bool or text; blank cells are left out.

    Raises InputError for a field that there is none of and for a value that cannot be what the field is.
    """
    if path.suffix.lower() in _YAML:
        given = _from_yaml(path)
    else:
        rows = named_columns(read_sheet(path), ("field", "value"), "eligible_sheet", {"value": ("值", "填写")})
        for column in ("field", "value"):
            if column not in rows.columns:
                example = "tradewind eligibility sheet.xlsx --template"
                raise InputError("sheet_no_field", file=path.name, column=column, example=example)
        given = dict(rows.select("field", "value").drop_nulls("field").iter_rows())
    known = {f.name: f for f in FACTS}
    facts: dict[str, Any] = {}
    for name, value in given.items():
        fact = _fact(known, str(name), path)
        if value is not None and str(value).strip():
            facts[fact.name] = _read(fact, value, path, lang)
    return facts


def _from_yaml(path: Path) -> Mapping[str, Any]:
    try:
        fields = yaml.safe_load(read_text(path))
    except (yaml.YAMLError, ValueError) as error:
        raise UnreadableFileError("sheet_unreadable", file=path.name, problem=" ".join(str(error).split())) from error
    if fields is None:
        raise UnreadableFileError("file_empty", path=path.name)
    if not isinstance(fields, dict):
        raise UnreadableFileError("sheet_unreadable", file=path.name, problem="not lines of field: value")
    return fields


def _fact(known: Mapping[str, Fact], name: str, path: Path) -> Fact:
    if name in known:
        return known[name]
    for fact in known.values():
        if name in {catalogue(lang)[f"eligible_fact.{fact.name}"] for lang in LANGUAGES}:
            return fact
    near = next(iter(difflib.get_close_matches(name, known, n=1)), "-")
    raise InputError("sheet_field_unknown", file=path.name, field=name, near=near)


def _read(fact: Fact, value: Any, path: Path, lang: str) -> Any:
    try:
        return _READERS[fact.kind](fact, value)
    except ValueError:
        kind = text(f"sheet_kind.{fact.kind}", lang)
        raise InputError("sheet_value_wrong", file=path.name, field=fact.name, value=value, kind=kind) from None


def _choice(fact: Fact, value: Any) -> str:
    cell = str(value).strip()
    found = next((c for c in fact.choices if c.casefold() == cell.casefold()), None)
    found = found or {"公司": "company", "个体户": "individual", "跨境专营公司": "cross_border_company"}.get(cell)
    if found is None:
        raise ValueError(cell)
    return found


def _day(fact: Fact, value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value).strip().replace("/", "-")[:10])


def _share(fact: Fact, value: Any) -> float:
    """68% or 0.68; a bare 68 may be either of two mistakes and is refused."""
    cell = str(value).strip()
    number = float(cell[:-1]) / 100 if cell.endswith(("%", "％")) else float(cell)
    if not 0 <= number <= 1:
        raise ValueError(cell)
    return number


def _amount(fact: Fact, value: Any) -> float:
    number = float(str(value).strip().replace(",", ""))
    if isinstance(value, bool) or not 0 <= number < float("inf"):
        raise ValueError(str(value))
    return number


def _count(fact: Fact, value: Any) -> int:
    number = _amount(fact, value)
    if number != int(number):
        raise ValueError(str(value))
    return int(number)


def _yes_no(fact: Fact, value: Any) -> bool:
    cell = str(value).strip().casefold()
    if cell not in _YES | _NO:
        raise ValueError(cell)
    return cell in _YES


_READERS: dict[str, Callable[[Fact, Any], Any]] = {
    "choice": _choice,
    "day": _day,
    "share": _share,
    "count": _count,
    "amount": _amount,
    "yes_no": _yes_no,
    "text": lambda fact, value: str(value).strip(),
}
