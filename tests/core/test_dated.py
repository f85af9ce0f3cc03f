"""A dated value holds from its first day up to, not including, its last."""

from datetime import date

import pytest

from tradewind.core.dated import Dated, value_on
from tradewind.core.errors import RuleError

FEE = [Dated(5.2, date(2024, 7, 1), date(2026, 3, 1)), Dated(5.5, date(2026, 3, 1))]


def test_the_value_changes_on_the_day_the_new_one_starts():
    assert value_on("fee", FEE, date(2026, 2, 28)) == 5.2
    assert value_on("fee", FEE, date(2026, 3, 1)) == 5.5


def test_a_day_without_a_value_is_an_error_not_a_guess():
    with pytest.raises(RuleError, match="fee has 0 values on 2024-06-30"):
        value_on("fee", FEE, date(2024, 6, 30))


def test_two_values_on_one_day_are_an_error():
    with pytest.raises(RuleError, match="2 values"):
        value_on("fee", [*FEE, Dated(9.9, date(2025, 1, 1), date(2025, 1, 2))], date(2025, 1, 1))
