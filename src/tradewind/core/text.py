"""What people read: every sentence by its id, in English and Chinese.

Each floor keeps its own words in a folder `messages`, with a folder per language of TOML files, one per room
(`core/messages/en/intake.toml`); they are merged into one flat map
`"file_empty.what" -> "File {file} is empty."`. Code names the id and hands over the values; nobody glues sentences
together. A test keeps the languages' ids and placeholders equal.
"""

from __future__ import annotations

import string
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

LANGUAGES = ("en", "zh")
_FLOORS = ("core", "app")


@cache
def catalogue(lang: str) -> dict[str, str]:
    """All sentences of a language by id. Raises KeyError for a language there is no folder for."""
    if lang not in LANGUAGES:
        raise KeyError(f"no catalogue for language {lang!r}; there are {', '.join(LANGUAGES)}")
    flat: dict[str, str] = {}
    for floor in _FLOORS:
        folder = resources.files("tradewind") / floor / "messages" / lang
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if file.name.endswith(".toml"):
                _flatten(tomllib.loads(file.read_text(encoding="utf-8")), "", flat)
    return flat


def text(key: str, lang: str = "en", /, **values: object) -> str:
    """The sentence `key` in `lang` with its values filled in.

    >>> text("weeks.week_of", monday="2026-11-16")
    'week of 2026-11-16'
    """
    return catalogue(lang)[key].format(**values)


def render_rows(frame: pl.DataFrame, id_column: str, lang: str, prefix: str = "") -> pl.Series:
    """One sentence per row: the template named in `id_column`, filled from the row's own columns.

    `prefix` is put before each id. Placeholders may carry a format (`{money:,.0f}`). Rows whose id
    is null give null. Templates are few, rows are many, so each template is rendered over all its rows at once.
    """
    import polars as pl  # the words of `--help` must not wait a quarter of a second for it

    out = pl.Series(id_column, [None] * frame.height, dtype=pl.String)
    for key in frame[id_column].drop_nulls().unique().sort():
        chosen = (frame[id_column] == key).fill_null(False)
        template = catalogue(lang)[f"{prefix}{key}"]
        names = list(dict.fromkeys(n for _, n, _, _ in string.Formatter().parse(template) if n))
        rows = frame.filter(chosen).select(names).rows(named=True) if names else [{}] * int(chosen.sum())
        out = out.scatter(chosen.arg_true(), [template.format(**row) for row in rows])
    return out


def _flatten(node: dict[str, object], path: str, into: dict[str, str]) -> None:
    for name, value in node.items():
        key = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            _flatten(value, key, into)
        elif key in into:
            raise ValueError(f"message {key!r} is defined twice")
        else:
            into[key] = str(value)
