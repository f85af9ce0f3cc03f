from tests.data.intake.exports import imported

HEAD = ["return-date", "order-id", "sku", "quantity", "reason", "license-plate-number", "customer-comments"]
LAMP = dict(
    zip(HEAD, ["2026-03-20T17:00:00+00:00", "111-1", "LAMP", "1", "DEFECTIVE", "LPN1", "call Ann"], strict=True)
)


def _read(tmp_path, *rows, name="fba-us returns.txt"):
    return imported(tmp_path, HEAD, rows, name=name, separator="\t")


def test_every_licence_plate_is_a_return_and_rows_without_one_are_the_orders(tmp_path):
    rows = [LAMP, LAMP | {"license-plate-number": "LPN2"}, LAMP | {"license-plate-number": ""}]
    returns = _read(tmp_path, *rows).rows("returns")
    assert returns.select("return_id", "order_id", "market").rows() == [
        ("111-1", "111-1", "US"),
        ("LPN1", "111-1", "US"),
        ("LPN2", "111-1", "US"),
    ]


def test_without_a_country_in_its_name_the_market_is_not_known(tmp_path):
    assert _read(tmp_path, LAMP, name="returns.txt").rows("returns")["market"].to_list() == ["ZZ"]


def test_what_the_buyer_wrote_is_not_read(tmp_path):
    assert "Ann" not in _read(tmp_path, LAMP).rows("returns").write_csv()


def test_a_licence_plate_stated_twice_is_one_piece_and_rows_without_one_are_pieces(tmp_path):
    nameless = LAMP | {"license-plate-number": ""}
    made = _read(tmp_path, LAMP, LAMP, nameless, nameless)
    assert made.rows("returns").select("return_id", "line_no").rows() == [("111-1", 1), ("111-1", 2), ("LPN1", 1)]
    assert made.notes == {"duplicate_collapsed": 1, "alike_counted": 1}
