"""From a drawing function to two inline SVGs, one for a wide page and one for a phone.

Letters stay letters (no font is embedded): the page's own fonts, Chinese ones included, set them. Since the
page's fonts are not those matplotlib measures with, margins are reckoned here from the letters' number.
"""

from __future__ import annotations

import html
import io
import logging
import re
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

INK: Final = "#1f2a37"
MUTED: Final = "#5b6673"
LINE: Final = "#dfe4ea"
BLUE: Final = "#0072b2"
BAND: Final = "#c3def0"
ORANGE: Final = "#d55e00"
GREEN: Final = "#008f68"
"""Few colours, told apart by colour-blind readers too (after Okabe and Ito)."""

POINTS_PER_INCH: Final = 72
"""One inch of the figure is 72 units of the SVG, so a length in points is a length in CSS pixels."""


@dataclass(frozen=True)
class Size:
    """The page the chart is drawn for: width and letter size in CSS pixels."""

    name: str
    width: int
    font: float

    @property
    def wide(self) -> bool:
        return self.name == "wide"


SIZES: Final = (Size("wide", 1040, 13.0), Size("narrow", 350, 12.0))


@dataclass(frozen=True)
class Drawing:
    """Both drawings of one chart and the words for those who cannot see it."""

    wide: str
    narrow: str
    alt: str


@dataclass(frozen=True)
class Canvas:
    """An empty figure of a size; `height` in CSS pixels."""

    figure: Any
    size: Size
    height: float

    def panels(
        self,
        rows: int,
        columns: int,
        *,
        left: float,
        right: float = 12,
        top: float = 26,
        bottom: float = 26,
        gap: float = 44,
    ) -> list[Any]:
        """Axes in a grid, row by row; margins and the gap between panels in CSS pixels."""
        width = (self.size.width - columns * left - right - (columns - 1) * gap / 2) / columns
        height = (self.height - top - bottom - (rows - 1) * gap) / rows
        return [
            _quiet_axes(
                self.figure.add_axes(
                    (
                        (left + j * (width + left + gap / 2)) / self.size.width,
                        (bottom + (rows - 1 - i) * (height + gap)) / self.height,
                        width / self.size.width,
                        height / self.height,
                    )
                )
            )
            for i in range(rows)
            for j in range(columns)
        ]


def drawn(draw: Callable[[Canvas], None], *, key: str, alt: str, heights: tuple[float, float]) -> Drawing:
    """Call `draw` once for each size; `key` tells this chart's parts from other charts' on the page."""
    wide, narrow = (
        _svg(draw, size, height, f"{key}-{size.name}", alt) for size, height in zip(SIZES, heights, strict=True)
    )
    return Drawing(wide, narrow, alt)


def letters_width(words: str, font: float) -> float:
    """About how wide `words` are set, in CSS pixels: a Chinese letter takes a full square."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in words) * font


def shortened(words: str, width: float, font: float) -> str:
    """`words` cut to about `width` CSS pixels."""
    if letters_width(words, font) <= width:
        return words
    while words and letters_width(words + "...", font) > width:
        words = words[:-1]
    return words.rstrip() + "..."


def _svg(draw: Callable[[Canvas], None], size: Size, height: float, key: str, alt: str) -> str:
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # "building the font cache" is nothing a seller must read
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": key,
        "font.size": size.font,
        "text.color": INK,
        "axes.edgecolor": LINE,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
        "text.parse_math": False,
    }
    with mpl.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # the page's fonts set the letters, not matplotlib's
        figure = Figure(figsize=(size.width / POINTS_PER_INCH, height / POINTS_PER_INCH))
        figure.patch.set_alpha(0)
        draw(Canvas(figure, size, height))
        out = io.StringIO()
        canvas: Any = FigureCanvasSVG(figure)
        canvas.print_svg(out, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _inline(out.getvalue(), size, height, key, alt)


def _inline(svg: str, size: Size, height: float, key: str, alt: str) -> str:
    """The SVG as part of a page: no prologue, no metadata, no style of its own, ids of its own."""
    body = svg[svg.index("<svg") :]
    body = body[body.index(">") + 1 :]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r'<defs>\s*<style type="text/css">.*?</style>\s*</defs>', "", body, flags=re.DOTALL)
    body = re.sub(r'<g id="[^"]*"', "<g", body)
    body = re.sub(r'\bid="([^"]+)"', rf'id="{key}-\1"', body)
    body = re.sub(r"url\(#([^)]+)\)", rf"url(#{key}-\1)", body)
    body = re.sub(r'xlink:href="#([^"]+)"', rf'href="#{key}-\1"', body)
    body = re.sub(r"<!--.*?-->\s*", "", body, flags=re.DOTALL)
    body = re.sub(r"\n\s*", "\n", body)
    head = f'<svg class="{size.name}" viewBox="0 0 {size.width} {height:g}" role="img" aria-label="{html.escape(alt)}">'
    return head + body.strip()


def _quiet_axes(ax: Any) -> Any:
    """Axes with a base line and light grid lines only."""
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0)
    ax.grid(axis="y", color=LINE, linewidth=1)
    ax.set_axisbelow(True)
    ax.patch.set_alpha(0)
    return ax
