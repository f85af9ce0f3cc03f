"""Everything a plan is made from, and what every margin of it is computed with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

import polars as pl

from tradewind.app.forms.shop_profile import read_profile
from tradewind.core.rules import Rules
from tradewind.core.weeks import week_of
from tradewind.engine.margin import Costing, ad_costs, late_inbound_odds, returns_by_market, returns_rates, route_mix
from tradewind.engine.margin.cards import lane_brackets


@dataclass(frozen=True)
class Facts:
    """Everything a plan is made from: the tables as known at `as_of`, the rules, the last plan's tiers,
    and what shop.yaml says.

    `estimates` are those a kept plan was valued with, by the names of its tables; what is not among them is estimated.
    """

    as_of: datetime
    tables: Mapping[str, pl.DataFrame]
    corrections: pl.DataFrame
    rules: Rules
    base: str
    previous_tiers: pl.DataFrame | None = None
    shop_file: str = ""
    estimates: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    @property
    def first_week(self) -> date:
        """The week the plan starts with: the one `as_of` lies in."""
        return week_of(self.as_of)

    def __getitem__(self, table: str) -> pl.DataFrame:
        return self._order_lines if table == "order_lines" else self.tables[table]

    @cached_property
    def _order_lines(self) -> pl.DataFrame:
        """The order lines, those without a mode in the one that shop.yaml states."""
        return read_profile(self.shop_file).with_modes(self.tables["order_lines"])

    @cached_property
    def costing(self) -> Costing:
        """What every margin is computed with."""
        return self.costing_with(self["parcels"])

    def costing_with(self, parcels: pl.DataFrame) -> Costing:
        """The same, with these parcels in place of those that were sent."""
        return Costing(
            self.base,
            **{name: self[name] for name in ("products", "services", "nodes", "fx")},
            parcels=parcels,
            returns_rate=self.returned,
            returns_factors=self.returned_from,
            brackets=self.brackets,
            ad_costs=self.advertising,
            late_odds=self.late_inbound,
            routes=self.routes,
        )

    @cached_property
    def brackets(self) -> pl.DataFrame:
        """Weight tiers of the services the rules have a card for (card.<service>.<market>.tier_...)."""
        return lane_brackets(self.rules, self.as_of.date(), self["services"])

    @cached_property
    def returned(self) -> pl.DataFrame:
        """How often each SKU's goods came back."""
        return self._estimate(
            "returns_rates",
            lambda: returns_rates(
                self["order_lines"], self["returns"], self["products"], self.rules, as_of=self.as_of
            ),
        )  # fmt: skip

    @cached_property
    def returned_from(self) -> pl.DataFrame:
        """How much more often goods come back from each market."""
        return self._estimate(
            "returns_by_market",
            lambda: returns_by_market(self["order_lines"], self["returns"], self.returned, as_of=self.as_of),
        )

    @cached_property
    def advertising(self) -> pl.DataFrame:
        """What advertising costs per piece, from the traffic of the weeks before `as_of`."""
        return self._estimate(
            "ad_costs",
            lambda: ad_costs(self["traffic"], self["order_lines"], as_of=self.as_of, base=self.base, fx=self["fx"]),
        )

    @cached_property
    def routes(self) -> pl.DataFrame:
        """By which service, and from where, the parcels of each mode went to each market in the last half year."""
        return self._estimate(
            "routes", lambda: route_mix(self["order_lines"], self["parcels"], self["nodes"], as_of=self.as_of)
        )

    @cached_property
    def late_inbound(self) -> pl.DataFrame:
        """How often just-in-time goods came late, from the consignments of the half year before `as_of`."""
        return self._estimate("late_inbound", lambda: late_inbound_odds(self["inbounds"], self.rules, as_of=self.as_of))

    def _estimate(self, table: str, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        return self.estimates[table] if table in self.estimates else make()
