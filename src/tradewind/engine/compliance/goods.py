"""What is known of the goods of a consignment: one row per SKU, every column may be null, and null is "not stated"."""

from __future__ import annotations

import polars as pl

_UTC = pl.Datetime("us", "UTC")

ATTRIBUTES = (
    "material", "age_range", "has_battery", "has_magnet_or_liquid", "origin", "gross_weight_g", "package_size_cm",
    "barcode", "original_box", "customs_names", "declared_value", "brand_or_maker",
)  # fmt: skip
"""The mandatory attributes a sheet has a column for; more can be named in the rules and added as columns."""

GOODS: dict[str, pl.DataType | type[pl.DataType]] = {
    "sku": pl.String,
    "inbound_id": pl.String,
    "node": pl.String,
    "mode": pl.String,
    "booked_units": pl.Int64,
    "booked_at": _UTC,
    "due_at": _UTC,
    "expected_at": _UTC,
    "paid_at": _UTC,
    "synced_at": _UTC,
    "orders": pl.Int64,
    "service": pl.String,
    "markets": pl.List(pl.String),
    "title": pl.String,
    "category": pl.String,
    "kind": pl.String,
    "barcode_bound": pl.Boolean,
    "batch_no": pl.String,
    "expires_on": pl.Date,
    "battery": pl.String,
    "battery_wh": pl.Float64,
    "charge": pl.Float64,
    "hazards": pl.List(pl.String),
    "marks": pl.List(pl.String),
    "cartons": pl.Int64,
    "carton_length_cm": pl.Float64,
    "carton_width_cm": pl.Float64,
    "carton_height_cm": pl.Float64,
    "unit_cost": pl.Float64,
    "currency": pl.String,
    "overruled": pl.List(pl.String),
    "overruled_why": pl.String,
    **dict.fromkeys(ATTRIBUTES, pl.String),
}
"""Columns and types. kind: a product kind of the rules (toy, apparel, ...); battery: none, built_in, packed_with,
alone; hazards: magnet, liquid, powder, aerosol, flammable; marks: the codes of marks and documents at hand; charge:
state of charge 0..1; overruled: checks a person has looked at and set aside, with the reason in overruled_why."""


def goods_frame(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with every column of GOODS, those that are not there as null; further columns stay. Sorted by SKU."""
    typed = [
        pl.col(name).cast(dtype) if name in rows.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in GOODS.items()
    ]
    others = [c for c in rows.columns if c not in GOODS]
    return rows.select(*typed, *others).sort("sku", maintain_order=True)


def arrival() -> pl.Expr:
    """When the goods reach the warehouse: the time expected, else the time booked."""
    return pl.coalesce("expected_at", "due_at")


def goods_held() -> pl.Expr:
    """What the goods of the row cost: held up where the warehouse turns them away; null where not known."""
    return pl.col("booked_units") * pl.col("unit_cost")


FINDING: dict[str, pl.DataType | type[pl.DataType]] = {
    "sku": pl.String,
    "check": pl.String,
    "severity": pl.String,
    "market": pl.String,
    "what": pl.String,
    "trigger": pl.String,
    "money_at_risk": pl.Float64,
    "money_kind": pl.String,
    "currency": pl.String,
    "rule": pl.String,
    "reading": pl.String,
    "confidence": pl.String,
    "code": pl.String,
    "reason": pl.String,
}
SEVERITIES = ("refused", "charged", "verify", "not_said", "note")
"""Turned away; costs a fee; ask before sending; not stated, so not checked; good to know."""


def findings(rows: pl.DataFrame, **columns: pl.Expr | str | None) -> pl.DataFrame:
    """`rows` as findings: each column of FINDING from `columns` (an expression over the rows, or a text), else null.

    `sku` is taken from the rows. The reason is the message id of the check.
    """
    given = {"sku": pl.col("sku"), **columns}
    selected = [
        (value if isinstance(value, pl.Expr) else pl.lit(value)).cast(dtype).alias(name)
        for name, dtype in FINDING.items()
        for value in [given.get(name)]
    ]
    return rows.select(selected)
