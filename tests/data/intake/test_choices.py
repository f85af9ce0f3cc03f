import polars as pl

from tradewind.data.intake.values.choices import read_choice

STATUS = {"paid": "paid", "已付款": "paid", "shipped": "shipped"}


def test_words_are_matched_whatever_their_case_and_width_and_unknown_ones_suggest_the_nearest():
    read = read_choice(pl.Series(["PAID", "已付款", "ｓhipped", "shiped", None]), STATUS)
    assert read.value.to_list() == ["paid", "paid", "shipped", None, None]
    assert read.problem.to_list() == [None, None, None, "word_unknown", None]
    assert read.suggestion.to_list()[3] == "shipped"
