"""What does a chart look like? Its specification drawn as SVG text, twice: for a wide page and for a phone.

drawing = draw(CashChart("cash", "Cash on hand", weeks, words))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tradewind.app.report.charts.bands import draw_outlook, draw_outlooks
from tradewind.app.report.charts.bars import draw_shares, draw_waterfalls
from tradewind.app.report.charts.capacity import draw_capacity
from tradewind.app.report.charts.cash import draw_cash
from tradewind.app.report.charts.drawing import Drawing
from tradewind.app.wording.charts import (
    CapacityChart,
    CashChart,
    Chart,
    OutlookChart,
    OutlookGrid,
    ShareChart,
    WaterfallChart,
)

__all__ = ["Drawing", "draw"]

_DRAWERS: Final[dict[type, Callable[[Any], Drawing]]] = {
    CapacityChart: draw_capacity,
    CashChart: draw_cash,
    OutlookChart: draw_outlook,
    OutlookGrid: draw_outlooks,
    ShareChart: draw_shares,
    WaterfallChart: draw_waterfalls,
}


def draw(chart: Chart) -> Drawing:
    """The drawing of any chart there is a specification for."""
    return _DRAWERS[type(chart)](chart)
