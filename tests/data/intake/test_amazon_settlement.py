import polars as pl
import pytest

from tests.data.intake.exports import imported

V2 = [
    "settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "total-amount", "currency",
    "transaction-type", "order-id", "marketplace-name", "amount-type", "amount-description", "amount", "posted-date",
    "posted-date-time", "order-item-code", "sku",
]  # fmt: skip
SUMMARY = {
    "settlement-id": "7", "settlement-start-date": "01.03.2026 04:00:00 UTC",
    "settlement-end-date": "15.03.2026 04:00:00 UTC", "deposit-date": "17.03.2026 04:00:00 UTC", "currency": "EUR",
}  # fmt: skip


def _row(amount, what="Principal", of="ItemPrice", **cells):
    said = {
        "settlement-id": "7", "transaction-type": "Order", "order-id": "302-1", "marketplace-name": "Amazon.de",
        "amount-type": of, "amount-description": what, "amount": amount, "posted-date": "06.03.2026",
        "posted-date-time": "06.03.2026 04:00:00 UTC", "sku": "MUG",
    }  # fmt: skip
    return said | {name.replace("_", "-"): cell for name, cell in cells.items()}


def _read(tmp_path, total, *rows):
    first = SUMMARY | {"total-amount": total}
    return imported(tmp_path, V2, [first, *rows], name="settlement.txt", separator="\t")


def _booked(made):
    return sorted(made.rows("settlements").select("kind", "amount").rows())


def test_the_first_row_is_the_payout_and_names_the_currency_of_all(tmp_path):
    made = _read(tmp_path, "1.250,00", _row("1.250,00"))
    assert _booked(made) == [("payout", 1250.0), ("sale", 1250.0)]
    assert made.rows("settlements")["currency"].unique().to_list() == ["EUR"]
    payout = made.rows("settlements").filter(kind="payout").row(0, named=True)
    assert (str(payout["settled_at"]), payout["description"]) == ("2026-03-15 04:00:00+00:00", "deposit 2026-03-17")
    assert made.notes == {}


def test_amounts_that_say_the_same_are_both_counted_because_a_statement_adds_up(tmp_path):
    fee = _row("-3,10", "Storage Fee", "other-transaction", transaction_type="other-transaction")
    made = _read(tmp_path, "-6,20", fee, fee)
    assert _booked(made) == [("payout", -6.2), ("storage", -3.1), ("storage", -3.1)]
    assert made.notes == {}


def test_a_statement_that_does_not_add_up_is_counted(tmp_path):
    assert _read(tmp_path, "9,00", _row("10,00")).notes == {"statement_does_not_add_up": 1}


def test_an_unreadable_amount_is_told_and_the_others_load(tmp_path):
    made = _read(tmp_path, "9,00", _row("9,00"), _row("1,O0"))
    assert _booked(made) == [("payout", 9.0), ("sale", 9.0)]
    assert [(row, column) for row, column, *_ in made.problems] == [(4, "amount")]


def test_an_amount_in_another_currency_than_the_sales_is_kept_and_noted(tmp_path):
    made = _read(tmp_path, "9,00", _row("9,00", marketplace_name="Amazon.se"))
    assert (made.rows("settlements").height, made.notes) == (2, {"settled_in_another_currency": 1})


@pytest.mark.parametrize(
    ("transaction", "of", "what", "kind"),
    [
        ("Order", "ItemPrice", "Shipping", "shipping_income"),
        ("Order", "ItemPrice", "ShippingTax", "tax"),
        ("Order", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", "tax"),
        ("Refund", "ItemPrice", "Principal", "refund"),
        ("Refund", "ItemFees", "RefundCommission", "commission"),
        ("Order", "ItemFees", "FBAPerUnitFulfillmentFee", "operation_fee"),
        ("Order", "ItemFees", "ShippingHB", "freight"),
        ("Order", "Promotion", "Principal", "sale"),
        ("ServiceFee", "Cost of Advertising", "TransactionTotalAmount", "ads"),
        ("CouponRedemptionFee", "CouponRedemptionFee", "Save 5%", "ads"),
        ("other-transaction", "FBA Inventory Reimbursement", "WAREHOUSE_DAMAGE", "adjustment"),
        ("other-transaction", "other-transaction", "Previous Reserve Amount Balance", "adjustment"),
        ("other-transaction", "other-transaction", "FBAInboundTransportationFee", "first_leg"),
        ("other-transaction", "other-transaction", "Subscription Fee", "service_fee"),
        ("other-transaction", "other-transaction", "StorageRenewalBilling", "storage"),
        ("other-transaction", "other-transaction", "never seen", "other"),
    ],
)
def test_words_beside_an_amount_tell_its_kind(tmp_path, transaction, of, what, kind):
    made = _read(tmp_path, "-1,00", _row("-1,00", what, of, transaction_type=transaction))
    assert _booked(made)[0 if kind < "payout" else 1] == (kind, -1.0)


def test_an_fba_shipment_in_the_place_of_an_order_is_no_order(tmp_path):
    fee = _row("-128,00", "Base fee", "Inbound Defect Fee", transaction_type="FBAFees", order_id="FBA15ABC12D3")
    booked = _read(tmp_path, "-128,00", fee).rows("settlements").filter(pl.col("kind") != "payout").row(0, named=True)
    assert (booked["order_id"], booked["kind"]) == (None, "first_leg")
    assert booked["description"] == "FBAFees / Inbound Defect Fee / Base fee / FBA15ABC12D3"


def test_the_older_report_has_an_amount_in_each_of_nine_columns(tmp_path):
    pairs = ["price", "item-related-fee", "promotion", "direct-payment", "shipment-fee", "order-fee"]
    lone = ["misc-fee-amount", "other-fee-amount", "other-amount"]
    head = [h for h in V2 if not h.startswith("amount") and h != "posted-date-time"]
    head += [f"{p}-{end}" for p in pairs for end in ("type", "amount")] + [*lone, "other-fee-reason-description"]
    row = {h: c for h, c in _row("").items() if h in head}
    row |= {"posted-date": "2026-03-06T04:00:00+00:00", "price-type": "Principal", "price-amount": "10"}
    row |= {"item-related-fee-type": "Commission", "item-related-fee-amount": "-1", "promotion-amount": "-2"}
    row |= {"direct-payment-amount": "-3", "shipment-fee-amount": "-0.5", "order-fee-amount": "-0.25"}
    row |= {"misc-fee-amount": "-0.1", "other-fee-amount": "-0.05", "other-amount": "0.9"}
    made = imported(tmp_path, head, [SUMMARY | {"total-amount": "4"}, row], name="v1.txt", separator="\t")
    amounts = made.rows("settlements").filter(kind="payout").height, made.rows("settlements").height
    assert (amounts, made.notes) == ((1, 10), {})
