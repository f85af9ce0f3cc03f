"""What was settled for each order line, by component: at the rate of the settlement's day, and at the order's own."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from tradewind.core.money import rates_to
from tradewind.engine.actuals.kinds import COMPONENT_OF, PARTS

ORDER = ["platform", "shop", "order_id"]
LINE = [*ORDER, "line_no"]


def settled_rows(settlements: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Rows known and paid by `as_of`; sums paid out and rows still pending are left out."""
    known = (pl.col("known_at") <= as_of).fill_null(True) & (pl.col("settled_at") <= as_of)
    status, kind = pl.col("status").cast(pl.String).fill_null("settled"), pl.col("kind").cast(pl.String)
    return settlements.filter(known & (status == "settled") & (kind != "payout")).with_columns(kind=kind)


def pending_orders(settlements: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Orders with a row that waits for its payout."""
    known = (pl.col("known_at") <= as_of).fill_null(True)
    waits = (pl.col("status").cast(pl.String) == "pending").fill_null(False)
    return settlements.filter(known & waits & pl.col("order_id").is_not_null()).select(ORDER).unique()


def charges(rows: pl.DataFrame, days: pl.DataFrame, base: str, fx: pl.DataFrame) -> pl.DataFrame:
    """Settled rows in `base`, positive as the component counts: now (settlement's day), then (order's day).

    `days` (ORDER, ordered_on) are the orders' days; a row without an order has no `then` of its own and takes `now`.
    """
    dated = rows.join(days, on=ORDER, how="left", maintain_order="left").with_columns(
        component=pl.col("kind").replace_strict(COMPONENT_OF), day=pl.col("settled_at").cast(pl.Date)
    )
    for day, name in (("day", "now"), ("ordered_on", "then")):
        pairs = dated.select("currency", day=pl.col(day)).drop_nulls().unique()
        rates = rates_to(base, pairs, fx).rename({"day": day, "rate": f"{name}_rate"})
        dated = dated.join(rates, on=["currency", day], how="left", maintain_order="left")
    sign = pl.when(pl.col("component") == "revenue").then(1.0).otherwise(-1.0)
    now = pl.col("amount") * sign * pl.col("now_rate")
    then = pl.col("amount") * sign * pl.col("then_rate")
    return dated.with_columns(now=now, then=pl.when(pl.col("ordered_on").is_null()).then(now).otherwise(then))


def by_line(charged: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """One row per order line, wide: now_<component>, then_<component>; null where nothing was settled for it.

    A row that names a SKU of the order goes to that SKU's lines by units, any other to all lines by revenue. A sum with
    an amount whose rate is not known is NaN here, so that it stays distinct from nothing settled.
    """
    units, revenue = pl.col("units").cast(pl.Float64), pl.col("revenue").fill_null(0.0)
    # numbers for orders and lines: millions of rows are grouped by them, and text is slow to compare
    orders = lines.select(ORDER).unique(maintain_order=True).with_row_index("order_no")
    numbered = lines.with_row_index("at").join(orders, on=ORDER, how="left", maintain_order="left")
    order_revenue = revenue.sum().over("order_no")
    shares = numbered.select(
        "at",
        "order_no",
        "sku",
        of_sku=units / units.sum().over("order_no", "sku"),
        of_order=pl.when(order_revenue > 0)
        .then(revenue / order_revenue)
        .otherwise(units / units.sum().over("order_no")),
    )
    known = charged.with_columns(pl.col("now", "then").fill_null(float("nan"))).join(orders, on=ORDER)
    skus = shares.select("order_no", "sku").unique()
    named = _sums(known.join(skus, on=["order_no", "sku"], how="semi"), ["order_no", "sku"])
    other = _sums(known.join(skus, on=["order_no", "sku"], how="anti"), ["order_no"])
    parts = [
        named.join(shares, on=["order_no", "sku"]).with_columns(share="of_sku"),
        other.join(shares, on="order_no").with_columns(share="of_order"),
    ]
    long = pl.concat([p.select("at", "component", "now", "then", "share") for p in parts])
    sums = (
        long.sort("at", "component", "now", "then", "share")
        .group_by("at", "component", maintain_order=True)
        .agg((pl.col("now", "then") * pl.col("share")).sum())
    )
    wide = sums.pivot("component", index="at", values=["now", "then"])
    columns = [f"{when}_{c}" for when in ("now", "then") for c in PARTS]
    wide = wide.with_columns(pl.lit(None, pl.Float64).alias(c) for c in columns if c not in wide.columns)
    return numbered.select("at", *LINE).join(wide, on="at").select(*LINE, *columns)


def _sums(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Floats are added in one order, whatever the order of the rows."""
    ordered = rows.sort(*keys, "component", "now", "then")
    return ordered.group_by(*keys, "component", maintain_order=True).agg(pl.col("now", "then").sum())
