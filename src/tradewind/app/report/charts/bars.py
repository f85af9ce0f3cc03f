"""Shares and amounts as flat bars, and a margin as a staircase from what is paid to what is left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tradewind.app.report.charts.drawing import (
    BLUE,
    GREEN,
    INK,
    LINE,
    MUTED,
    ORANGE,
    Canvas,
    Chart,
    drawn,
    letters_width,
    shortened,
)

BAR = 26
"""Height of a bar with the space around it, in CSS pixels."""


@dataclass(frozen=True)
class Bar:
    """A name, its share of the whole (0 to 1), and the words at its end."""

    name: str
    value: float
    said: str


def share_chart(bars: Sequence[Bar], *, key: str, title: str, alt: str) -> Chart:
    """Flat bars from 0 to 100 %, named on the left and said on the right."""

    def draw(canvas: Canvas) -> None:
        left = _names_width([b.name for b in bars], canvas)
        right = max(letters_width(b.said, canvas.size.font) for b in bars) + 14
        ax = canvas.panels(1, 1, left=left, right=right, top=28, bottom=6)[0]
        places = list(range(len(bars)))
        ax.barh(places, [1.0] * len(bars), color="#eef2f6", height=0.6)
        ax.barh(places, [b.value for b in bars], color=BLUE, height=0.6)
        _flat(ax, [b.name for b in bars], left, canvas)
        ax.set_xlim(0, 1)
        for place, bar in zip(places, bars, strict=True):
            ax.annotate(
                bar.said, (1, place), xytext=(8, 0), textcoords="offset points", va="center", annotation_clip=False
            )
        _title(canvas, title)

    height = 40 + BAR * len(bars)
    return drawn(draw, key=key, alt=alt, heights=(height, height))


@dataclass(frozen=True)
class Stairs:
    """One staircase: what is paid, each cost (positive), and what is left, as (name, amount)."""

    title: str
    paid: tuple[str, float]
    costs: Sequence[tuple[str, float]]
    left: tuple[str, float]


def stairs_chart(stairs: Sequence[Stairs], *, key: str, alt: str) -> Chart:
    """Staircases side by side on a wide page, one below the other on a phone; amounts and shares at the bars."""
    most = max(len(s.costs) for s in stairs) + 2

    def draw(canvas: Canvas) -> None:
        columns = min(2, len(stairs)) if canvas.size.wide else 1
        rows = math.ceil(len(stairs) / columns)
        names = [n for s in stairs for n, _ in (s.paid, *s.costs, s.left)]
        left = _names_width(names, canvas)
        panels = canvas.panels(rows, columns, left=left, right=8, top=28, bottom=8, gap=44)
        for ax, one in zip(panels, stairs, strict=False):
            _staircase(ax, one, left, canvas, most)
        for ax in panels[len(stairs) :]:
            ax.set_visible(False)

    wide_rows = math.ceil(len(stairs) / min(2, len(stairs)))
    heights = tuple(36 + BAR * most * r + 44 * (r - 1) for r in (wide_rows, len(stairs)))
    return drawn(draw, key=key, alt=alt, heights=(heights[0], heights[1]))


def _staircase(ax: Any, one: Stairs, left: float, canvas: Canvas, most: int) -> None:
    whole = one.paid[1] or 1.0
    steps: list[tuple[str, float, float, float, str]] = [(one.paid[0], 0.0, one.paid[1], one.paid[1], BLUE)]
    level = one.paid[1]
    for name, cost in one.costs:
        steps.append((name, level - cost, level, -cost, ORANGE))
        level -= cost
    steps.append(
        (one.left[0], min(0.0, one.left[1]), max(0.0, one.left[1]), one.left[1], GREEN if one.left[1] >= 0 else ORANGE)
    )
    lowest = min(0.0, *(s[1] for s in steps))
    span = max(one.paid[1], level) - lowest or 1.0
    room = canvas.size.width * ax.get_position().width
    label = max(letters_width(f"{s[3]:,.0f} (100 %)", canvas.size.font) for s in steps) + 10
    ax.set_xlim(lowest, lowest + span * room / max(room - label, room * 0.3))
    for place, (_, start, end, amount, colour) in enumerate(steps):
        ax.barh([place], [end - start], left=[start], color=colour, height=0.62)
        said = f"{amount:,.0f} ({_per_cent(amount / whole)})"
        at = (max(end, start), place)
        ax.annotate(
            said, at, xytext=(6, 0), textcoords="offset points", va="center", color=MUTED, annotation_clip=False
        )
    _flat(ax, [s[0] for s in steps], left, canvas, most)
    ax.axvline(0, color=LINE, linewidth=1)
    ax.set_title(one.title, loc="left", fontsize=canvas.size.font, color=INK, fontweight="bold", pad=8)


def _per_cent(share: float) -> str:
    return f"{share * 100:.{1 if abs(share) < 0.01 else 0}f} %"


def _flat(ax: Any, names: Sequence[str], left: float, canvas: Canvas, most: int | None = None) -> None:
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    ax.set_xticks([])
    ax.set_yticks(range(len(names)), [shortened(n, left - 10, canvas.size.font) for n in names], color=INK)
    ax.set_ylim((most or len(names)) - 0.5, -0.5)


def _names_width(names: Sequence[str], canvas: Canvas) -> float:
    widest = max(letters_width(n, canvas.size.font) for n in names) + 12
    return min(widest, 0.42 * canvas.size.width if not canvas.size.wide else 240)


def _title(canvas: Canvas, title: str) -> None:
    canvas.figure.text(0, (canvas.height - 12) / canvas.height, title, color=MUTED, va="center")
