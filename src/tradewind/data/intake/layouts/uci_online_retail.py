"""UCI Online Retail and Online Retail II: a British gift wholesaler's invoices, 2009 to 2011.

Decisions, each with a test:
- invoices with `C` and lines of negative quantity are cancellations, dated by their own InvoiceDate;
- postage, fees, vouchers, samples, manual entries and test lines are no goods: left out and counted;
- `A…` invoices adjust bad debt: left out; lines at price zero without a customer are stock corrections: left
  out; at price zero with a customer goods were given away: kept, they are demand;
- an invoice's rows that say the same are one: the two sheets of Online Retail II overlap, and state rows twice;
- the currency is the pound; times are London's; codes stay as written (85123a is not 85123A).
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.fields import buyer, code, country, moment, money, text, whole
from tradewind.data.intake.layout import Feed, Layout, LeaveOut, Output

_NO_ISO_CODE = {
    # CLDR puts the UN's area 830, Channel Islands, under Jersey.
    "Channel Islands": "JE",
    "European Community": "ZZ",
    "West Indies": "ZZ",
    "Unspecified": "ZZ",
}


def _stock_code(pattern: str) -> pl.Expr:
    return pl.col("sku").str.contains(rf"(?i)^({pattern})$")


_is_return = (pl.col("order_id").str.starts_with("C") | (pl.col("units") < 0)).fill_null(False)
_shop = {"platform": pl.lit("uci"), "shop": pl.lit("main"), "currency": pl.lit("GBP")}

LINES = Feed(
    "lines",
    fields=(
        code("order_id", "Invoice", "InvoiceNo", "Invoice No"),
        code("sku", "StockCode", "Stock Code"),
        text("title", "Description"),
        whole("units", "Quantity"),
        moment("ordered_at", "InvoiceDate", "Invoice Date", time_zone="Europe/London"),
        money("unit_price", "Price", "UnitPrice", "Unit Price"),
        buyer("buyer", "Customer ID", "CustomerID"),
        country("market", "Country", also=_NO_ISO_CODE),
    ),
    group=("order_id",),
    once_by="order_id",
    leave_out=(
        LeaveOut("postage_line", _stock_code("POST|DOT|C2|C3")),
        LeaveOut("fee_line", _stock_code("BANK CHARGES|AMAZONFEE|CRUK")),
        LeaveOut("bad_debt", pl.col("order_id").str.starts_with("A") | _stock_code("B")),
        LeaveOut("manual_line", _stock_code("M|D|S|ADJUST.*|PADS")),
        LeaveOut("test_line", _stock_code("TEST.*")),
        LeaveOut("gift_voucher", _stock_code("GIFT.*")),
        LeaveOut("stock_adjustment", (pl.col("unit_price") == 0) & pl.col("buyer_key").is_null()),
    ),
)

LAYOUT = Layout(
    name="uci-online-retail",
    feeds=(LINES,),
    outputs=(
        Output("order_lines", "lines", columns={**_shop, "status": pl.lit("paid")}, where=~_is_return),
        Output(
            "returns",
            "lines",
            columns={
                **_shop,
                "return_id": pl.col("order_id"),
                "order_id": pl.lit(None),
                "kind": pl.lit("cancellation"),
                "units": pl.col("units").abs(),
                "refund_amount": pl.col("units").abs() * pl.col("unit_price"),
                "opened_at": pl.col("ordered_at"),
            },
            where=_is_return,
        ),
        Output("products", "lines", columns={}, most_common="title", by_product=True),
    ),
    encodings=("cp1252",),
)
