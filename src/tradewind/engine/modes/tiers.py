"""Hot, potential or long tail, by what a SKU earns and how surely, with hysteresis so that tiers do not flip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from tradewind.core.errors import ParameterError
from tradewind.core.rules import Rules

TIERS = ("hot", "potential", "long_tail")


@dataclass(frozen=True)
class TierParams:
    """Bands in the cumulated share of profit and in predictability; `enter` is stricter than `leave`, so that a SKU
    near a line stays where it was.

    hot: the SKUs ahead bring less than `hot_share` of the profit, and predictability is at least `hot_steady`;
    potential: less than `potential_share`, and at least `potential_steady`. Pairs are (enter, leave).
    """

    hot_share: tuple[float, float] = (0.50, 0.60)
    hot_steady: tuple[float, float] = (0.55, 0.45)
    potential_share: tuple[float, float] = (0.85, 0.92)
    potential_steady: tuple[float, float] = (0.30, 0.22)

    def __post_init__(self) -> None:
        for name in ("hot_share", "potential_share"):
            enter, leave = getattr(self, name)
            _check(name, (enter, leave), 0 <= enter <= leave <= 1, "0 <= enter <= leave <= 1")
        for name in ("hot_steady", "potential_steady"):
            enter, leave = getattr(self, name)
            _check(name, (enter, leave), 0 <= leave <= enter <= 1, "0 <= leave <= enter <= 1")


def _check(name: str, value: object, good: bool, allowed: str) -> None:
    if not good:
        raise ParameterError("parameter_range", name=name, value=value, allowed=allowed)


def rank_tiers(
    facts: pl.DataFrame, *, previous: pl.DataFrame | None = None, params: TierParams | None = None
) -> pl.DataFrame:
    """The tier of each SKU, with its reason.

    `facts`: sku, contribution (base currency a month, null if unknown), predictability (0..1), and as far as there
    sales and currency (`tier_facts` gives them); `previous`: sku, tier of the last plan. A SKU's standing is the
    share of all profit that the SKUs above it bring (0 = the best). Where its contribution is unknown or it earns
    nothing at present, that is its share in sales instead, and the reason says so: a bestseller that loses money is
    a bestseller all the same, and what to do about the loss is advice, not a tier.

    Returns, sorted by sku: sku, tier, contribution, predictability, previous_tier, standing, sales, currency, reason.
    """
    params = params or TierParams()
    for name, dtype in (("sales", pl.Float64), ("currency", pl.String)):
        if name not in facts.columns:
            facts = facts.with_columns(pl.lit(None, dtype=dtype).alias(name))
    before = previous if previous is not None else pl.DataFrame(schema={"sku": pl.String, "tier": pl.String})
    ranked = _standing(facts, "contribution", "by_profit").join(_standing(facts, "sales", "by_sales"), on="sku")
    rows = (
        facts.join(ranked, on="sku")
        .join(before.select("sku", previous_tier=pl.col("tier").cast(pl.String)), on="sku", how="left")
        .with_columns(standing=pl.when(pl.col("contribution") > 0).then("by_profit").otherwise("by_sales"))
    )
    was_hot = (pl.col("previous_tier") == "hot").fill_null(False)
    was_above = pl.col("previous_tier").is_in(["hot", "potential"]).fill_null(False)
    hot = _within("standing", params.hot_share, was_hot) & _at_least(params.hot_steady, was_hot)
    potential = _within("standing", params.potential_share, was_above) & _at_least(params.potential_steady, was_above)
    tier = pl.when(hot).then(pl.lit("hot")).when(potential).then(pl.lit("potential")).otherwise(pl.lit("long_tail"))
    return (
        rows.with_columns(tier=tier)
        .with_columns(reason=_reason(params))
        .select(
            "sku", "tier", "contribution", "predictability", "previous_tier", "standing", "sales", "currency", "reason"
        )
        .sort("sku")
    )


def _standing(facts: pl.DataFrame, money: str, name: str) -> pl.DataFrame:
    """sku and the share of the positive `money` brought by the SKUs ahead of it; 1 for those at or below zero."""
    ordered = facts.select("sku", money).sort([money, "sku"], descending=[True, False], nulls_last=True)
    positive = pl.col(money).clip(0.0).fill_null(0.0)
    ahead = (positive.cum_sum() - positive) / positive.sum()
    standing = pl.when(pl.col(money) > 0).then(ahead).when(pl.col(money).is_not_null()).then(1.0)
    return ordered.select("sku", standing.alias(name))


def _within(column: str, band: tuple[float, float], was: pl.Expr) -> pl.Expr:
    enter, leave = band
    return (pl.col(column) < pl.when(was).then(leave).otherwise(enter)).fill_null(False)


def _at_least(band: tuple[float, float], was: pl.Expr) -> pl.Expr:
    enter, leave = band
    return (pl.col("predictability") >= pl.when(was).then(leave).otherwise(enter)).fill_null(False)


def _reason(params: TierParams) -> pl.Expr:
    steady = pl.col("predictability") >= params.potential_steady[0]
    high = pl.col("standing") < params.hot_share[0]
    return (
        pl.when(pl.col("contribution").is_null() & pl.col("sales").is_null())
        .then(pl.lit("tier_reason.unknown"))
        .when(pl.col("contribution").is_null())
        .then(pl.format("tier_reason.{}_by_sales", "tier"))
        .when(pl.col("contribution") <= 0)
        .then(pl.format("tier_reason.{}_loses", "tier"))
        .when((pl.col("tier") == "potential") & high)
        .then(pl.lit("tier_reason.potential_unsteady"))
        .when((pl.col("tier") == "long_tail") & ~steady)
        .then(pl.lit("tier_reason.long_tail_unsteady"))
        .otherwise(pl.format("tier_reason.{}", "tier"))
    )


def tier_policies(rules: Rules, on: date) -> pl.DataFrame:
    """What each tier is for on a day: tier, policy (stock, small_batches, jit), cover_days (sales to hold in the
    warehouse), review_days (how often to look), modes (allowed); in order of TIERS."""
    return pl.DataFrame(
        {
            "tier": list(TIERS),
            "policy": [rules.choice(f"tier_policy.{tier}", on=on) for tier in TIERS],
            "cover_days": [rules.value(f"tier_policy.{tier}.cover", on=on) for tier in TIERS],
            "review_days": [rules.value(f"tier_policy.{tier}.review", on=on) for tier in TIERS],
            "modes": [list(rules.items(f"tier_modes.{tier}", on)) for tier in TIERS],
        }
    )
