"""The goods of a consignment for the check before sending: from a sheet, or from an inbound order of the workspace."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from tradewind.app.forms.workbook import named_columns, read_sheet, write_sheet
from tradewind.core.errors import InputError, RequestError, UnknownNameError
from tradewind.core.tables import MODES
from tradewind.core.text import LANGUAGES, catalogue
from tradewind.data.intake.headings import plain
from tradewind.data.intake.layouts.tradewind import ALIASES
from tradewind.data.intake.values.countries import code_of
from tradewind.data.intake.values.moments import moment_evidence, read_day, read_moment
from tradewind.data.intake.values.numbers import number_evidence, read_number
from tradewind.engine.compliance import GOODS, goods_frame

_YES = ("yes", "y", "true", "1", "是", "有", "√", "已绑定", "已")
_NO = ("no", "n", "false", "0", "否", "无", "没有", "未绑定", "未")
_SPLIT = r"[,;、，；/|]+"
_CODES = {"battery": "battery_state", "kind": "product_kind", "mode": "mode"}
_LISTS = {"hazards": "hazard", "marks": "requirement", "overruled": "", "markets": ""}
_HEADINGS = {
    **ALIASES,
    "markets": ALIASES["market"],
    "booked_units": (*ALIASES.get("booked_units", ()), *ALIASES["units"]),
    "gross_weight_g": ALIASES["weight_g"],
}
_EXAMPLE = {
    "sku": "CUP-1", "inbound_id": "IB-001", "mode": "semi_jit", "booked_units": "50", "due_at": "2026-12-01 10:00",
    "markets": "ES, FR, SA", "kind": "food_contact", "barcode_bound": "yes", "battery": "none", "marks": "ce",
    "carton_length_cm": "30", "carton_width_cm": "20", "carton_height_cm": "15", "service": "CAINIAO_STANDARD",
}  # fmt: skip


@dataclass(frozen=True)
class Goods:
    """The goods (columns of GOODS), and the cells that could not be read: sku, column, value."""

    frame: pl.DataFrame
    unread: pl.DataFrame


def write_goods_sheet(path: Path, lang: str) -> Path:
    """The empty sheet with one example row; a workbook explains the words on a second sheet."""
    known = catalogue(lang)
    words = [
        [known[f"goods_column.{column}"], code, known[f"{group}.{code}"]]
        for column, group in (
            ("kind", "product_kind"),
            ("battery", "battery_state"),
            ("hazards", "hazard"),
            ("marks", "requirement"),
        )
        for code in sorted(key.removeprefix(f"{group}.") for key in known if key.startswith(f"{group}."))
    ]
    headings = [known[f"goods_column.{name}"] for name in GOODS]
    write_sheet(path, headings, [[_EXAMPLE.get(name, "") for name in GOODS]], [["", "", ""], *words])
    return path


def read_goods_sheet(path: Path) -> Goods:
    """The rows of a sheet, headed by the template's words in either language or by the columns' names.

    Raises InputError where there is no SKU column or no row.
    """
    rows = named_columns(read_sheet(path), tuple(GOODS), "goods_column", _HEADINGS)
    if "sku" not in rows.columns:
        example = "tradewind preflight goods.xlsx --template"
        raise InputError("sheet_no_field", file=path.name, column="sku", example=example)
    rows = rows.drop_nulls("sku")
    if rows.is_empty():
        raise InputError("file_empty", path=path.name)
    return _read(rows)


def inbound_goods(inbounds: pl.DataFrame, inbound_id: str, attributes: Goods | None = None) -> Goods:
    """The goods of an inbound order, with the attributes a sheet has for the same SKUs. Raises UnknownNameError."""
    mine = inbounds.filter(inbound_id=inbound_id)
    if mine.is_empty():
        raise UnknownNameError("unknown_consignment", field="consignment", name=inbound_id)
    own = [c for c in ("sku", "inbound_id", "node", "mode", "booked_units", "booked_at", "due_at") if c in mine.columns]
    goods = goods_frame(mine.select(own))
    if attributes is None:
        return Goods(goods, _UNREAD.clear())
    return Goods(_filled(goods, attributes.frame), attributes.unread)


def with_products(goods: pl.DataFrame, products: pl.DataFrame) -> pl.DataFrame:
    """`goods` with what the sheet leaves blank taken from the products: title, category, cost, weight and size."""
    sides = [(pl.col(f"{side}_mm") / 10).round(1).cast(pl.String) for side in ("length", "width", "height")]
    known = products.select(
        "sku",
        "title",
        "category",
        "unit_cost",
        "currency",
        gross_weight_g=pl.col("weight_g").cast(pl.String),
        package_size_cm=pl.concat_str(sides, separator="x"),
    )
    return _filled(goods, known)


def filled_in(goods: pl.DataFrame, service: str | None, markets: str | None) -> pl.DataFrame:
    """`goods` with one service and the markets for all rows that name none. Raises RequestError for a market."""
    if service:
        goods = goods.with_columns(pl.col("service").fill_null(service))
    if markets:
        codes = [code_of(part) for part in re.split(_SPLIT, markets) if part.strip()]
        if None in codes:
            raise RequestError("invalid_markets", field="markets", value=markets)
        goods = goods.with_columns(
            pl.when(pl.col("markets").list.len().fill_null(0) == 0)
            .then(pl.lit(codes))
            .otherwise("markets")
            .alias("markets")
        )
    return goods


def _filled(goods: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    shared = [c for c in other.columns if c in goods.columns and c != "sku"]
    more = other.select("sku", *shared).unique("sku", keep="first", maintain_order=True)
    joined = goods.join(more, on="sku", how="left", suffix="_other", maintain_order="left")
    both = [pl.coalesce(c, f"{c}_other").alias(c) for c in shared]
    return joined.with_columns(both).select(goods.columns)


_UNREAD = pl.DataFrame(schema=dict.fromkeys(("sku", "column", "value"), pl.String))


def _read(rows: pl.DataFrame) -> Goods:
    columns: dict[str, pl.Series] = {}
    unread = [_UNREAD]
    for name in rows.columns:
        if name not in GOODS:
            continue
        values, bad = _cells(rows[name], name)
        columns[name] = values
        unread.append(rows.filter(bad).select("sku", column=pl.lit(name), value=name))
    others = [rows[c] for c in rows.columns if c not in GOODS]
    return Goods(goods_frame(pl.DataFrame([s.alias(n) for n, s in columns.items()] + others)), pl.concat(unread))


def _cells(raw: pl.Series, name: str) -> tuple[pl.Series, pl.Series]:
    """A column's values, and which cells could not be read."""
    dtype = GOODS[name]
    if name in _LISTS:
        return _members(raw, name)
    if name in _CODES:
        values = _replaced(raw, _words(name))
    elif dtype == pl.Boolean:
        values = _replaced(raw, {**dict.fromkeys(_YES, "yes"), **dict.fromkeys(_NO, "no")}) == "yes"
    elif dtype == pl.Date:
        values = read_day(raw, moment_evidence(raw), imported_at=None, future=True).value
    elif isinstance(dtype, pl.Datetime):
        values = read_moment(raw, moment_evidence(raw), time_zone="UTC", imported_at=None, future=True).value
    elif name == "charge":
        shares = raw.str.ends_with("%").fill_null(False)
        number = read_number(raw.str.strip_chars_end("%"), Counter()).value
        values = pl.select(pl.when(shares).then(number / 100).otherwise(number)).to_series()
    elif dtype in (pl.Float64, pl.Int64):
        values = read_number(raw, number_evidence(raw)).value.cast(dtype, strict=False)
    else:
        values = raw
    return values.cast(dtype), raw.is_not_null() & values.is_null()


