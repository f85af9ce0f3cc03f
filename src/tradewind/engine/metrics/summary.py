"""The figures of a plan as a whole, worked out."""

from __future__ import annotations

import polars as pl

from tradewind.engine.metrics.metric import Frames, values
from tradewind.engine.metrics.plan import PLAN_METRICS


def summary(frames: Frames, currency: str) -> pl.DataFrame:
    """Every figure of the plan: metric, value, unit (money as the currency's code), window."""
    rows = [
        (m.name, values(m.source, m.grain, frames)["value"].item(), currency if m.unit == "money" else m.unit, m.window)
        for m in PLAN_METRICS
    ]
    return pl.DataFrame(
        rows,
        schema={"metric": pl.String, "value": pl.Float64, "unit": pl.String, "window": pl.String},
        orient="row",
    )
