"""Sales as matrices: which weeks of which series were observed."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from tradewind.engine.demand.panel import cohorts_of, panel_of

FIRST = date(2026, 6, 1)
WEEK = timedelta(days=7)


def sales(*rows: tuple[str, str, int, int, float | None]) -> pl.DataFrame:
    """(sku, market, weeks before FIRST, units, share in stock)."""
    schema = {"sku": pl.String, "market": pl.String, "week": pl.Date, "units": pl.Int64, "in_stock_share": pl.Float64}
    return pl.DataFrame([(s, m, FIRST - WEEK * ago, u, q) for s, m, ago, u, q in rows], schema=schema, orient="row")


def test_a_series_is_observed_from_its_first_sale_and_for_the_share_it_was_in_stock():
    panel = panel_of(
        sales(("A", "DE", 4, 1, None), ("B", "DE", 3, 2, None), ("B", "DE", 2, 5, 0.5), ("B", "DE", 1, 0, 0.2)),
        first_week=FIRST,
    )
    assert panel.keys["sku"].to_list() == ["A", "B"]
    assert panel.weeks == [FIRST - WEEK * ago for ago in (4, 3, 2, 1)]
    assert panel.units.tolist() == [[1, 0, 0, 0], [0, 2, 5, 0]]
    assert panel.exposure.tolist() == [[1, 1, 1, 1], [0, 1, 0.5, 0]]


def test_units_of_a_week_out_of_stock_are_not_counted():
    panel = panel_of(sales(("A", "DE", 2, 1, None), ("A", "DE", 1, 4, 0.1)), first_week=FIRST)
    assert panel.units.tolist() == [[1, 0]]


def test_several_rows_of_a_week_are_added_and_later_weeks_left_out():
    panel = panel_of(sales(("A", "DE", 1, 1, None), ("A", "DE", 1, 2, None), ("A", "DE", 0, 9, None)), first_week=FIRST)
    assert panel.units.tolist() == [[3]]


def test_a_product_counts_from_its_launch_on_in_every_market_even_if_it_never_sold():
    products = pl.DataFrame({
        "sku": ["A", "B", "C", "D"],
        "category": ["cups", "hats", None, "cups"],
        "launched_on": [FIRST - WEEK * 3 + timedelta(days=2), FIRST - WEEK * 2, FIRST, None],
    })  # fmt: skip
    panel = panel_of(sales(("A", "DE", 4, 0, None), ("A", "DE", 2, 1, None)), first_week=FIRST, products=products)
    assert panel.keys.rows() == [("A", "DE", "cups"), ("B", "DE", "hats")]  # C is not out yet, D's launch not known
    assert panel.exposure.tolist() == [[0, 1, 1, 1], [0, 0, 1, 1]]


def test_a_sku_that_no_product_row_describes_is_observed_from_its_first_sale():
    products = pl.DataFrame({"sku": ["B"], "category": ["hats"], "launched_on": [FIRST - WEEK * 2]})
    panel = panel_of(sales(("A", "DE", 3, 1, None), ("Z", "DE", 2, 1, None)), first_week=FIRST, products=products)
    assert panel.keys.rows() == [("A", "DE", None), ("B", "DE", "hats"), ("Z", "DE", None)]
    assert panel.exposure.tolist() == [[1, 1, 1], [0, 1, 1], [0, 1, 1]]


def test_nothing_sold_is_an_empty_panel():
    panel = panel_of(sales(("A", "DE", 0, 9, None)), first_week=FIRST)
    assert (len(panel), panel.units.shape) == (0, (0, 0))


def test_what_was_known_earlier_and_some_series_are_cut_out():
    panel = panel_of(sales(("A", "DE", 3, 1, None), ("B", "DE", 2, 2, None)), first_week=FIRST)
    early, one = panel.until(1), panel.take(np.array([1]))
    assert (early.weeks, early.units.tolist(), early.exposure.tolist()) == ([FIRST - WEEK * 3], [[1], [0]], [[1], [0]])
    assert (one.keys["sku"].to_list(), one.units.tolist(), one.exposure.tolist()) == (["B"], [[0, 2, 0]], [[0, 1, 1]])


def test_groups_are_numbered_in_order_and_an_unknown_category_is_one_of_them():
    products = pl.DataFrame({"sku": ["A", "B"], "category": ["hats", None]})
    sold = sales(("A", "DE", 1, 1, None), ("A", "ES", 1, 1, None), ("B", "DE", 1, 1, None))
    panel = panel_of(sold, first_week=FIRST, products=products)
    rows, groups = panel.codes("category")
    assert groups["category"].to_list() == [None, "hats"]
    assert rows.tolist() == [1, 1, 0]
    assert panel.codes("market")[0].tolist() == [0, 1, 0]


def test_a_market_with_a_fifth_of_all_weeks_with_a_sale_is_a_cohort_of_its_own():
    """Ten weeks with a sale: seven in DE, two in ES (a fifth), one in FR."""
    sold = [("A", "DE", ago, 1, None) for ago in range(1, 8)]
    sold += [("A", "ES", 1, 50, None), ("A", "ES", 2, 50, None), ("A", "FR", 1, 900, None)]
    assert cohorts_of(panel_of(sales(*sold), first_week=FIRST)).tolist() == [1, 2, 0]


def test_goods_missing_from_the_products_table_keep_their_series_and_listed_twice_the_first_counts():
    products = pl.DataFrame(
        {"sku": ["B", "B"], "category": ["hats", "cups"], "launched_on": [FIRST - WEEK * 2, FIRST - WEEK * 3]}
    )
    sold = sales(("A", "DE", 3, 1, None), ("A", "DE", 1, 1, None), ("B", "DE", 1, 1, None))
    panel = panel_of(sold, first_week=FIRST, products=products)
    assert panel.keys.rows() == [("A", "DE", None), ("B", "DE", "hats")]
    assert panel.exposure.tolist() == [[1, 1, 1], [0, 1, 1]]
