import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.data.intake.values.numbers import number_evidence, read_money, read_number, read_whole


def _money(*cells):
    raw = pl.Series(cells, dtype=pl.String)
    read = read_money(raw, number_evidence(raw))
    problems = read.problem.to_list() if read.problem is not None else [None] * len(cells)
    currencies = read.currency.to_list() if read.currency is not None else [None] * len(cells)
    return list(zip(read.value.to_list(), currencies, problems, strict=True))


@pytest.mark.parametrize(
    ("cell", "value", "currency"),
    [
        ("US $1,234.50", 1234.5, "USD"),
        ("¥12", 12.0, "¥"),
        ("￥1,200", 1200.0, "¥"),
        ("12,50 €", 12.5, "EUR"),
        ("€ 1.234,50", 1234.5, "EUR"),
        ("R$ 1.234.567,89", 1234567.89, "BRL"),
        ("-US $12.00", -12.0, "USD"),
        ("(12.50)", -12.5, None),
        ("12.50-", -12.5, None),
        ("1 234,50", 1234.5, None),
        ("1'234.50", 1234.5, None),
        ("１２．５０", 12.5, None),
        ("12.50 руб.", 12.5, "RUB"),
        ("1,23,456.00", 123456.0, None),
        ("EUR12.5", 12.5, "EUR"),
    ],
)
def test_amounts_are_read_in_every_usual_dress(cell, value, currency):
    assert _money(cell) == [(value, currency, None)]


def test_one_cent_style_settles_what_a_lone_separator_means_in_the_whole_column():
    assert [v for v, _, _ in _money("1.234", "12,50")] == [1234.0, 12.5]
    assert [v for v, _, _ in _money("1,234", "12.50")] == [1234.0, 12.5]


def test_a_column_of_both_styles_refuses_only_the_cells_it_cannot_settle():
    assert _money("12,50", "12.50", "1,234") == [
        (12.5, None, None),
        (12.5, None, None),
        (None, None, "number_ambiguous"),
    ]


def test_a_column_that_proves_nothing_has_decimal_points_and_commas_between_thousands():
    assert [v for v, _, _ in _money("1.234", "1,234", "-1.234", "12")] == [1.234, 1234.0, -1.234, 12.0]


def test_a_proven_decimal_comma_holds_for_amounts_with_a_sign_or_a_currency_too():
    assert [v for v, _, _ in _money("-1.234", "+1.234", "1.234 €", "1,234", "12,5")] == [
        -1234.0, 1234.0, 1234.0, 1.234, 12.5,
    ]  # fmt: skip


@pytest.mark.parametrize("proof", ["12.50", "0.125", "1,234.5", "-.5", "1234.5678"])
def test_in_whatever_pieces_a_column_is_looked_at_its_style_is_the_same(proof):
    cells = pl.Series([proof, "12,5", "1.234", "1,234"])
    seen = sum((number_evidence(cells[i : i + 1]) for i in range(len(cells))), number_evidence(cells[:0]))
    for evidence in (seen, number_evidence(cells)):
        assert read_money(cells, evidence).problem.to_list()[2:] == ["number_ambiguous", "number_ambiguous"]


def test_a_lone_comma_in_an_amount_is_a_thousand_but_in_a_measure_is_refused():
    raw = pl.Series(["1,234"])
    assert _money("1,234") == [(1234.0, None, None)]
    assert read_number(raw, number_evidence(raw)).problem.to_list() == ["number_ambiguous"]


def test_text_that_is_no_number_says_so_and_dashes_mean_nothing():
    assert _money("See note", "-", "12 apples", "nan", "inf") == [
        (None, None, "number_unreadable"),
        (None, None, None),
        (None, None, "currency_text_unknown"),
        (None, None, None),
        (None, None, "number_unreadable"),
    ]


def test_a_formula_is_text_and_no_number():
    assert _money("=1+1", "=SUM(A1:A9)")[0][2] == "number_unreadable"
    assert _money("=1+1", "=SUM(A1:A9)")[1][2] == "number_unreadable"


