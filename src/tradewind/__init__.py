"""Tradewind (信风): a seller's exports in, one plan out, with its odds, its money and its reasons.

    import tradewind as tw

    ws = tw.Workspace("shop")
    ws.import_file("exports/")
    run = ws.run()
    run["actions"].head()

Names are loaded when they are first used, so that `import tradewind` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_VERBS = {
    "Workspace": "tradewind.app.python",
    "TradewindError": "tradewind.core.errors",
    "Distribution": "tradewind.core.distribution",
    "forecast": "tradewind.engine.demand",
    "fit_transit": "tradewind.engine.transit",
    "promise": "tradewind.engine.promise",
    "Costing": "tradewind.engine.margin",
    "landed_margin": "tradewind.engine.margin",
    "ModeFacts": "tradewind.engine.modes",
    "choose_mode": "tradewind.engine.modes",
    "StockFacts": "tradewind.engine.stock",
    "plan_stock": "tradewind.engine.stock",
}

__all__ = ["__version__", *_VERBS]  # noqa: PLE0604


def __getattr__(name: str) -> Any:
    if name not in _VERBS:
        raise AttributeError(f"module 'tradewind' has no attribute {name!r}")
    return getattr(import_module(_VERBS[name]), name)
