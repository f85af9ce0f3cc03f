"""Figures as people read them: separators, currency, ISO dates, and unknown is never zero."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tradewind.app.wording.figures import cell, money, number, quantity, share
from tradewind.app.wording.sentences import sentence


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (1234567.4, "CNY", "1,234,567 CNY"),
        (8.705, "CNY", "8.71 CNY"),
        (99.5, "JPY", "100 JPY"),
        (-1234.5, "USD", "-1,235 USD"),
        (0.0, "CNY", "0.00 CNY"),
        (None, "CNY", "unknown"),
        (float("nan"), "CNY", "unknown"),
    ],
)
def test_money_has_separators_and_its_currency(amount, currency, said):
    assert money(amount, currency, "en") == said


@pytest.mark.parametrize(
    ("value", "said"), [(12345.6, "12,346"), (0.04, "0.04"), (2.5, "2.5"), (3.0, "3"), (None, "unknown")]
)
def test_a_slow_mover_is_not_shown_as_zero(value, said):
    assert number(value, "en") == said


@pytest.mark.parametrize(("value", "said"), [(0.873, "87 %"), (0.041, "4.1 %"), (0.0, "0 %"), (None, "未知")])
def test_shares_are_per_cent(value, said):
    assert share(value, "zh") == said


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (12.0, "CNY", "12.00 CNY"),
        (0.5, "share", "50 %"),
        (3.0, "days", "3 days"),
        (7.0, "rows", "7"),
        (1.0, "crates", "1 crates"),
    ],
)
def test_a_metric_is_written_in_its_unit(value, unit, said):
    assert quantity(value, unit, "en") == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "-"),
        (True, "yes"),
        (1234, "1,234"),
        (0.25, "0.25"),
        (28.0, "28"),
        (12.34567, "12.3"),
        (date(2026, 11, 16), "2026-11-16"),
        (datetime(2026, 11, 16, tzinfo=UTC), "2026-11-16"),
        (datetime(2026, 11, 16, 8, 5, tzinfo=UTC), "2026-11-16 08:05"),
        (["a", 2], "a, 2"),
    ],
)
def test_cells_read_well(value, said):
    assert cell(value, "en") == said


def test_a_sentence_with_an_unknown_value_says_so():
    said = sentence("stock_space", {"node": "HZ", "week": "2026-12-14", "value_per_m3": None}, "en")
    assert said == "HZ is full in the week of 2026-12-14: one more cubic metre is worth unknown unknown."


def test_a_reason_nobody_has_words_for_shows_its_id():
    assert sentence("made_up_reason", {}, "zh") == "made up reason"


def test_ids_in_a_sentence_are_named():
    assert "POP" in sentence("action.stop_losing.reason", {"mode": "pop"}, "en")
