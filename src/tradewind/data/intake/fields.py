"""Short names to declare the fields of a layout with: canonical name first, then every heading seen for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tradewind.data.intake.layout import Field

DIGITS: Final = r"\d{1,7}|\d{14,20}"
"""The shape of a platform's numbers that are digits alone: more, or fewer, than a telephone number has."""


def text(name: str, *headings: str, required: bool = False) -> Field:
    """Words; white space is normalised."""
    return Field(name, headings, "text", required)


def code(name: str, *headings: str, required: bool = True, shape: str | None = None) -> Field:
    """An order number, a SKU: kept letter by letter, leading zeros too; damage done by Excel is noticed.

    `shape`: a pattern that all numbers of the platform have, as far as that is known.
    """
    return Field(name, headings, "code", required, shape=shape)


def whole(name: str, *headings: str, required: bool = True) -> Field:
    """A count of pieces."""
    return Field(name, headings, "whole", required)


def number(name: str, *headings: str, required: bool = False) -> Field:
    """A measure, with a decimal point or comma."""
    return Field(name, headings, "number", required)


def money(name: str, *headings: str, required: bool = True) -> Field:
    """An amount; its cell may name the currency."""
    return Field(name, headings, "money", required)


def moment(name: str, *headings: str, time_zone: str = "UTC", required: bool = True, future: bool = False) -> Field:
    """Date and time; becomes UTC from the zone the cell states, else from `time_zone`."""
    return Field(name, headings, "moment", required, time_zone=time_zone, future=future)


def day(name: str, *headings: str, required: bool = False, future: bool = True) -> Field:
    """A calendar day."""
    return Field(name, headings, "day", required, future=future)


def country(name: str, *headings: str, required: bool = True, also: Mapping[str, str] | None = None) -> Field:
    """A country by code or by its English or Chinese name."""
    return Field(name, headings, "country", required, also=also or {})


def currency(name: str, *headings: str, required: bool = False) -> Field:
    """A currency by ISO 4217 code or a usual sign."""
    return Field(name, headings, "currency", required)


def choice(name: str, *headings: str, choices: Mapping[str, str], required: bool = True) -> Field:
    """One of a few words; `choices` maps what the source says to what we say."""
    return Field(name, headings, "choice", required, choices=choices)


def buyer(name: str, *headings: str) -> Field:
    """Whatever identifies the buyer; only its keyed hash goes on. Of several, the first declared is used."""
    return Field(name, headings, "buyer")


def postcode(name: str, *headings: str) -> Field:
    """A postal code; only its first three characters go on."""
    return Field(name, headings, "postcode")
