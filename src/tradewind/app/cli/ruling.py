"""What the questions about prices still need of rules, until they are use cases."""

from __future__ import annotations

from tradewind.app.asking import Ask
from tradewind.app.cli.place import looks_like_workspace
from tradewind.core.rule_words import reading_cause, reading_meaning
from tradewind.data.rules import OWN_RULES, own_rules


def own_text(ask: Ask) -> str:
    """What the rule file of the workspace meant says; nothing where no workspace is."""
    if ask.options.get("workspace") is not None:
        from tradewind.app.workspace import Workspace

        Workspace(ask.folder)
    return own_rules(ask.folder / OWN_RULES) if looks_like_workspace(ask.folder) else ""


def reading_words(rule: str, name: str, lang: str) -> str:
    """What a reading means."""
    return reading_meaning(rule, name, lang)


def why_words(rule: str, why: str, lang: str) -> str:
    """Why the default reading is taken."""
    return reading_cause(rule, why, lang)
