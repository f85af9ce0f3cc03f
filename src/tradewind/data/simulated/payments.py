"""What the platform pays and fines: sales less commission, fees and refunds, paid out week by week."""

from __future__ import annotations

import polars as pl

from tradewind.core.tables import TABLES

_COMMISSION = 0.08
_SERVICE_FEE = 0.035
_REFUNDED_DAYS = 2


def settlements_table(lines: pl.DataFrame, returns: pl.DataFrame, end: pl.Expr) -> pl.DataFrame:
    """Amounts of delivered orders and of refunds before `end`: positive to the seller."""
    schema = TABLES["settlements"].empty().schema
    base = lines.filter(status="delivered").with_columns(settled_at=pl.col("ordered_at") + pl.duration(days=75))
    fee = pl.when(pl.col("mode").cast(pl.String).str.starts_with("semi")).then(_SERVICE_FEE).otherwise(_COMMISSION)
    parts = [
        base.with_columns(kind=pl.lit("sale"), amount=pl.col("paid_amount"), settlement_id="order_id", no=0),
        base.with_columns(
            kind=pl.when(fee == _SERVICE_FEE).then(pl.lit("service_fee")).otherwise(pl.lit("commission")),
            amount=-(pl.col("paid_amount") * fee).round(2),
            settlement_id="order_id",
            no=1,
        ),
        returns.with_columns(
            kind=pl.lit("refund"),
            amount=-pl.col("refund_amount"),
            settlement_id="return_id",
            settled_at=pl.col("opened_at") + pl.duration(days=_REFUNDED_DAYS),
            no=pl.lit(2),
        ),
    ]
    rows = pl.concat(
        [
            p.select(
                "platform",
                "shop",
                "settlement_id",
                "order_id",
                "sku",
                "market",
                "kind",
                "amount",
                "currency",
                "settled_at",
                "line_no",
                "no",
            )
            for p in parts
        ],
        how="vertical_relaxed",
    )
    rows = rows.filter(pl.col("settled_at") < end).sort("platform", "shop", "settlement_id", "line_no", "no")
    key = ["platform", "shop", "settlement_id"]
    return (
        rows.with_columns(
            line_no=pl.int_range(1, pl.len() + 1).over(key),
            description=pl.lit(None),
            status=pl.lit("settled"),
            known_at="settled_at",
        )
        .select(schema.names())
        .cast(schema)
    )


def fines_table(inbounds: pl.DataFrame) -> pl.DataFrame:
    """No fines yet but those of consignments that came late."""
    late = inbounds.filter(pl.col("received_at") > pl.col("due_at"))
    schema = TABLES["fines"].empty().schema
    return late.select(
        "platform",
        "shop",
        fine_id=pl.format("F-{}", "inbound_id"),
        kind=pl.lit("late_inbound"),
        order_id=pl.lit(None),
        inbound_id="inbound_id",
        amount=pl.lit(3.0),
        currency=pl.lit("CNY"),
        fined_at="received_at",
        appeal_by=pl.col("received_at") + pl.duration(days=7),
        status=pl.lit("open"),
        reason=pl.lit(None),
        known_at="received_at",
    ).cast(schema)
