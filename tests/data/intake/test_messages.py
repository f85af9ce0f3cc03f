import re
from pathlib import Path

from tradewind.core.text import LANGUAGES, catalogue

ROOM = Path(__file__).parents[3] / "src" / "tradewind" / "data" / "intake"


def _named(pattern):
    return {name for file in ROOM.rglob("*.py") for name in re.findall(pattern, file.read_text(encoding="utf-8"))}


def test_every_error_and_note_has_its_sentences():
    errors = _named(r'Error\(\s*"(\w+)"')
    notes = _named(r'(?:LeaveOut|Note)\(\s*"(\w+)"') | {
        "duplicate_collapsed",
        "alike_counted",
        "example_row",
        "total_row",
        "heading_again",
        "sku_unknown",
    }
    for lang in LANGUAGES:
        said = catalogue(lang)
        assert [e for e in errors if f"{e}.what" not in said or f"{e}.fix" not in said] == []
        assert [n for n in notes if f"notes.{n}" not in said] == []
