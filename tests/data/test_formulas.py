import polars as pl

from tradewind.data.formulas import harmless


def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe_and_numbers_do_not():
    frame = pl.DataFrame({"a": ["=1+1", "@x", "+cmd", "-5.00", "-1,5", "plain", None], "n": [-1, 2, 3, 4, 5, 6, 7]})
    out = harmless(frame)
    assert out["a"].to_list() == ["'=1+1", "'@x", "'+cmd", "-5.00", "-1,5", "plain", None]
    assert out["n"].to_list() == frame["n"].to_list()
