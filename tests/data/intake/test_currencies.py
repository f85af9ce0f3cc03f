import polars as pl
import pytest

from tradewind.data.intake.values.currencies import currency_of, read_currency


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("usd", "USD"),
        ("US $", "USD"),
        ("人民币", "CNY"),
        ("RMB", "CNY"),
        ("￥", "CNY"),
        ("€", "EUR"),
        ("pieces", None),
        ("XXX", None),
        ("XTS", None),
        ("XAU", None),
        ("USD XXX", None),
        ("HRK", "HRK"),
        ("XOF", "XOF"),
    ],
)
def test_currencies_by_code_name_and_sign(text, code):
    assert currency_of(text) == code


def test_a_currency_nobody_knows_is_to_correct():
    read = read_currency(pl.Series(["USD", "QQQ", None]))
    assert read.value.to_list() == ["USD", None, None]
    assert read.problem.to_list() == [None, "currency_unknown", None]
