from tests.data.intake.reading import read, written
from tradewind.data.intake import detect

HEAD = "主订单ID,子订单ID,总金额,放款金额,实际放款出账金额,手续费,联盟佣金,退款金额,放款状态,币种,放款时间,下单时间\n"


def _rows(tmp_path, *rows, head=HEAD):
    return read(written(tmp_path, head + "\n".join(rows) + "\n"))


def test_a_paid_out_order_becomes_its_amounts_with_what_left_the_seller_negative(tmp_path):
    found = _rows(tmp_path, "1,11,10.00,9.00,8.90,0.80,-0.20,,已放款,USD,2026.04.02 03:00,").rows("settlements")
    assert found.select("settlement_id", "kind", "amount", "currency", "status").rows() == [
        ("1", "sale", 10.0, "USD", "settled"),
        ("1", "commission", -0.8, "USD", "settled"),
        ("1", "affiliate", -0.2, "USD", "settled"),
        ("1", "payout", 8.9, "USD", "settled"),
    ]


def test_what_waits_is_pending_as_of_the_order(tmp_path):
    found = _rows(tmp_path, "1,11,10.00,9.00,,1.00,,,待放款,RUB,,2026.01.02 03:00").rows("settlements")
    assert set(found["status"]) == {"pending"}
    assert found["settled_at"][0].isoformat() == "2026-01-02T11:00:00+00:00"


def test_the_field_names_of_the_interface_are_headings_too(tmp_path):
    head = "order_id,child_order_id,loan_amount,real_loan_amount,escrow_fee,loan_status,currency_code,loan_time\n"
    found = _rows(tmp_path, "1,11,9,9,1,loan_ok,USD,03/15/2026 08:00:00", head=head).rows("settlements")
    assert found.select("kind", "amount").rows() == [("commission", -1.0), ("payout", 9.0)]


def test_rows_that_cannot_be_used_say_why(tmp_path):
    imported = _rows(
        tmp_path,
        "1,11,10.00,9.00,,,,,已放款,,2026.04.02 03:00,",
        "8.19E+15,12,,9.00,,,,,已放款,USD,2026.04.02 03:00,",
        "3,13,,9.00,,,,,maybe,USD,2026.04.02 03:00,",
        "4,14,,9.00,,,,,待放款,USD,,",
        "5,15,,9.00,,,,,已放款,USD,2026.04.02 03:00,",
        "合计,,10.00,45.00,,,,,,,,",
    )
    assert imported.rows("settlements")["order_id"].to_list() == ["5"]
    problems = sorted({(row, problem) for row, _, _, problem in imported.problems})
    assert problems == [
        (2, "currency_missing"),
        (3, "number_damaged_by_excel"),
        (4, "word_unknown"),
        (5, "cell_missing"),
    ]
    assert imported.notes == {"total_row": 1}


def test_fines_keep_their_appeal_deadline(tmp_path):
    head = "违规编号,违规类型,订单号,处罚金额,币种,处罚时间,申诉截止时间,处罚状态\n"
    imported = _rows(tmp_path, "W1,发货超时,1,2.50,USD,2026.11.20 09:00,2026.12.20 09:00,可申诉", head=head)
    fine = imported.rows("fines").row(0, named=True)
    assert (fine["kind"], fine["status"], fine["amount"]) == ("late_shipment", "open", 2.5)
    assert fine["appeal_by"].isoformat() == "2026-12-20T17:00:00+00:00"


def test_a_fines_file_of_the_products_own_template_stays_its_own(tmp_path):
    own = "platform,shop,fine_id,kind,amount,currency,fined_at\nx,y,F1,other,1,USD,2026-01-01 00:00:00\n"
    assert detect(written(tmp_path, own))[0].layout == "tradewind"
