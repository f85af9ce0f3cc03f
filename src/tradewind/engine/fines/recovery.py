"""What is owed back after a return, by fault: the operation fee where it was not the seller's, less what came back."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from tradewind.core.money import convert, rates_to
from tradewind.core.rules import Rules

ORDER = ["platform", "shop", "order_id"]
RETURN = ["platform", "shop", "return_id"]
_SEMI = ("semi_stocked", "semi_jit")
_NOISE = 0.25
_WAIT = timedelta(days=14)


def fees_to_recover(
    returns: pl.DataFrame,
    order_lines: pl.DataFrame,
    settlements: pl.DataFrame,
    rules: Rules,
    *,
    as_of: datetime,
    base: str,
    fx: pl.DataFrame,
) -> pl.DataFrame:
    """Returned goods of semi-managed orders: what the rules pay back, what came back, and the rest, in `base`.

    due = operation fee x semi.operation_fee_refund where the fault (`fault.<reason>`) is not the seller's, on the
    rules of the day the return was opened; where it is the seller's, minus semi.seller_fault_clawback. The fee is per
    order, so an order is counted once, with its first return; a seller's fault among its returns makes it the seller's.
    Came back: adjustments and positive operation fees settled under the order's number. The guide pays it back once
    the warehouse has passed the goods, which no table shows: the rest is a claim to check, not a debt proved. A return
    younger than two weeks is still waiting, a rest of less than a quarter is taken for a difference of rates, and of a
    return older than the first settlement loaded nobody can say what came back.

    Columns, sorted by rest (largest first) and key: the key, order_id, market, mode, opened_at, reason_given, fault
    (seller, buyer, carrier; null: the reason is in no rule), due, received, rest (null: not known), reason (id).
    Refunds where the buyer keeps the goods are not returns.
    """
    known = returns.filter(
        (pl.col("known_at") <= as_of).fill_null(True)
        & (pl.col("opened_at") <= as_of)
        & (pl.col("kind").cast(pl.String) == "return")
        & pl.col("order_id").is_not_null()
    )
    orders = order_lines.with_columns(pl.col("mode").cast(pl.String)).filter(pl.col("mode").is_in(_SEMI))
    orders = orders.sort(*ORDER, "line_no").unique(ORDER, keep="first", maintain_order=True).select(*ORDER, "mode")
    day = pl.col("opened_at").cast(pl.Date)
    rows = known.join(orders, on=ORDER).with_columns(fault=_fault(rules, day), day=day)
    sellers = (pl.col("fault") == "seller").any().over(ORDER)
    rows = (
        rows.with_columns(fault=pl.when(sellers).then(pl.lit("seller")).otherwise("fault"))
        .sort(*ORDER, "opened_at", "return_id", "line_no")
        .unique(ORDER, keep="first", maintain_order=True)
    )
    rows = rows.with_columns(due=_due(rows, rules, base, fx))
    rows = rows.join(_received(settlements, rows, base, fx, as_of), on=ORDER, how="left", maintain_order="left")
    began = settlements.filter(pl.col("settled_at") <= as_of)["settled_at"].min()
    loaded = pl.col("opened_at") >= pl.lit(began, pl.Datetime("us", "UTC"))
    rows = rows.with_columns(received=pl.col("received").fill_null(pl.when(loaded).then(0.0)))
    rows = rows.with_columns(rest=pl.col("due") - pl.when(~pl.col("received").is_nan()).then("received"))
    reason = (
        pl.when(pl.col("due").is_not_null() & pl.col("received").is_null()).then(pl.lit("fee_back.unloaded"))
        .when(pl.col("rest").is_null()).then(pl.lit("fee_back.unknown"))
        .when(pl.col("fault") == "seller").then(pl.lit("fee_back.seller"))
        .when(pl.col("rest") <= _NOISE * pl.col("due")).then(pl.lit("fee_back.done"))
        .when(pl.col("opened_at") > as_of - _WAIT).then(pl.lit("fee_back.waiting"))
        .otherwise(pl.lit("fee_back.claim"))
    )  # fmt: skip
    out = rows.select(
        *RETURN, "order_id", "market", "mode", "opened_at", "fault", "due", "received", "rest",
        reason_given="reason", reason=reason, currency=pl.lit(base),
    )  # fmt: skip
    return out.with_columns(pl.col("received").fill_nan(None)).sort(
        "rest", *RETURN, descending=[True, False, False, False], nulls_last=True
    )


def _fault(rules: Rules, day: pl.Expr) -> pl.Expr:
    out = pl.lit(None, pl.String)
    for id_ in rules.rows:
        if id_.startswith("fault.") and rules.rows[id_][0].unit == "choice":
            out = pl.when(pl.col("reason") == id_.removeprefix("fault.")).then(rules.on_days(id_, day)).otherwise(out)
    return out


def _due(rows: pl.DataFrame, rules: Rules, base: str, fx: pl.DataFrame) -> pl.Series:
    day = pl.col("day")
    fee = rules.on_days("semi.operation_fee", day) * rules.on_days("semi.operation_fee_refund", day)
    taken = rules.on_days("semi.seller_fault_clawback", day)
    paid = {name: rules.currency(f"semi.{name}") or base for name in ("operation_fee", "seller_fault_clawback")}
    own = (
        pl.when(pl.col("fault") == "seller").then(pl.lit(paid["seller_fault_clawback"]))
        .otherwise(pl.lit(paid["operation_fee"]))
    )  # fmt: skip
    due = pl.when(pl.col("fault").is_null()).then(None).when(pl.col("fault") == "seller").then(-taken).otherwise(fee)
    stated = rows.select("day", due=due, currency=own)
    rates = rates_to(base, stated.select("currency", "day"), fx)
    joined = stated.join(rates, on=["currency", "day"], how="left", maintain_order="left")
    return (joined["due"] * joined["rate"]).alias("due")


def _received(
    settlements: pl.DataFrame, rows: pl.DataFrame, base: str, fx: pl.DataFrame, as_of: datetime
) -> pl.DataFrame:
    """What was settled besides the refund for the returned orders; NaN where a rate is missing."""
    kind = pl.col("kind").cast(pl.String)
    given = (kind == "adjustment") | ((kind == "operation_fee") & (pl.col("amount") > 0))
    status = pl.col("status").cast(pl.String).fill_null("settled")
    known = settlements.filter(
        given & (status == "settled") & (pl.col("settled_at") <= as_of) & (pl.col("known_at") <= as_of).fill_null(True)
    ).join(rows.select(ORDER), on=ORDER, how="semi")
    known = known.with_columns(
        money=convert(known, "amount", "currency", "settled_at", base, fx).fill_null(float("nan"))
    ).sort(*ORDER, "settlement_id", "line_no")
    return known.group_by(ORDER, maintain_order=True).agg(received=pl.col("money").sum())
