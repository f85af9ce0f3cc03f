"""Fines, cash and the shop's figures as they read."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from tradewind.app.usecases.finance import CashResult, FineResult, FinesResult, ShopHealthResult
from tradewind.app.usecases.result import Page, Provenance
from tradewind.app.wording import as_data, view_of
from tradewind.core.text import LANGUAGES

NOBODY = Provenance()
FINE = {
    "fine_id": "F-1", "kind": "late_inbound", "money": 9.0, "appeal_by": datetime(2026, 10, 19, 4, tzinfo=UTC),
    "days_left": 0.16, "status": "open", "due_at": "2026-10-11 16:00", "received_at": "2026-10-12 01:18",
    "reason": "fine_record.late_inbound_for",
}  # fmt: skip
FINES = pl.DataFrame([FINE, {**FINE, "fine_id": "F-2", "appeal_by": None, "days_left": None, "status": None}])


def fines(shown: pl.DataFrame, rows: int, claimed: int = 0) -> FinesResult:
    return FinesResult(
        NOBODY, "CNY", Page(shown, rows, None), loaded=1234, against=1, against_money=3.0,
        fees_claimed=claimed, fees_rest=150.0, fees_rows=claimed, fees_back=pl.DataFrame(),
    )  # fmt: skip


def test_a_fine_reads_with_its_deadline_and_the_record():
    table, more, against, owed = view_of(fines(FINES, 40, claimed=2), "en")
    said = "Received on 2026-10-12 01:18 UTC, due on 2026-10-11 16:00 UTC: it was late."
    assert table.rows == [
        ["F-1", "late inbound", "9.00 CNY", "2026-10-19", "0.2", "open", said],
        ["F-2", "late inbound", "9.00 CNY", "-", "-", "open", said],
    ]
    assert ("2" in more, "40" in more) == (True, True)
    assert against == "Open fines that the record contradicts: 1, worth 3.00 CNY."
    assert "2, 150 CNY" in owed


def test_without_an_open_fine_it_says_how_many_are_loaded():
    assert "1,234" in view_of(fines(FINES.clear(), 0), "en")[0]


@pytest.mark.parametrize(("lang", "named"), [("en", "scan: "), ("zh", "扫描")])
def test_the_evidence_names_each_fact(lang, named):
    at = datetime(2026, 10, 11, 16, tzinfo=UTC)
    evidence = pl.DataFrame(
        {"at": [at] * 2, "what": ["ordered", "scan.departed"], "of": ["O1", "P1"], "detail": ["SKU-1", "HZ"]}
    )
    sentence, table = view_of(FineResult(NOBODY, "CNY", FINES.head(1), evidence), lang)
    assert "2026-10-12 01:18" in sentence
    assert table.rows[1][0] == "2026-10-11 16:00"
    assert table.rows[1][1].startswith(named)


WEEKS = pl.DataFrame(
    {
        "week": [date(2026, 10, 19)], "payouts_open": [1000.0], "payouts_ahead": [234.4], "purchases_open": [-100.0],
        "purchases_planned": [-200.0], "purchases_later": [-300.0], "selling": [-50.0], "running": [-5.0],
        "fx_spread": [-2.5], "balance_p10": [-900.0], "balance_p50": [576.9], "balance_p90": [2000.0],
    }
)  # fmt: skip
LOW = pl.DataFrame(
    {
        "opening": [500.0], "opening_known": [True], "low_p10": [-900.0], "low_p50": [100.0], "low_p90": [400.0],
        "low_week": [date(2026, 10, 19)], "odds_short": [0.25],
    }
)  # fmt: skip
LAGS = pl.DataFrame(
    {
        "start": ["ordered", "ordered", "settled"], "market": ["ES", "*", "ES"], "days_p10": [13.0, 1.0, 1.0],
        "days_p50": [19.0, 2.0, 2.0], "days_p90": [None, 3.0, 3.0],
    }
)  # fmt: skip
NOTES = pl.DataFrame(
    {"note": ["cash_note.unpriced"], "rows": [1078], "money": [None]}, schema_overrides={"money": float}
)


def test_cash_reads_as_what_comes_what_goes_and_when_it_is_lowest():
    table, lowest, lags, spread, note = view_of(CashResult(NOBODY, "CNY", 0.02, WEEKS, LOW, NOTES, LAGS), "en")
    assert table.title == "CNY"
    assert table.rows == [("2026-10-19", "1,234", "-600", "-50.00", "-5.00", "-2.50", "-900", "577", "2,000")]
    assert ("2026-10-19" in lowest, "100 CNY" in lowest, "25 %" in lowest) == (True, True, True)
    assert lags.endswith("ES 19 (13 to -).")
    assert "2.0 %" in spread
    assert "1,078" in note


def test_without_cash_on_hand_the_lowest_point_is_a_change_from_today():
    low = LOW.with_columns(opening_known=False)
    assert "cash_on_hand" in view_of(CashResult(NOBODY, "CNY", 0.0, WEEKS, low, NOTES, LAGS), "en")[1]


def test_without_a_calendar_only_the_reason_is_left():
    found = CashResult(NOBODY, "CNY", 0.0, WEEKS.clear(), LOW.clear(), NOTES, LAGS)
    assert len(view_of(found, "en")) == 1


FIGURES = pl.DataFrame(
    {
        "shop": ["yiwu-1"] * 4, "break_on": None, "days_left": None,
        "figure": ["dispute_rate", "dsr_service", "violations", "positive_rate"],
        "value": [0.0857, 4.8, 2.0, None], "threshold": [0.08, 4.5, 0.0, 0.93],
        "state": ["broken", "kept", "broken", "unknown"], "confidence": ["assumed", "C", "C", "C"],
        "reason": [f"shop_figure.{r}" for r in ("broken_most", "kept_least", "broken_most", "ask")],
    }
)  # fmt: skip


def test_a_figure_of_the_shop_reads_in_its_own_unit():
    table, source = view_of(ShopHealthResult(NOBODY, 4, FIGURES), "en")
    said = [row[2] for row in table.rows]
    assert said[:3] == [
        "Disputes: 8.6 %, above the 8.0 % allowed.",
        "DSR, service: 4.8, at least 4.5 asked for.",
        "Violations: 2, above the 0 allowed.",
    ]
    assert said[3].startswith("Positive rate: no table holds it.")
    assert "rules show" in source


def test_a_program_gets_the_same_sentences_beside_the_figures():
    rows = as_data(ShopHealthResult(NOBODY, 4, FIGURES), "en")["data"]
    assert (rows[0]["value"], rows[0]["sentence"]) == (0.0857, "Disputes: 8.6 %, above the 8.0 % allowed.")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_shop_without_orders_says_so(lang):
    assert all(view_of(ShopHealthResult(NOBODY, 0, FIGURES.clear()), lang))
