from tests.data.intake.exports import imported

HEAD = [
    "Handle",
    "Title",
    "Vendor",
    "Type",
    "Variant SKU",
    "Variant Grams",
    "Variant Price",
    "Cost per item",
    "Image Src",
]
WHITE = dict(zip(HEAD, ["lamp", "Lamp", "Jinhua", "lamps", "LAMP-W", "850", "30", "7.2", ""], strict=True))


def test_every_variant_is_a_product_with_its_products_title_and_a_picture_is_none(tmp_path):
    black = {"Handle": "lamp", "Variant SKU": "LAMP-B", "Variant Price": "30"}
    picture = {"Handle": "lamp", "Image Src": "https://shop.example/2.jpg"}
    made = imported(tmp_path, HEAD, [WHITE, black, picture])
    assert made.rows("products").select("sku", "title", "supplier", "weight_g").rows() == [
        ("LAMP-B", "Lamp", "Jinhua", None),
        ("LAMP-W", "Lamp", "Jinhua", 850.0),
    ]
    assert made.rows("listings")["listing_id"].to_list() == ["LAMP-B", "LAMP-W"]
    assert made.problems == []


def test_a_cost_without_a_currency_is_not_known_and_a_column_currency_names_it(tmp_path):
    made = imported(tmp_path, HEAD, [WHITE])
    assert (made.rows("products")["unit_cost"].to_list(), made.notes) == ([None], {"cost_without_currency": 1})
    named = imported(tmp_path, [*HEAD, "Currency"], [WHITE | {"Currency": "USD"}])
    assert named.rows("products").select("unit_cost", "currency").rows() == [(7.2, "USD")]
    assert named.rows("listings")["list_price"].to_list() == [30.0]
