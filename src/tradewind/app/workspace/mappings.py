"""The mappings a workspace's users have described, one YAML file each in its folder `mappings`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tradewind.core.errors import InputError, MappingError
from tradewind.data.storage import write_at_once

if TYPE_CHECKING:
    from tradewind.data.intake.drafting import Draft
    from tradewind.data.intake.layout import Layout

_FOLDER: Final = "mappings"
_GENERIC: Final = "tradewind"


def known(workspace: Path) -> tuple[Layout, ...]:
    """The layouts described so far, by name."""
    return tuple(read(path) for path in sorted((workspace / _FOLDER).glob("*.yaml")))


def read(path: Path) -> Layout:
    """The layout of one mapping file. Raises MappingError."""
    from tradewind.data.intake.mapping import read_mapping

    if not path.exists():
        raise MappingError("mapping_missing", path=path)
    return read_mapping(path)


def keep(workspace: Path, path: Path, name: str) -> None:
    """Keep a mapping under its name; an earlier one of that name gives way."""
    (workspace / _FOLDER).mkdir(exist_ok=True)
    kept = workspace / _FOLDER / f"{name}.yaml"
    if kept.resolve() != path.resolve():
        write_at_once(kept, path.read_bytes())


def draft(workspace: Path, path: Path, mapping: Path, lang: str) -> Draft:
    """Write a first mapping for the file at `path` to `mapping`, named after it.

    Raises MappingError where a layout of another source, or a mapping of the user's own, reads the file already: a
    draft would read it otherwise. Of a file in Tradewind's own layout the draft gives the same rows.
    """
    from tradewind.data.intake.drafting import draft_mapping

    reads = _reads_it(path, known(workspace))
    if reads not in (None, _GENERIC):
        raise MappingError("mapping_not_needed", path=path.name, layout=reads)
    name = mapping.stem.removesuffix(".mapping")
    made = draft_mapping(path, name, lang=lang, as_detected=reads == _GENERIC)
    write_at_once(mapping, made.text.encode())
    return made


def _reads_it(path: Path, own: tuple[Layout, ...]) -> str | None:
    """The layout that the file at `path` is recognised as; None where it is in none, or holds several."""
    from tradewind.data.intake import detect

    try:
        found = detect(path, own=own)
    except InputError:
        return None
    return found[0].layout if len(found) == 1 else None
