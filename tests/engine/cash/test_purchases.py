"""What suppliers are owed: deposits and balances of orders placed, proposed and still to come."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from tests.engine.cash.test_lags import table
from tradewind.engine.cash import later_purchases, open_purchases, planned_purchases

AS_OF = datetime(2026, 11, 2, 8, tzinfo=UTC)
TODAY = AS_OF.date()
SUPPLIER = {"supplier": "Wu", "deposit_share": 0.3, "balance_days": 10.0, "lead_time_days": 20.0}


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


def bought(**said: Any) -> dict[str, Any]:
    """100 units at 2 CNY, ordered on 20 October from Wu, promised for 20 November."""
    row = {"purchase_id": "P1", "line_no": 1, "supplier": "Wu", "sku": "cup", "ordered_at": at(10, 20), "units": 100}
    return row | {"unit_cost": 2.0, "currency": "CNY", "promised_on": date(2026, 11, 20), "known_at": at(10, 20)} | said


def owed(*orders: dict[str, Any], suppliers: list[dict[str, Any]] | None = None) -> list[tuple]:
    """(sku, due on, money, waits) of what is still to pay."""
    terms = table("suppliers", *([SUPPLIER] if suppliers is None else suppliers))
    fx = table("fx", {"currency": "USD", "quote": "CNY", "on_date": TODAY, "rate": 7.0, "known_at": AS_OF})
    dues, _ = open_purchases(table("purchase_orders", *orders), terms, as_of=AS_OF, base="CNY", fx=fx)
    return dues.select("sku", "due_on", "money", "waits").rows()


@pytest.mark.parametrize(
    ("said", "due_on", "money"),
    [
        ({}, date(2026, 11, 30), 140.0),  # promised 20 November, ten days to pay; 30 % paid ahead
        ({"deposit_amount": 50.0}, date(2026, 11, 30), 150.0),
        ({"deposit_amount": 500.0}, date(2026, 11, 30), 0.0),
        ({"promised_on": None}, date(2026, 11, 19), 140.0),  # ordered 20 October, twenty days on the way
        ({"promised_on": date(2026, 10, 25)}, date(2026, 11, 12), 140.0),  # overdue: expected today
        ({"currency": "USD"}, date(2026, 11, 30), 980.0),
        ({"unit_cost": None}, date(2026, 11, 30), None),
        ({"currency": "EUR"}, date(2026, 11, 30), None),
    ],
)
def test_of_goods_not_received_yet_the_balance_waits_for_them(said, due_on, money):
    assert owed(bought(**said)) == [("cup", due_on, pytest.approx(money) if money is not None else None, True)]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"received_units": 90, "rejected_units": 5}, [("cup", date(2026, 11, 5), 85 * 2.0 - 60.0, False)]),
        ({"received_units": 90}, [("cup", date(2026, 11, 5), 90 * 2.0 - 60.0, False)]),
        ({"received_units": None}, [("cup", date(2026, 11, 5), 140.0, False)]),
        ({"received_units": 20}, []),  # worth less than what was paid ahead
        ({"received_at": at(10, 22)}, []),  # due on 1 November: taken as paid
        ({"received_at": at(10, 23)}, [("cup", TODAY, 140.0, False)]),
    ],
)
def test_of_goods_received_what_was_accepted_is_due_by_the_suppliers_terms(said, found):
    assert owed(bought(received_at=at(10, 26), **said) if "received_at" not in said else bought(**said)) == [
        (sku, on, pytest.approx(money), waits) for sku, on, money, waits in found
    ]


def test_without_a_suppliers_terms_all_is_due_on_receipt():
    assert owed(bought(), suppliers=[]) == [("cup", date(2026, 11, 20), 200.0, True)]
    assert owed(bought(promised_on=None), suppliers=[]) == [("cup", None, 200.0, True)]


def test_orders_of_later_and_those_called_off_are_not_owed():
    later, off = at(11, 3), at(11, 1)
    assert owed(bought(ordered_at=later), bought(purchase_id="P2", called_off_at=off)) == []
    assert owed(bought(known_at=later)) == []
    assert len(owed(bought(called_off_at=later), bought(purchase_id="P2", received_at=later))) == 2


def test_how_late_past_deliveries_came_is_in_days():
    orders = [bought(purchase_id=str(n), promised_on=date(2026, 10, 20 + n), received_at=at(10, 26)) for n in (8, 4)]
    _, late = open_purchases(
        table("purchase_orders", *orders, bought()), table("suppliers"), as_of=AS_OF, base="CNY", fx=table("fx")
    )
    assert late["days"].to_list() == [-2.0, 2.0]


PRODUCTS = [
    {"sku": "cup", "supplier": "Wu", "unit_cost": 2.0, "currency": "CNY"},
    {"sku": "hat", "unit_cost": 5.0, "currency": "CNY"},
]


def proposed(*rows: tuple[str, int, float | None, float | None]) -> list[tuple]:
    orders = pl.DataFrame(
        [("HZ", *row) for row in rows],
        schema={"node": pl.String, "sku": pl.String, "order_units": pl.Int64, "order_cost": pl.Float64,
                "lead_time_days": pl.Float64}, orient="row",
    )  # fmt: skip
    dues = planned_purchases(orders, table("products", *PRODUCTS), table("suppliers", SUPPLIER), as_of=AS_OF)
    return dues.select("what", "sku", "due_on", "money", "waits").rows()


def test_of_an_order_the_plan_proposes_the_deposit_is_due_now_and_the_rest_after_delivery():
    assert proposed(("cup", 10, 100.0, 12.5), ("cup", 0, 0.0, 12.5)) == [
        ("planned", "cup", TODAY, 30.0, False),
        ("planned", "cup", date(2026, 11, 25), 70.0, False),  # 12.5 + 10 days
    ]


def test_an_order_of_unknown_terms_is_paid_at_once_and_one_of_unknown_cost_is_kept():
    assert proposed(("hat", 3, 15.0, None)) == [("planned", "hat", TODAY, 15.0, False)]
    assert [row[3] for row in proposed(("cup", 1, None, 7.0))] == [None, None]


def ahead(
    *weeks: float, cover: tuple[int | None, ...] = (0,), sku: str = "cup", supplier_days: float | None = None
) -> list[tuple]:
    """(due on, money) for expected units of the weeks from 9 November on."""
    demand = pl.DataFrame(
        [(sku, date(2026, 11, 9 + 7 * n), units) for n, units in enumerate(weeks)],
        schema={"sku": pl.String, "week": pl.Date, "mean": pl.Float64}, orient="row",
    )  # fmt: skip
    orders = pl.DataFrame(
        [(sku, units, 0, None) for units in cover],
        schema={"sku": pl.String, "available_units": pl.Int64, "on_the_way_units": pl.Int64, "order_units": pl.Int64},
        orient="row",
    )
    products = table("products", *(p | {"supplier_lead_time_days": supplier_days} for p in PRODUCTS))
    dues = later_purchases(
        demand, orders, products, table("suppliers", SUPPLIER), as_of=AS_OF, base="CNY", fx=table("fx")
    )
    assert set(dues.select("what", "waits").rows()) <= {("later", False)}
    return dues.select("due_on", "money").rows()


def test_what_is_sold_beyond_what_is_there_is_bought_a_lead_time_before():
    """Ten a week at 2, seven days to make: 30 % a week before (at once for the first), 70 % ten days after the week."""
    assert ahead(10.0, 10.0, supplier_days=7.0) == [
        (date(2026, 11, 2), 6.0),
        (date(2026, 11, 9), 6.0),
        (date(2026, 11, 19), 14.0),
        (date(2026, 11, 26), 14.0),
    ]


def test_a_lead_time_that_is_over_is_bought_today_and_the_makers_own_stands_in():
    assert ahead(10.0)[0] == (TODAY, 6.0)  # Wu's twenty days before 9 November have passed
    assert ahead(0.0, 0.0, 10.0)[0] == (date(2026, 11, 3), 6.0)


def test_stock_at_all_nodes_covers_the_first_weeks():
    assert ahead(10.0, 10.0, cover=(12, None, 3), supplier_days=7.0) == [
        (date(2026, 11, 9), 3.0),
        (date(2026, 11, 26), 7.0),
    ]
    assert ahead(10.0, 10.0, cover=(20,)) == []


def test_goods_without_a_makers_terms_are_paid_whole_in_their_week():
    assert ahead(4.0, sku="hat") == [(date(2026, 11, 9), 20.0)]
    assert [money for _, money in ahead(4.0, sku="unheard of")] == [None, None]
    assert ahead(4.0, sku="unheard of", cover=(4,)) == []


def test_an_order_known_and_placed_this_very_moment_counts():
    assert len(owed(bought(known_at=AS_OF))) == 1
    assert len(owed(bought(ordered_at=AS_OF, promised_on=None))) == 1
    assert owed(bought(called_off_at=AS_OF)) == []


def test_days_that_are_not_whole_are_rounded_up():
    slow = SUPPLIER | {"lead_time_days": 20.2, "balance_days": 9.5}
    assert owed(bought(promised_on=None), suppliers=[slow]) == [("cup", date(2026, 11, 20), 140.0, True)]  # 21 + 10
    assert owed(bought(received_at=at(10, 26)), suppliers=[slow]) == [("cup", date(2026, 11, 5), 140.0, False)]


def test_what_is_owed_comes_by_its_date_the_unknown_last():
    unknown = [bought(purchase_id="a", supplier=None, promised_on=None), bought(purchase_id="d", unit_cost=None)]
    rows = [*unknown, bought(purchase_id="b"), bought(purchase_id="c", promised_on=date(2026, 11, 10))]
    assert [(on, money) for _, on, money, _ in owed(*rows)] == [
        (date(2026, 11, 20), 140.0),
        (date(2026, 11, 30), 140.0),
        (date(2026, 11, 30), None),
        (None, 200.0),
    ]


def test_a_balance_due_today_is_still_owed_and_one_of_yesterday_is_taken_as_paid():
    for received, count in ((at(10, 24), 1), (at(10, 23), 1), (at(10, 22), 0)):
        assert len(owed(bought(received_at=received))) == count


def test_received_goods_of_unknown_cost_are_kept():
    assert owed(bought(received_at=at(10, 26), unit_cost=None)) == [("cup", date(2026, 11, 5), None, False)]
    assert owed(bought(received_at=at(10, 1), unit_cost=None)) == []


def test_lateness_is_learned_from_what_came_and_was_promised():
    rows = [bought(received_at=at(10, 26), promised_on=None), bought(received_at=AS_OF + timedelta(days=1))]
    _, late = open_purchases(
        table("purchase_orders", *rows), table("suppliers"), as_of=AS_OF, base="CNY", fx=table("fx")
    )
    assert late["days"].to_list() == []


def test_a_proposed_order_of_fewer_than_one_unit_is_no_order_and_its_terms_may_be_unheard_of():
    assert proposed(("cup", 0, 50.0, 12.0), ("cup", None, 50.0, 12.0)) == []
    assert proposed(("unheard of", 1, 8.0, None)) == [("planned", "unheard of", TODAY, 8.0, False)]
    assert [on for _, _, on, _, _ in proposed(("cup", 1, 10.0, None))] == [TODAY, date(2026, 11, 12)]  # ten days to pay


def test_expected_units_of_markets_add_up_before_stock_is_taken_off():
    """Ten and six units of the same week in two markets, twelve in stock: four are bought, and five of the next."""
    demand = pl.DataFrame(
        {"sku": ["cup"] * 3, "week": [date(2026, 11, 9)] * 2 + [date(2026, 11, 16)], "mean": [10.0, 6.0, 5.0]}
    )
    units = {"sku": ["cup"], "available_units": [9], "on_the_way_units": [2], "order_units": [1]}
    dues = later_purchases(
        demand,
        pl.DataFrame(units),
        table("products", *PRODUCTS),
        table("suppliers"),
        as_of=AS_OF,
        base="CNY",
        fx=table("fx"),
    )
    assert dues.select("due_on", "money").rows() == [(date(2026, 11, 9), 8.0), (date(2026, 11, 16), 10.0)]


def test_every_sku_has_a_cover_of_its_own():
    demand = pl.DataFrame({"sku": ["cup", "hat"], "week": [date(2026, 11, 9)] * 2, "mean": [10.0, 10.0]})
    units = {"sku": ["cup"], "available_units": [50], "on_the_way_units": [0], "order_units": [0]}
    dues = later_purchases(
        demand,
        pl.DataFrame(units),
        table("products", *PRODUCTS),
        table("suppliers"),
        as_of=AS_OF,
        base="CNY",
        fx=table("fx"),
    )
    assert dues.select("sku", "due_on", "money").rows() == [("hat", date(2026, 11, 9), 50.0)]


def test_a_lead_time_for_later_orders_is_rounded_up_and_ends_today_at_the_earliest():
    assert ahead(0.0, 10.0, supplier_days=6.5)[0] == (date(2026, 11, 9), 6.0)
    assert ahead(10.0, supplier_days=7.0)[0] == ahead(10.0, supplier_days=8.0)[0] == (TODAY, 6.0)
    assert ahead(0.0, 10.0, supplier_days=12.0)[0] == (date(2026, 11, 4), 6.0)
