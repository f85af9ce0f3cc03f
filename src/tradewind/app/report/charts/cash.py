"""Cash on hand to come: the middle case, the band eight cases in ten fall into, and zero."""

from __future__ import annotations

from tradewind.app.report.charts.bands import spread
from tradewind.app.report.charts.drawing import BAND, BLUE, MUTED, ORANGE, Canvas, Drawing, drawn, letters_width
from tradewind.app.wording.charts import CashChart


def draw_cash(chart: CashChart) -> Drawing:
    """A band with its middle line; zero where an amount is below it."""
    weeks, words = chart.weeks.sort("week"), chart.words

    def draw(canvas: Canvas) -> None:
        wide = canvas.size.wide
        right = max(letters_width(w, canvas.size.font) for w in (words.high, words.middle, words.low)) + 16
        ax = canvas.panels(1, 1, left=84, right=right if wide else 28, top=16, bottom=30)[0]
        days = weeks["week"].to_list()
        low, middle, high = (weeks[f"balance_{p}"].to_list() for p in ("p10", "p50", "p90"))
        ax.fill_between(days, low, high, color=BAND, linewidth=0)
        ax.plot(days, middle, color=BLUE, linewidth=2)
        floor, top = min([*low, 0.0]), max([*high, 0.0])
        room = max(top - floor, 1.0) * 0.06
        ax.set_ylim(floor - room, top + room)
        if floor < 0:
            ax.axhline(0, color=ORANGE, linewidth=1.2)
        ax.set_xticks(days[:: 2 if wide else 4], [d.strftime("%m-%d") for d in days[:: 2 if wide else 4]])
        _amounts(ax)
        if wide:
            step = canvas.size.font * 1.35 / (canvas.height * ax.get_position().height) * (top - floor + 2 * room)
            at = spread([high[-1], middle[-1], low[-1]], step)
            named = ((words.high, MUTED), (words.middle, BLUE), (words.low, MUTED))
            for (name, colour), height in zip(named, at, strict=True):
                ax.annotate(
                    name, (days[-1], height), xytext=(8, 0), textcoords="offset points", color=colour, va="center",
                    annotation_clip=False,
                )  # fmt: skip

    return drawn(draw, key=chart.key, alt=chart.alt, heights=(300, 260))


def _amounts(ax: object) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = ax.yaxis  # type: ignore[attr-defined]
    axis.set_major_locator(MaxNLocator(5, min_n_ticks=2))
    axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
