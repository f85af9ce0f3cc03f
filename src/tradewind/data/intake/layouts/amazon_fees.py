"""Amazon's FBA fee preview: what each SKU measures and weighs packed, as Amazon has it.

Only sizes and weight are read, and only what the product list does not say otherwise is touched: cost, supplier and
lead time stay as they are. The fees are Amazon's estimate for one marketplace; what was really charged is in the
settlement reports. Inches and centimetres, pounds, ounces, kilograms and grams become millimetres and grams; a row with
another unit, or none, leaves them unknown and is counted.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.data.intake.amazon import ENCODINGS
from tradewind.data.intake.fields import code, number, text
from tradewind.data.intake.layout import Feed, Layout, Note, Output

_MM: Final = {"inches": 25.4, "inch": 25.4, "in": 25.4, "centimeters": 10.0, "centimetres": 10.0, "cm": 10.0, "mm": 1.0}
_GRAMS: Final = {
    "pounds": 453.59237, "pound": 453.59237, "lb": 453.59237, "lbs": 453.59237, "ounces": 28.349523125,
    "oz": 28.349523125, "kilograms": 1000.0, "kg": 1000.0, "grams": 1.0, "g": 1.0,
}  # fmt: skip


def _in(column: str, unit: str, factors: dict[str, float]) -> pl.Expr:
    """A measure in millimetres or grams, rounded to a tenth; null where its unit is not known."""
    factor = (
        pl.col(unit)
        .str.to_lowercase()
        .replace_strict(list(factors), list(factors.values()), default=None, return_dtype=pl.Float64)
    )
    return (pl.when(pl.col(column) > 0).then(pl.col(column) * factor)).round(1)


_unit_unknown = ~pl.col("length_unit").str.to_lowercase().is_in(list(_MM)) | ~pl.col(
    "weight_unit"
).str.to_lowercase().is_in(list(_GRAMS))

PREVIEW = Feed(
    "fee_preview",
    fields=(
        code("sku", "sku"),
        code("asin", "asin"),
        text("title", "product-name"),
        number("longest", "longest-side", required=True),
        number("median", "median-side", required=True),
        number("shortest", "shortest-side", required=True),
        text("length_unit", "unit-of-dimension", required=True),
        number("weight", "item-package-weight", required=True),
        text("weight_unit", "unit-of-weight", required=True),
    ),
    group=("sku",),
    notes=(Note("unit_unknown", _unit_unknown.fill_null(True)),),
)

LAYOUT = Layout(
    name="amazon-fees",
    feeds=(PREVIEW,),
    outputs=(
        Output(
            "products",
            "fee_preview",
            columns={
                "length_mm": _in("longest", "length_unit", _MM),
                "width_mm": _in("median", "length_unit", _MM),
                "height_mm": _in("shortest", "length_unit", _MM),
                "weight_g": _in("weight", "weight_unit", _GRAMS),
            },
        ),
    ),
    encodings=ENCODINGS,
)
