"""Shopify's orders export (79 columns): a row per line, what concerns the whole order on its first row only.

Decisions, each with a test:
- an order is known by name and number (`#1001/5012345678901`): names begin at #1001 in every shop;
- the order's discount (what its lines come to, less Subtotal) is shared among its lines by what they cost; a line's
  paid amount is without shipping and taxes;
- whether prices include the tax the order's sums tell: with Subtotal and Shipping alone they make Total where they do,
  with Taxes added where the tax came on top. Prices that include it are made net of it, by what each taxable line and
  the shipping came to; an order whose sums tell neither is taken as taxed on top, and counted;
- the same goods in two lines of an order are two lines; an order that the file holds twice counts once;
- orders called off are cancelled, dated by Cancelled at; lines of no pieces, tips, parcel insurance and
  whatever requires no shipping (gift cards, services) are no goods;
- what the buyer paid for shipping is shared among the lines by their pieces;
- refunds are returns where the order was refunded whole, or has one line (as many pieces as the money covers); the
  export does not date them, so they are known from the newest moment in the file on;
- a fulfilled order is one parcel: the export has no tracking numbers. It leaves from Location, else `shopify`.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.data.intake.fields import (
    buyer,
    choice,
    code,
    country,
    currency,
    moment,
    money,
    postcode,
    text,
    whole,
)
from tradewind.data.intake.layout import Feed, Layout, LeaveOut, Note, Output, Variant

_PAYMENTS: Final = {
    "paid": "paid", "partially_paid": "placed", "pending": "placed", "authorized": "placed", "unpaid": "placed",
    "expired": "cancelled", "voided": "cancelled", "refunded": "refunded", "partially_refunded": "partially_refunded",
}  # fmt: skip
_DELIVERIES: Final = {
    "fulfilled": "fulfilled", "partial": "partial", "partially_fulfilled": "partial", "unfulfilled": "none",
    "restocked": "none", "pending": "none", "on_hold": "none", "scheduled": "none", "in_progress": "none",
    "null": "none",
}  # fmt: skip

_FILL_DOWN: Final = (
    "number", "buyer_key", "payment", "delivery", "paid_at", "fulfilled_at", "ordered_at", "cancelled_at", "currency",
    "service", "location", "region", "postcode_prefix", "ship_country", "bill_country",
)  # fmt: skip
_ORDER: Final = ("name", "number")
_SUMS: Final = ("subtotal", "shipping", "taxes", "duties", "total", "order_discount", "refunded")
_CENTS: Final = 0.021
_TIPS: Final = ("tip", "小费", "trinkgeld", "pourboire", "propina", "mancia", "gorjeta", "fooi", "チップ")
_INSURANCE: Final = r"(package|parcel|shipping|order|delivery|route) (protection|insurance)|运费险|包裹(保险|保障)"
_MOMENTS: Final = ("ordered_at", "paid_at", "fulfilled_at", "cancelled_at")
_STYLE: Final = "%Y-%m-%d %H:%M:%S %z"


def _orders_completed(rows: pl.DataFrame) -> pl.DataFrame:
    """The order's sums on all its rows, and `newest`, the last moment the file knows of.

    `copy` is 2 and more on rows of an order that the file holds again: each copy begins with the order's sums.
    """
    begins = pl.col("subtotal").is_not_null().cum_sum().over(*_ORDER).clip(lower_bound=1)
    copies = rows.with_columns(copy=begins.cast(pl.String))
    moments = [pl.col(name).str.to_datetime(_STYLE, strict=False).max() for name in _MOMENTS]
    return copies.with_columns(
        pl.col(_SUMS).forward_fill().backward_fill().over(*_ORDER, "copy"),
        newest=pl.max_horizontal(moments).dt.to_string("%Y-%m-%d %H:%M:%SZ"),
    )


_title = pl.col("title").str.to_lowercase()
_is_service = (pl.col("is_shipped").str.to_lowercase() == "false").fill_null(False)
_is_tip = ((_title == "tip") | (pl.col("sku").is_null() & _title.is_in(_TIPS))).fill_null(False)
_is_insurance = (_title.str.contains(_INSURANCE) | pl.col("sku").str.contains(r"^ROUTEINS")).fill_null(False)
_no_goods = _is_service | _is_tip | _is_insurance
_goods = ~_no_goods & (pl.col("units").fill_null(1) != 0)
_worth = pl.col("units") * pl.col("unit_price") - pl.col("line_discount").fill_null(0.0)
_before = pl.when(_goods).then(_worth)
_all = _before.sum().over(*_ORDER)
_bought = pl.when(~_is_tip).then(_worth).sum().over(*_ORDER)
_tips = pl.when(_is_tip).then(_worth).sum().over(*_ORDER)
_known = (~_goods | _before.is_not_null()).all().over(*_ORDER)
_order_discount = pl.col("order_discount").fill_null(0.0).abs()
_line_discounts = pl.when(_goods).then(pl.col("line_discount")).sum().over(*_ORDER)
# The order's discount may hold the lines' own already: what is missing up to the subtotal tells, within the discount.
_missing = pl.coalesce(_bought - pl.col("subtotal"), _order_discount - _line_discounts).clip(lower_bound=0.0)
_rest = pl.min_horizontal(_missing, _order_discount)
_share = pl.when(_known & (_all > 0)).then(_rest * _before / _all).when(_known).then(0.0)
_gross_discount = pl.col("line_discount").fill_null(0.0) + _share
_gross = pl.when(_goods).then(pl.col("units") * pl.col("unit_price")) - _gross_discount

_taxes = pl.col("taxes").fill_null(0.0)
_shipping = pl.col("shipping").fill_null(0.0)
_is_taxable = (pl.col("is_taxable").str.to_lowercase() != "false").fill_null(True) & ~_is_tip
_beyond = pl.col("total") - pl.col("subtotal") - _shipping - pl.col("duties").fill_null(0.0)
_off_with = pl.min_horizontal(_beyond.abs(), (_beyond - _tips).abs())
_off_on_top = pl.min_horizontal((_beyond - _taxes).abs(), (_beyond - _taxes - _tips).abs())
_is_included = ((_taxes > 0) & (_off_with < _off_on_top) & (_off_with < _CENTS)).fill_null(False)
_tax_unclear = (_taxes > 0) & ~(pl.min_horizontal(_off_with, _off_on_top) < _CENTS).fill_null(False)
_taxed = pl.when(_is_taxable).then(pl.coalesce(_gross, _worth)).sum().over(*_ORDER) + _shipping
_net = pl.when(_is_included & _is_taxable & (_taxed > _taxes)).then(1 - _taxes / _taxed).otherwise(1.0)
_pieces = pl.when(_goods).then(pl.col("units"))
_net_shipping = _shipping * pl.when(_is_included & (_taxed > _taxes)).then(1 - _taxes / _taxed).otherwise(1.0)
_shipping_paid = pl.when(pl.col("shipping").is_not_null()).then(
    (_net_shipping * _pieces / _pieces.sum().over(*_ORDER)).round(6)
)
_discount = (_gross_discount * _net).round(6)
_paid = (_gross * _net).round(6)
_gross_of_all = _gross.sum().over(*_ORDER)
_lines = _goods.sum().over(*_ORDER)

_is_cancelled = pl.col("cancelled_at").is_not_null() | (pl.col("payment") == "cancelled").fill_null(False)
_refund = pl.col("refunded")
_refunded = (_refund > 0).fill_null(False)
_whole = (pl.col("payment") == "refunded").fill_null(False) | (_refund >= pl.col("total") - 0.005).fill_null(False)
_covered = (_refund / (_gross / pl.col("units")) - 1e-6).ceil()
_pieces_back = (
    pl.when(_whole | ~(_gross > 0)).then(pl.col("units")).otherwise(_covered.clip(1, pl.col("units")).cast(pl.Int64))
)
_market = pl.coalesce("ship_country", "bill_country", pl.lit("ZZ"))
_was_sent = (pl.col("delivery") == "fulfilled") & pl.col("fulfilled_at").is_not_null()
_first_row = pl.col("source_row") == pl.col("source_row").min().over(*_ORDER)

_shop = {
    "platform": pl.lit("shopify"),
    "shop": pl.lit("main"),
    "order_id": pl.concat_str("name", pl.concat_str(pl.lit("/"), "number").fill_null("")),
}
_parcel = {**_shop, "parcel_id": _shop["order_id"]}

ORDERS = Feed(
    "orders",
    fields=(
        code("name", "Name", shape=r"[^\s@+()]*\d[^\s@+()]*"),
        code("number", "Id", required=False),
        buyer("email", "Email"),
        buyer("phone", "Phone", "Shipping Phone", "Billing Phone"),
        buyer("person", "Shipping Name", "Billing Name"),
        choice("payment", "Financial Status", choices=_PAYMENTS),
        choice("delivery", "Fulfillment Status", choices=_DELIVERIES, required=False),
        moment("paid_at", "Paid at", required=False),
        moment("fulfilled_at", "Fulfilled at", required=False),
        moment("ordered_at", "Created at"),
        moment("cancelled_at", "Cancelled at", required=False),
        currency("currency", "Currency", required=True),
        # Sums stay on the order's first row: they tell where it begins.
        money("subtotal", "Subtotal"),
        money("shipping", "Shipping", required=False),
        money("taxes", "Taxes", required=False),
        money("duties", "Duties", required=False),
        money("total", "Total", required=False),
        money("order_discount", "Discount Amount", required=False),
        money("refunded", "Refunded Amount", required=False),
        whole("units", "Lineitem quantity"),
        text("title", "Lineitem name"),
        money("unit_price", "Lineitem price"),
        code("sku", "Lineitem sku"),
        text("is_shipped", "Lineitem requires shipping"),
        text("is_taxable", "Lineitem taxable"),
        money("line_discount", "Lineitem discount", required=False),
        text("service", "Shipping Method"),
        text("location", "Location"),
        text("region", "Shipping Province"),
        postcode("postcode_prefix", "Shipping Zip"),
        country("ship_country", "Shipping Country", required=False),
        country("bill_country", "Billing Country", required=False),
        whole("copy", required=False),
        moment("newest", required=False),
    ),
    group=("name",),
    fill_down=_FILL_DOWN,
    repeats=True,
    split=_orders_completed,
    leave_out=(LeaveOut("duplicate_collapsed", pl.col("copy") > 1),),
    notes=(
        Note("no_goods_line", _no_goods),
        Note("line_without_pieces", pl.col("units") == 0),
        Note("tax_unclear", _first_row & _tax_unclear),
        Note("refund_without_line", _first_row & _refunded & ~_whole & (_lines > 1)),
    ),
)

LAYOUT = Layout(
    name="shopify-orders",
    feeds=(ORDERS,),
    outputs=(
        Output(
            "order_lines",
            "orders",
            columns={
                **_shop,
                "market": _market,
                "mode": pl.lit("own"),
                "unit_price": (pl.col("unit_price") * _net).round(6),
                "discount": _discount,
                "paid_amount": _paid,
                "shipping_paid": _shipping_paid,
                "status": pl.when(_is_cancelled)
                .then(pl.lit("cancelled"))
                .when(pl.col("delivery") == "fulfilled")
                .then(pl.lit("shipped"))
                .when(pl.col("payment") == "placed")
                .then(pl.lit("placed"))
                .when(pl.col("payment").is_not_null())
                .then(pl.lit("paid")),
            },
            variants=(Variant({}, _goods),),  # not `where`: sums of an order need its other lines
        ),
        Output(
            "returns",
            "orders",
            columns={
                **_shop,
                "return_id": _shop["order_id"],
                "market": _market,
                "kind": pl.when(_is_cancelled).then(pl.lit("cancellation")).otherwise(pl.lit("refund")),
                "units": _pieces_back,
                "refund_amount": pl.when(_gross_of_all > 0).then((_refund * _gross / _gross_of_all).round(6)),
                "opened_at": pl.coalesce("cancelled_at", "fulfilled_at", "paid_at", "ordered_at"),
                "known_at": pl.col("newest"),
            },
            variants=(Variant({}, _goods & _refunded & (_whole | (_lines == 1))),),
        ),
        Output(
            "parcels",
            "orders",
            columns={
                **_parcel,
                "service": pl.col("service").fill_null("shopify"),
                "node": pl.col("location").fill_null("shopify"),
                "market": _market,
                "created_at": pl.coalesce("paid_at", "ordered_at"),
                "known_at": pl.col("fulfilled_at"),
                "currency": pl.lit(None, pl.String),
            },
            where=_first_row & _was_sent,
        ),
        Output(
            "events",
            "orders",
            columns={**_parcel, "milestone": pl.lit("handed_over"), "happened_at": pl.col("fulfilled_at")},
            where=_first_row & _was_sent,
        ),
    ),
)
