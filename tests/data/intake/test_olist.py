from datetime import UTC, datetime

import pytest

from tests.data.intake.reading import read, written
from tradewind.data.intake import detect

ORDERS = (
    "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,"
    "order_delivered_customer_date,order_estimated_delivery_date\n"
    "o1,c1,delivered,2017-11-01 10:00:00,2017-11-01 11:00:00,2017-11-03 12:00:00,2017-11-09 18:00:00,"
    "2017-11-20 00:00:00\n"
    "o2,c2,canceled,2017-11-02 10:00:00,,,,2017-11-21 00:00:00\n"
    "o3,c3,shipped,2017-11-03 10:00:00,2017-11-03 11:00:00,2017-11-04 12:00:00,,2017-11-22 00:00:00\n"
)
ITEMS = (
    "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value\n"
    "o1,1,p1,s1,2017-11-05 10:00:00,20.00,5.50\no1,2,p1,s2,2017-11-05 10:00:00,20.00,5.50\n"
    "o2,1,p2,s1,2017-11-06 10:00:00,30.00,7.00\no3,1,p2,s2,2017-11-07 10:00:00,30.00,7.00\n"
)
CUSTOMERS = (
    "customer_id,customer_unique_id,customer_zip_code_prefix,customer_city,customer_state\n"
    "c1,u1,35182,timoteo,MG\nc2,u2,20231,rio de janeiro,RJ\nc3,u1,35182,timoteo,MG\n"
)
SELLERS = "seller_id,seller_zip_code_prefix,seller_city,seller_state\ns1,13023,campinas,SP\ns2,80000,curitiba,PR\n"
PRODUCTS = (
    "product_id,product_category_name,product_name_lenght,product_description_lenght,product_photos_qty,"
    "product_weight_g,product_length_cm,product_height_cm,product_width_cm\n"
    "p1,perfumaria,40,287,1,225,16,10,14\np2,sem_traducao,40,287,1,,,,\n"
)
CATEGORIES = "\ufeffproduct_category_name,product_category_name_english\nperfumaria,perfumery\n"
REVIEWS = (
    "review_id,order_id,review_score,review_comment_title,review_comment_message,review_creation_date,"
    "review_answer_timestamp\nr1,o1,5,,Maria liked it,2017-11-12 00:00:00,2017-11-13 00:00:00\n"
)


@pytest.fixture
def folder(tmp_path):
    for name, text in {
        "olist_orders_dataset": ORDERS, "olist_order_items_dataset": ITEMS, "olist_customers_dataset": CUSTOMERS,
        "olist_sellers_dataset": SELLERS, "olist_products_dataset": PRODUCTS,
        "product_category_name_translation": CATEGORIES, "olist_order_reviews_dataset": REVIEWS,
    }.items():  # fmt: skip
        written(tmp_path, text, f"{name}.csv")
    return tmp_path


def test_all_files_are_one_source_and_none_is_unknown(folder):
    found = detect(folder)
    assert [(s.layout, len(s.files)) for s in found] == [("olist", 7)]
    assert found.unknown == ()


def test_items_joined_with_their_order_and_customer_become_order_lines(folder):
    lines = read(folder).rows("order_lines")
    assert lines.select("order_id", "line_no", "sku", "units", "unit_price", "paid_amount", "status").rows() == [
        ("o1", 1, "p1", 1, 20.0, 25.5, "delivered"),
        ("o1", 2, "p1", 1, 20.0, 25.5, "delivered"),
        ("o2", 1, "p2", 1, 30.0, 37.0, "cancelled"),
        ("o3", 1, "p2", 1, 30.0, 37.0, "shipped"),
    ]
    assert lines["ordered_at"][0] == datetime(2017, 11, 1, 12, tzinfo=UTC)
    assert lines["buyer_key"][0] == lines["buyer_key"][3] != lines["buyer_key"][2]
    assert lines["postcode_prefix"].to_list() == ["351", "351", "202", "351"]
    assert lines["cancelled_at"].null_count() == 4


def test_sent_or_open_orders_become_parcels_from_the_first_sellers_state(folder):
    parcels = read(folder).rows("parcels")
    assert parcels.select("parcel_id", "node", "market", "region", "service").rows() == [
        ("o1", "BR-SP", "BR", "MG", "olist"),
        ("o3", "BR-PR", "BR", "MG", "olist"),
    ]
    assert parcels["created_at"][0] == datetime(2017, 11, 1, 12, tzinfo=UTC)
    assert parcels["promised_at"][0] == datetime(2017, 11, 20, 2, tzinfo=UTC)


def test_scans_become_events(folder):
    events = read(folder).rows("events").sort("parcel_id", "happened_at")
    assert events.select("parcel_id", "milestone", "happened_at").rows() == [
        ("o1", "handed_over", datetime(2017, 11, 3, 14, tzinfo=UTC)),
        ("o1", "delivered", datetime(2017, 11, 9, 20, tzinfo=UTC)),
        ("o3", "handed_over", datetime(2017, 11, 4, 14, tzinfo=UTC)),
    ]


def test_products_and_nodes(folder):
    imported = read(folder)
    assert imported.rows("products").select("sku", "category", "weight_g", "length_mm").rows() == [
        ("p1", "perfumery", 225.0, 160.0),
        ("p2", "sem_traducao", None, None),
    ]
    assert imported.rows("nodes").select("node", "kind", "market").rows() == [
        ("BR-PR", "seller", "BR"),
        ("BR-SP", "seller", "BR"),
    ]


def test_an_item_without_its_order_is_to_correct(folder):
    written(folder, ITEMS + "o9,1,p1,s1,2017-11-07 10:00:00,30.00,7.00\n", "olist_order_items_dataset.csv")
    imported = read(folder)
    assert imported.rows("order_lines").height == 4
    assert imported.corrections.select("file", "row", "problem").rows() == [
        ("olist_order_items_dataset.csv", 6, "cell_missing")
    ]


def test_the_order_of_rows_does_not_matter(folder):
    before = read(folder)
    for name, text in {"olist_orders_dataset": ORDERS, "olist_order_items_dataset": ITEMS}.items():
        head, *rows = text.strip().split("\n")
        written(folder, "\n".join([head, *reversed(rows)]) + "\n", f"{name}.csv")
    after = read(folder)
    for table in ("order_lines", "parcels", "events"):
        key = ["source_row", "source_file"]
        one, other = before.rows(table).drop(key), after.rows(table).drop(key)
        assert one.sort(one.columns[:4]).equals(other.sort(one.columns[:4]))
