"""Does it fit? Demand in cubic metres and planned stock against the warehouse's capacity, week by week."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from tradewind.app.report.charts.bands import count_axis, week_label
from tradewind.app.report.charts.drawing import BAND, INK, MUTED, ORANGE, Canvas, Drawing, drawn, letters_width
from tradewind.app.wording.charts import CapacityChart, CapacityWords


def draw_capacity(chart: CapacityChart) -> Drawing:
    """One panel a warehouse."""
    nodes, words = chart.nodes, chart.words

    def draw(canvas: Canvas) -> None:
        columns = min(2, len(nodes)) if canvas.size.wide else 1
        rows = math.ceil(len(nodes) / columns)
        panels = canvas.panels(rows, columns, left=54, right=10, top=82 if not canvas.size.wide else 56, gap=56)
        for ax, (node, weeks) in zip(panels, nodes, strict=False):
            unlimited = weeks["capacity_m3"].null_count() == weeks.height
            title = f"{node}, m³ ({words.no_limit})" if unlimited else f"{node}, m³"
            _panel(ax, title, weeks.sort("week"), canvas)
        for ax in panels[len(nodes) :]:
            ax.set_visible(False)
        _names(canvas, words)

    wide_rows = math.ceil(len(nodes) / min(2, len(nodes)))
    heights = (82 + 190 * wide_rows + 56 * (wide_rows - 1), 108 + 170 * len(nodes) + 56 * (len(nodes) - 1))
    return drawn(draw, key=chart.key, alt=chart.alt, heights=heights)


def _panel(ax: Any, title: str, weeks: pl.DataFrame, canvas: Canvas) -> None:
    at = list(range(weeks.height))
    ax.bar(at, weeks["demand_m3"].fill_null(0.0).to_list(), color=BAND, width=0.8)
    ax.plot(at, weeks["stock_m3"].to_list(), color=INK, linewidth=1.8)
    room = weeks["capacity_m3"]
    if room.null_count() < weeks.height:
        ax.step(
            [i - 0.5 for i in (*at, len(at))], [*room.to_list(), room[-1]], where="post", color=ORANGE, linewidth=1.8
        )
    highest = max(float(weeks[c].max() or 0) for c in ("demand_m3", "stock_m3", "capacity_m3"))  # type: ignore[arg-type]
    ax.set_ylim(0, (highest or 1) * 1.1)
    ax.set_xlim(-0.6, len(at) - 0.4)
    every = 2 if canvas.size.wide else 3
    ax.set_xticks(at[::every], [week_label(w) for w in weeks["week"].to_list()[::every]])
    ax.set_title(title, loc="left", fontsize=canvas.size.font, color=INK, pad=8)
    count_axis(ax)


def _names(canvas: Canvas, words: CapacityWords) -> None:
    """The key in one line on a wide page, one below the other on a phone."""
    x, y = 54.0, canvas.height - 14
    for name, colour, thickness in ((words.demand, BAND, 9), (words.stock, INK, 2.5), (words.capacity, ORANGE, 2.5)):
        start, level = x / canvas.size.width, y / canvas.height
        canvas.figure.add_artist(_sample(start, (x + 20) / canvas.size.width, level, colour, thickness))
        canvas.figure.text((x + 27) / canvas.size.width, level, name, color=MUTED, va="center")
        if canvas.size.wide:
            x += 27 + letters_width(name, canvas.size.font) + 28
        else:
            y -= 18


def _sample(start: float, end: float, level: float, colour: str, thickness: float) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([start, end], [level, level], color=colour, linewidth=thickness)
