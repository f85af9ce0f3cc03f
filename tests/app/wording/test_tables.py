"""Tables under their own column names, and how many rows there are."""

from __future__ import annotations

import polars as pl
import pytest

from tests.app.report.made_up import HOSTILE
from tradewind.app.usecases.requests import ExportRequest, ShowRequest
from tradewind.app.usecases.tables import export_table, show_table
from tradewind.app.wording import as_data, view_of
from tradewind.app.wording.view import Table, table_of


def test_a_table_stands_under_the_names_that_conditions_take(small):
    view = view_of(show_table(small, ShowRequest(table="order_lines", limit=2, columns="order_id,units")), "zh")
    assert view == [
        Table(["order_id", "units"], [("A1", "1"), ("A2", "2")], numbers=frozenset({1}), cut=True),
        "表 order_lines 共 3 行，已显示 2 行。",
    ]


def test_series_of_figures_are_left_to_programs(small):
    demand = show_table(small, ShowRequest(table="demand", limit=1))
    assert "quantiles" not in view_of(demand, "en")[0].headings
    assert len(as_data(demand, "en")["data"][0]["quantiles"]) == 23


@pytest.mark.parametrize(
    ("table", "where", "said"),
    [
        ("order_lines", ("market=XX",), "No row of order_lines is so: market=XX."),
        ("returns", (), "There is nothing in returns."),
    ],
)
def test_what_no_row_fulfils_is_said_in_words(small, table, where, said):
    assert view_of(show_table(small, ShowRequest(table=table, where=where)), "en") == [said]


def test_what_a_cell_holds_is_shown_as_text(small):
    orders = view_of(show_table(small, ShowRequest(table="orders", columns="sku")), "en")[0]
    assert HOSTILE in {row[0] for row in orders.rows}


def test_the_tables_there_are_stand_with_their_rows(small):
    imported, planned = view_of(show_table(small, ShowRequest()), "en")
    assert (imported.title, ["order_lines", "3"] in imported.rows) == ("Imported", True)
    assert (planned.title, ["orders", "3"] in planned.rows) == ("Latest plan", True)


def test_without_a_plan_only_what_was_imported_is_listed(empty):
    assert [part.title for part in view_of(show_table(empty, ShowRequest()), "en")] == ["Imported"]


def test_rows_are_data_with_days_as_text_and_what_is_no_number_as_null(small):
    said = as_data(show_table(small, ShowRequest(table="order_lines", columns="sku,ordered_at,paid_amount")), "en")
    assert (said["rows"], said["next"], said["versions"]) == (3, None, {"order_lines": 1})
    assert said["data"][0] == {"sku": "MUG", "ordered_at": "2026-11-01T08:00:00+00:00", "paid_amount": None}


def test_reasons_stand_beside_their_sentence_only_where_all_it_says_is_there(small):
    whole = as_data(show_table(small, ShowRequest(table="actions")), "en")["data"]
    assert whole[1]["sentence"].endswith("one more cubic metre is worth 212 CNY.")
    assert whole[1]["evidence"] == {"node": "义乌仓 HZ", "week": "2026-12-14"}
    part = as_data(show_table(small, ShowRequest(table="actions", columns="rank,reason")), "en")["data"]
    assert part[1] == {"rank": 2, "reason": "stock_space"}


def test_an_exported_table_says_where_it_is(small, tmp_path):
    path = tmp_path / "orders.csv"
    said = export_table(small, ExportRequest(table="orders", to=path))
    assert view_of(said, "en") == [f"Rows written to {path}: 3."]
    assert as_data(said, "en")["path"] == str(path)


def test_a_rate_is_shown_with_the_digits_that_matter():
    rates = pl.DataFrame({"currency": ["USD", "JPY"], "rate": [7.1765, 0.048123]})
    assert [row[1] for row in table_of(rates, "en").rows] == ["7.1765", "0.048123"]