def test_pieces_are_whole_with_separators_or_a_zero_fraction():
    raw = pl.Series(["1,234", "2.0", "2.5", "-3", "two"])
    read = read_whole(raw, number_evidence(raw))
    assert read.value.to_list() == [1234, 2, None, -3, None]
    assert read.problem.to_list() == [None, None, "number_not_whole", None, "number_unreadable"]


def _european(amount):
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


@settings(deadline=None)
@given(st.lists(st.decimals(min_value=-9_999_999, max_value=9_999_999, places=2), min_size=1, max_size=20))
def test_amounts_written_in_either_style_come_back_to_the_cent(amounts):
    for style in (lambda a: f"US ${a:,.2f}", lambda a: f"{_european(a)} €", lambda a: f"{a:.2f}"):
        assert [v for v, _, _ in _money(*map(style, amounts))] == [float(a) for a in amounts]


def test_the_cells_that_prove_a_style_are_counted():
    commas = ["12,5", "0,125", ",5", "1.234.567", "1.234,5", "12,3456"]
    points = ["12.50", "1,234,567", "1,234.5"]
    neither = ["1,234", "1.234", "12", None]
    assert dict(number_evidence(pl.Series([*commas, *points, *neither]))) == {"comma": 6, "dot": 3}
    assert dict(number_evidence(pl.Series(["1.234", "12", None]))) == {"dot": 0}


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["1,234", "12.5"], [1234.0, 12.5]),
        (["1,234", "12,5"], [1.234, 12.5]),
        (["1.234", "0,5"], [1234.0, 0.5]),
        (["1.234", "0.5"], [1.234, 0.5]),
        (["12 kg", "1,2,3", "1.2.3", "12,34,567.5", "--5", "7"], [None, None, None, 1_234_567.5, None, 7.0]),
        (["+5", "5-", "(5)", "- 5", "1 234 567", "1.234.567"], [5.0, -5.0, -5.0, -5.0, 1_234_567.0, 1_234_567.0]),
    ],
)
def test_a_measure_is_read_by_the_style_its_column_proves(cells, read):
    raw = pl.Series(cells)
    found = read_number(raw, number_evidence(raw))
    assert found.value.to_list() == read
    unread = [value is None for value in read]
    assert [p == "number_unreadable" for p in found.problem.to_list()] == unread if found.problem is not None else True
    assert found.currency is None


def test_pieces_are_counted_as_far_as_a_number_is_exact():
    """Up to 2^53 = 9,007,199,254,740,992 every whole number has a float of its own."""
    raw = pl.Series(["9,007,199,254,740,992", "9,007,199,254,740,994", "-9,007,199,254,740,994", None])
    read = read_whole(raw, number_evidence(raw))
    assert read.value.to_list() == [2**53, None, None, None]
    assert read.problem.to_list() == [None, "number_not_whole", "number_not_whole", None]
    plain = pl.Series(["9007199254740993", None])
    assert read_whole(plain, number_evidence(plain)).value.to_list() == [2**53 + 1, None]
    broken = pl.Series(["2.5", "3"])
    assert read_whole(broken, number_evidence(broken)).problem.to_list() == ["number_not_whole", None]


def test_an_unknown_word_beside_an_amount_is_told_and_the_known_ones_keep_their_cells():
    assert _money("5 EUR", None, "5 apples", "US $ 7", "8") == [
        (5.0, "EUR", None),
        (None, None, None),
        (None, None, "currency_text_unknown"),
        (7.0, "USD", None),
        (8.0, None, None),
    ]


def test_nothing_before_the_comma_is_no_group_of_thousands():
    """0,125 kg is an eighth of one, whatever its column shows; it says itself that commas are decimal."""
    for column in (["0,125", "1,5"], ["0,125", "12,345"], ["0,125"]):
        raw = pl.Series(column)
        assert read_number(raw, number_evidence(raw)).value[0] == 0.125
    euros = pl.Series(["0.125 €", "12,50 €"])
    assert read_money(euros, number_evidence(euros)).value.to_list() == [0.125, 12.5]


@pytest.mark.parametrize("cell", ["12,34,567", "1,00,000", "12,34,567.00"])
def test_thousands_are_grouped_as_in_india_with_decimals_and_without(cell):
    raw = pl.Series([cell])
    assert read_money(raw, number_evidence(raw)).value.to_list() == [float(cell.replace(",", ""))]
