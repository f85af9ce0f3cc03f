"""A layout nobody foresaw, written down by its user: which heading holds which column of which table.

    name: dianxiaomi
    time_zone: Asia/Shanghai          # of times that state none
    tables:
      order_lines:
        columns:
          order_id: 订单号
          weight_g: {heading: 重量(kg), times: 1000}
          status: {heading: 订单状态, words: {待发货: paid}}
        fixed: {platform: aliexpress, shop: yiwu-home, currency: USD}

The first table is what the file is about; further ones are gathered from its rows (the parcels in a file of order
lines). A mapping is a layout like any other: detected by its headings, its bad rows kept, imported again in peace.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl
import yaml

from tradewind.core.errors import MappingError
from tradewind.core.tables import TABLES
from tradewind.data.intake.headings import plain
from tradewind.data.intake.layout import Feed, Field, Layout, Output
from tradewind.data.intake.layouts.tradewind import fields_of
from tradewind.data.intake.values import Setting
from tradewind.data.intake.values.reading import read

_TOP: Final = {"name", "time_zone", "tables", "unused"}
_TABLE: Final = {"columns", "fixed"}
_COLUMN: Final = {"heading", "times", "words"}
_NAME: Final = re.compile(r"[\w .,()\[\]&+=@~（）【】、，·—-]+")
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\.|$)", re.IGNORECASE)
"""Names that Windows gives to devices, whatever their ending."""
_LONGEST: Final = 200
_ASSIGNED: Final = {"known_at", "line_no"}


def read_mapping(path: Path) -> Layout:
    """The layout a mapping file describes. Raises MappingError for what is wrong in it, and where."""
    try:
        given = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_Strict)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise MappingError("mapping_unreadable", path=path.name, detail=_first_line(error)) from error
    if not isinstance(given, dict):
        raise MappingError("mapping_unreadable", path=path.name, detail="tables: …")
    return layout_of(given, path)


def layout_of(given: Mapping[str, Any], path: Path) -> Layout:
    """The layout of a mapping as read from `path`, whose stem names it where the mapping does not; one named like a
    layout of Tradewind's stands in its place."""
    _only(given, _TOP, path, "")
    name = _name(str(given.get("name") or path.stem.removesuffix(".mapping")), path)
    tables = given.get("tables")
    if not isinstance(tables, dict) or not tables:
        raise MappingError("mapping_no_tables", path=path.name, tables=", ".join(TABLES))
    build = _Building(path, _zone(given.get("time_zone", "UTC"), path))
    outputs = [build.output(table, one, main=number == 0) for number, (table, one) in enumerate(tables.items())]
    main = TABLES[next(iter(tables))]
    own = [field.name for field in build.fields.values()]
    group = tuple(column for column in main.group if column in own) or tuple(own[:1])
    outputs = [replace(output, feed=name) for output in outputs]
    return Layout(name, (Feed(name, tuple(build.fields.values()), group),), tuple(outputs), own=True)


def _name(name: str, path: Path) -> str:
    """A mapping's name, which names a file in the workspace on any system. Raises MappingError for a path."""
    device = _DEVICE.match(name) is not None
    if _NAME.fullmatch(name) is None or device or name[0] in " ." or name[-1] in " ." or len(name.encode()) > _LONGEST:
        raise MappingError("mapping_name", path=path.name, name=name[:_LONGEST])
    return name


