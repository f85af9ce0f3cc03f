"""What a path holds: which files are taken, what their bytes say, and who is told to wait."""

from __future__ import annotations

import zipfile

import pytest

from tradewind.core.errors import StorageError, UnreadableFileError
from tradewind.data.intake import files, paths
from tradewind.data.intake.files import File, check_unchanged, decodes, examine, not_readable, transcode
from tradewind.data.intake.paths import expand, single

CSV = "a,b\n1,2\n"


def saved(folder, name: str, content: bytes | str = CSV):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def packed(folder, name: str, members: dict[str, bytes | str]):
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def code_of(act) -> str:
    with pytest.raises((UnreadableFileError, StorageError)) as error:
        act()
    return error.value.code


def test_a_folder_gives_its_files_in_order_without_hidden_ones_and_names_what_it_cannot_take(tmp_path):
    for name in ("b.csv", "a.txt", "in/c.tsv", ".git/d.csv", "in/~$e.csv", "__MACOSX/f.csv", "g.pdf"):
        saved(tmp_path, name)
    found, refused = expand(tmp_path)
    assert [file.name for file in found] == ["a.txt", "b.csv", "in/c.tsv"]
    assert [(name, error.code) for name, error in refused] == [("g.pdf", "file_kind_unknown")]


def test_a_zip_gives_the_members_that_can_be_read(tmp_path):
    path = packed(tmp_path, "x.zip", {"in/b.csv": CSV, "a.csv": CSV, "__MACOSX/c.csv": CSV, "d.pdf": "%PDF"})
    found, refused = expand(path)
    assert ([file.name for file in found], refused) == (["x.zip/a.csv", "x.zip/in/b.csv"], [])
    with found[0].open() as stream:
        assert stream.read() == CSV.encode()
    assert found[0].on_disk(tmp_path).read_text() == CSV
    assert File(path, None, "x").on_disk(tmp_path) == path


def test_a_file_that_is_a_zip_by_its_bytes_is_one_whatever_its_name_and_a_workbook_is_none(tmp_path):
    assert [f.name for f in expand(packed(tmp_path, "export.bin", {"a.csv": CSV}))[0]] == ["export.bin/a.csv"]
    assert [f.member for f in expand(packed(tmp_path, "book.xlsx", {"xl/workbook.xml": "x"}))[0]] == [None]
    assert [f.name for f in expand(saved(tmp_path, "short.csv", b"PK\x03\x04 no zip"))[0]] == ["short.csv"]


@pytest.mark.parametrize("note", ["~$orders.xlsx", ".~lock.orders.xlsx#"])
def test_a_workbook_that_is_held_open_is_not_read(tmp_path, note):
    path = saved(tmp_path, "orders.xlsx")
    saved(tmp_path, note)
    assert code_of(lambda: expand(path)) == "file_open_elsewhere"
    assert [(name, error.code) for name, error in expand(tmp_path)[1]] == [("orders.xlsx", "file_open_elsewhere")]
    assert code_of(lambda: single(path)) == "file_open_elsewhere"


def test_a_single_file_is_no_folder_and_no_zip(tmp_path):
    assert single(saved(tmp_path, "a.csv")).name == "a.csv"
    assert code_of(lambda: single(tmp_path)) == "is_a_folder"
    assert code_of(lambda: single(packed(tmp_path, "x.zip", {"a.csv": CSV}))) == "file_kind_unknown"


@pytest.mark.parametrize(
    ("name", "content", "kind", "encoding"),
    [
        ("a.csv", CSV, "text", "utf-8"),
        ("a.csv", "订单\n".encode("gb18030"), "text", "gb18030"),
        ("a.csv", CSV.encode("utf-16"), "text", "utf-16"),
        ("a.csv", CSV.encode("utf-16-le"), "text", "utf-16-le"),
        ("a.csv", b"PAR1....", "parquet", None),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 9, "workbook", None),
        ("a.csv", '[{"a": 1}]', "json", "utf-8"),
        ("a.csv", '{"a": 1}', "json", "utf-8"),
        ("a.csv", "[a],b\n", "text", "utf-8"),
        ("a.jsonl", "1\n", "json", "utf-8"),
        ("a.xls", "<html><table><tr><td>1</td></tr></table>", "web", "utf-8"),
        ("a.csv", b"\xef\xbb\xbf" + CSV.encode(), "text", "utf-8"),
    ],
)
def test_a_file_is_what_its_bytes_say(tmp_path, name, content, kind, encoding):
    found = examine(single(saved(tmp_path, name, content)))
    size = len(content if isinstance(content, bytes) else content.encode())
    assert (found.kind, found.encoding, found.size) == (kind, encoding, size)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b" \r\n\t", "file_empty"),
        ("a.csv", b"\xef\xbb\xbf", "file_empty"),
        ("a.html", b"<html><body>Log in</body>", "file_is_web_page"),
        ("a.xlsx", b"x\x00y", "workbook_broken"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "workbook_locked"),
    ],
)
def test_what_nobody_could_read_is_named(tmp_path, name, content, code):
    assert code_of(lambda: examine(single(saved(tmp_path, name, content)))) == code


