"""Damaged files: each is told by name, whatever its reader raises, and keeps no other one out."""

from __future__ import annotations

import io
import os
import struct
import sys
import zipfile

import pytest

from tests.data.intake.reading import read, written
from tradewind.app.workspace import Workspace
from tradewind.core.errors import TradewindError, UnreadableFileError
from tradewind.data.intake import damage, detect, staging, web_tables
from tradewind.data.intake.files import shown_name

PRODUCTS = "sku,title\n" + "".join(f"s{i},t{i * 7919 % 1000}\n" for i in range(2000))


def zipped(content: str | bytes = PRODUCTS, name: str = "p.csv", method: int = zipfile.ZIP_DEFLATED) -> bytearray:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr(name, content)
    return bytearray(out.getvalue())


def with_wrong_bytes(packed: bytearray, start: int = 60, end: int = 80) -> bytes:
    for at in range(start, end):
        packed[at] ^= 0xFF
    return bytes(packed)


def in_directory(packed: bytearray, at: int, value: int) -> bytes:
    place = packed.find(b"PK\x01\x02") + at
    packed[place : place + 2] = struct.pack("<H", value)
    return bytes(packed)


BROKEN = {
    "deflate": with_wrong_bytes(zipped()),
    "lzma": with_wrong_bytes(zipped(method=zipfile.ZIP_LZMA)),
    "bzip2": with_wrong_bytes(zipped(method=zipfile.ZIP_BZIP2)),
    "version": in_directory(zipped(), 6, 200),
    "method": in_directory(zipped(), 10, 97),
    "name": in_directory(zipped(), 8, 0x800).replace(b"p.csv", b"\xff.csv"),
    "cut": bytes(zipped()[:-30]),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_damaged_zip_is_told_and_in_a_folder_the_others_load(tmp_path, kind):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.zip").write_bytes(BROKEN[kind])
    with pytest.raises(UnreadableFileError) as error:
        detect(tmp_path / "in" / "a.zip")
    assert error.value.code == "archive_broken"
    written(tmp_path / "in", "sku,title\ng1,x\n", "z.csv")
    imported = Workspace.create(tmp_path / "shop").import_file(tmp_path / "in")
    assert [report.rows_new for report in imported] == [1]
    assert [(name.split("/")[0], why.code) for name, why in imported.passed_over] == [("a.zip", "archive_broken")]


def test_half_a_character_in_json_is_replaced_and_whole_ones_stay(tmp_path):
    text = (
        r'[{"sku":"a","title":"cup \ud83d"},{"sku":"b","title":"\ud83d\ude00 \uD83D\u0041"},'
        r'{"sku":"c\udc00","weight_g":NaN}]'
    )
    rows = read(written(tmp_path, text, "products.json")).rows("products")
    assert rows.select("sku", "title").rows() == [("a", "cup ?"), ("b", "😀 ?A"), ("c?", None)]


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are Unicode there")
@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_a_name_in_gbk_bytes_is_read_and_shown_as_what_it_says(tmp_path, suffix):
    name = os.fsdecode("订单".encode("gbk")) + "." + suffix
    text = "sku,title\na,b\n" if suffix == "csv" else '[{"sku": "a", "title": "b"}]'
    for path in (written(tmp_path, text, name), tmp_path):
        assert read(path).rows("products").select("sku", "source_file").rows() == [("a", f"订单.{suffix}")]
    assert shown_name(os.fsdecode(b"\xff\xff")).isprintable()


def test_a_fault_of_the_program_in_one_file_of_a_folder_keeps_no_other_out(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    for name in ("a.csv", "b.csv"):
        written(tmp_path / "in", f"sku,title\n{name},x\n", name)
    shop = Workspace.create(tmp_path / "shop")
    from tradewind.data import versioning

    add = versioning.Import.add

    def failing(self, table, rows, corrections):
        if "a.csv" in rows["sku"]:
            raise KeyError("oops")
        add(self, table, rows, corrections)

    monkeypatch.setattr(versioning.Import, "add", failing)
    imported = shop.import_file(tmp_path / "in")
    assert [why.code for _, why in imported.passed_over] == ["file_fault"]
    assert shop.table("products")["sku"].to_list() == ["b.csv"]


def test_a_panic_of_a_reader_is_a_damaged_file_and_stopping_is_none():
    panic = type("PanicException", (BaseException,), {})
    with pytest.raises(TradewindError) as error, damage.damage_as_error("a.xlsx"):
        raise panic("index out of bounds")
    assert error.value.code == "file_damaged"
    with pytest.raises(KeyboardInterrupt), damage.damage_as_error("a.xlsx"):
        raise KeyboardInterrupt


def test_rows_of_one_group_without_end_are_refused_in_memory_and_in_shares(tmp_path, monkeypatch):
    path = written(tmp_path, "sku,title\n" + "a,b\n" * 2000, "products.csv")
    monkeypatch.setattr(staging, "MAX_CELLS_AT_ONCE", 10_000)
    for size in (staging.BUCKET_BYTES, 1000):
        monkeypatch.setattr(staging, "BUCKET_BYTES", size)
        with pytest.raises(UnreadableFileError) as error:
            read(path)
        assert error.value.code == "group_too_large"


def test_cells_repeated_over_rows_and_columns_are_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(web_tables, "MAX_CELLS", 1000)
    page = "<table><tr><td>sku<td>title</tr><tr><td colspan=50 rowspan=9999>a</tr>" + "<tr></tr>" * 100 + "</table>"
    with pytest.raises(UnreadableFileError) as error:
        detect(written(tmp_path, page, "a.xls"))
    assert error.value.code == "web_page_too_many_cells"


def test_members_that_are_small_alone_and_large_together_are_refused(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.csv", "b.csv"):
            archive.writestr(name, b"a,b\n" * 8_000_000)
    (tmp_path / "a.zip").write_bytes(out.getvalue())
    with pytest.raises(UnreadableFileError) as error:
        detect(tmp_path / "a.zip")
    assert error.value.code == "archive_too_large"
