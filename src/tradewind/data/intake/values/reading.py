"""Which reader reads which kind of field."""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.layout import Field
from tradewind.data.intake.values import Evidence, Read, Setting
from tradewind.data.intake.values.buyers import read_buyer, read_postcode
from tradewind.data.intake.values.choices import read_choice
from tradewind.data.intake.values.codes import code_evidence, read_code
from tradewind.data.intake.values.countries import read_country
from tradewind.data.intake.values.currencies import read_currency
from tradewind.data.intake.values.moments import moment_evidence, read_day, read_moment
from tradewind.data.intake.values.numbers import number_evidence, read_money, read_number, read_whole

_EVIDENCE = {
    "code": code_evidence,
    "whole": number_evidence,
    "number": number_evidence,
    "money": number_evidence,
    "moment": moment_evidence,
    "day": moment_evidence,
}


def read(raw: pl.Series, field: Field, setting: Setting) -> Read:  # noqa: PLR0911 (a table of kinds)
    """The cells of one column by its field's kind."""
    seen = setting.seen(field.name)
    if field.month_first and not seen["day_first"]:
        seen = seen + Evidence(month_first=1)
    match field.kind:
        case "code":
            return read_code(raw, seen)
        case "whole":
            return read_whole(raw, seen)
        case "number":
            return read_number(raw, seen)
        case "money":
            return read_money(raw, seen)
        case "moment":
            return read_moment(
                raw, seen, time_zone=field.time_zone, imported_at=setting.imported_at, future=field.future
            )
        case "day":
            return read_day(raw, seen, imported_at=setting.imported_at, future=field.future)
        case "country":
            return read_country(raw, field.also)
        case "currency":
            return read_currency(raw)
        case "choice":
            return read_choice(raw, field.choices)
        case _:
            return Read(raw)


def hidden(raw: pl.Series, field: Field, salt: bytes) -> pl.Series:
    """A personal column as it may go on: before anything is written, even for a moment."""
    if field.kind == "postcode":
        return read_postcode(raw).value
    return read_buyer(raw, salt, keep_keys=field.kind == "buyer_key").value


def evidence(raw: pl.Series, field: Field) -> Evidence:
    """What the cells of this column show about its style; counts of pieces of a column add up."""
    look = _EVIDENCE.get(field.kind)
    return look(raw) if look else Evidence()
