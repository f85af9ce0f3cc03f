"""What does it look like? Charts as SVG text, each drawn twice: for a wide page and for a phone.

chart = drawn(lambda canvas: ..., alt="Units per week", heights=(300, 240))
"""

from __future__ import annotations

from tradewind.app.report.charts.drawing import Chart, drawn

__all__ = ["Chart", "drawn"]
