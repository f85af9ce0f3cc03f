"""Health names what is loaded, what waits, what can be computed, and what is loaded but cannot be used fully."""

from __future__ import annotations

from datetime import date

import polars as pl

from tests.data.lines import line, order_lines, rows, to_correct
from tradewind.app.planning.data_health import health
from tradewind.core.tables import TABLES
from tradewind.core.text import catalogue, render_rows
from tradewind.data.corrections import CORRECTION_COLUMNS

TODAY = date(2026, 3, 20)


def tables(**loaded):
    return {name: table.empty() for name, table in TABLES.items()} | {
        name: frame.drop("source_file", "source_row") for name, frame in loaded.items()
    }


def found(corrections=None, currency="CNY", **loaded):
    waiting = pl.DataFrame(schema=CORRECTION_COLUMNS) if corrections is None else corrections
    return health(tables(**loaded), waiting, currency, TODAY)


def test_an_empty_workspace_has_nothing_loaded_and_nothing_switched_on():
    said = found()
    assert [said[name].height for name in ("loaded", "corrections", "notes")] == [0, 0, 0]
    assert not said["capabilities"]["on"].any()


def test_orders_alone_give_a_forecast_and_say_which_files_would_give_more():
    said = found(order_lines=order_lines(line("o1", on=10)))
    on = said["capabilities"].filter("on")["capability"].to_list()
    assert on == ["forecast"]
    missing = dict(said["capabilities"].select("capability", "missing_tables").iter_rows())
    assert missing["lost_sales"] == ["stock"]
    assert missing["delivery_promise"] == ["parcels", "events"]
    assert said["loaded"].rows() == [("order_lines", 1, date(2026, 3, 10), date(2026, 3, 10), 10)]


def test_a_file_without_the_column_that_matters_is_not_enough():
    no_cost = rows("products", [{"sku": "mug"}])
    with_cost = rows("products", [{"sku": "mug", "unit_cost": 3.0, "currency": "CNY"}])
    for products, on, silent in ((no_cost, False, ["products.unit_cost"]), (with_cost, True, [])):
        said = found(order_lines=order_lines(line("o1")), products=products)["capabilities"]
        assert said.filter(capability="margin").select("on", "missing_columns").row(0) == (on, silent)


def test_what_cannot_be_used_fully_is_noted_with_how_much_and_an_example():
    products = rows("products", [{"sku": "mug"}])
    stock = rows("stock", [{"node": "hz", "sku": "mug", "available_units": 1}])
    nodes = rows("nodes", [{"node": "yw", "kind": "seller", "market": "CN"}])
    lines = order_lines(line("o1", market="ZZ"), line("o2", sku="cup"), line("o3", sku="cup"))
    notes = found(order_lines=lines, products=products, stock=stock, nodes=nodes)["notes"]
    assert notes.rows() == [
        ("all_in_currency", 3, "USD"),
        ("cost_unknown", 1, "mug"),
        ("market_unknown", 1, "o1"),
        ("rate_missing", 3, "USD"),
        ("unknown_node", 1, "hz"),
        ("unknown_sku", 1, "cup"),
    ]
    for lang in ("en", "zh"):
        assert all("{" not in said for said in render_rows(notes, "note", lang, prefix="health_note."))


def test_bundles_that_cannot_be_used_and_settlements_in_another_currency_are_noted():
    bundles = rows(
        "bundles",
        [{"bundle_sku": a, "sku": b, "units": 1} for a, b in (("A", "B"), ("B", "A"), ("SET", "mug"))],
    )
    stock = rows("stock", [{"node": "hz", "sku": "SET", "available_units": 1}])
    amount = {"platform": "aliexpress", "shop": "main", "order_id": "o1", "kind": "sale", "currency": "RUB"}
    settled = rows("settlements", [{**amount, "settlement_id": "s", "line_no": 1, "amount": 9.0}])
    fx = rows("fx", [{"currency": "USD", "quote": "CNY", "on_date": date(2026, 3, 10), "rate": 7.1}])
    lines = order_lines(line("o1", sku="SET", on=10))
    notes = found(order_lines=lines, bundles=bundles, stock=stock, settlements=settled, fx=fx)["notes"]
    assert notes.rows() == [
        ("bundle_circular", 2, "A"),
        ("bundle_counted", 1, "SET"),
        ("settlement_currency", 1, "o1"),
    ]


def test_money_told_by_a_statement_and_by_a_report_of_dates_is_noted():
    amount = {"platform": "amazon", "shop": "main", "kind": "sale", "currency": "USD", "amount": 9.0}
    ids = ("77", "77/2026-03-01", "77/2026-03-02", "88/2026-03-01", "99")
    settled = rows("settlements", [{**amount, "settlement_id": one, "line_no": n} for n, one in enumerate(ids, 1)])
    assert found(settlements=settled)["notes"].rows() == [("settled_twice", 2, "77/2026-03-01")]
    other_shop = settled.with_columns(shop=pl.when(pl.col("settlement_id") == "77").then(pl.lit("b")).otherwise("shop"))
    assert found(settlements=other_shop)["notes"].rows() == []


def test_prices_all_in_another_currency_without_a_rate_say_which_to_plan_in():
    lines = order_lines(line("o1"), line("o2"))
    assert "all_in_currency" in found(order_lines=lines)["notes"]["note"].to_list()
    two = lines.with_columns(currency=pl.Series(["USD", "EUR"]))
    assert found(order_lines=two)["notes"].rows() == [("rate_missing", 2, "EUR")]
    assert found(order_lines=order_lines())["notes"].is_empty()


def test_a_rate_of_the_day_or_shortly_before_is_enough():
    lines = order_lines(line("o1", on=10), line("o2", on=25))
    fx = rows("fx", [{"currency": "USD", "quote": "CNY", "on_date": date(2026, 3, 8), "rate": 7.1}])
    assert found(order_lines=lines, fx=fx)["notes"].rows() == [("rate_missing", 1, "USD")]
    assert found(order_lines=lines, currency="USD")["notes"].rows() == []


def test_rows_to_correct_are_counted_by_problem_with_places_to_look_at():
    waiting = pl.concat([*(to_correct(f"o{n}", row=n) for n in range(9, 4, -1)), to_correct("x", file="b.csv")])
    said = found(waiting.with_columns(problem=pl.Series(["not_a_number"] * 5 + ["no_market"])))["corrections"]
    assert said.select("table", "problem", "rows", "examples").rows() == [
        ("order_lines", "not_a_number", 5, "a.csv:5, a.csv:6, a.csv:7"),
        ("order_lines", "no_market", 1, "b.csv:2"),
    ]


def test_every_capability_and_note_has_words_in_both_languages():
    said = found()["capabilities"]["capability"]
    for lang in ("en", "zh"):
        assert all(f"capability.{name}" in catalogue(lang) for name in said)
