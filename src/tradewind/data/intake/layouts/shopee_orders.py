"""Shopee's orders export (sheet orders): a row per SKU, the order's own amounts and fees repeated on each row.

One feed per language of the headings: English (which names the country), Thai and Indonesian (whose country is theirs).
Decisions, each with a test:
- the price is the deal price; what the seller gave beside it (voucher, coins, bundle) is shared among the lines;
- the order's fees count once, with what was sold, as settlements: pending until the order is completed;
- the currency is the market's, times are of the market's own clock: the export states neither;
- in rupiah, which have no cents, a point before three digits separates thousands;
- pieces sent back are returns, known from the file's newest moment on; a tracking number is one parcel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from tradewind.data.intake.fields import buyer, choice, code, country, moment, money, postcode, text, whole
from tradewind.data.intake.layout import Feed, Layout, Output, Variant
from tradewind.data.intake.marketplaces import by_local_clock, currency_of_market, newest, parcels_of

_STATUS: Final = {
    "Unpaid": "placed", "To ship": "paid", "Processed": "paid", "Retry ship": "paid", "Shipping": "shipped",
    "Shipped": "shipped", "To receive": "shipped", "To confirm receive": "shipped", "Delivered": "delivered",
    "Completed": "delivered", "Cancelled": "cancelled", "Canceled": "cancelled", "To return": "delivered",
    "Belum bayar": "placed", "Perlu dikirim": "paid", "Sedang dikirim": "shipped", "Dikirim": "shipped",
    "Telah dikirim": "shipped", "Selesai": "delivered", "Batal": "cancelled", "Dibatalkan": "cancelled",
    "ที่ต้องชำระ": "placed", "ยังไม่ชำระ": "placed", "ที่ต้องจัดส่ง": "paid", "การจัดส่ง": "shipped",
    "กำลังจัดส่ง": "shipped", "จัดส่งแล้ว": "shipped", "จัดส่งสำเร็จ": "delivered", "จัดส่งสำเร็จแล้ว": "delivered",
    "สำเร็จ": "delivered", "สำเร็จแล้ว": "delivered", "ยกเลิก": "cancelled", "ยกเลิกแล้ว": "cancelled",
}  # fmt: skip
_ENGLISH: Final = {
    "order_id": ("Order ID",), "status": ("Order Status",), "ordered_at": ("Order Creation Date",),
    "paid_at": ("Order Paid Time",), "shipped_at": ("Ship Time",), "completed_at": ("Order Complete Time",),
    "own_sku": ("SKU Reference No.",), "parent_sku": ("Parent SKU Reference No.",), "units": ("Quantity",),
    "returned_units": ("Returned quantity",), "unit_price": ("Deal Price",), "voucher": ("Seller Voucher",),
    "coins": ("Seller Absorbed Coin Cashback",), "bundle": ("Seller Bundle Discount",),
    "commission": ("Commission Fee",), "service_fee": ("Service Fee",), "payment_fee": ("Transaction Fee",),
    "tracking_no": ("Tracking Number*",), "provider": ("Shipping Option",), "buyer": ("Username (Buyer)",),
    "region": ("Province",), "postcode_prefix": ("Zip Code",), "country": ("Country",),
}  # fmt: skip
_INDONESIAN: Final = {
    "order_id": ("No. Pesanan",), "status": ("Status Pesanan",), "ordered_at": ("Waktu Pesanan Dibuat",),
    "paid_at": ("Waktu Pembayaran Dilakukan",), "shipped_at": ("Waktu Pengiriman Diatur",),
    "completed_at": ("Waktu Pesanan Selesai",), "own_sku": ("Nomor Referensi SKU",), "parent_sku": ("SKU Induk",),
    "units": ("Jumlah",), "returned_units": ("Returned quantity",), "unit_price": ("Harga Setelah Diskon",),
    "voucher": ("Voucher Ditanggung Penjual",), "coins": ("Cashback Koin",),
    "bundle": ("Paket Diskon (Diskon dari Penjual)",),
    "tracking_no": ("No. Resi",), "provider": ("Opsi Pengiriman",), "buyer": ("Username (Pembeli)",),
    "region": ("Provinsi",),
}  # fmt: skip
_THAI: Final = {
    "order_id": ("หมายเลขคำสั่งซื้อ",), "status": ("สถานะการสั่งซื้อ",), "ordered_at": ("วันที่ทำการสั่งซื้อ",),
    "paid_at": ("เวลาการชำระสินค้า",), "shipped_at": ("เวลาส่งสินค้า",), "completed_at": ("เวลาที่ทำการสั่งซื้อสำเร็จ",),
    "own_sku": ("เลขอ้างอิง SKU (SKU Reference No.)", "เลขอ้างอิง SKU"),
    "parent_sku": ("เลขอ้างอิง Parent SKU",), "units": ("จำนวน",), "returned_units": ("จำนวนที่ส่งคืน", "Returned quantity"),
    "unit_price": ("ราคาขาย",), "voucher": ("โค้ดส่วนลดชำระโดยผู้ขาย",), "commission": ("ค่าคอมมิชชั่น",),
    "service_fee": ("ค่าบริการ",), "payment_fee": ("Transaction Fee", "ค่าธุรกรรมการชำระเงิน"),
    "tracking_no": ("*หมายเลขติดตามพัสดุ",), "provider": ("ตัวเลือกการจัดส่ง",), "buyer": ("ชื่อผู้ใช้ (ผู้ซื้อ)",),
    "region": ("จังหวัด",), "postcode_prefix": ("รหัสไปรษณีย์",),
}  # fmt: skip
_FEES: Final = {"commission": "Commission Fee", "service_fee": "Service Fee", "payment_fee": "Transaction Fee"}
_GIVEN: Final = ("voucher", "coins", "bundle")
_MOMENTS: Final = ("ordered_at", "paid_at", "shipped_at", "completed_at")
_GROUPED: Final = r"^(?:Rp ?)?\d{1,3}(?:\.\d{3})+$"


def _whole_rupiah(rows: pl.DataFrame) -> pl.DataFrame:
    """Rupiah have no cents: in 49.900 the point separates thousands."""
    grouped = {name: pl.col(name).str.contains(_GROUPED) for name in ("unit_price", *_GIVEN, *_FEES)}
    return rows.with_columns(
        pl.when(is_grouped).then(pl.col(name).str.replace_all(".", "", literal=True)).otherwise(name).alias(name)
        for name, is_grouped in grouped.items()
    )


def _feed(name: str, headings: Mapping[str, tuple[str, ...]]) -> Feed:
    named = {field: headings.get(field, ()) for field in _ENGLISH}
    has_market = "country" in headings
    return Feed(
        name,
        fields=(
            code("order_id", *named["order_id"], shape=r"\d{4,6}[A-Z][0-9A-Z]*|\d{6}[0-9A-Z]{8,10}"),
            choice("status", *named["status"], choices=_STATUS),
            moment("ordered_at", *named["ordered_at"]),
            moment("paid_at", *named["paid_at"], required=False),
            moment("shipped_at", *named["shipped_at"], required=False),
            moment("completed_at", *named["completed_at"], required=False),
            code("own_sku", *named["own_sku"]),
            code("parent_sku", *named["parent_sku"], required=False),
            whole("units", *named["units"]),
            whole("returned_units", *named["returned_units"], required=False),
            money("unit_price", *named["unit_price"]),
            *(money(field, *named[field], required=False) for field in (*_GIVEN, *_FEES)),
            code("tracking_no", *named["tracking_no"], required=False),
            text("provider", *named["provider"]),
            buyer("buyer", *named["buyer"]),
            country("country", *named["country"], required=has_market),
            text("region", *named["region"]),
            postcode("postcode_prefix", *named["postcode_prefix"]),
        ),
        group=("order_id",),
        lines_by=("own_sku", "parent_sku"),
        split=_whole_rupiah if headings is _INDONESIAN else None,
    )


def _outputs(feed: str, market: pl.Expr) -> tuple[Output, ...]:
    own = {
        "platform": pl.lit("shopee"),
        "shop": pl.lit("main"),
        "market": market,
        "currency": currency_of_market(market),
    }
    sku = pl.coalesce("own_sku", "parent_sku")
    ordered, completed = by_local_clock("ordered_at", market), by_local_clock("completed_at", market)
    value = pl.col("units") * pl.col("unit_price")
    of_order = value.sum().over("order_id")
    given = pl.sum_horizontal(pl.col(name).abs() for name in _GIVEN)
    discount = pl.when(of_order > 0).then((given * value / of_order).round(6))
    first = pl.col("source_row") == pl.col("source_row").min().over("order_id")
    booked = {
        **own,
        "settlement_id": pl.col("order_id"),
        "sku": pl.lit(None, pl.String),
        "status": pl.when(pl.col("completed_at").is_not_null() | (pl.col("status") == "delivered"))
        .then(pl.lit("settled"))
        .otherwise(pl.lit("pending")),
        "settled_at": pl.coalesce(completed, by_local_clock("paid_at", market), ordered),
    }
    has_fees = pl.any_horizontal(pl.col(name).is_not_null() for name in _FEES)
    amounts = (
        Variant(
            {"kind": pl.lit("sale"), "amount": (of_order - given).round(6), "description": pl.lit("Deal Price")}, first
        ),
        *(
            Variant(
                {"kind": pl.lit(name), "amount": -pl.col(name).abs(), "description": pl.lit(words)},
                first & (pl.col(name) != 0),
            )
            for name, words in _FEES.items()
        ),
    )
    return (
        Output(
            "order_lines",
            feed,
            columns={
                **own,
                "sku": sku,
                "ordered_at": ordered,
                "discount": discount,
                "paid_amount": value - discount.fill_null(0.0),
            },
        ),
        Output(
            "settlements", feed, columns=booked, where=has_fees & (pl.col("status") != "cancelled"), variants=amounts
        ),
        Output(
            "returns",
            feed,
            columns={
                **own,
                "sku": sku,
                "return_id": pl.col("order_id"),
                "kind": pl.lit("return"),
                "units": pl.col("returned_units"),
                "opened_at": pl.coalesce(completed, ordered),
                "known_at": newest(*(by_local_clock(name, market) for name in _MOMENTS)),
            },
            variants=(
                Variant({}, pl.col("returned_units") > 0),
            ),  # not `where`: the newest moment is of the whole file
        ),
        *parcels_of(
            feed,
            {name: own[name] for name in ("platform", "shop", "market")},
            service=pl.col("provider").fill_null("shopee"),
            node=pl.lit("shopee"),
            created=pl.coalesce(by_local_clock("paid_at", market), ordered),
            sent=by_local_clock("shipped_at", market),
        ),
    )


LAYOUT = Layout(
    name="shopee-orders",
    feeds=(_feed("orders", _ENGLISH), _feed("orders_id", _INDONESIAN), _feed("orders_th", _THAI)),
    outputs=(
        *_outputs("orders", pl.col("country").fill_null("ZZ")),
        *_outputs("orders_id", pl.lit("ID")),
        *_outputs("orders_th", pl.lit("TH")),
    ),
)
