"""What every margin is computed with: the tables a cost is read from, and what the seller's own record says."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from tradewind.core.tables import TABLES


@dataclass(frozen=True)
class Costing:
    """What a margin is computed with beside the order lines and the rules. All of it may be left out: what is not
    known leaves its component unknown.

    base             currency of every sum, ISO 4217
    products, services, nodes, fx, parcels
                     tables of core.tables; columns that are missing are added as nulls
    returns_rate     what `returns_rates` gives: sku, returns_rate, category_rate; None: the rules' assumed rate
    returns_factors  what `returns_by_market` gives: market, returns_factor
    brackets         tiers of freight cards: what `lane_brackets` gives
    duty_rates       sku, market, duty_rate: all ad valorem duty but the passing ones, as a share
    ad_costs         what `ad_costs` gives: sku, market, ad_per_unit (in `base`)
    late_odds        what `late_inbound_odds` gives
    routes           what `route_mix` gives
    """

    base: str = "CNY"
    products: pl.DataFrame = field(default_factory=TABLES["products"].empty)
    services: pl.DataFrame = field(default_factory=TABLES["services"].empty)
    nodes: pl.DataFrame = field(default_factory=TABLES["nodes"].empty)
    fx: pl.DataFrame = field(default_factory=TABLES["fx"].empty)
    parcels: pl.DataFrame = field(default_factory=TABLES["parcels"].empty)
    returns_rate: pl.DataFrame | None = None
    returns_factors: pl.DataFrame | None = None
    brackets: pl.DataFrame | None = None
    duty_rates: pl.DataFrame | None = None
    ad_costs: pl.DataFrame | None = None
    late_odds: pl.DataFrame | None = None
    routes: pl.DataFrame | None = None

    def __post_init__(self) -> None:
        for table in ("products", "services", "nodes", "fx", "parcels"):
            object.__setattr__(self, table, loaded(table, getattr(self, table)))


def loaded(table: str, frame: pl.DataFrame | None) -> pl.DataFrame:
    """The frame, with columns it lacks as nulls; the empty table where there is none."""
    empty = TABLES[table].empty()
    if frame is None:
        return empty
    absent = [
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in empty.schema.items() if name not in frame.columns
    ]
    return frame.with_columns(absent)
