"""The figures a platform judges a shop by: cases counted over a window, or what the seller centre shows."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.engine.metrics.metric import Metric, Source

CASES: Final = pl.col("cases").first()
CASES_SHARE: Final = pl.when(pl.col("of").first() > 0).then(CASES.cast(pl.Float64) / pl.col("of").first())
STATED: Final = pl.col("value").first()


def _figure(name: str, unit: str, formula: pl.Expr) -> Metric:
    mine = pl.col("figure") == name
    shown = () if formula is STATED else (Source("shop_health", STATED, mine),)
    return Metric(name, "shop", unit, "rule", Source("shop_health", formula, mine), shown)


SHOP_METRICS: Final = (
    _figure("sell_through", "share", CASES_SHARE),
    _figure("positive_rate", "share", STATED),
    _figure("dsr_described", "score", STATED),
    _figure("dsr_service", "score", STATED),
    _figure("dsr_delivery", "score", STATED),
    _figure("violations", "cases", CASES),
    _figure("late_shipment_rate", "share", CASES_SHARE),
    _figure("late_inbound_rate", "share", CASES_SHARE),
    _figure("not_sold_rate", "share", CASES_SHARE),
    _figure("dispute_rate", "share", CASES_SHARE),
    _figure("seller_fault_rate", "share", CASES_SHARE),
)
