"""Shares and amounts as flat bars, and a margin as a waterfall from what is paid to what is left."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tradewind.app.report.charts.drawing import (
    BLUE,
    GREEN,
    INK,
    LINE,
    MUTED,
    ORANGE,
    Canvas,
    Drawing,
    drawn,
    letters_width,
    shortened,
)
from tradewind.app.wording.charts import ShareChart, Waterfall, WaterfallChart

BAR = 26
"""Height of a bar with the space around it, in CSS pixels."""


def draw_shares(chart: ShareChart) -> Drawing:
    """Flat bars from 0 to 100 %, named on the left and labelled on the right."""
    bars = chart.bars

    def draw(canvas: Canvas) -> None:
        left = _names_width([b.name for b in bars], canvas)
        right = max(letters_width(b.label, canvas.size.font) for b in bars) + 14
        ax = canvas.panels(1, 1, left=left, right=right, top=28, bottom=6)[0]
        places = list(range(len(bars)))
        ax.barh(places, [1.0] * len(bars), color="#eef2f6", height=0.6)
        ax.barh(places, [b.value for b in bars], color=BLUE, height=0.6)
        _flat(ax, [b.name for b in bars], left, canvas)
        ax.set_xlim(0, 1)
        for place, bar in zip(places, bars, strict=True):
            ax.annotate(
                bar.label, (1, place), xytext=(8, 0), textcoords="offset points", va="center", annotation_clip=False
            )
        _title(canvas, chart.title)

    height = 40 + BAR * len(bars)
    return drawn(draw, key=chart.key, alt=chart.alt, heights=(height, height))


def draw_waterfalls(chart: WaterfallChart) -> Drawing:
    """Waterfalls side by side on a wide page, one below the other on a phone; amounts and shares at the bars."""
    waterfalls = chart.waterfalls
    most = max(len(s.costs) for s in waterfalls) + 2

    def draw(canvas: Canvas) -> None:
        columns = min(2, len(waterfalls)) if canvas.size.wide else 1
        rows = math.ceil(len(waterfalls) / columns)
        names = [n for s in waterfalls for n, _ in (s.paid, *s.costs, s.left)]
        left = _names_width(names, canvas)
        panels = canvas.panels(rows, columns, left=left, right=8, top=28, bottom=8, gap=44)
        for ax, one in zip(panels, waterfalls, strict=False):
            _waterfall(ax, one, left, canvas, most)
        for ax in panels[len(waterfalls) :]:
            ax.set_visible(False)

    wide_rows = math.ceil(len(waterfalls) / min(2, len(waterfalls)))
    heights = tuple(36 + BAR * most * r + 44 * (r - 1) for r in (wide_rows, len(waterfalls)))
    return drawn(draw, key=chart.key, alt=chart.alt, heights=(heights[0], heights[1]))


def _waterfall(ax: Any, one: Waterfall, left: float, canvas: Canvas, most: int) -> None:
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
