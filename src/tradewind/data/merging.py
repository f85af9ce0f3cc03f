"""What a row leaves unsaid stays as it was known: a column that a file does not have, an empty cell.

The same key is the same row; a line of an order is the same where it is of the same SKU (`same_lines`). A cell that
the file asks to clear (named in the column `cleared`) is cleared. A moment of cancelling goes with its status, so it is
left to whoever dates cancellations.

Money goes with its currency and with the pieces it was paid for: where a row states another currency, number of pieces
or unit price than was known, the amounts it does not state are unknown; where it states no amount, the currency stays
that of the amounts known.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.core.tables import Table
from tradewind.data.corrections import CLEARED
from tradewind.data.same_lines import key_before, with_line_before

_BEFORE: Final = "__before_"
_ASSIGNED: Final = ("known_at", "cancelled_at")
_AMOUNTS: Final = frozenset(
    {
        "unit_cost", "list_price", "storage_cost_per_m3_week", "inbound_cost_per_unit", "freight_per_kg",
        "freight_per_parcel", "unit_price", "discount", "paid_amount", "deposit_amount", "freight_amount",
        "refund_amount", "amount", "coupon_amount", "ad_spend",
    }
)  # fmt: skip
_PAID_FOR: Final = ("units", "unit_price")


def filled_from_known(table: Table, held: pl.DataFrame, existing: pl.DataFrame) -> pl.DataFrame:
    """`held` with its empty cells filled from the rows of the same key in `existing`; without `cleared`."""
    columns = [c for c in held.columns if c != CLEARED]
    if CLEARED not in held.columns:
        held = held.with_columns(pl.lit(None, pl.String).alias(CLEARED))
    fillable = [c for c in table.columns if c not in {*table.key, *_ASSIGNED}]
    known = existing.select(*table.key, pl.lit(True).alias(_BEFORE), *(pl.col(c).alias(_BEFORE + c) for c in fillable))
    rows = with_line_before(table, held, existing)
    rows = rows.join(known, left_on=key_before(table), right_on=table.key, how="left", maintain_order="left")
    same_row = pl.col(_BEFORE).fill_null(False)
    amounts = [c for c in fillable if c in _AMOUNTS]
    filled = [_filled(c, same_row) for c in fillable if c not in {*amounts, "currency"}]
    if amounts and "currency" in fillable:
        filled += _money(amounts, [c for c in _PAID_FOR if c in fillable], same_row)
    elif "currency" in fillable:
        filled.append(_filled("currency", same_row))
    return rows.with_columns(filled).select(columns)


def _filled(column: str, same_row: pl.Expr) -> pl.Expr:
    keeps = pl.col(column).is_null() & same_row & ~_cleared(column)
    return pl.when(keeps).then(pl.col(_BEFORE + column)).otherwise(pl.col(column)).alias(column)


def _money(amounts: list[str], paid_for: list[str], same_row: pl.Expr) -> list[pl.Expr]:
    states_none = pl.all_horizontal(pl.col(amounts).is_null())
    knew_some = pl.any_horizontal(pl.col([_BEFORE + a for a in amounts]).is_not_null())
    stays = same_row & ~_cleared("currency") & (pl.col("currency").is_null() | (states_none & knew_some))
    currency = pl.when(stays).then(pl.col(_BEFORE + "currency")).otherwise(pl.col("currency"))
    same_money = currency.eq_missing(pl.col(_BEFORE + "currency")) & same_row
    for column in paid_for:
        same_money = same_money & (pl.col(column).is_null() | pl.col(column).eq_missing(pl.col(_BEFORE + column)))
    return [*(_filled(amount, same_money) for amount in amounts), currency.alias("currency")]


def _cleared(column: str) -> pl.Expr:
    return pl.col(CLEARED).str.split(",").list.contains(column).fill_null(False)
