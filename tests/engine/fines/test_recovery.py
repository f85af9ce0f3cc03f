"""Who bears the operation fee of a return: by fault, to the cent, with what came back set against it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from tests.engine.fines.test_verdict import table
from tradewind.core.text import text
from tradewind.data.rules import load_rules
from tradewind.engine.fines import fees_to_recover

AS_OF = datetime(2026, 11, 30, tzinfo=UTC)
OPENED = datetime(2026, 11, 1, tzinfo=UTC)


def order(order_id: str, mode: str = "semi_jit") -> dict[str, Any]:
    row = {"order_id": order_id, "sku": "cup", "mode": mode, "ordered_at": OPENED, "units": 1, "unit_price": 9.0}
    return row | {"status": "delivered"}


def back(order_id: str, reason: str | None, kind: str = "return", **more: Any) -> dict[str, Any]:
    row = {"return_id": f"R{order_id}", "order_id": order_id, "sku": "cup", "kind": kind, "units": 1, "reason": reason}
    return row | {"opened_at": OPENED} | more


def paid(order_id: str, amount: float, kind: str = "adjustment") -> dict[str, Any]:
    row = {"settlement_id": f"R{order_id}", "order_id": order_id, "kind": kind, "amount": amount, "status": "settled"}
    return row | {"settled_at": datetime(2026, 11, 3, tzinfo=UTC)}


FIRST = paid("0", 1.0, "sale") | {"settled_at": datetime(2026, 10, 1, tzinfo=UTC)}


def owed(*returns: dict[str, Any], settled: tuple[dict[str, Any], ...] = (), mode: str = "semi_jit") -> pl.DataFrame:
    orders = table("order_lines", *[order(r["order_id"], mode) for r in returns])
    return fees_to_recover(
        table("returns", *returns), orders, table("settlements", FIRST, *settled), load_rules(),
        as_of=AS_OF, base="CNY", fx=table("fx"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "given", "due", "rest", "said"),
    [
        ("changed_mind", None, 5.2, 5.2, "fee_back.claim"),
        ("changed_mind", 5.2, 5.2, 0.0, "fee_back.done"),
        ("changed_mind", 5.0, 5.2, 0.2, "fee_back.done"),
        ("damaged", 2.6, 5.2, 2.6, "fee_back.claim"),
        ("wrong_goods", -0.8, -0.8, 0.0, "fee_back.seller"),
        ("in no rule", None, None, None, "fee_back.unknown"),
        (None, None, None, None, "fee_back.unknown"),
    ],
)
def test_the_fee_comes_back_unless_the_seller_is_at_fault(reason, given, due, rest, said):
    row = owed(back("1", reason), settled=(paid("1", given),) if given is not None else ()).row(0, named=True)
    assert (row["due"], row["reason"]) == (due, said)
    assert row["rest"] == pytest.approx(rest)
    if due is not None:
        assert text(said, "zh", **row)


def test_only_goods_sent_back_in_semi_managed_count_and_each_order_once():
    assert owed(back("1", "changed_mind", kind="refund")).height == 0
    assert owed(back("1", "changed_mind"), mode="pop").height == 0
    twice = owed(back("1", "changed_mind"), back("1", "wrong_goods", return_id="R2"))
    assert twice.select("fault", "due").rows() == [("seller", -0.8)]


@pytest.mark.parametrize(
    ("day", "said"),
    [(28, "fee_back.waiting"), (17, "fee_back.waiting"), (16, "fee_back.claim"), (10, "fee_back.claim")],
)
def test_a_return_younger_than_two_weeks_is_still_waiting(day, said):
    young = owed(back("1", "changed_mind", opened_at=datetime(2026, 11, day, tzinfo=UTC)))
    assert young["reason"].to_list() == [said]


@pytest.mark.parametrize(("given", "said"), [(3.8, "fee_back.claim"), (3.95, "fee_back.done"), (6.0, "fee_back.done")])
def test_a_rest_of_up_to_a_quarter_is_a_difference_of_rates(given, said):
    assert owed(back("1", "changed_mind"), settled=(paid("1", given),))["reason"].to_list() == [said]


def test_what_came_back_is_adjustments_and_positive_operation_fees_that_are_settled():
    came = (
        paid("1", 1.0),
        paid("1", 2.0, "operation_fee") | {"line_no": 2},
        paid("1", -4.0, "operation_fee") | {"line_no": 3},
        paid("1", 8.0, "refund") | {"line_no": 4},
        paid("1", 16.0) | {"line_no": 5, "status": "pending"},
        paid("1", 32.0) | {"line_no": 6, "status": None},
        paid("2", 64.0),
    )
    assert owed(back("1", "changed_mind"), settled=came)["received"].to_list() == [35.0]


def test_the_largest_rest_comes_first_and_what_is_not_known_last():
    found = owed(back("1", "damaged"), back("2", "changed_mind"), back("3", None), settled=(paid("1", 5.0),))
    assert found.select("order_id", "rest").rows() == [("2", 5.2), ("1", pytest.approx(0.2)), ("3", None)]


def test_the_fee_comes_back_by_the_share_the_rules_say_in_the_base_currency():
    returns, orders = table("returns", back("1", "changed_mind")), table("order_lines", order("1"))
    rules = load_rules().with_value("semi.operation_fee_refund", 0.5)
    rate = {"currency": "EUR", "quote": "CNY", "on_date": OPENED.date(), "rate": 8.0}
    found = fees_to_recover(
        returns, orders, table("settlements", FIRST), rules, as_of=AS_OF, base="EUR", fx=table("fx", rate)
    )
    assert found.select("due", "currency").rows() == [(pytest.approx(5.2 * 0.5 / 8), "EUR")]


def test_money_without_a_rate_leaves_the_rest_unknown():
    came = paid("1", 5.2) | {"currency": "USD"}
    row = owed(back("1", "changed_mind"), settled=(came,)).row(0, named=True)
    assert (row["due"], row["received"], row["rest"], row["reason"]) == (5.2, None, None, "fee_back.unknown")


def test_what_is_opened_or_settled_later_changes_nothing():
    later = datetime(2026, 12, 2, tzinfo=UTC)
    found = owed(back("1", "changed_mind"), settled=(paid("1", 5.2) | {"settled_at": later, "known_at": later},))
    assert found.equals(owed(back("1", "changed_mind")))
    assert owed(back("1", "changed_mind", opened_at=later)).height == 0


def test_of_returns_older_than_the_settlements_loaded_nothing_is_claimed():
    old = owed(back("1", "changed_mind", opened_at=datetime(2026, 9, 1, tzinfo=UTC)))
    assert old.select("due", "received", "rest", "reason").rows() == [(5.2, None, None, "fee_back.unloaded")]
