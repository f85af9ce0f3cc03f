import polars as pl

from tradewind.data.intake.values.buyers import read_buyer, read_postcode

SALT = b"k" * 32


def _keys(*cells, salt=SALT, **more):
    return read_buyer(pl.Series(cells, dtype=pl.String), salt, **more).value.to_list()


def test_the_same_buyer_has_the_same_key_however_it_is_written():
    assert _keys("Ana@Example.com") == _keys("ana@example.com")
    assert _keys("+34 600-11-22-33") == _keys("34600112233")


def test_another_workspace_gives_another_key_and_no_key_holds_the_name():
    assert _keys("ana@example.com") != _keys("ana@example.com", salt=b"q" * 32)
    assert len(_keys("ana@example.com")[0]) == 32
    assert "ana" not in _keys("ana@example.com")[0]


def test_an_unknown_buyer_stays_unknown():
    assert _keys(None) == [None]


def test_only_a_workbook_of_fixes_may_bring_keys_that_stay():
    key = _keys("ana@example.com")[0]
    assert _keys(key, keep_keys=True) == [key]
    assert _keys(key) != [key]
    assert _keys("ana@example.com", keep_keys=True) == [key]


def test_a_postcode_keeps_its_first_three_characters():
    read = read_postcode(pl.Series(["sw1a 1aa", "28013", "-", None]))
    assert read.value.to_list() == ["SW1", "280", None, None]
