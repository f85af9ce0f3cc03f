"""An order in one row becomes its lines, its parcels and the fields of the order."""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.product_cells import items, seller_code
from tradewind.data.intake.waybill_cells import waybills

_FILE, _ROW = "source_file", "source_row"
_MONEY = ("goods_total", "order_amount", "discount_amount", "coupon")
_FIRST_ROW_ONLY = (
    "status", "ordered_at", "paid_at", "sent_at", "market", "region", "postcode_prefix", "buyer_key", "currency",
    "mode", *_MONEY,
)  # fmt: skip
_FEES = ("commission", "affiliate", "income")
_OF_LINES = (
    "shop", "order_id", "status", "ordered_at", "paid_at", "market", "region", "postcode_prefix",
    "buyer_key", "currency", "mode", "listing_id", "received_at", *_MONEY,
)  # fmt: skip
_OF_PARCELS = (
    "shop", "order_id", "ordered_at", "paid_at", "sent_at", "market", "region", "node", "buyer_service", "mode",
)  # fmt: skip
_OF_ORDERS = ("shop", "order_id", "status", "ordered_at", "paid_at", "market", "currency", "order_amount", *_FEES)


def split_order(texts: pl.DataFrame) -> pl.DataFrame:
    """Rows of orders as rows of one `part` each: "line" (an item), "parcel" (a tracking number) and "order" (its fees).

    Lines carry `units`, `units_before` (pieces of the order before this line) and `units_of_order`: an order's amounts
    are shared out by them. Rows of one order with the same amounts are one order in several rows.
    """
    orders = _filled_down(texts).with_row_index("__order")
    parts = [_lines(orders), _parcels(orders), _fees(orders)]
    empty = orders.clear().select(pl.all().exclude("__order"))
    return pl.concat([empty, *parts], how="diagonal").select(texts.columns)


def _filled_down(texts: pl.DataFrame) -> pl.DataFrame:
    """Orders in several rows: sorted, with the fields that only their first row has."""
    several = pl.struct("shop", "order_id").is_duplicated() & pl.col("order_id").is_not_null()
    if not texts.select(several.any()).item():
        return texts
    group = ("shop", "order_id")
    mine = texts.filter(several).sort(*group, "products", *_MONEY, _FILE, _ROW, nulls_last=True)
    stated = [pl.col(c).forward_fill().over(group) for c in _FIRST_ROW_ONLY if c in texts.columns]
    return pl.concat([texts.filter(~several), mine.with_columns(stated)])


def _lines(orders: pl.DataFrame) -> pl.DataFrame:
    found = items(orders["products"])
    single = pl.len().over("at") == 1
    own = orders.select(
        *_OF_LINES,
        _ROW,
        _FILE,
        sent_said="sent_at",
        stated=seller_code(pl.col("sku_cell")),
        total=_same_order(orders),
    )
    lines = found.hstack(own[found["at"]])
    lines = lines.with_columns(
        sku=pl.coalesce("sku", pl.when(single & pl.col("units").is_not_null()).then("stated")),
        listing_id=pl.when(single).then("listing_id"),
        pieces=pl.col("units").cast(pl.Int64, strict=False),
    )
    before = pl.col("pieces").cum_sum().over("total") - pl.col("pieces")
    return lines.with_columns(
        units_before=before.cast(pl.String),
        units_of_order=pl.col("pieces").sum().over("total").cast(pl.String),
        part=pl.lit("line"),
    ).drop("at", "stated", "total", "pieces")


def _same_order(orders: pl.DataFrame) -> pl.Expr:
    """A number per order and amounts: rows that repeat an order's amounts share them."""
    key = ["shop", "order_id", *_MONEY]
    if not orders.select(pl.struct(key).is_duplicated().any()).item():
        return pl.col("__order")
    return pl.col("__order").min().over(key)


def _parcels(orders: pl.DataFrame) -> pl.DataFrame:
    """A tracking number given to several orders is one parcel, of the first of them."""
    found = waybills(orders["waybill"]).rename({"company": "service"})
    own = orders.select(*_OF_PARCELS, _ROW, _FILE, sent_said="sent_at")
    parcels = found.hstack(own[found["at"]]).drop("at").with_columns(part=pl.lit("parcel"))
    read, unread = parcels.filter(pl.col("unread").is_null()), parcels.filter(pl.col("unread").is_not_null())
    shared = pl.struct("shop", "tracking_no").is_duplicated()
    if read.select(shared.any()).item():
        first = read.filter(shared).sort("order_id", _FILE, _ROW).unique(["shop", "tracking_no"], keep="first")
        read = pl.concat([read.filter(~shared), first])
    return pl.concat([read, unread])


def _fees(orders: pl.DataFrame) -> pl.DataFrame:
    fees = orders.filter(pl.any_horizontal(pl.col(_FEES).is_not_null()))
    fees = fees.unique(["shop", "order_id", *_FEES], keep="first", maintain_order=True)
    return fees.select(*_OF_ORDERS, _ROW, _FILE, part=pl.lit("order"))
