"""Lines of help end where a reader of either language would end them."""

import pytest
from rich.cells import cell_len

from tradewind.app.cli.wrap import wrapped
from tradewind.core.text import LANGUAGES, catalogue


@pytest.mark.parametrize(
    ("words", "width", "lines"),
    [
        ("Make a plan of it.", 11, ["Make a plan", "of it."]),
        ("写到哪个文件；后缀决定格式。", 14, ["写到哪个文件；", "后缀决定格式。"]),
        ("写到哪个文件；后缀决定格式。", 13, ["写到哪个文", "件；后缀决定", "格式。"]),
        ("先看（可重复填写）再写。", 11, ["先看（可重", "复填写）再", "写。"]),
        ("否则用 TRADEWIND_WORKSPACE，再写", 22, ["否则用", "TRADEWIND_WORKSPACE，", "再写"]),
        ("计划", 1, ["计", "划"]),
        ("", 10, [""]),
    ],
)
def test_lines_end_at_spaces_and_between_chinese_letters_but_not_before_a_stop(words, width, lines):
    assert wrapped(words, width).split("\n") == lines


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_is_lost_and_no_line_too_wide_in_any_help(lang):
    for key, words in catalogue(lang).items():
        if key.startswith("request."):
            lines = wrapped(words, 48).split("\n")
            assert "".join(lines).replace(" ", "") == words.replace(" ", ""), key
            assert max(map(cell_len, lines)) <= 48, key
