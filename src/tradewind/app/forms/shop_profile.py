"""The shop profile, `shop.yaml`: what only the seller can state (mode, cash on hand, fixed costs, ratings).

mode: pop                       # of orders that do not say theirs; or by shop: {yiwu-1: pop, yiwu-2: own}
cash_on_hand: 120000            # base currency, today
monthly_costs: {rent: 8000, wages: 36000}
ratings:
  - {shop: yiwu-1, date: 2026-10-01, positive_rate: 0.962, dsr_described: 4.7, dsr_service: 4.8, dsr_delivery: 4.6}
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import polars as pl
import yaml

from tradewind.app.workspace.location import SHOP_FILE
from tradewind.core.errors import UnreadableFileError
from tradewind.core.tables import MODES
from tradewind.engine.shop import FIGURES

ASKED: Final = tuple(f.name for f in FIGURES if f.count is None)
"""The figures no table holds; `ratings` may state these."""

_RATINGS = {"platform": pl.String, "shop": pl.String, "on": pl.Date, "figure": pl.String, "value": pl.Float64}
_KNOWN = ("mode", "cash_on_hand", "monthly_costs", "ratings")
_EVERY_SHOP: Final = ""


@dataclass(frozen=True)
class ShopProfile:
    """`cash_on_hand` in the base currency (None: not stated), `monthly_costs` by name, `ratings` as they were given,
    `modes` by shop of orders that do not say theirs."""

    cash_on_hand: float | None = None
    monthly_costs: Mapping[str, float] = field(default_factory=dict)
    ratings: tuple[Mapping[str, Any], ...] = ()
    modes: Mapping[str, str] = field(default_factory=dict)

    def with_modes(self, order_lines: pl.DataFrame) -> pl.DataFrame:
        """`order_lines` with the stated mode of their shop where a line says none."""
        if not self.modes:
            return order_lines
        kind = order_lines.schema["mode"]
        stated = pl.col("shop").replace_strict(
            dict(self.modes), default=self.modes.get(_EVERY_SHOP), return_dtype=pl.String
        )
        return order_lines.with_columns(pl.coalesce("mode", stated.cast(kind)))

    def rating_rows(self, shops: pl.DataFrame) -> pl.DataFrame:
        """platform, shop, on, figure, value for the shops there are (platform, shop); a rating without a platform is
        for every platform's shop of that name."""
        rows = [
            (r.get("platform"), r["shop"], r["date"], figure, float(r[figure]))
            for r in self.ratings
            for figure in ASKED
            if figure in r
        ]
        names = {**_RATINGS, "platform": pl.String}
        ratings = pl.DataFrame(rows, schema=names, orient="row").rename({"platform": "stated_platform"})
        found = ratings.join(shops.select("platform", "shop").unique(), on="shop")
        return found.filter((pl.col("stated_platform") == pl.col("platform")).fill_null(True)).select(list(_RATINGS))


def read_profile(text: str, path: str = SHOP_FILE) -> ShopProfile:
    """Read the text of a shop profile; an empty one states nothing. Raises UnreadableFileError with what is wrong."""
    try:
        document = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise UnreadableFileError("shop_file_unreadable", path=path, problem=" ".join(str(error).split())) from error
    if not isinstance(document, dict):
        raise UnreadableFileError("shop_file_unreadable", path=path, problem="not a list of names and values")
    for name in document:
        _need(name in _KNOWN, f"{name!r} (known: {', '.join(_KNOWN)})", path)
    costs = document.get("monthly_costs") or {}
    _need(isinstance(costs, dict), "monthly_costs", path)
    ratings = document.get("ratings") or []
    _need(isinstance(ratings, list), "ratings", path)
    cash = document.get("cash_on_hand")
    return ShopProfile(
        None if cash is None else _amount(cash, "cash_on_hand", path),
        {str(name): _amount(value, f"monthly_costs.{name}", path, least=0) for name, value in costs.items()},
        tuple(_rating(row, path) for row in ratings),
        _modes(document.get("mode"), path),
    )


def _modes(stated: Any, path: str) -> Mapping[str, str]:
    _need(isinstance(stated, str | dict | None), f"mode: {stated!r}", path)
    by_shop = stated if isinstance(stated, dict) else {} if stated is None else {_EVERY_SHOP: stated}
    for mode in by_shop.values():
        _need(mode in MODES, f"mode: {mode!r} (known: {', '.join(MODES)})", path)
    return {str(shop): mode for shop, mode in by_shop.items()}


def _rating(row: Any, path: str) -> Mapping[str, Any]:
    # not "on": YAML 1.1 reads that word as true
    known = ("platform", "shop", "date", *ASKED)
    _need(isinstance(row, dict), f"ratings: {row!r}", path)
    for name in row:
        _need(name in known, f"ratings: {name!r} (known: {', '.join(known)})", path)
    _need(isinstance(row.get("shop"), str), "ratings: shop", path)
    _need(type(row.get("date")) is date, f"ratings: date: {row.get('date')!r}", path)
    for name in ASKED:
        if name in row:
            most = 1.0 if name == "positive_rate" else 5.0
            value = _amount(row[name], f"ratings: {name}", path, least=0)
            _need(value <= most, f"ratings: {name}: {value:g} (0 to {most:g})", path)
    return row


def _amount(value: Any, name: str, path: str, least: float = -math.inf) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    _need(number and math.isfinite(value) and value >= least, f"{name}: {value!r}", path)
    return float(value)


def _need(holds: bool, problem: str, path: str) -> None:
    if not holds:
        raise UnreadableFileError("shop_file_unreadable", path=path, problem=problem)
