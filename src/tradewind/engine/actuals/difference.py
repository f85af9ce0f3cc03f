"""Why the margin is not what was expected, in money, by cause; the causes add up to the difference."""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.money import added
from tradewind.engine.actuals.kinds import PARTS
from tradewind.engine.actuals.money import ORDER

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "all": (),
    "mode": ("mode",),
    "market": ("market",),
    "sku": ("sku",),
    "order": tuple(ORDER),
}

_CAUSE_OF: Final[dict[str, str]] = {
    "revenue": "amounts",
    "base_service_fee": "fee_rates",
    "operation_fee": "fee_rates",
    "oversize_fee": "fee_rates",
    "commission": "fee_rates",
    "affiliate_cost": "fee_rates",
    "freight": "freight",
    "surcharges": "freight",
    "duty": "tax",
    "tax": "tax",
    "product_cost": "goods",
    "inbound_cost": "goods",
    "late_cost": "fines",
    "fines": "fines",
    "returns_cost": "returns",
}
CAUSES: Final[tuple[str, ...]] = ("amounts", "fee_rates", "freight", "returns", "fines", "goods", "tax", "other", "fx")
"""Amounts: what was paid differs from what was settled; other: storage, ads, adjustments, what has no place."""


_COMPARED: Final = (
    "units", "state", "expected_revenue", "now_revenue", "expected_margin", "now_margin", "then_margin", "unknown",
)  # fmt: skip


def margin_difference(lines: pl.DataFrame, by: str = "all") -> pl.DataFrame:
    """Ex-post against ex-ante by `by` (a key of GROUPS), largest difference first.

    `lines` are those of actual_margin. Compared are lines settled whose both margins are known: expected, actual,
    difference = actual - expected, and per cause what it added (positive) or took: parts at the rates of the order's
    day against the expected ones, and `fx`, what the rates' change until settlement did. Then what is not
    compared: orders and expected revenue not settled yet, and settled with something unknown. `orders` counts orders,
    not charges that name none. Null where no line of a group can be compared.
    """
    keys = list(GROUPS[by])
    both = pl.col("now_margin").is_not_null() & pl.col("expected_margin").is_not_null()
    both &= pl.col("then_margin").is_not_null()
    settled = pl.col("state") == "settled"
    order = pl.struct(ORDER)
    named = pl.col("order_id").is_not_null()

    def count(which: pl.Expr) -> pl.Expr:
        return order.filter(which & named).n_unique().cast(pl.Int64)

    def money(column: str, which: pl.Expr) -> pl.Expr:
        return pl.when(which.any()).then(pl.col(column).filter(which).sum())

    effects = {cause: _effect(cause) for cause in CAUSES if cause != "fx"}
    needed = dict.fromkeys([*ORDER, "line_no", "sku", *keys, *_COMPARED])  # of a hundred columns
    compared = lines.select(*needed, **effects, fx=pl.col("now_margin") - pl.col("then_margin"))
    compared = compared.sort([*ORDER, "line_no", "sku"], nulls_last=True)
    grouped = (
        compared.group_by(keys, maintain_order=True)
        if keys
        else compared.group_by(pl.lit("all").alias("all"), maintain_order=True)
    )
    out = grouped.agg(
        orders=count(both),
        units=pl.col("units").filter(both).sum(),
        expected_revenue=money("expected_revenue", both),
        revenue=money("now_revenue", both),
        expected_margin=money("expected_margin", both),
        margin=money("now_margin", both),
        **{cause: money(cause, both) for cause in CAUSES},
        open_orders=count(~settled),
        open_revenue=pl.col("expected_revenue").filter(~settled).sum(),
        unknown_orders=count(settled & ~both),
        unknown_revenue=pl.col("expected_revenue").filter(settled & ~both).sum(),
        unknown=pl.col("unknown").filter(settled & ~both).explode(empty_as_null=True).drop_nulls().unique().sort(),
    ).with_columns(difference=pl.col("margin") - pl.col("expected_margin"))
    out = out.drop("all", strict=False)
    return out.sort(pl.col("difference").abs(), *keys, descending=[True, *[False] * len(keys)], nulls_last=True)


def margin_lines(lines: pl.DataFrame) -> pl.DataFrame:
    """The waterfall of the compared lines, part by part: part, expected, actual, difference (of margin)."""
    both = [f"{how}_{c}" for how in ("expected", "now") for c in (*PARTS, "margin")]
    known = lines.select(*both, "then_margin").filter(
        pl.col("now_margin").is_not_null()
        & pl.col("expected_margin").is_not_null()
        & pl.col("then_margin").is_not_null()
    )
    rows = [
        {"part": c, "expected": known[f"expected_{c}"].sum(), "actual": known[f"now_{c}"].sum()}
        for c in (*PARTS, "margin")
    ]
    sign = pl.when(pl.col("part").is_in(["revenue", "margin"])).then(1.0).otherwise(-1.0)
    schema = {"part": pl.String, "expected": pl.Float64, "actual": pl.Float64}
    return pl.DataFrame(rows, schema=schema).with_columns(difference=(pl.col("actual") - pl.col("expected")) * sign)


def _effect(cause: str) -> pl.Expr:
    """What the parts of a cause did to the margin, at the rates of the order's day."""
    parts = [c for c in PARTS if _CAUSE_OF.get(c, "other") == cause]
    terms = [(pl.col(f"then_{c}") - pl.col(f"expected_{c}")) * (1.0 if c == "revenue" else -1.0) for c in parts]
    return added(terms)
