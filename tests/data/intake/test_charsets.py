import time

import pytest

from tests.data.intake.reading import ORDERS, order, read, written
from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake import detect
from tradewind.data.intake.charsets import readings
from tradewind.data.intake.files import examine
from tradewind.data.intake.paths import single


@pytest.mark.parametrize(
    ("encoding", "sku"),
    [
        ("gb18030", "台灯-蓝"),
        ("gb18030", "灯"),
        ("gb18030", "深圳"),
        ("big5", "檯燈-藍"),
        ("big5", "玻璃瓶"),
        ("shift_jis", "マグカップ"),
        ("shift_jis", "青色"),
        ("cp1252", "Tasse-ä"),
        ("cp1252", "Größe M"),
        ("cp1252", "CAFÉ-1"),
        ("cp1252", "coração"),
        ("cp1250", "Łyżka"),
        ("cp1250", "žluťoučký"),
        ("cp1252", "Ø20"),
        ("cp1251", "Чашка"),
        ("cp1251", "Лампа-синяя"),
        ("utf-16-le", "杯-ä"),
        ("utf-16-be", "杯-ä"),
        ("utf-16", "杯-ä"),
    ],
)
def test_a_single_word_tells_its_encoding(tmp_path, encoding, sku):
    path = written(tmp_path, ORDERS + order(sku=sku) + order(order_id="A2"), encoding=encoding)
    assert set(read(path).rows("order_lines")["sku"]) == {sku, "LAMP"}


def test_a_text_that_two_encodings_read_alike_is_no_doubt():
    assert [one.encoding for one in readings("Größe".encode("cp1252"))] == ["cp1252"]


def test_a_text_that_may_be_two_things_is_asked_about_with_both_shown(tmp_path):
    path = written(tmp_path, ORDERS + order(sku="Caffè"), encoding="cp1252")
    with pytest.raises(UnreadableFileError) as error:
        read(path)
    assert "cp1252: Caffè; cp1250: Caffč" in str(error.value)
    assert "--encoding cp1252" in str(error.value)


@pytest.mark.parametrize(("encoding", "sku"), [("cp1252", "Caffè"), ("cp1250", "Caffč")])
def test_what_is_said_of_the_encoding_settles_it(tmp_path, encoding, sku):
    path = written(tmp_path, ORDERS + order(sku="Caffè"), encoding="cp1252")
    assert [part.place.encoding for one in detect(path, encoding=encoding) for part in one.parts] == [encoding]


@pytest.mark.parametrize("encoding", ["no-such", "base64", "ascii"])
def test_an_encoding_the_text_is_not_in_is_refused(tmp_path, encoding):
    path = written(tmp_path, ORDERS + order(sku="Caffè"), encoding="cp1252")
    with pytest.raises(UnreadableFileError, match="not text in the encoding"):
        detect(path, encoding=encoding)


def test_what_is_said_of_the_encoding_does_not_touch_text_that_tells_its_own(tmp_path):
    assert examine(single(written(tmp_path, "茶,ä\n")), "cp1252").encoding == "utf-8"


def test_a_heading_that_a_source_uses_settles_it():
    italian = "Quantità,Caffè\n"
    both = readings(italian.encode("cp1252"))
    assert both[0].encoding == "cp1252"
    assert [one.encoding for one in readings("订单号,Caf\n".encode("gb18030"))] == ["gb18030"]


def test_spaces_that_do_not_break_are_no_doubt():
    assert [one.encoding for one in readings(b"1\xa0234,50;9,90")] == ["cp1252"]


def test_bytes_that_are_no_words_in_any_encoding_are_not_read():
    assert readings(bytes(range(128, 256)) * 3) == []


def test_korean_is_never_taken_for_chinese_in_silence():
    assert {one.encoding for one in readings("머그컵".encode("cp949"))} == {"gb18030", "cp949"}


def test_a_word_without_end_takes_no_longer_than_its_letters():
    begun = time.process_time()
    (found,) = readings(b"x" * 200_000 + "Größe".encode("cp1252"))
    assert found.encoding == "cp1252"
    assert time.process_time() - begun < 2.0
