"""Where may a line of words end? At a space, and between Chinese letters, but never before a full stop."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from rich.cells import cell_len
from rich.containers import Lines
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

_OPENING: Final = "（《「“『【"
_CLOSING: Final = "，。；：！？、）》」”』】…"
_LETTER: Final = "\u2e80-\u2fff\u3040-\ua4cf\uac00-\ud7af\uf900-\ufaff"
_PIECE: Final = re.compile(
    rf"[{_OPENING}]*(?:[{_LETTER}]|[^\s{_LETTER}{_OPENING}{_CLOSING}]+)[{_CLOSING}]*|[{_OPENING}{_CLOSING}]+|\s+"
)


def wrapped(words: str, width: int) -> str:
    """`words` in lines of at most `width` cells; a Chinese letter takes two, a piece too wide a line of its own.

    >>> wrapped("导入文件（csv、xlsx）。", 12).split()
    ['导入文件', '（csv、', 'xlsx）。']
    """
    lines = [""]
    for piece in _PIECE.findall(words):
        if lines[-1] and cell_len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        if lines[-1] or piece.strip():
            lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


class Words(Text):
    """Text that a table breaks where `wrapped` does; a piece wider than its column is folded."""

    def wrap(self, console: Console, width: int, **how: Any) -> Lines:
        lines = wrapped(self.plain, width).split("\n")
        return Lines(part for line in lines for part in Text(line, self.style).wrap(console, width, **how))
