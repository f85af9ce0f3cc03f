"""The list of what can be asked: every one answered, with words in both languages, and no name in two meanings."""

from __future__ import annotations

import inspect

import pytest

from tradewind.app.cli.line import parsed
from tradewind.app.cli.shared import Shared
from tradewind.app.usecases import USE_CASES, use_case
from tradewind.app.usecases.request import fields_of, read
from tradewind.app.wording.requests import details, field_words, summary
from tradewind.core.text import LANGUAGES, catalogue


@pytest.mark.parametrize("one", USE_CASES, ids=lambda u: u.name)
def test_it_is_answered_by_a_function_of_context_and_request(one):
    parameters = inspect.signature(one.function).parameters
    assert list(parameters) == ["context", "request"]
    assert parameters["request"].annotation == one.request.__name__


@pytest.mark.parametrize("one", USE_CASES, ids=lambda u: u.name)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_has_words_for_itself_and_every_field(one, lang):
    assert summary(one, lang)[-1] in ".。"
    assert details(one, lang)[-1:] in {"", ".", "。"}
    for field in fields_of(one.request):
        assert field_words(one, field, lang)[-1] in ".。", field.name


def test_every_field_of_a_command_line_has_words():
    assert all(f"every.{field.name}" in catalogue(lang) for field in fields_of(Shared) for lang in LANGUAGES)


def test_there_are_no_words_for_what_nobody_can_ask():
    known = {
        f"request.{u.id}.{n}" for u in USE_CASES for n in ("help", "more", *(f.name for f in fields_of(u.request)))
    }
    assert {key for key in catalogue("en") if key.startswith("request.")} <= known


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_field_that_means_the_same_everywhere_is_told_once(lang):
    words = catalogue(lang)
    repeated = [k for k in words if k.startswith("request.") and words[k] == words.get(f"every.{k.split('.')[-1]}")]
    assert repeated == []


@pytest.mark.parametrize("one", USE_CASES, ids=lambda u: u.name)
def test_its_example_can_be_asked(one):
    asked = parsed(one.example.split())
    assert asked.use_case == one
    assert asked.shared.keys() <= {"lang"}
    assert read(one.request, asked.given)


def test_names_and_ids_are_one_to_one_and_no_field_is_an_option_of_every_command():
    assert len({u.id for u in USE_CASES}) == len({u.name for u in USE_CASES}) == len(USE_CASES)
    shared = {field.name for field in fields_of(Shared)} | {"help", "version"}
    assert all(shared.isdisjoint(f.name for f in fields_of(u.request)) for u in USE_CASES)
    assert use_case("rules list").id == "rules_list"
    assert use_case("shop-health").id == "shop_health"


@pytest.mark.parametrize("one", USE_CASES, ids=lambda u: u.name)
def test_no_two_options_are_written_alike(one):
    flags = [name for f in (*fields_of(one.request), *fields_of(Shared)) if not f.positional for name in f.flags]
    assert len(flags) == len(set(flags))


@pytest.mark.parametrize("one", USE_CASES, ids=lambda u: u.name)
def test_defaults_lie_within_their_own_bounds(one):
    for field in fields_of(one.request):
        if field.default is not None:
            assert read(one.request, needed(one) | {field.name: field.default})


def needed(one) -> dict[str, str]:
    return {f.name: "1" if f.kind == "number" else "2026-01-01" for f in fields_of(one.request) if f.required}
