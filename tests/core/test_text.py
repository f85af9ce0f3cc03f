"""Every sentence exists in both languages, with the same blanks to fill, and every id used in code exists."""

import re
import string
from pathlib import Path

import polars as pl
import pytest

import tradewind
from tradewind.core.errors import MissingExtraError
from tradewind.core.text import catalogue, render_rows, text

SOURCE = Path(tradewind.__file__).parent


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_both_languages_have_the_same_sentences_with_the_same_blanks():
    en, zh = catalogue("en"), catalogue("zh")
    assert en.keys() == zh.keys()
    assert {k for k in en if placeholders(en[k]) != placeholders(zh[k])} == set()


def test_every_error_raised_in_the_code_has_its_sentence():
    raised = {
        code
        for file in SOURCE.rglob("*.py")
        for code in re.findall(r"\w+Error\(\s*\"([a-z0-9_.]+)\"", file.read_text(encoding="utf-8"))
    }
    missing = {c for c in raised if f"{c}.what" not in catalogue("en") or f"{c}.fix" not in catalogue("en")}
    assert raised
    assert missing == set()


def test_users_never_read_our_jargon():
    jargon = re.compile(r"shadow price|quarantin|pinball|quantile|影子价格|分位数", re.IGNORECASE)
    assert [k for lang in ("en", "zh") for k, v in catalogue(lang).items() if jargon.search(v)] == []


def test_rows_are_rendered_from_their_own_columns():
    frame = pl.DataFrame({"reason": ["weeks.week_of", None], "monday": ["2026-11-16", "2026-11-23"]})
    assert render_rows(frame, "reason", "zh").to_list() == ["2026-11-16 当周", None]


def test_rows_of_several_sentences_keep_their_places_and_one_without_blanks_is_the_same_each_time():
    frame = pl.DataFrame({"id": ["grain.freshness", "table.freshness", None, "grain.freshness"]})
    said = [text("plan_grain.freshness"), text("plan_table.freshness"), None, text("plan_grain.freshness")]
    assert render_rows(frame, "id", "en", prefix="plan_").to_list() == said
    assert render_rows(frame, "id", "en", prefix="plan_").name == "id"
    assert render_rows(frame.clear(), "id", "en").to_list() == []


def test_an_error_says_what_and_fix_in_either_language():
    error = MissingExtraError("extra_missing", package="psycopg", extra="postgres")
    assert str(error).endswith('pip install "tradewind[postgres]"')
    assert "未安装" in error.what("zh")


def test_an_unknown_language_is_refused():
    with pytest.raises(KeyError, match="no catalogue"):
        text("weeks.week_of", "fr", monday="x")
