"""What rules are called, in the languages of the catalogue: their titles, what a reading means, why it is taken."""

from __future__ import annotations

from typing import Final

from tradewind.core.text import catalogue, text

_PART_GROUPS: Final = ("rule_word", "control_decision", "mode", "tier", "product_kind", "return_reason")


def rule_title(id: str, lang: str) -> str:
    """What a rule is called: the words for the longest beginning of its id there are words for, and the rest.

    >>> rule_title("semi.base_service_fee", "en")
    'Base service fee'
    """
    head = _longest_known("rule_title", id, lang)
    if not head:
        return id
    title = text(f"rule_title.{head}", lang)
    tail = " ".join(_part_words(part, lang) for part in id[len(head) + 1 :].split(".") if part)
    return text("rule_title_of.part", lang, title=title, tail=tail) if tail else title


def reading_meaning(rule: str, name: str, lang: str) -> str:
    """What a reading means; its name where the catalogue has no words for it."""
    known = catalogue(lang)
    family = f"rule_reading.{rule.partition('.')[0]}.{name}"
    return known.get(f"rule_reading.{rule}.{name}", known.get(family, name))


def reading_cause(rule: str, why: str, lang: str) -> str:
    """Why the default reading is taken; `why`, as the pack words it, where the catalogue does not."""
    head = _longest_known("rule_why", rule, lang)
    return text(f"rule_why.{head}", lang) if head else why


def _part_words(part: str, lang: str) -> str:
    """What a part of a rule's id is called; codes, and what nothing has words for, as they are."""
    known = catalogue(lang)
    found = (known.get(f"{group}.{part}") for group in _PART_GROUPS)
    return next((words for words in found if words), part if part.isupper() else part.replace("_", " "))


def _longest_known(group: str, id: str, lang: str) -> str:
    """The longest beginning of a rule's id that a group of the catalogue has words for; empty where it has none."""
    head = id
    while head and f"{group}.{head}" not in catalogue(lang):
        head = head.rpartition(".")[0]
    return head
