"""How a terminal is spoken to: in its language, and in the letters it has."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from tradewind.core.text import LANGUAGES, text


def prepare_streams() -> None:
    """A character the console does not have becomes a question mark, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def chosen_language(args: Sequence[str]) -> str:
    """`--lang`, else TRADEWIND_LANG, else the system's language, else English."""
    named = [b for a, b in pairwise(args) if a == "--lang"]
    named += [a.partition("=")[2] for a in args if a.startswith("--lang=")]
    if named:
        return named[-1] if named[-1] in LANGUAGES else _system_language()
    stated = os.environ.get("TRADEWIND_LANG", "").strip().lower()[:2]
    return stated if stated in LANGUAGES else _system_language()


def _system_language() -> str:
    spoken = next((v for n in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(n))), None)
    if spoken is None:
        spoken = locale.getlocale()[0] or ""
    return "zh" if spoken.lower().startswith(("zh", "chinese")) else "en"


def words(lang: str) -> Any:
    """`text` with the language filled in, for functions that say many sentences."""
    return lambda key, **values: text(key, lang, **values)
