"""What is on its way comes delivery by delivery."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl

from tradewind.core.tables import TABLES
from tradewind.engine.stock import on_the_way

AS_OF = datetime(2026, 5, 4, tzinfo=UTC)


def table(name, *rows):
    schema = TABLES[name].empty().schema
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)


def sent(inbound_id, sku, units, *, booked=(4, 20), due=None, **more):
    return {
        "platform": "aliexpress", "shop": "main", "inbound_id": inbound_id, "sku": sku, "node": "hz",
        "booked_at": datetime(2026, *booked, tzinfo=UTC), "booked_units": units,
        "due_at": due and datetime(2026, *due, tzinfo=UTC), **more,
    }  # fmt: skip


def bought(purchase_id, sku, units, *, ordered=(4, 20), promised=None, **more):
    return {
        "purchase_id": purchase_id, "line_no": 1, "sku": sku, "units": units,
        "ordered_at": datetime(2026, *ordered, tzinfo=UTC), "promised_on": promised and date(2026, *promised), **more,
    }  # fmt: skip


NODES = table(
    "nodes", {"node": "yiwu", "kind": "seller", "market": "CN"}, {"node": "hz", "kind": "preferred", "market": "CN"}
)


def coming(inbounds=(), purchases=(), nodes=NODES):
    return on_the_way(table("inbounds", *inbounds), table("purchase_orders", *purchases), nodes, AS_OF).rows()


def test_consignments_come_on_their_dates_with_what_was_sent_less_what_was_rejected():
    assert coming(
        [
            sent("A", "LAMP", 100, due=(5, 10)),
            sent("B", "LAMP", 50, due=(5, 17), sent_units=40),
            sent("C", "LAMP", 50, received_units=50, rejected_units=8),
        ]
    ) == [("hz", "LAMP", date(2026, 5, 10), 100), ("hz", "LAMP", date(2026, 5, 17), 40), ("hz", "LAMP", None, 42)]


def test_what_is_put_away_received_or_called_off_is_on_its_way_no_more():
    then = datetime(2026, 5, 1, tzinfo=UTC)
    assert coming(
        [sent("A", "LAMP", 100, put_away_at=then)],
        [bought("P", "MUG", 10, received_at=then), bought("Q", "MUG", 10, called_off_at=then)],
    ) == []  # fmt: skip


def test_purchases_without_a_place_go_to_the_one_store_of_the_seller():
    assert coming(purchases=[bought("P", "MUG", 10, promised=(5, 12))]) == [("yiwu", "MUG", date(2026, 5, 12), 10)]
    assert coming(purchases=[bought("P", "MUG", 10)], nodes=NODES.filter(kind="preferred")) == []


def test_deliveries_long_overdue_are_not_counted_on():
    assert coming([sent("A", "LAMP", 5, booked=(1, 5), due=(2, 1))], [bought("P", "MUG", 10, ordered=(1, 5))]) == []


def test_what_is_booked_after_the_moment_is_not_known():
    assert coming([sent("A", "LAMP", 5, booked=(5, 5))], [bought("P", "MUG", 10, ordered=(5, 5))]) == []


def test_a_delivery_counts_from_the_moment_it_is_booked_until_it_is_sixty_days_overdue():
    known = sent("A", "LAMP", 5, booked=(5, 4))
    assert coming([known], [bought("P", "MUG", 10, ordered=(5, 4))]) == [
        ("hz", "LAMP", None, 5), ("yiwu", "MUG", None, 10)
    ]  # fmt: skip
    late = [sent("A", "LAMP", 5, booked=(1, 5), due=due) for due in ((3, 5), (3, 6))]  # the 5th is 60 days before
    assert coming(late) == [("hz", "LAMP", date(2026, 3, 6), 5)]
    undated = [bought("P", "MUG", 10, ordered=day) for day in ((3, 5), (3, 6))]
    assert coming(purchases=undated) == [("yiwu", "MUG", None, 10)]


def test_deliveries_of_one_day_are_added_and_what_was_all_rejected_is_none():
    due = date(2026, 5, 10)
    assert coming(
        [
            sent("A", "LAMP", 100, due=(5, 10)), sent("B", "LAMP", 11, due=(5, 10)),
            sent("C", "HAT", 7, due=(5, 10), rejected_units=7), sent("D", "HAT", 7, due=(5, 10), rejected_units=6),
        ],
        [bought("P", "LAMP", 3, promised=(5, 10), node="hz"), bought("Q", "LAMP", 2, node="hz")],
    ) == [("hz", "HAT", due, 1), ("hz", "LAMP", due, 114), ("hz", "LAMP", None, 2)]  # fmt: skip


def test_with_two_stores_nobody_knows_where_a_purchase_goes():
    two = pl.concat([NODES, NODES.with_columns(node=pl.lit("lagos"))])
    assert coming(purchases=[bought("P", "MUG", 10)], nodes=two) == []
