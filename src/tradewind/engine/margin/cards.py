"""Freight cards with tiers and a first weight, read from rules, and the bracket a parcel's weight falls in.

    cost of a parcel of w kg = first price (or price per parcel) + (w - first weight, at least 0) x price per kg

of the tier whose limit w does not exceed. Limits are inclusive: 300 g is still in the tier up to 300 g. Platforms
state no rounding of weights; where a card has `round_up` (g), weights are rounded up to its multiples.
"""

from __future__ import annotations

import re
from datetime import date

import polars as pl

from tradewind.core.rules import RuleRow, Rules
from tradewind.core.tables import TABLES

LANE = ("service", "node", "market")
BRACKETS = {
    "service": pl.String,
    "node": pl.String,
    "market": pl.String,
    "up_to_g": pl.Float64,
    "tier_per_kg": pl.Float64,
    "tier_per_parcel": pl.Float64,
    "first_g": pl.Float64,
    "round_up_g": pl.Float64,
}
_TIER = re.compile(r"^card\.(?P<card>[^.]+)\.(?P<market>[A-Z]{2})\.tier_(?P<up_to>\d+)\.per_kg$")


def rule_cards(rules: Rules, on: date, *, node: str, names: tuple[str, ...] = ()) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cards of the rules as rows of `services` sent from `node`, and their brackets; all cards, or those named.

    A card's rules: card.<name>.<market>.tier_<up to g>.per_kg and .per_parcel, .first_weight and .first_price;
    card.<name>.divisor, .max_weight, .round_up for all its markets.
    """
    services, brackets = [], []
    for row in rules.in_force(on, "card."):
        found = _TIER.match(row.id)
        if found is None or (names and found["card"] not in names):
            continue
        name, market = found["card"], found["market"]
        lane = {"service": name, "node": node, "market": market}
        first_price = _number(rules, f"card.{name}.{market}.first_price", on)
        per_parcel = _number(rules, row.id.removesuffix("per_kg") + "per_parcel", on)
        fixed = per_parcel if first_price is None else first_price
        brackets.append(
            {
                **lane, "up_to_g": float(found["up_to"]), "tier_per_kg": float(row.value),
                "tier_per_parcel": fixed or 0.0, "round_up_g": _number(rules, f"card.{name}.round_up", on),
                "first_g": None if first_price is None else _number(rules, f"card.{name}.{market}.first_weight", on),
            }
        )  # fmt: skip
        services.append(
            {
                **lane, "service_class": "standard", "freight_per_kg": float(row.value), "freight_per_parcel": fixed,
                "currency": row.currency, "volumetric_divisor_cm3_per_kg": _number(rules, f"card.{name}.divisor", on),
                "max_weight_g": _number(rules, f"card.{name}.max_weight", on),
            }
        )  # fmt: skip
    schema = TABLES["services"].empty().schema
    rows = pl.DataFrame([{c: row.get(c) for c in schema} for row in services], schema=schema)
    tiers = pl.DataFrame(brackets, schema=BRACKETS)
    return rows.unique(LANE, keep="first", maintain_order=True).sort(LANE), tiers.sort(*LANE, "up_to_g")


def lane_brackets(rules: Rules, on: date, services: pl.DataFrame) -> pl.DataFrame:
    """The tiers of each lane of `services` whose service the rules have a card for, in the currency of the lane."""
    lanes = services.select(pl.col(*LANE, "currency").cast(pl.String)).unique()
    names = tuple(lanes["service"].drop_nulls().unique().sort())
    if not names:
        return pl.DataFrame(schema=BRACKETS)
    cards, tiers = rule_cards(rules, on, node="", names=names)
    paid_in = cards.select("service", "market", "currency")
    said = tiers.drop("node").join(paid_in, on=["service", "market"])
    return said.join(lanes, on=["service", "market", "currency"]).select(*BRACKETS).sort(*LANE, "up_to_g")


def rescaled(brackets: pl.DataFrame, before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """`brackets` as much dearer or cheaper as each lane's freight is in `after` than in `before` (rows of services)."""
    rate = pl.coalesce(
        *(
            pl.when(pl.col(c) > 0).then(pl.col(f"{c}_after") / pl.col(c))
            for c in ("freight_per_kg", "freight_per_parcel")
        ),
        1.0,
    )
    columns = (*LANE, "freight_per_kg", "freight_per_parcel")
    lanes = before.select(columns).join(after.select(columns), on=list(LANE), suffix="_after")
    lanes = lanes.select(pl.col(c).cast(pl.String) for c in LANE).with_columns(lanes.select(_times=rate)).unique(LANE)
    return (
        brackets.join(lanes, on=list(LANE), how="left", maintain_order="left")
        .with_columns(pl.col("tier_per_kg", "tier_per_parcel") * pl.col("_times").fill_null(1.0))
        .drop("_times")
    )


def card_rules(rules: Rules, on: date, name: str, market: str) -> list[RuleRow]:
    """The rows a card says about a market, for showing where a freight came from."""
    own = (f"card.{name}.{market}.", f"card.{name}.divisor", f"card.{name}.max_weight", f"card.{name}.round_up")
    return [row for row in rules.in_force(on, f"card.{name}.") if row.id.startswith(own)]


def with_bracket(lines: pl.DataFrame, brackets: pl.DataFrame | None) -> pl.DataFrame:
    """`lines` (service, node, market, parcel_g: weight of one parcel) with the bracket it falls in; null if none."""
    names = ("tier_per_kg", "tier_per_parcel", "first_g", "round_up_g", "up_to_g")
    if brackets is None or brackets.is_empty():
        return lines.with_columns(pl.lit(None, dtype=pl.Float64).alias(n) for n in names)
    numbered = lines.with_row_index("_row")
    found = numbered.select("_row", *LANE, pl.col("parcel_g")).drop_nulls().sort("parcel_g")
    tiers = brackets.select(*BRACKETS).with_columns(parcel_g=pl.col("up_to_g")).sort("parcel_g")
    hit = found.join_asof(tiers, on="parcel_g", by=list(LANE), strategy="forward", check_sortedness=False)
    return numbered.join(hit.select("_row", *names), on="_row", how="left", maintain_order="left").drop("_row")


def _number(rules: Rules, id: str, on: date) -> float | None:
    row = rules.find(id, on)
    return None if row is None or isinstance(row.value, str) else row.value
