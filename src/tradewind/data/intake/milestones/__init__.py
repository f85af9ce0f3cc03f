"""What does a carrier's or tracker's status code mean? One table of codes per vocabulary, beside this file.

milestones = milestones_of("cainiao"); milestones[plain_code("LH_DEPART")] == "departed"
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Final

import polars as pl

NO_SCAN: Final = "-"
"""The milestone of a status that tells of no scan: nothing found, waiting for the carrier."""
_FAILED: Final = r"_(FAIL|FAILURE|EXCEPTION)$"
_NOISE: Final = re.compile(r"[\s　]+")


def plain_code(code: str) -> str:
    """A code without what varies: full-width letters and underscores, case, white space.

    >>> plain_code("CC_TRANS＿START") == plain_code("cc_trans_start ")
    True
    """
    return _NOISE.sub(" ", unicodedata.normalize("NFKC", code)).strip().casefold()


@cache
def milestones_of(*vocabularies: str) -> dict[str, str]:
    """Plain code -> milestone (NO_SCAN where it is none); of two vocabularies with the same code the first counts."""
    found: dict[str, str] = {}
    for name in vocabularies:
        table = resources.files(__name__) / f"{name}.csv"
        for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
            found.setdefault(plain_code(row["code"]), row["milestone"])
    return found


def with_milestones(texts: pl.DataFrame, vocabularies: Sequence[str], codes: Sequence[str]) -> pl.DataFrame:
    """Fills `milestone`, `code` and `unknown` from the columns `codes`, the most telling first (sub-status, status).

    The first column whose code is known decides. Where none is, the row stays, as "exception" for codes that end
    in a failure and as "in_transit" else. `code` is the most telling one there is, known or not; `unknown` says "code"
    where that one is not known, "none" where there is none at all.
    """
    known = milestones_of(*vocabularies)
    cells = [_half_width(texts[name]) for name in codes]
    code = pl.select(pl.coalesce(cells)).to_series().alias("code")
    meant = pl.select(pl.coalesce(_mapped(cell, known) for cell in cells)).to_series()
    first = _mapped(code, known)
    failed = code.str.to_uppercase().str.contains(_FAILED)
    return texts.with_columns(
        code,
        milestone=pl.when(meant.is_not_null())
        .then(meant)
        .when(failed)
        .then(pl.lit("exception"))
        .otherwise(pl.lit("in_transit")),
        unknown=pl.when(code.is_null()).then(pl.lit("none")).when(first.is_null()).then(pl.lit("code")),
    )


def _mapped(cells: pl.Series, known: dict[str, str]) -> pl.Series:
    distinct = [cell for cell in cells.unique() if cell is not None]
    meant = [known.get(plain_code(cell)) for cell in distinct]
    return cells.replace_strict(distinct, meant, default=None, return_dtype=pl.String)


def _half_width(cells: pl.Series) -> pl.Series:
    distinct = [cell for cell in cells.unique() if cell is not None]
    return cells.replace_strict(
        distinct, [unicodedata.normalize("NFKC", c) for c in distinct], default=None, return_dtype=pl.String
    )