class _Building:
    """The fields the tables of one mapping need; a heading used twice is read once."""

    def __init__(self, path: Path, time_zone: str) -> None:
        self.fields: dict[str, Field] = {}  # by heading, without what people vary
        self._path = path
        self._time_zone = time_zone

    def output(self, table: str, given: Any, *, main: bool) -> Output:
        if table not in TABLES:
            raise MappingError("mapping_unknown_table", path=self._path.name, table=table, tables=", ".join(TABLES))
        if not isinstance(given, dict) or not isinstance(given.get("columns"), dict):
            raise MappingError("mapping_no_columns", path=self._path.name, table=table)
        _only(given, _TABLE, self._path, table)
        known = {field.name: field for field in fields_of(TABLES[table])}
        columns: dict[str, pl.Expr] = {}
        for column, how in given["columns"].items():
            if column not in known:
                self._unknown_column(table, column, known)
            if how is not None:
                self._add(table, column, known[column], how, columns, required=main)
        for column, value in (given.get("fixed") or {}).items():
            if column not in known:
                self._unknown_column(table, column, known)
            columns[column] = pl.lit(self._fixed(known[column], str(value)))
        lacking = [f.name for f in known.values() if f.required and f.name not in columns]
        if "currency" in _NEEDED[table] - set(columns):
            lacking.append("currency")
        if lacking:
            raise MappingError("mapping_lacks", path=self._path.name, table=table, columns=", ".join(lacking))
        if main:
            return Output(table, "", columns)
        rest = [c for c in columns if c in TABLES[table].columns and c not in TABLES[table].key]
        return Output(table, "", columns, most_common=rest[0] if rest else TABLES[table].key[-1], by_product=True)

    def _add(
        self, table: str, column: str, field: Field, how: Any, columns: dict[str, pl.Expr], *, required: bool
    ) -> None:
        how = {"heading": how} if isinstance(how, str) else how
        if isinstance(how, list):
            raise MappingError(
                "mapping_two_columns", path=self._path.name, column=column, headings=", ".join(map(str, how))
            )
        if not isinstance(how, dict) or not isinstance(how.get("heading"), str):
            raise MappingError("mapping_no_heading", path=self._path.name, table=table, column=column)
        _only(how, _COLUMN, self._path, f"{table}.{column}")
        heading = how["heading"]
        words = {str(k): str(v) for k, v in (how.get("words") or {}).items()}
        if field.kind == "choice" and (wrong := sorted(set(words.values()) - set(field.choices.values()))):
            raise MappingError(
                "mapping_word", path=self._path.name, column=column, word=wrong[0],
                words=", ".join(dict.fromkeys(field.choices.values())),
            )  # fmt: skip
        mine = replace(
            field,
            name=column if not any(f.name == column for f in self.fields.values()) else f"{table}.{column}",
            headings=(heading,),
            required=required,
            time_zone=self._time_zone,
            choices={**field.choices, **words},
            also=words if field.kind == "country" else field.also,
            alike=not required,
        )
        read = self.fields.setdefault(plain(heading), mine)
        if field.kind == "buyer":
            return
        times = how.get("times", 1)
        if not isinstance(times, int | float) or times <= 0:
            raise MappingError("mapping_times", path=self._path.name, column=column, value=times)
        columns[column] = pl.col(read.name) * times if times != 1 else pl.col(read.name)

    def _fixed(self, field: Field, value: str) -> str:
        """A value fixed for the whole file, as the table spells it. Raises MappingError where it does not fit."""
        setting = Setting(b"", None)
        result = read(pl.Series([value]), replace(field, time_zone=self._time_zone), setting)
        if (result.problem is not None and result.problem[0] is not None) or result.value[0] is None:
            choices = ", ".join(dict.fromkeys(field.choices.values())) or field.kind
            raise MappingError("mapping_word", path=self._path.name, column=field.name, word=value, words=choices)
        return str(result.value[0])

    def _unknown_column(self, table: str, column: Any, known: Mapping[str, Field]) -> None:
        columns = ", ".join(c for c in known if c not in _ASSIGNED)
        raise MappingError("mapping_unknown_column", path=self._path.name, table=table, column=column, columns=columns)


_NEEDED: Final = {
    name: {
        c
        for c, column in table.schema.columns().items()
        if not column.nullable or (name, c) == ("order_lines", "currency")
    }
    for name, table in TABLES.items()
}


def _only(given: Mapping[Any, Any], allowed: set[str], path: Path, place: str) -> None:
    strange = [str(key) for key in given if key not in allowed]
    if strange:
        raise MappingError(
            "mapping_unknown_word", path=path.name, place=place or path.name, word=strange[0],
            words=", ".join(sorted(allowed)),
        )  # fmt: skip


def _zone(name: Any, path: Path) -> str:
    try:
        return ZoneInfo(str(name)).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MappingError("mapping_zone", path=path.name, zone=name) from error


def _first_line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return f"{problem} ({mark.line + 1})" if mark else str(problem)


_BOOL: Final = "tag:yaml.org,2002:bool"


class _Strict(yaml.SafeLoader):
    """YAML that does not let the second of two equal keys win in silence, and in which No is a heading or Norway."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (as its base declares it)
        letter: [(tag, re.compile(r"^(?:true|false)$") if tag == _BOOL else form) for tag, form in forms]
        for letter, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key} stands twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)
