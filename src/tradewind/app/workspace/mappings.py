"""The mappings a workspace's users have described, one YAML file each in its folder `mappings`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tradewind.core.errors import MappingError
from tradewind.data.storage import write_at_once

if TYPE_CHECKING:
    from tradewind.data.intake.drafting import Draft
    from tradewind.data.intake.layout import Layout

_FOLDER: Final = "mappings"


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


def draft(path: Path, mapping: Path, lang: str) -> Draft:
    """Write a first mapping for the file at `path` to `mapping`, named after it."""
    from tradewind.data.intake.drafting import draft_mapping

    made = draft_mapping(path, mapping.stem.removesuffix(".mapping"), lang=lang)
    write_at_once(mapping, made.text.encode())
    return made
