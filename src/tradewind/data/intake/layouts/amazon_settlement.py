"""Amazon's settlement reports, flat file V2 (an amount a row) and V1 (amounts side by side): what was paid, and why.

Decisions, each with a test:
- the first row sums the statement up: its total is the payout, booked when the statement closed (the deposit's own
  day, some days on, stands in the description); only that row names the currency;
- amounts are signed as Amazon has them, positive to the seller; rows that say the same are amounts of their own,
  because a statement adds up: where it does not, that is counted;
- an FBA shipment in the place of an order (fees of an inbound) is no order: its number stays in the description;
- what a kind is follows from the words beside the amount; words nobody knows are `other`, and kept as description.
"""

from __future__ import annotations

import polars as pl

from tradewind.data.intake.amazon import (
    ENCODINGS,
    SHOP,
    channel_currency,
    channel_market,
    fee_kind,
    order_of,
    shipment_of,
)
from tradewind.data.intake.fields import code, currency, moment, money, text
from tradewind.data.intake.layout import Feed, Field, Layout, Note, Output, Variant

_MORE_KINDS = (
    (r"price / (shipping|delivery)", "shipping_income"),
    (r"price|principal|promotion|goodwill|direct-payment", "sale"),
)
_AMOUNTS_GIVEN_BACK = r"refund|chargeback|a-to-z|retrocharge"


def _kind(*words: pl.Expr) -> pl.Expr:
    """What an amount is for: a fee by its words; a price by whether it came (a sale) or went back (a refund)."""
    wording = pl.concat_str("transaction", *words, separator=" / ", ignore_nulls=True).str.to_lowercase()
    back = pl.col("transaction").str.to_lowercase().str.contains(_AMOUNTS_GIVEN_BACK).fill_null(False)
    prices = [(pattern, pl.when(back).then(pl.lit("refund")).otherwise(pl.lit(kind))) for pattern, kind in _MORE_KINDS]
    more = [pl.when(wording.str.contains(pattern)).then(kind) for pattern, kind in prices]
    return pl.coalesce(fee_kind(wording), *more, pl.lit("other"))


_SUMMARY = (
    code("settlement_id", "settlement-id"),
    moment("ended_at", "settlement-end-date"),
    moment("deposit_at", "deposit-date", future=True),
    money("total", "total-amount"),
    currency("currency", "currency", required=True),
)
_LINE = (
    text("transaction", "transaction-type", required=True),
    code("order_id", "order-id", required=False),
    code("adjustment_id", "adjustment-id", required=False),
    code("shipment_id", "shipment-id", required=False),
    text("marketplace", "marketplace-name"),
    code("item_id", "order-item-code", required=False),
    code("sku", "sku", required=False),
    moment("posted_on", "posted-date"),
)
_STATED = ("currency", "ended_at", "deposit_at")


def _statement(name: str, amounts: tuple[str, ...], more: tuple[Field, ...]) -> Feed:
    total = pl.sum_horizontal(*amounts).sum().over("settlement_id")
    return Feed(
        name,
        fields=(*_SUMMARY, *_LINE, *more),
        group=("settlement_id",),
        fill_down=_STATED,
        repeats=True,
        notes=(
            Note(
                "statement_does_not_add_up", pl.col("total").is_not_null() & ((total - pl.col("total")).abs() > 0.005)
            ),
            Note("settled_in_another_currency", channel_currency("marketplace") != pl.col("currency")),
        ),
    )


_WIDE = {
    "shipment_fee": ("shipment_fee_type", "shipment-fee"),
    "order_fee": ("order_fee_type", "order-fee"),
    "price": ("price_type", "price"),
    "item_fee": ("item_fee_type", "item-fee"),
    "misc_fee": (None, "misc-fee"),
    "other_fee": ("other_fee_reason", "other-fee"),
    "promotion": ("promotion_type", "promotion"),
    "direct_payment": ("direct_payment_type", "direct-payment"),
    "other_amount": (None, "other-amount"),
}
"""V1: amount -> the column that says what it is, and what stands for that in the words."""

V2 = _statement(
    "settlement_v2",
    ("amount",),
    (
        text("type", "amount-type", required=True),
        text("words", "amount-description", required=True),
        money("amount", "amount"),
        moment("posted_at", "posted-date-time", required=False),
    ),
)
V1 = _statement(
    "settlement_v1",
    tuple(_WIDE),
    (
        text("shipment_fee_type", "shipment-fee-type"),
        money("shipment_fee", "shipment-fee-amount", required=False),
        text("order_fee_type", "order-fee-type"),
        money("order_fee", "order-fee-amount", required=False),
        text("price_type", "price-type", required=True),
        money("price", "price-amount"),
        text("item_fee_type", "item-related-fee-type"),
        money("item_fee", "item-related-fee-amount"),
        money("misc_fee", "misc-fee-amount", required=False),
        money("other_fee", "other-fee-amount", required=False),
        text("other_fee_reason", "other-fee-reason-description"),
        text("promotion_type", "promotion-type"),
        money("promotion", "promotion-amount", required=False),
        text("direct_payment_type", "direct-payment-type"),
        money("direct_payment", "direct-payment-amount", required=False),
        money("other_amount", "other-amount", required=False),
    ),
)


def _amount(name: str, *words: pl.Expr) -> Variant:
    wording = pl.concat_str("transaction", *words, shipment_of("order_id"), separator=" / ", ignore_nulls=True)
    return Variant({"amount": pl.col(name), "kind": _kind(*words), "description": wording}, pl.col(name) != 0)


def _settlements(feed: str, posted: pl.Expr, amounts: tuple[Variant, ...]) -> Output:
    payout = Variant(
        {
            "amount": pl.col("total"),
            "kind": pl.lit("payout"),
            "description": pl.concat_str(pl.lit("deposit "), pl.col("deposit_at").dt.date().cast(pl.String)),
            "settled_at": pl.col("ended_at"),
        },
        pl.col("total").is_finite(),
    )
    shared = {
        **SHOP,
        "order_id": order_of("order_id"),
        "market": channel_market("marketplace"),
        "status": pl.lit("settled"),
        "settled_at": pl.coalesce(posted, "ended_at"),
    }
    return Output("settlements", feed, columns=shared, variants=(payout, *amounts))


LAYOUT = Layout(
    name="amazon-settlement",
    feeds=(V2, V1),
    outputs=(
        _settlements(
            "settlement_v2",
            pl.coalesce("posted_at", "posted_on"),
            (_amount("amount", pl.col("type"), pl.col("words")),),
        ),
        _settlements(
            "settlement_v1",
            pl.col("posted_on"),
            tuple(
                _amount(name, pl.lit(word), *([pl.col(wording)] if wording else []))
                for name, (wording, word) in _WIDE.items()
            ),
        ),
    ),
    encodings=ENCODINGS,
)
