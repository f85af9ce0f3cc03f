from datetime import UTC, datetime

import pytest

from tests.data.intake.exports import imported

HEAD = [
    "orderItemId", "sellerSku", "lazadaSku", "createTime", "updateTime", "orderNumber", "deliveredDate",
    "shippingCountry", "unitPrice", "sellerDiscountTotal", "platformDiscountTotal", "trackingCode", "status",
    "refundAmount",
]  # fmt: skip


def _row(item="81", **cells):
    said = {
        "orderItemId": item, "sellerSku": "LAMP", "lazadaSku": "22", "createTime": "04 Feb 2026 20:41",
        "updateTime": "09 Feb 2026 10:00", "orderNumber": "91", "shippingCountry": "Thailand", "unitPrice": "99.00",
        "sellerDiscountTotal": "-9.00", "platformDiscountTotal": "-10.00", "status": "confirmed",
    }  # fmt: skip
    return said | cells


def test_every_row_is_a_piece_also_where_two_say_the_same_but_for_their_number(tmp_path):
    lines = imported(tmp_path, HEAD, [_row("81"), _row("82")]).rows("order_lines")
    assert lines.select("line_no", "units", "paid_amount").rows() == [(1, 1, 90.0), (2, 1, 90.0)]


def test_the_country_tells_the_currency_and_the_clock(tmp_path):
    line = imported(tmp_path, HEAD, [_row()]).rows("order_lines").row(0, named=True)
    assert (line["currency"], line["ordered_at"]) == ("THB", datetime(2026, 2, 4, 13, 41, tzinfo=UTC))


@pytest.mark.parametrize(
    ("status", "kind"), [("returned", "return"), ("Package Returned", "return"), ("Lost by 3PL", "refund")]
)
def test_what_came_back_or_was_lost_is_a_return_dated_by_its_last_change(tmp_path, status, kind):
    made = imported(tmp_path, HEAD, [_row(status=status, refundAmount="80")])
    assert made.rows("returns").select("kind", "units", "refund_amount", "opened_at").rows() == [
        (kind, 1, 80.0, datetime(2026, 2, 9, 3, tzinfo=UTC))
    ]


def test_a_tracking_number_is_one_parcel(tmp_path):
    made = imported(tmp_path, HEAD, [_row("81", trackingCode="T1"), _row("82", trackingCode="T1")])
    assert made.rows("parcels")["parcel_id"].to_list() == ["T1"]
