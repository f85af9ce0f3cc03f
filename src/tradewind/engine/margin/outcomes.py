"""What may still happen to an order, by its odds, and what did happen where it is known.

Outcomes of orders (frame `outcomes`, all optional, null = not known yet), by platform, shop, order_id:
days_late: day the goods reached the platform's warehouse, counted from T (1 = T+1); returned: share of the order that
came back (0..1); inspected_good: share of that which passed inspection; seller_fault: share of it the seller caused.
"""

from __future__ import annotations

import polars as pl

OUTCOMES = ("days_late", "returned", "inspected_good", "seller_fault")
_FREE_AFTER_T1 = 1


def with_outcomes(lines: pl.DataFrame) -> pl.DataFrame:
    """`lines` with late_odds, returns_odds, good_odds and fault_odds: the outcome where known, else the odds of the
    seller's own record, else the assumed ones."""
    absent = [pl.lit(None, dtype=pl.Float64).alias(c) for c in OUTCOMES if c not in lines.columns]
    lines = lines.with_columns(absent)
    expected = pl.when(pl.col("late_after_days") <= _FREE_AFTER_T1).then("late_odds_after_t1")
    late = (pl.col("days_late") > pl.col("late_after_days")).cast(pl.Float64)
    return lines.with_columns(
        late_odds=pl.coalesce(late, "late_record", expected.otherwise("late_odds_after_t3")),
        returns_odds=pl.coalesce("returned", "returns_rate"),
        good_odds=pl.coalesce("inspected_good", "good_again_share"),
        fault_odds=pl.coalesce("seller_fault", "seller_fault_share"),
    )


def returns_cost() -> pl.Expr:
    """What returns cost a line: money given back, less what comes back, plus subsidies taken away.

    returned x (revenue - fit again x (product cost + (1 - seller's fault) x refunded share x operation fee)
                + seller's fault x clawback) + clawback for returning more than the category
    The first bracket is never below zero. In full-managed "returned" are those that the contract takes back from the
    seller (full.returns_borne).
    """
    refund = pl.col("operation_refund_share") * pl.col("operation_fee") * (1 - pl.col("fault_odds"))
    again = (
        pl.when(pl.col("good_odds") == 0).then(0.0).otherwise(pl.col("good_odds") * (pl.col("product_cost") + refund))
    )
    lost = pl.col("revenue") - again
    lost = pl.when(lost.is_not_null()).then(pl.max_horizontal(lost, pl.lit(0.0)))
    fault = pl.col("fault_odds") * pl.col("fault_clawback") * pl.col("order_share")
    odds = pl.col("returns_odds") * _borne()
    per_return = pl.when(odds == 0).then(0.0).otherwise(odds * (lost + fault))
    return per_return + _clawback_for_the_rate()


def _borne() -> pl.Expr:
    """The share of returns that the seller pays for: all where no contract says otherwise."""
    read = pl.col("returns_borne")
    return pl.when(read == "none").then(0.0).when(read == "own_fault").then("fault_odds").otherwise(1.0)


def _clawback_for_the_rate() -> pl.Expr:
    """0.80 of each return above the line (or of every order), the line being the category's mean times 1.15 or plus
    0.15; nothing where no mean is known to be above. Where both clawbacks cannot hit one order, returns of the seller's
    fault are left out."""
    mean, rate = pl.col("category_rate"), pl.col("returns_odds")
    line = pl.when(pl.col("clawback_line") == "mean_plus_0.15").then(mean + 0.15).otherwise(mean * 1.15)
    above = pl.max_horizontal(rate - line, pl.lit(0.0))
    alone = pl.when(pl.col("clawbacks_stack") == "yes").then(1.0).otherwise(1 - pl.col("fault_odds"))
    hit = pl.when(pl.col("clawback_on") == "every_order").then((rate > line).cast(pl.Float64)).otherwise(above * alone)
    known = (pl.col("rate_clawback") > 0) & mean.is_not_null()
    return pl.when(known.fill_null(False)).then(pl.col("rate_clawback") * hit * pl.col("order_share")).otherwise(0.0)
