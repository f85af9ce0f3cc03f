import polars as pl

from tradewind.data.intake.values.codes import code_evidence, lost_zeros, read_code


def _codes(*cells):
    raw = pl.Series(cells, dtype=pl.String)
    read = read_code(raw, code_evidence(raw))
    return read.value.to_list(), read.problem.to_list() if read.problem is not None else None


def test_codes_are_kept_letter_by_letter():
    assert _codes("00123", "1E5X", "8180000000000017", "a b") == (["00123", "1E5X", "8180000000000017", "a b"], None)


def test_a_code_of_digits_around_an_e_is_a_code_where_no_program_would_write_a_number_so():
    assert _codes("2E10", "3e5", "12E4") == (["2E10", "3e5", "12E4"], None)
    assert _codes("2E+10", "1.5E10")[1] == ["number_damaged_by_excel"] * 2


def test_a_number_in_the_form_excel_gives_long_ones_is_refused():
    assert _codes("8.18E+15", "8,18E+15", "A1") == (
        [None, None, "A1"],
        ["number_damaged_by_excel", "number_damaged_by_excel", None],
    )


def test_long_numbers_that_all_end_in_zeros_have_lost_their_digits():
    values, problems = _codes("8180000000000010", "8180000000000020", "8180000000000030", "77")
    assert values == [None, None, None, "77"]
    assert problems[:3] == ["number_damaged_by_excel"] * 3


def test_one_long_number_that_happens_to_end_in_zero_is_kept():
    assert _codes("8180000000000010", "8180000000000021", "8180000000000033")[1] is None


def test_what_protected_a_code_from_excel_comes_off():
    assert _codes('="00123"', "'8180000000000017", "'=1+1") == (["00123", "8180000000000017", "=1+1"], None)


def test_a_sku_without_its_zeros_points_to_the_known_one():
    known = pl.Series(["00123", "0045", "45", "X"])
    assert lost_zeros(pl.Series(["123", "45", "9", "X"]), known).to_list() == ["00123", None, None, None]
