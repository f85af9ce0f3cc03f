"""Every list of objects inside a JSON file is a table."""

import pytest

from tests.data.intake.reading import written
from tradewind.core.errors import UnreadableFileError
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
