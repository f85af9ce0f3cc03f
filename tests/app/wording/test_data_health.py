"""How the data stands, in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.report.made_up import healthy
from tradewind.app.usecases.data import HealthResult
from tradewind.app.usecases.result import Provenance
from tradewind.app.wording import as_data, view_of
from tradewind.app.wording.view import Table
from tradewind.core.plan_tables import PLAN_TABLES
from tradewind.core.text import LANGUAGES


def health(**more) -> HealthResult:
    frames = {name: frame for name, frame in healthy().items() if name != "versions"}
    frames.setdefault("blocked", PLAN_TABLES["blocked"].empty())
    seen = Provenance(versions={"stock": 2, "order_lines": 3})
    return HealthResult(seen, **(frames | {"export": None, "rows_to_correct": 0} | more))


def sentences(result: HealthResult, lang: str) -> list[str]:
    return [part for part in view_of(result, lang) if isinstance(part, str)]


def test_what_waits_what_is_missing_and_the_versions_are_said():
    said = "\n".join(sentences(health(), "en"))
    assert "Products without a unit cost: 4," in said
    assert "Versions of the data: order_lines 3, stock 2." in said
    states = [row[1] for part in view_of(health(), "en") if isinstance(part, Table) for row in part.rows]
    assert any("needs: tracking events" in state for state in states)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tables_stand_in_the_order_loaded_corrections_blocked_capabilities(lang):
    from tradewind.core.text import text

    titles = [part.title for part in view_of(health(), lang) if isinstance(part, Table)]
    order = [text(f"health_part.{n}", lang) for n in ("loaded", "corrections", "blocked", "capabilities")]
    assert titles == [t for t in order if t in titles]
    assert len(titles) >= 3


def test_an_empty_part_is_a_sentence_with_what_to_do():
    nothing = {name: getattr(health(), name).clear() for name in ("loaded", "corrections")}
    assert sentences(health(**nothing), "en")[:2] == [
        "Nothing is loaded yet: tradewind import PATH.",
        "No rows to correct.",
    ]


def test_money_that_is_kept_unknown_stands_with_its_cause():
    rows = {"cause": ["unit_cost"], "lines": [4], "money": [1234.5], "currency": ["CNY"], "example": ["MUG"]}
    blocked = PLAN_TABLES["blocked"].empty().vstack(_like_blocked(rows))
    table = next(p for p in view_of(health(blocked=blocked), "en") if isinstance(p, Table) and "Missing" in p.title)
    assert table.rows == [("What the goods cost, such as MUG", "4", "1,235 CNY")]


def _like_blocked(rows):
    import polars as pl

    empty = PLAN_TABLES["blocked"].empty()
    return pl.DataFrame(rows).select(pl.col(c).cast(t) for c, t in empty.schema.items())


def test_where_the_rows_to_correct_went_is_said_last():
    view = view_of(health(export=Path("my fixes.xlsx"), rows_to_correct=3), "en")
    assert view[-1] == 'Rows to correct written to "my fixes.xlsx": 3. Correct them there and run: ' + (
        'tradewind import "my fixes.xlsx"'
    )


def test_programs_get_the_tables_and_the_versions():
    said = as_data(health(), "en")
    assert said["versions"] == {"stock": 2, "order_lines": 3}
    assert {"loaded", "corrections", "capabilities", "notes", "blocked", "export", "rows_to_correct"} <= said.keys()
