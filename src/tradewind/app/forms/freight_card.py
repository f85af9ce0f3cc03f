"""A seller's own freight card, tier by tier, from a sheet into the workspace's own rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from tradewind.app.forms.workbook import named_columns, read_sheet, write_sheet
from tradewind.core.errors import InputError
from tradewind.data.intake.values.countries import code_of
from tradewind.data.rules import OWN_RULES, overlaid, own_rules, packs
from tradewind.data.storage import write_at_once

COLUMNS = (
    "card", "market", "up_to_g", "per_kg", "per_parcel", "currency", "first_weight_g", "first_price", "divisor",
    "max_weight_g", "round_up_g", "valid_from", "source",
)  # fmt: skip
"""One row per tier. up_to_g: the tier's upper limit, included; divisor: cm3 to the kilogram."""

_NEEDED = ("card", "market", "up_to_g", "per_kg", "currency", "valid_from", "source")
_EXAMPLES = (
    ("my_line", "ES", "300", "58", "18.5", "CNY", "", "", "8000", "2000", "", "2026-11-01", "quote of the forwarder"),
    ("my_line", "ES", "2000", "52", "21", "CNY", "", "", "8000", "2000", "", "2026-11-01", "quote of the forwarder"),
)
_OF_TIER = {"per_kg": "kg", "per_parcel": "parcel"}
_OF_MARKET = {"first_weight_g": ("first_weight", "g"), "first_price": ("first_price", "{currency}/parcel")}
_OF_CARD = {"divisor": ("divisor", "cm3/kg"), "max_weight_g": ("max_weight", "g"), "round_up_g": ("round_up", "g")}


def write_card_sheet(path: Path) -> Path:
    """An empty sheet with a card of two tiers as example. Raises InputError where there is a file already."""
    write_sheet(path, COLUMNS, _EXAMPLES)
    return path


def bring_in_card(path: Path, workspace: Path) -> list[str]:
    """Add the cards of a sheet to the workspace's own rules; returns the ids added, in order of the sheet.

    Existing rows stay as they are, the new rows come after them. Raises InputError for a sheet that lacks a
    column or a value or has a number that is none, RuleError where the rules would contradict themselves afterwards
    (the same card on the same days twice): then nothing is written.
    """
    rows = list(_rules(_rows(path), path))
    before = own_rules(workspace / OWN_RULES)
    added = yaml.dump(rows, Dumper=_Plain, allow_unicode=True, sort_keys=False, default_flow_style=None, width=200)
    text = f"{before.rstrip()}\n\n{added}".lstrip() if before.strip() else added
    overlaid(packs(), text)
    write_at_once(workspace / OWN_RULES, text.encode())
    return [str(row["id"]) for row in rows]


class _Plain(yaml.SafeDumper):
    """Every row whole: no row refers to a value of another, so that each can be changed or taken out alone."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _rows(path: Path) -> list[dict[str, Any]]:
    rows = named_columns(read_sheet(path), COLUMNS, "card_column", {})
    for column in _NEEDED:
        if column not in rows.columns:
            raise InputError(
                "sheet_no_field", file=path.name, column=column, example="tradewind rules card card.xlsx --template"
            )
    absent = [pl.lit(None, dtype=pl.String).alias(c) for c in COLUMNS if c not in rows.columns]
    return rows.with_columns(absent).select(COLUMNS).to_dicts()


def _rules(rows: list[dict[str, Any]], path: Path) -> Iterator[dict[str, Any]]:
    """One rule for each figure; what belongs to a market or a whole card comes once."""
    seen: set[tuple[str, str]] = set()
    for row in rows:
        start = _start(row, path)
        card, market = row["card"].strip().replace(".", "_").replace(" ", "_"), _market(row, path)
        tier = f"card.{card}.{market}.tier_{_number(row, 'up_to_g', path):.0f}"
        figures = [(f"{tier}.{name}", name, f"{row['currency']}/{unit}") for name, unit in _OF_TIER.items()]
        figures += [(f"card.{card}.{market}.{name}", c, unit) for c, (name, unit) in _OF_MARKET.items()]
        figures += [(f"card.{card}.{name}", c, unit) for c, (name, unit) in _OF_CARD.items()]
        for id_, column, unit in figures:
            if row[column] is None or (id_, str(start)) in seen:
                continue
            seen.add((id_, str(start)))
            value = _number(row, column, path)
            fields = {"unit": unit.format(**row), "valid_from": start, "source": row["source"]}
            yield {"id": id_, "value": value, **fields}


def _number(row: Mapping[str, Any], column: str, path: Path) -> float:
    try:
        return float(str(row[column]).replace(",", ""))
    except ValueError:
        raise _wrong(row, column, path, "12.5") from None


def _market(row: Mapping[str, Any], path: Path) -> str:
    code = code_of(str(row["market"]))
    if code is None:
        raise _wrong(row, "market", path, "ES")
    return code


def _start(row: Mapping[str, Any], path: Path) -> date:
    for column in _NEEDED:
        if row[column] is None:
            raise _wrong(row, column, path, "-")
    try:
        return date.fromisoformat(str(row["valid_from"])[:10])
    except ValueError:
        raise _wrong(row, "valid_from", path, "2026-11-01") from None


def _wrong(row: Mapping[str, Any], column: str, path: Path, kind: str) -> InputError:
    return InputError("card_value_wrong", file=path.name, column=column, value=row[column] or "-", example=kind)
