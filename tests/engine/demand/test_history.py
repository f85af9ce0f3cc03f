"""Weekly sales and in-stock shares from order lines and stock counts small enough to read."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from tradewind.core.errors import MissingColumnError
from tradewind.engine.demand import weekly_sales

FIRST_WEEK = date(2026, 3, 23)


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def lines(*rows, mode="semi_stocked"):
    schema = {"sku": pl.String, "market": pl.String, "ordered_at": pl.Datetime("us", "UTC"), "units": pl.Int64}
    frame = pl.DataFrame([(s, m, moment(t), u) for s, m, t, u, _ in rows], schema=schema, orient="row")
    return frame.with_columns(status=pl.Series([row[4] for row in rows], dtype=pl.String), mode=pl.lit(mode))


def counts(*rows):
    schema = {"node": pl.String, "sku": pl.String, "taken_at": pl.Datetime("us", "UTC"), "available_units": pl.Int64}
    return pl.DataFrame([(n, s, moment(t), a) for n, s, t, a in rows], schema=schema, orient="row")


NODES = pl.DataFrame(
    {
        "node": ["HZ", "STORE", "ES-WH"],
        "kind": ["origin", "seller", "overseas"],
        "market": ["CN", "CN", "ES"],
    }
)


def test_units_are_added_up_by_monday_week_and_cancelled_lines_left_out():
    sales = weekly_sales(
        lines(
            ("A", "DE", "2026-03-02T00:00", 2, "paid"),
            ("A", "DE", "2026-03-08T23:59", 1, "shipped"),
            ("A", "DE", "2026-03-09T00:00", 4, "delivered"),
            ("A", "DE", "2026-03-10T12:00", 9, "cancelled"),
            ("A", "FR", "2026-03-10T12:00", 5, "placed"),
        ),
        first_week=FIRST_WEEK,
    )
    assert sales.select("sku", "market", "week", "units").rows() == [
        ("A", "DE", date(2026, 3, 2), 3),
        ("A", "DE", date(2026, 3, 9), 4),
        ("A", "FR", date(2026, 3, 9), 5),
    ]
    assert sales["in_stock_share"].null_count() == 3


def test_the_week_that_is_not_over_and_later_ones_are_not_history():
    sales = weekly_sales(
        lines(("A", "DE", "2026-03-22T23:00", 1, "paid"), ("A", "DE", "2026-03-23T00:00", 7, "paid")),
        first_week=FIRST_WEEK,
    )
    assert sales["units"].to_list() == [1]


def test_a_week_without_stock_is_listed_and_one_with_stock_throughout_is_not():
    sales = weekly_sales(
        lines(("A", "DE", "2026-03-02T10:00", 2, "paid")),
        counts(
            ("HZ", "A", "2026-03-02T00:00", 5),
            ("HZ", "A", "2026-03-09T00:00", 0),
            ("HZ", "A", "2026-03-16T00:00", 0),
            ("HZ", "A", "2026-03-23T00:00", 3),
        ),
        first_week=FIRST_WEEK,
        nodes=NODES,
    )
    assert sales.select("week", "units", "in_stock_share").rows() == [
        (date(2026, 3, 2), 2, 0.5),
        (date(2026, 3, 9), 0, 0.0),
        (date(2026, 3, 16), 0, 0.5),
    ]


def test_weeks_before_a_pair_first_sold_say_nothing():
    sales = weekly_sales(
        lines(("A", "DE", "2026-03-16T10:00", 2, "paid")),
        counts(
            ("HZ", "A", "2026-03-02T00:00", 0), ("HZ", "A", "2026-03-09T00:00", 0), ("HZ", "A", "2026-03-16T00:00", 9)
        ),
        first_week=FIRST_WEEK,
        nodes=NODES,
    )
    assert sales["week"].to_list() == [date(2026, 3, 16)]


def test_stock_abroad_does_not_serve_other_markets_and_a_mode_sells_from_its_own_kind_of_node():
    stock = counts(
        ("HZ", "A", "2026-03-02T00:00", 0),
        ("HZ", "A", "2026-03-09T00:00", 0),
        ("STORE", "A", "2026-03-02T00:00", 9),
        ("STORE", "A", "2026-03-09T00:00", 9),
        ("ES-WH", "A", "2026-03-02T00:00", 9),
        ("ES-WH", "A", "2026-03-09T00:00", 9),
    )
    sold = [("A", market, "2026-03-02T10:00", 1, "paid") for market in ("DE", "ES")]
    shares = {}
    for mode in ("semi_stocked", "overseas", "semi_jit"):
        sales = weekly_sales(lines(*sold, mode=mode), stock, first_week=date(2026, 3, 9), nodes=NODES)
        shares[mode] = dict(sales.select("market", "in_stock_share").iter_rows())
    assert shares["semi_stocked"] == {"DE": 0.0, "ES": 0.0}
    assert shares["overseas"] == {"DE": 1.0, "ES": 1.0}
    assert shares["semi_jit"] == {"DE": 1.0, "ES": 1.0}


def test_a_stock_out_counts_at_the_node_said_to_serve_the_pair_and_nowhere_else():
    """The store sent the goods; Hangzhou, which the mode would name, ran out: no stock-out. And the reverse."""
    stock = counts(
        ("HZ", "A", "2026-03-02T00:00", 9),
        ("HZ", "A", "2026-03-09T00:00", 0),
        ("HZ", "A", "2026-03-16T00:00", 0),
        ("STORE", "A", "2026-03-02T00:00", 9),
        ("STORE", "A", "2026-03-09T00:00", 9),
        ("STORE", "A", "2026-03-16T00:00", 9),
    )
    sold = lines(("A", "DE", "2026-03-02T10:00", 1, "paid"))
    shares = {}
    for node in ("HZ", "STORE"):
        serving = pl.DataFrame({"sku": ["A"], "market": ["DE"], "node": [node]})
        sales = weekly_sales(sold, stock, first_week=date(2026, 3, 16), nodes=NODES, serving=serving)
        shares[node] = dict(sales.select("week", "in_stock_share").iter_rows())
    assert shares["HZ"] == {date(2026, 3, 2): 0.5, date(2026, 3, 9): 0.0}
    assert shares["STORE"] == {date(2026, 3, 2): 1.0}


def test_before_it_had_the_goods_the_serving_node_censors_nothing():
    stock = counts(
        ("HZ", "A", "2026-03-02T00:00", 0),
        ("HZ", "A", "2026-03-09T00:00", 0),
        ("HZ", "A", "2026-03-16T00:00", 9),
        ("STORE", "A", "2026-03-02T00:00", 9),
        ("STORE", "A", "2026-03-09T00:00", 9),
    )
    serving = pl.DataFrame({"sku": ["A"], "market": ["DE"], "node": ["HZ"]})
    sold = lines(("A", "DE", "2026-03-02T10:00", 1, "paid"), mode="semi_jit")
    sales = weekly_sales(sold, stock, first_week=date(2026, 3, 9), nodes=NODES, serving=serving)
    assert sales["in_stock_share"].to_list() == [1.0]


def test_goods_nobody_counts_are_of_unknown_stock():
    sales = weekly_sales(
        lines(("A", "DE", "2026-03-02T10:00", 1, "paid"), ("B", "DE", "2026-03-02T10:00", 1, "paid")),
        counts(("HZ", "A", "2026-03-02T00:00", 0)),
        first_week=date(2026, 3, 9),
        nodes=NODES,
    )
    assert sales.select("sku", "in_stock_share").rows() == [("A", 0.0), ("B", None)]


def test_a_count_speaks_for_eight_days_at_most():
    sales = weekly_sales(
        lines(("A", "DE", "2026-02-02T10:00", 1, "paid")),
        counts(("HZ", "A", "2026-02-02T00:00", 0), ("HZ", "A", "2026-03-16T00:00", 0)),
        first_week=FIRST_WEEK,
        nodes=NODES,
    )
    assert sales.filter(pl.col("in_stock_share") == 0)["week"].to_list() == [date(2026, 2, 2), date(2026, 3, 16)]


def test_later_counts_change_nothing():
    sold = lines(("A", "DE", "2026-03-02T10:00", 1, "paid"))
    early = counts(("HZ", "A", "2026-03-02T00:00", 0), ("HZ", "A", "2026-03-09T00:00", 0))
    late = pl.concat([early, counts(("HZ", "A", "2026-03-16T00:00", 5))])
    cut = date(2026, 3, 16)
    assert weekly_sales(sold, early, first_week=cut).equals(
        weekly_sales(sold, late.filter(pl.col("taken_at").dt.date() < cut), first_week=cut)
    )


def test_no_orders_give_an_empty_frame_with_all_columns():
    assert weekly_sales(lines(), counts(), first_week=FIRST_WEEK).columns == [
        "sku",
        "market",
        "week",
        "units",
        "in_stock_share",
    ]


def test_a_missing_column_is_named():
    with pytest.raises(MissingColumnError, match="units"):
        weekly_sales(lines().drop("units"), first_week=FIRST_WEEK)
