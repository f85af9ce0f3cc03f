from datetime import UTC, datetime

from tests.data.intake.exports import imported

HEAD = [
    "Date", "FNSKU", "MSKU", "Disposition", "In Transit Between Warehouses", "Ending Warehouse Balance", "Location"
]  # fmt: skip


def _row(balance, **cells):
    said = {
        "Date": "02/03/2026", "FNSKU": "X1", "MSKU": "LAMP", "Disposition": "SELLABLE",
        "In Transit Between Warehouses": "1", "Ending Warehouse Balance": balance, "Location": "US",
    }  # fmt: skip
    return said | cells


def test_only_what_is_sellable_is_stock(tmp_path):
    made = imported(tmp_path, HEAD, [_row("56"), _row("3", Disposition="DEFECTIVE")])
    assert made.rows("stock").select("node", "available_units", "locked_units").rows() == [("fba-us", 56, 1)]
    assert made.notes == {"not_sellable": 1}


def test_amazons_warehouses_of_a_country_are_one_place_and_countries_are_several(tmp_path):
    rows = [_row("10", Location="PHX7"), _row("20", Location="ONT8"), _row("7", Location="DE")]
    made = imported(tmp_path, HEAD, rows, name="fba-us ledger.csv")
    assert made.rows("stock").select("node", "available_units", "locked_units").rows() == [
        ("fba-de", 7, 1), ("fba-us", 30, 2),
    ]  # fmt: skip


def test_a_warehouse_whose_country_nobody_says_is_counted(tmp_path):
    made = imported(tmp_path, HEAD, [_row("10", Location="PHX7")])
    assert (made.rows("stock")["node"].to_list(), made.notes) == (["fba"], {"warehouse_without_country": 1})


def test_the_balance_is_that_of_the_end_of_the_day_and_dates_are_month_first(tmp_path):
    made = imported(tmp_path, HEAD, [_row("10")])
    assert made.rows("stock")["taken_at"].to_list() == [datetime(2026, 2, 4, 7, 59, 59, tzinfo=UTC)]
