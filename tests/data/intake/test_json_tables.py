"""Every list of objects inside a JSON file is a table."""

import json
from dataclasses import replace

import pytest

from tests.data.intake.reading import written
from tradewind.core.errors import UnreadableFileError
from tradewind.data.intake import json_tables as module
from tradewind.data.intake.files import File, examine
from tradewind.data.intake.json_tables import json_headings, json_rows


def tables(folder, content, name="answer.json", encoding="utf-8"):
    file = File(written(folder, content, name, encoding), None, name)
    examined = examine(file)
    assert examined.kind == "json"
    found = json_headings(file, examined, examined.encoding)
    return {
        path: [row for piece in json_rows(file, examined, examined.encoding, path, names) for row in piece.to_dicts()]
        for path, names in found.items()
    }


def test_a_list_inside_a_list_carries_what_lies_around_it(tmp_path):
    found = tables(
        tmp_path,
        '{"ok": true, "module": [{"no": "A", "from": {"land": "CN"}, "steps": [{"code": "x"}, {"at": 7}]}, {"no": 2}]}',
    )
    around = {"ok": "true", "module.no": "A", "module.from.land": "CN"}
    assert found["module.steps"] == [
        {**around, "module.steps.code": "x", "module.steps.at": None},
        {**around, "module.steps.code": None, "module.steps.at": "7"},
    ]
    assert found["module"] == [around, {"ok": "true", "module.no": "2", "module.from.land": None}]


def test_an_empty_list_is_a_cell_of_its_object(tmp_path):
    assert tables(tmp_path, '{"module": [{"no": "A", "steps": []}]}') == {
        "module": [{"module.no": "A", "module.steps": "[]"}]
    }


def test_numbers_keep_every_digit(tmp_path):
    (row,) = tables(tmp_path, '[{"no": 812345678901234567890, "kg": 0.10}]')[None]
    assert row == {"no": "812345678901234567890", "kg": "0.10"}


@pytest.mark.parametrize("name", ["lines.jsonl", "lines.json"])
def test_lines_of_objects_are_one_list(tmp_path, name):
    assert tables(tmp_path, '{"no": "A"}\n\n{"no": "B"}\n', name) == {None: [{"no": "A"}, {"no": "B"}]}


def test_an_answer_is_read_in_any_encoding_and_under_any_name(tmp_path):
    assert tables(tmp_path, '[{"place": "义乌"}]', "answer.txt", "utf-8-sig")[None] == [{"place": "义乌"}]
    assert tables(tmp_path, '[{"place": "义乌"}]', "answer.json", "gb18030")[None] == [{"place": "义乌"}]


@pytest.mark.parametrize(
    ("content", "name", "code", "line"),
    [
        ('{"a": [\n{"b": 1},\n{"b": }\n]}', "a.json", "json_broken", 3),
        ('{"a": 1}\n{"a": \n', "a.jsonl", "json_broken", 2),
        ('{"a": [{"b": 1}', "a.json", "json_broken", 1),
        ("[" * 100_000, "a.json", "json_too_deep", None),
        ('{"error": "no quota"}', "a.json", "json_no_rows", None),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(tmp_path, content, name, code, line):
    with pytest.raises(UnreadableFileError) as error:
        tables(tmp_path, content, name)
    assert error.value.code == code
    assert line is None or error.value.values["line"] == line


def pieces(folder, content: str, columns: list[str]) -> list[list[dict]]:
    file = File(written(folder, content, "a.json"), None, "a.json")
    return [piece.to_dicts() for piece in json_rows(file, examine(file), "utf-8", None, columns)]


@pytest.mark.parametrize(("rows", "sizes"), [(1, [1]), (2, [2]), (3, [2, 1]), (4, [2, 2]), (5, [2, 2, 1])])
def test_a_table_comes_in_pieces_of_so_many_rows(tmp_path, monkeypatch, rows, sizes):
    monkeypatch.setattr(module, "_CHUNK_ROWS", 2)
    found = pieces(tmp_path, json.dumps([{"no": str(n)} for n in range(rows)]), ["no"])
    assert [len(piece) for piece in found] == sizes
    assert [row["no"] for piece in found for row in piece] == [str(n) for n in range(rows)]


def test_a_table_without_rows_is_no_piece_and_one_without_columns_is_one(tmp_path):
    assert pieces(tmp_path, '{"orders": [{"no": "A"}]}', ["no"]) == []
    assert pieces(tmp_path, "[{}]", []) == [[]]


def test_a_single_line_is_a_row_where_the_name_says_lines(tmp_path):
    for name in ("one.jsonl", "one.NDJSON"):
        assert tables(tmp_path, '{"no": "A"}', name) == {None: [{"no": "A"}]}
    with pytest.raises(UnreadableFileError) as error:
        tables(tmp_path, '{"no": "A"}', "one.json")
    assert error.value.code == "json_no_rows"


def test_a_character_cut_in_two_is_a_question_mark_and_whole_ones_stay(tmp_path):
    text = '[{"cut": "cup \\ud83d", "whole": "\\ud83d\\ude00 cup", "no": 12345678901234567890}]'
    assert tables(tmp_path, text)[None] == [{"cut": "cup ?", "whole": "😀 cup", "no": "12345678901234567890"}]


@pytest.mark.parametrize(("over", "fits"), [(0, True), (1, False)])
def test_a_document_of_more_than_256_mib_is_not_read(tmp_path, over, fits):
    file = File(written(tmp_path, '[{"no": "A"}]', "a.json"), None, "a.json")
    examined = replace(examine(file), size=256 * 1024**2 + over)
    if fits:
        assert json_headings(file, examined, "utf-8") == {None: ["no"]}
    else:
        with pytest.raises(UnreadableFileError) as error:
            json_headings(file, examined, "utf-8")
        assert (error.value.code, error.value.values["limit_mib"]) == ("json_too_large", 256)


def test_a_line_that_is_too_long_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_LINE_BYTES", 2**20)
    line = '{"no": "%s"}\n'
    fits = line % ("x" * (2**20 - 1 - len(line % "")))
    assert len(tables(tmp_path, fits * 2, "a.jsonl")[None]) == 2
    with pytest.raises(UnreadableFileError) as error:
        tables(tmp_path, fits.replace("xx", "xxx", 1), "a.jsonl")
    assert (error.value.code, error.value.values["limit_mib"]) == ("json_too_large", 1)
