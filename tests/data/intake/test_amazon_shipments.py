from tests.data.intake.exports import imported

HEAD = [
    "amazon-order-id", "shipment-id", "shipment-item-id", "purchase-date", "payments-date", "shipment-date",
    "buyer-email", "buyer-name", "buyer-phone-number", "sku", "quantity-shipped", "ship-service-level",
    "recipient-name", "ship-address-1", "ship-city", "ship-state", "ship-postal-code", "ship-country",
    "ship-phone-number", "carrier", "tracking-number", "estimated-arrival-date", "fulfillment-center-id",
    "sales-channel",
]  # fmt: skip


def _item(**cells):
    said = {
        "amazon-order-id": "111-1", "shipment-id": "D1", "shipment-item-id": "1",
        "payments-date": "2026-03-05T00:10:00+00:00", "shipment-date": "2026-03-06T04:00:00+00:00",
        "buyer-email": "x1@marketplace.example", "buyer-name": "Ann Example", "buyer-phone-number": "555 0100",
        "recipient-name": "Ann Example", "ship-address-1": "1 Example Street", "ship-city": "Anytown",
        "ship-country": "US", "carrier": "AMZN_US", "tracking-number": "TBA1", "fulfillment-center-id": "PHX3",
        "sales-channel": "amazon.com", "ship-service-level": "Expedited",
    }  # fmt: skip
    return said | {name.replace("_", "-"): cell for name, cell in cells.items()}


def _read(tmp_path, *rows):
    return imported(tmp_path, HEAD, rows, name="shipments.txt", separator="\t")


def test_a_shipment_of_two_items_is_one_parcel_whatever_their_order(tmp_path):
    items = [_item(), _item(shipment_item_id="2", sku="MUG")]
    one, other = (_read(tmp_path, *rows).rows("parcels").drop("source_row") for rows in (items, items[::-1]))
    assert one.height == 1
    assert one.equals(other)


def test_the_warehouse_is_that_of_the_marketplace_and_the_centre_the_place_of_the_hand_over(tmp_path):
    made = _read(tmp_path, _item(sales_channel="amazon.de", ship_country="AT", fulfillment_center_id="WRO5"))
    assert made.rows("parcels").select("node", "market", "tracking_no").rows() == [("fba-de", "AT", "TBA1")]
    assert made.rows("events").select("milestone", "place").rows() == [("handed_over", "WRO5")]


def test_what_is_sent_for_another_shop_leaves_from_the_country_it_names(tmp_path):
    named = _item(shipment_id="D1", sales_channel="Non-Amazon DE", ship_country="FR")
    unnamed = _item(shipment_id="D2", sales_channel="Non-Amazon", ship_country="US")
    parcels = _read(tmp_path, named, unnamed).rows("parcels")
    assert parcels.select("node", "market").rows() == [("fba-de", "FR"), ("fba-us", "US")]


def test_no_name_address_telephone_or_mail_is_kept(tmp_path):
    made = _read(tmp_path, _item(), _item(shipment_id="D2", ship_country="Ann Example"))
    kept = "".join(b.rows.write_csv() + b.corrections.write_csv() for b in made.batches)
    assert not any(word in kept for word in ("Ann", "Example Street", "555", "marketplace.example", "Anytown"))
