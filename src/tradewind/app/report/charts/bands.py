"""What was sold and what is expected, with the band eight weeks in ten fall into."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from tradewind.app.report.charts.drawing import BAND, BLUE, INK, MUTED, Canvas, Drawing, drawn, letters_width, shortened
from tradewind.app.wording.charts import BandWords, Outlook, OutlookChart, OutlookGrid

WEEKS_BACK = {"wide": 78, "narrow": 26}


def draw_outlook(chart: OutlookChart) -> Drawing:
    """One large chart, its lines named where they end."""
    outlook, words = chart.outlook, chart.words

    def draw(canvas: Canvas) -> None:
        wide = canvas.size.wide
        right = max(letters_width(w, canvas.size.font) for w in (words.above, words.below, words.expected)) + 16
        ax = canvas.panels(1, 1, left=54, right=right if wide else 28, top=30 if wide else 84)[0]
        _lines(ax, outlook, canvas)
        ax.set_title(words.unit, loc="left", fontsize=canvas.size.font, color=MUTED, pad=8 if wide else 62)
        (_names_at_ends if wide else _names_above)(ax, outlook, words, canvas)

    return drawn(draw, key=chart.key, alt=chart.alt, heights=(320, 320))


def draw_outlooks(chart: OutlookGrid) -> Drawing:
    """Small charts side by side, each with its own scale."""
    outlooks = chart.outlooks

    def draw(canvas: Canvas) -> None:
        columns = 3 if canvas.size.wide else 1
        rows = math.ceil(len(outlooks) / columns)
        panels = canvas.panels(rows, columns, left=46, right=28, top=24, gap=52)
        for ax, outlook in zip(panels, outlooks, strict=False):
            _lines(ax, outlook, canvas, months=6 if canvas.size.wide else 2)
            room = ax.get_position().width * canvas.size.width
            title = shortened(outlook.title, room, canvas.size.font)
            ax.set_title(title, loc="left", fontsize=canvas.size.font, color=INK, pad=6)
        for ax in panels[len(outlooks) :]:
            ax.set_visible(False)

    wide_rows = math.ceil(len(outlooks) / 3)
    heights = (50 + 170 * wide_rows + 52 * (wide_rows - 1), 50 + 140 * len(outlooks) + 52 * (len(outlooks) - 1))
    return drawn(draw, key=chart.key, alt=chart.alt, heights=heights)


def _lines(ax: Any, outlook: Outlook, canvas: Canvas, months: int | None = None) -> None:
    past = outlook.past.sort("week").tail(WEEKS_BACK[canvas.size.name])
    ahead = outlook.ahead.sort("week")
    weeks = ahead["week"].to_list()
    ax.fill_between(weeks, ahead["p10"].to_list(), ahead["p90"].to_list(), color=BAND, linewidth=0)
    ax.plot(weeks, ahead["mean"].to_list(), color=BLUE, linewidth=2)
    if past.height:
        ax.plot(past["week"].to_list(), past["units"].to_list(), color=INK, linewidth=1.3)
    if weeks:
        ax.axvline(weeks[0], color=MUTED, linewidth=1, linestyle=(0, (2, 3)))
    highest = max([*ahead["p90"].drop_nulls(), *past["units"].drop_nulls(), 1])
    ax.set_ylim(0, highest * 1.08)
    _months(ax, months or (3 if canvas.size.wide else 2))
    count_axis(ax)


def _months(ax: Any, every: int) -> None:
    from matplotlib import dates

    named: Any = dates
    ax.xaxis.set_major_locator(named.MonthLocator(range(1, 13, every)))
    ax.xaxis.set_major_formatter(named.DateFormatter("%Y-%m"))
    ax.margins(x=0.01)


def count_axis(ax: Any) -> None:
    """A few figures on the y axis, with as many digits as tell them apart."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    top = ax.get_ylim()[1]
    digits = max(1, 1 - math.floor(math.log10(top))) if top > 0 else 1
    ax.yaxis.set_major_locator(MaxNLocator(4, min_n_ticks=2, integer=top > 4))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}" if v == round(v) else f"{v:,.{digits}f}"))


def _names_at_ends(ax: Any, outlook: Outlook, words: BandWords, canvas: Canvas) -> None:
    last = outlook.ahead.sort("week").row(-1, named=True)
    ends = [(last["p90"], words.above, MUTED), (last["mean"], words.expected, BLUE), (last["p10"], words.below, MUTED)]
    step = canvas.size.font * 1.35 / (canvas.height * ax.get_position().height) * ax.get_ylim()[1]
    heights = spread([e[0] for e in ends], step)
    for (_, name, colour), height in zip(ends, heights, strict=True):
        at = (last["week"], height)
        ax.annotate(
            name, at, xytext=(8, 0), textcoords="offset points", color=colour, va="center", annotation_clip=False
        )
    past = outlook.past.sort("week").tail(WEEKS_BACK[canvas.size.name])
    if past.height:
        first = past.row(0, named=True)
        ax.annotate(words.sold, (first["week"], ax.get_ylim()[1]), xytext=(4, -6), textcoords="offset points", va="top")


def spread(heights: Sequence[float], step: float) -> list[float]:
    """Heights from high to low moved down, and then up, until they lie `step` apart, the middle one kept.

    >>> spread([10.0, 9.5, 0.0], 2.0)
    [11.5, 9.5, 0.0]
    """
    high, middle, low = heights
    return [max(high, middle + step), middle, min(low, middle - step)]


def _names_above(ax: Any, _: Outlook, words: BandWords, canvas: Canvas) -> None:
    """On a phone the names stand above the chart, each beside a sample of its line."""
    rows = [(words.sold, INK, 2.0), (words.expected, BLUE, 2.5), (words.band, BAND, 9.0)]
    for i, (name, colour, thickness) in enumerate(rows):
        y = 1 + (52 - 18 * i) / (canvas.height * ax.get_position().height)
        ax.plot([0, 0.05], [y, y], transform=ax.transAxes, color=colour, linewidth=thickness, clip_on=False)
        room = canvas.size.width * ax.get_position().width * 0.92
        ax.text(0.07, y, shortened(name, room, canvas.size.font), transform=ax.transAxes, va="center", color=MUTED)


def week_label(week: date) -> str:
    """A week on an axis: month and day."""
    return week.strftime("%m-%d")
