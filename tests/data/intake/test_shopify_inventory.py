from tests.data.intake.exports import imported

HEAD = [
    "Handle", "Title", "SKU", "Location", "Incoming (not editable)", "Unavailable (not editable)",
    "Committed (not editable)", "Available (not editable)", "On hand (current)", "On hand (new)",
]  # fmt: skip
MUG = dict(zip(HEAD, ["mug", "Mug", "MUG", "Madrid", "9", "2", "3", "40", "45", ""], strict=True))


def _read(tmp_path, *rows):
    return imported(tmp_path, HEAD, rows, name="inventory 2026-03-01.csv")


def test_every_location_is_a_place_and_the_file_says_when(tmp_path):
    stock = _read(tmp_path, MUG, MUG | {"Location": "Yiwu"}).rows("stock")
    assert stock.select("node", "available_units", "locked_units", "on_the_way_units").rows() == [
        ("Madrid", 40, 5, 9),
        ("Yiwu", 40, 5, 9),
    ]
    assert str(stock["taken_at"][0]) == "2026-03-01 23:59:59+00:00"


def test_a_place_that_does_not_stock_the_goods_is_no_row_and_no_mistake(tmp_path):
    nothing = {h: "not stocked" for h in HEAD if "(" in h}
    made = _read(tmp_path, MUG, MUG | {"Location": "Yiwu"} | nothing)
    assert (made.rows("stock").height, made.notes, made.problems) == (1, {"not_stocked": 1}, [])


def test_more_sold_than_there_is_leaves_nothing_to_sell(tmp_path):
    stock = _read(tmp_path, MUG | {"Available (not editable)": "-2"}).rows("stock")
    assert stock["available_units"].to_list() == [0]


def test_a_damaged_count_is_told(tmp_path):
    made = _read(tmp_path, MUG | {"Available (not editable)": "4O"})
    assert [(column, why) for _, column, _, why in made.problems] == [("Available (not editable)", "number_unreadable")]
