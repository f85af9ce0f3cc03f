import pytest

from tests.data.intake.exports import imported

HEAD = [
    "sku", "asin", "product-name", "your-price", "longest-side", "median-side", "shortest-side", "unit-of-dimension",
    "item-package-weight", "unit-of-weight", "currency", "estimated-fee-total",
]  # fmt: skip


def _row(sides="inches", weighed="pounds"):
    return dict(
        zip(HEAD, ["LAMP", "B1", "Lamp", "39", "10", "8", "4.5", sides, "1.5", weighed, "USD", "11"], strict=True)
    )


@pytest.mark.parametrize(
    ("sides", "weighed", "length_mm", "weight_g"),
    [("inches", "pounds", 254.0, 680.4), ("centimeters", "grams", 100.0, 1.5), ("cm", "ounces", 100.0, 42.5)],
)
def test_sizes_and_weights_are_turned_from_their_own_units(tmp_path, sides, weighed, length_mm, weight_g):
    made = imported(tmp_path, HEAD, [_row(sides, weighed)])
    assert made.rows("products").select("length_mm", "weight_g").rows() == [(length_mm, weight_g)]
    assert made.notes == {}


def test_a_unit_nobody_knows_leaves_the_measure_unknown_and_is_counted(tmp_path):
    made = imported(tmp_path, HEAD, [_row("cubits")])
    assert made.rows("products").select("length_mm", "weight_g").rows() == [(None, 680.4)]
    assert made.notes == {"unit_unknown": 1}


def test_neither_price_nor_fee_becomes_a_cost(tmp_path):
    assert imported(tmp_path, HEAD, [_row()]).rows("products")["unit_cost"].to_list() == [None]