def test_a_text_mostly_in_utf_8_with_a_broken_byte_is_in_no_encoding(tmp_path):
    broken = ("订单" * 30).encode() + b"\xff\n"
    assert examine(single(saved(tmp_path, "a.csv", broken))).encoding is None


def test_a_file_that_grows_is_still_being_written(tmp_path):
    file = single(saved(tmp_path, "a.csv"))
    found = examine(file)
    check_unchanged(file, found)
    saved(tmp_path, "a.csv", CSV + "3,4\n")
    assert code_of(lambda: check_unchanged(file, found)) == "file_still_written"
    member = expand(packed(tmp_path, "x.zip", {"a.csv": CSV}))[0][0]
    check_unchanged(member, examine(member))


def test_a_zip_with_too_many_members_or_too_much_in_them_is_refused(tmp_path, monkeypatch):
    path = packed(tmp_path, "x.zip", {"a.csv": "1" * 50, "b.csv": "2" * 50})
    monkeypatch.setattr(paths, "_MAX_MEMBERS", 2)
    assert len(expand(path)[0]) == 2
    monkeypatch.setattr(paths, "_MAX_MEMBERS", 1)
    assert code_of(lambda: expand(path)) == "archive_too_large"
    monkeypatch.setattr(paths, "_MAX_MEMBERS", 2)
    monkeypatch.setattr(paths, "MAX_UNPACKED_BYTES", 100)
    assert len(expand(path)[0]) == 2
    monkeypatch.setattr(paths, "MAX_UNPACKED_BYTES", 99)
    assert code_of(lambda: expand(path)) == "archive_too_large"


@pytest.mark.parametrize(("ratio_from", "most", "refused"), [(999, 10, True), (1000, 10, False), (999, 1000, False)])
def test_a_member_is_a_bomb_where_it_is_large_and_packed_too_small(tmp_path, monkeypatch, ratio_from, most, refused):
    path = packed(tmp_path, "x.zip", {"a.csv": "1" * 1000})
    monkeypatch.setattr(files, "_RATIO_FROM_BYTES", ratio_from)
    monkeypatch.setattr(files, "MAX_RATIO", most)
    if refused:
        assert code_of(lambda: expand(path)) == "archive_too_large"
    else:
        assert len(expand(path)[0]) == 1


def test_a_text_decodes_where_every_byte_does_and_japanese_needs_its_kana(tmp_path):
    kana, latin = saved(tmp_path, "k.csv", "注文カップ".encode("shift_jis")), saved(tmp_path, "l.csv", b"caf\xb1 x")
    assert decodes(single(kana), "shift_jis")
    assert not decodes(single(saved(tmp_path, "m.csv", "abc")), "shift_jis")
    assert decodes(single(latin), "latin-1")
    assert not decodes(single(latin), "utf-8")


def test_a_text_is_written_again_as_utf_8_with_its_own_line_ends_or_plain_ones(tmp_path):
    path = saved(tmp_path, "a.csv", "订,1\r\n单,2\r\n".encode("gb18030"))
    assert transcode(path, "gb18030", tmp_path / "b").read_bytes() == "订,1\r\n单,2\r\n".encode()
    assert transcode(path, "gb18030", tmp_path / "c", newline=None).read_bytes() == "订,1\n单,2\n".encode()


def test_what_the_system_will_not_give_is_the_disks_fault_or_another_programs():
    held = PermissionError("in use")
    held.winerror = 32  # type: ignore[attr-defined]
    assert not_readable("a.csv", held).code == "file_open_elsewhere"
    assert not_readable("a.csv", PermissionError(13, "no")).code == "not_permitted"
    assert not_readable("a.csv", OSError("disk")).code == "storage_failed"


def test_names_written_by_chinese_windows_are_shown_as_they_were(tmp_path):
    path = packed(tmp_path, "x.zip", {"xxxx.csv": CSV})
    path.write_bytes(path.read_bytes().replace(b"xxxx.csv", "订单.csv".encode("gbk")))
    assert [file.name for file in expand(path)[0]] == ["x.zip/订单.csv"]
    assert [f.name for f in expand(packed(tmp_path, "y.zip", {"订单.csv": CSV}))[0]] == ["y.zip/订单.csv"]


def test_one_bomb_among_honest_members_is_enough_to_refuse_a_zip_or_a_workbook(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_RATIO_FROM_BYTES", 999)
    monkeypatch.setattr(files, "MAX_RATIO", 10)
    zipped = packed(tmp_path, "x.zip", {"a.csv": CSV, "b.csv": "1" * 1000})
    book = packed(tmp_path, "x.xlsx", {"xl/workbook.xml": "x", "xl/sheet.xml": "1" * 1000})
    assert code_of(lambda: expand(zipped)) == "archive_too_large"
    assert code_of(lambda: examine(single(book))) == "archive_too_large"
    other = packed(tmp_path, "y.xlsx", {"word/document.xml": "x"})
    assert code_of(lambda: examine(File(other, None, "y.xlsx"))) == "workbook_broken"
