"""The registry of figures: one name, one definition, wherever the figure is shown.

A figure that cannot be known is null, never zero. Label, meaning, unit, window and grain have their words in the
catalogue.

    summary(frames, currency)                                          # every figure of a plan as a whole
    values(METRICS["month_margin"].source, "sku_mode", frames)         # one figure, for all there is of its grain
"""

from __future__ import annotations

from typing import Final

from tradewind.engine.metrics.metric import GRAINS, Metric, Source, values
from tradewind.engine.metrics.plan import DETAIL_METRICS, PLAN_METRICS
from tradewind.engine.metrics.shop import SHOP_METRICS
from tradewind.engine.metrics.summary import summary

METRICS: Final[dict[str, Metric]] = {m.name: m for m in (*PLAN_METRICS, *DETAIL_METRICS, *SHOP_METRICS)}

__all__ = ["GRAINS", "METRICS", "PLAN_METRICS", "SHOP_METRICS", "Metric", "Source", "summary", "values"]