def _members(raw: pl.Series, name: str) -> tuple[pl.Series, pl.Series]:
    """A cell of several words: each by its code or by its name in either language; unknown words are unread."""
    read: Callable[[str], str | None] = {
        "markets": code_of,
        "overruled": lambda word: word.strip(),
    }.get(name, lambda word: _words(name).get(plain(word)))
    found: list[list[str] | None] = []
    bad: list[bool] = []
    for cell in raw:
        parts = [p for p in re.split(_SPLIT, cell) if p.strip()] if cell is not None else []
        codes = [read(p) for p in parts]
        found.append(None if cell is None else [c for c in codes if c and c != "none"])
        bad.append(None in codes)
    return pl.Series(name, found, dtype=pl.List(pl.String)), pl.Series(bad, dtype=pl.Boolean)


def _replaced(raw: pl.Series, words: Mapping[str, str]) -> pl.Series:
    read = {cell: words.get(plain(cell)) for cell in raw.drop_nulls().unique()}
    return raw.replace_strict(list(read), list(read.values()), default=None, return_dtype=pl.String)


@cache
def _words(name: str) -> dict[str, str]:
    """The words of a cell of codes -> the code: the code itself, or its name in either language."""
    group = _CODES.get(name) or _LISTS[name]
    if name == "mode":
        codes: list[str] = list(MODES)
    else:
        codes = [k.removeprefix(f"{group}.") for k in catalogue("en") if k.startswith(f"{group}.")]
    words = {plain(code): code for code in codes}
    for code in codes:
        for lang in LANGUAGES:
            words.setdefault(plain(catalogue(lang).get(f"{group}.{code}", code)), code)
    return {**words, plain("no"): "none", plain("没有"): "none", plain("不含"): "none"} if name != "kind" else words
