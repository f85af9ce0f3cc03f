"""What keeps a row out of its table: the first cause, with the cell, and what else is wrong with it."""

from __future__ import annotations

import json

import pytest

from tests.data.intake.reading import ORDERS, Imported, order, read, written


def imported(tmp_path, table: str, headings: str, *rows: str) -> Imported:
    return read(written(tmp_path, "\n".join([headings, *rows]) + "\n", f"{table}.csv"))


@pytest.mark.parametrize("column", ["available_units", "locked_units", "on_the_way_units"])
def test_a_warehouse_holds_a_thousand_million_pieces_at_most_of_any_kind(tmp_path, column):
    others = [name for name in ("available_units", "locked_units", "on_the_way_units") if name != column]
    headings = f"node,sku,taken_at,{column},{','.join(others)}"
    rows = ("HZ,LAMP,2026-03-04,1000000000,1,1", "HZ,BOWL,2026-03-04,1000000001,1,1", "HZ,CUP,2026-03-04,-1,1,1")
    found = imported(tmp_path, "stock", headings, *rows)
    assert found.rows("stock").select("sku", column).rows() == [("LAMP", 1_000_000_000)]
    assert found.problems == [(3, column, "1000000001", "stock_too_many"), (4, column, "-1", "below_least")]


def test_what_comes_back_is_as_many_pieces_as_an_order_may_have_and_at_least_one(tmp_path):
    headings = "platform,shop,return_id,order_id,sku,market,kind,units,opened_at"
    rows = [f"ali,a,R{n},A1,LAMP,ES,return,{n},2026-03-04" for n in (100_000, 100_001, 1, 0)]
    found = imported(tmp_path, "returns", headings, *rows)
    assert sorted(found.rows("returns")["units"]) == [1, 100_000]
    assert found.problems == [(3, "units", "100001", "units_too_many"), (5, "units", "0", "units_not_positive")]


def test_a_rate_is_more_than_nothing(tmp_path):
    rows = ("USD,CNY,2026-03-01,0", "USD,CNY,2026-03-02,0.0001", "USD,CNY,2026-03-03,-7")
    found = imported(tmp_path, "fx", "currency,quote,on_date,rate", *rows)
    assert found.rows("fx")["rate"].to_list() == [0.0001]
    assert found.problems == [(2, "rate", "0.0", "below_least"), (4, "rate", "-7.0", "below_least")]


def test_an_amount_without_a_currency_is_to_correct_and_none_needs_none(tmp_path):
    found = imported(tmp_path, "products", "sku,unit_cost,currency", "LAMP,12.5,", "BOWL,,", "CUP,3,CNY")
    assert sorted(found.rows("products")["sku"]) == ["BOWL", "CUP"]
    assert found.problems == [(2, "currency", None, "currency_missing")]
    headings = "node,kind,market,storage_cost_per_m3_week,inbound_cost_per_unit,currency"
    found = imported(tmp_path, "nodes", headings, "A,overseas,ES,,1,", "B,overseas,ES,2,,", "C,overseas,ES,,,")
    assert found.rows("nodes")["node"].to_list() == ["C"]
    assert found.problems == [(row, "currency", None, "currency_missing") for row in (2, 3)]


def test_rules_of_a_table_name_the_cell_they_are_about(tmp_path):
    headings = "event,market,starts_on,ends_on,kind"
    rows = ("11.11,ES,2026-11-11,2026-11-11,sale", "12.12,ES,2026-12-12,2026-12-13,sale")
    found = imported(tmp_path, "calendar", headings, *rows)
    assert found.rows("calendar")["event"].to_list() == ["12.12"]
    assert found.problems == [(2, "ends_on", "2026-11-11", "ends_before_start")]
    found = imported(tmp_path, "bundles", "bundle_sku,sku,units", "SET,SET,1", "SET,LAMP,2")
    assert found.problems == [(2, "sku", "SET", "bundle_in_itself")]
    found = imported(
        tmp_path, "listings", "platform,shop,listing_id,sku", "ali,a,1,LAMP", "ali,a,1,BOWL", "ali,a,2,CUP"
    )
    assert found.rows("listings")["sku"].to_list() == ["CUP"]
    assert found.problems == [(2, "sku", "LAMP", "listing_twice"), (3, "sku", "BOWL", "listing_twice")]
    found = imported(tmp_path, "products", "sku,title", "LAMP,Lamp", "LAMP,Other lamp", "BOWL,Bowl")
    assert found.problems == [(2, "sku", "LAMP", "key_twice"), (3, "sku", "LAMP", "key_twice")]


def test_a_row_to_correct_is_told_under_the_files_own_headings_with_all_that_is_wrong_with_it(tmp_path):
    headings = "平台,店铺,订单号,SKU,收货国家,下单时间,数量,unit_price,币种,订单状态\n"
    rows = order(order_id="A2", market="Spian", units="x", status="frozen") + order(order_id="A3", units="0")
    found = read(written(tmp_path, headings + rows))
    assert found.problems == [(2, "收货国家", "Spian", "country_unknown"), (3, "数量", "0", "units_not_positive")]
    [both, one] = [json.loads(raw) for raw in found.corrections["raw"]]
    assert sorted((also["column"], also["problem"]) for also in both["_also"]) == [
        ("数量", "number_unreadable"),
        ("订单状态", "word_unknown"),
    ]
    assert (both["_suggestion"], both["market"], both["units"], both["sku"]) == ("ES", "Spian", "x", "LAMP")
    assert (one["_also"], one["_suggestion"], one["units"]) == (None, None, "0")
    assert found.corrections["suggestion"].to_list() == ["ES", None]


def test_rows_to_correct_come_in_the_order_of_the_file(tmp_path):
    rows = [order(order_id=f"A{n}", units="x" if n % 2 else "0", market="ES" if n % 3 else "Nowhere") for n in range(6)]
    found = read(written(tmp_path, ORDERS + "".join(rows)))
    assert [row for row, *_ in found.problems] == [2, 3, 4, 5, 6, 7]
    assert [why for *_, why in found.problems] == [
        "country_unknown", "number_unreadable", "units_not_positive", "country_unknown", "units_not_positive",
        "number_unreadable",
    ]  # fmt: skip
