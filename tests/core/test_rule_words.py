"""A rule is called by the words of the longest beginning of its id that has some, and the rest of its id."""

from __future__ import annotations

import pytest

from tradewind.core.rule_words import reading_cause, reading_meaning, rule_title


@pytest.mark.parametrize(
    ("rule", "lang", "title"),
    [
        ("semi.late_inbound_after", "en", "Inbound is late after T plus"),
        ("failure.E102", "en", "Failure code: E102"),
        ("us.postal.specific.over_25", "en", "Duty on postal parcels: specific over 25 %"),
        ("eu.flat_duty", "zh", "每个税目的定额关税"),
        ("moon.dust", "en", "moon.dust"),
    ],
)
def test_a_title_is_said_and_codes_stay_as_they_are(rule, lang, title):
    assert rule_title(rule, lang) == title


def test_a_reading_without_words_is_called_by_its_name():
    assert reading_meaning("semi.late_inbound_after", "after_t1", "en") == "free up to T+1, late from T+2"
    assert reading_meaning("semi.late_inbound_after", "after_t9", "en") == "after_t9"


def test_why_a_reading_is_taken_is_said_as_the_pack_says_it_where_nobody_else_does():
    assert reading_cause("moon.dust", "because", "zh") == "because"
    assert reading_cause("semi.late_inbound_after", "because", "zh") != "because"
