"""What use cases and their fields are called: the words of help, and of every other list of what can be asked."""

from __future__ import annotations

from tradewind.app.usecases.registry import UseCase
from tradewind.app.usecases.request import Field
from tradewind.core.text import catalogue, text


def summary(use_case: UseCase, lang: str) -> str:
    """What it answers or does, in one sentence."""
    return text(f"request.{use_case.id}.help", lang)


def details(use_case: UseCase, lang: str) -> str:
    """What else is to be known before asking; empty where there is nothing."""
    return catalogue(lang).get(f"request.{use_case.id}.more", "")


def field_words(use_case: UseCase, field: Field, lang: str) -> str:
    """What a field of its request means. Raises KeyError where nobody has words for it."""
    known = catalogue(lang)
    own = known.get(f"request.{use_case.id}.{field.name}")
    return known[f"every.{field.name}"] if own is None else own
