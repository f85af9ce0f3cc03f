"""Assumptions of the stock plan: how often orders are placed, what capital costs, what leftovers fetch."""

from __future__ import annotations

from dataclasses import dataclass

from tradewind.core.errors import ParameterError


@dataclass(frozen=True)
class StockParams:
    """Stated assumptions of a stock plan.

    review_weeks                 weeks until the next order can be placed, >= 1
    cover_weeks                  weeks after arrival in which a unit must sell, or it is a leftover, > review_weeks
    capital_rate_per_year        yearly cost of money tied up in goods, as a share of what was paid for them
    salvage_share                what a leftover still fetches, as a share of the product's cost, 0 to 1
    lead_time_days_if_unknown    supplier lead time where the products table has none; None: such SKUs get no order
    supplier_market              where the suppliers are: its closures delay them
    gap_goal                     the search for prices of space stops at this share of the plan's value
    price_rounds                 and at the latest after so many rounds
    """

    review_weeks: int = 1
    cover_weeks: int = 13
    capital_rate_per_year: float = 0.12
    salvage_share: float = 0.5
    lead_time_days_if_unknown: float | None = None
    supplier_market: str = "CN"
    gap_goal: float = 1e-3
    price_rounds: int = 80

    def __post_init__(self) -> None:
        lead = self.lead_time_days_if_unknown
        for name, good, allowed in (
            ("review_weeks", self.review_weeks >= 1, ">= 1"),
            ("cover_weeks", self.cover_weeks > self.review_weeks, "> review_weeks"),
            ("capital_rate_per_year", self.capital_rate_per_year >= 0, ">= 0"),
            ("salvage_share", 0 <= self.salvage_share <= 1, "between 0 and 1"),
            ("lead_time_days_if_unknown", lead is None or lead >= 0, "None or >= 0"),
            ("gap_goal", self.gap_goal > 0, "> 0"),
            ("price_rounds", self.price_rounds >= 1, ">= 1"),
        ):
            if not good:
                raise ParameterError("parameter_range", name=name, value=getattr(self, name), allowed=allowed)
