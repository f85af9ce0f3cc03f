"""WooCommerce orders as the plug-in "Advanced Order Export" writes them: a row per line, the order's cells on each.

Decisions, each with a test:
- a line's paid amount is "Order Line (w/o tax)", after its discount; the piece's price is Item Cost (of two such
  columns the first);
- what the buyer paid for shipping (Order Shipping Amount) is shared among the lines by their pieces;
- pieces refunded (Quantity less "Quantity (- Refund)") are returns; the export does not date them, so they are known
  from its newest moment on;
- the export names no currency unless its column (Order Currency) was ticked: rows are then to correct, not guessed;
- times are the shop's own, read as UTC: the export does not say which clock.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from tradewind.data.intake.fields import buyer, choice, code, country, currency, moment, money, postcode, text, whole
from tradewind.data.intake.layout import Feed, Field, Layout, Output, Variant
from tradewind.data.intake.marketplaces import newest

_STATUS: Final = {
    "Pending payment": "placed", "Pending": "placed", "On hold": "placed", "Draft": "placed", "Processing": "paid",
    "Completed": "shipped", "Cancelled": "cancelled", "Failed": "cancelled", "Refunded": "shipped",
    "wc-pending": "placed", "wc-on-hold": "placed", "wc-processing": "paid", "wc-completed": "shipped",
    "wc-cancelled": "cancelled", "wc-failed": "cancelled", "wc-refunded": "shipped",
    "等待付款": "placed", "待付款": "placed", "保留": "placed", "处理中": "paid", "已完成": "shipped",
    "已取消": "cancelled",
    "已失败": "cancelled", "失败": "cancelled", "已退款": "shipped",
    "Zahlung ausstehend": "placed", "In Wartestellung": "placed", "In Bearbeitung": "paid", "Abgeschlossen": "shipped",
    "Fertiggestellt": "shipped", "Storniert": "cancelled", "Fehlgeschlagen": "cancelled", "Rückerstattet": "shipped",
    "Attente paiement": "placed", "En attente": "placed", "En cours": "paid", "Terminée": "shipped",
    "Annulée": "cancelled", "Échouée": "cancelled", "Remboursée": "shipped",
    "Pendiente de pago": "placed", "En espera": "placed", "Procesando": "paid", "Completado": "shipped",
    "Cancelado": "cancelled", "Fallido": "cancelled", "Reembolsado": "shipped",
}  # fmt: skip
_market = pl.coalesce("ship_country", "bill_country", pl.lit("ZZ"))
_own = {"platform": pl.lit("woocommerce"), "shop": pl.lit("main"), "market": _market}
_shipping = pl.col("shipping") * pl.col("units") / pl.col("units").sum().over("order_id")
_back = pl.col("units") - pl.col("kept_units")

ORDERS = Feed(
    "orders",
    fields=(
        code("order_id", "Order Number", shape=r"[A-Za-z0-9#_/.-]*\d[A-Za-z0-9#_/.-]*"),
        choice("status", "Order Status", choices=_STATUS),
        moment("ordered_at", "Order Date"),
        code("item", "Item #"),
        code("sku", "SKU"),
        whole("units", "Quantity"),
        whole("kept_units", "Quantity (- Refund)", required=False),
        money("unit_price", "Item Cost"),
        money("line_amount", "Order Line (w/o tax)"),
        money("refund_amount", "Order Line Total Refunded", required=False),
        Field("shipping", ("Order Shipping Amount",), "money", required=False, alike=True),
        currency("currency", "Order Currency", "Currency"),
        country("ship_country", "Country Code (Shipping)", required=False),
        country("bill_country", "Country Code (Billing)", required=False),
        text("region", "State Code (Shipping)"),
        postcode("postcode_prefix", "Postcode (Shipping)", "Postcode (Billing)"),
        buyer("email", "Email (Billing)"),
        buyer("phone", "Phone (Billing)"),
    ),
    group=("order_id",),
    lines_by=("item",),
)

LAYOUT = Layout(
    name="woocommerce-orders",
    feeds=(ORDERS,),
    outputs=(
        Output(
            "order_lines",
            "orders",
            columns={
                **_own,
                "mode": pl.lit("own"),
                "discount": (pl.col("units") * pl.col("unit_price") - pl.col("line_amount"))
                .round(6)
                .clip(lower_bound=0.0),
                "paid_amount": pl.col("line_amount"),
                "shipping_paid": _shipping.round(6),
            },
        ),
        Output(
            "returns",
            "orders",
            columns={
                **_own,
                "return_id": pl.col("order_id"),
                "kind": pl.lit("refund"),
                "units": _back,
                "refund_amount": pl.col("refund_amount").abs(),
                "opened_at": pl.col("ordered_at"),
                "known_at": newest(pl.col("ordered_at")),
            },
            variants=(Variant({}, _back > 0),),  # not `where`: the newest moment is of the whole file
        ),
    ),
)
