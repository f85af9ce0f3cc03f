"""Listings mapped to SKUs, bundles split into components, stock without what other channels reserve."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.core.tables import TABLES
from tradewind.data.sku_mapping import MAPPED_TABLES, circular, components, map_skus, map_table, unmatched

DAY = datetime(2026, 5, 4, tzinfo=UTC)


def table(name, *rows):
    schema = TABLES[name].empty().schema
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema).sort(TABLES[name].key)


def line(sku, line_no=1, order_id="1", units=1, unit_price=10.0, paid=None, **more):
    return {
        "platform": "aliexpress", "shop": "a", "order_id": order_id, "line_no": line_no, "sku": sku, "market": "ES",
        "ordered_at": DAY, "units": units, "unit_price": unit_price, "paid_amount": paid, "currency": "USD",
        "status": "paid", "known_at": DAY, **more,
    }  # fmt: skip


def product(sku, unit_cost=None, currency="CNY"):
    return {"sku": sku, "unit_cost": unit_cost, "currency": currency}


def listing(listing_id, sku, shop="a", **more):
    return {"platform": "aliexpress", "shop": shop, "listing_id": listing_id, "sku": sku, **more}


def bundle(bundle_sku, sku, units=1):
    return {"bundle_sku": bundle_sku, "sku": sku, "units": units}


def tables(**given_):
    return {name: given_.get(name, TABLES[name].empty()) for name in TABLES}


def lines_of(made, *columns):
    return made["order_lines"].select(*columns).rows()


def test_a_line_that_names_a_listing_is_of_the_listings_sku():
    made = map_skus(
        tables(
            listings=table("listings", listing("1005", "LAMP", mode="semi_jit")),
            order_lines=table("order_lines", line("whatever", listing_id="1005")),
        )
    )
    assert lines_of(made, "sku", "mode") == [("LAMP", "semi_jit")]


def test_a_platform_sku_is_named_by_the_listing_of_its_own_shop():
    made = map_skus(
        tables(
            products=table("products", product("LAMP"), product("MUG")),
            listings=table("listings", listing("V1", "LAMP"), listing("V1", "MUG", shop="b")),
            order_lines=table("order_lines", line("V1"), line("V1", order_id="2", shop="b"), line("MUG", order_id="3")),
        )
    )
    assert lines_of(made, "order_id", "sku") == [("1", "LAMP"), ("3", "MUG"), ("2", "MUG")]


def test_a_products_own_sku_is_never_renamed_by_a_listing_of_the_same_number():
    made = map_skus(
        tables(
            products=table("products", product("7"), product("LAMP")),
            listings=table("listings", listing("7", "LAMP")),
            order_lines=table("order_lines", line("7")),
        )
    )
    assert lines_of(made, "sku") == [("7",)]


def test_a_bundle_is_sold_as_its_components_with_its_money_shared_by_cost():
    made = map_skus(
        tables(
            products=table("products", product("LAMP", 30.0), product("BULB", 5.0)),
            bundles=table("bundles", bundle("SET", "LAMP"), bundle("SET", "BULB", 2)),
            order_lines=table(
                "order_lines", line("SET", units=3, unit_price=20.0, paid=59.99), line("LAMP", line_no=2)
            ),
        )
    )
    assert lines_of(made, "line_no", "sku", "units", "unit_price", "paid_amount") == [
        (1, "BULB", 6, 2.5, 15.0),
        (2, "LAMP", 1, 10.0, None),
        (3, "LAMP", 3, 15.0, 44.99),
    ]


def test_a_line_may_name_its_variant_in_the_sku_where_nobody_has_described_its_listing():
    """The listing goes first where it is known; a listing's mode does not change the one a line has."""
    made = map_skus(
        tables(
            listings=table("listings", listing("1005", "LAMP", mode="pop"), listing("V2", "MUG", mode="semi_jit")),
            order_lines=table(
                "order_lines",
                line("V2", order_id="1", listing_id="1005"),
                line("V2", order_id="2", listing_id="999"),
                line("V2", order_id="3", mode="full"),
                line("V9", order_id="4", listing_id="999"),
            ),
        )
    )
    assert lines_of(made, "order_id", "sku", "mode") == [
        ("1", "LAMP", "pop"),
        ("2", "MUG", "semi_jit"),
        ("3", "MUG", "full"),
        ("4", "V9", None),
    ]


def test_a_listing_undescribed_does_not_let_a_variant_rename_a_products_own_sku():
    made = map_skus(
        tables(
            products=table("products", product("7"), product("LAMP")),
            listings=table("listings", listing("7", "LAMP")),
            order_lines=table("order_lines", line("7", listing_id="999")),
        )
    )
    assert lines_of(made, "sku") == [("7",)]


def test_parts_beyond_a_bundles_first_are_numbered_after_the_last_line_of_their_own_order():
    pair = [bundle("SET", "BULB"), bundle("SET", "LAMP"), bundle("SET", "SHADE")]
    made = map_skus(
        tables(
            bundles=table("bundles", *pair),
            order_lines=table(
                "order_lines", line("SET", 1), line("SET", 2), line("MUG", 5), line("SET", 1, order_id="2")
            ),
        )
    )
    assert lines_of(made, "order_id", "line_no", "sku") == [
        ("1", 1, "BULB"), ("1", 2, "BULB"), ("1", 5, "MUG"), ("1", 6, "LAMP"), ("1", 7, "SHADE"), ("1", 8, "LAMP"),
        ("1", 9, "SHADE"), ("2", 1, "BULB"), ("2", 2, "LAMP"), ("2", 3, "SHADE"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("goods", "paid"),
    [
        ([product("LAMP", 30.0), product("BULB", 5.0)], [1.0, 3.0]),  # 2 x 5 of 40, 30 of 40
        ([product("LAMP", 30.0), product("BULB", 5.0, "USD")], [2.67, 1.33]),  # 2 of 3 units, 1 of 3
        ([product("LAMP", 30.0), product("BULB")], [2.67, 1.33]),
        ([product("LAMP", 30.0)], [2.67, 1.33]),
        ([product("LAMP", 0.0), product("BULB", 0.0)], [2.0, 2.0]),  # nothing to share by: alike
    ],
)
def test_a_bundles_money_is_shared_by_cost_where_all_costs_are_known_in_one_currency(goods, paid):
    made = map_skus(
        tables(
            products=table("products", *goods),
            bundles=table("bundles", bundle("SET", "LAMP"), bundle("SET", "BULB", 2), bundle("PAIR", "MUG", 2)),
            order_lines=table("order_lines", line("SET", paid=4.0)),
        )
    )
    assert lines_of(made, "sku", "paid_amount") == list(zip(["BULB", "LAMP"], paid, strict=True))


def test_without_costs_a_bundles_money_is_shared_by_units():
    made = map_skus(
        tables(
            bundles=table("bundles", bundle("SET", "LAMP"), bundle("SET", "BULB", 3)),
            order_lines=table("order_lines", line("SET", unit_price=8.0, paid=8.0)),
        )
    )
    assert lines_of(made, "sku", "units", "paid_amount") == [("BULB", 3, 6.0), ("LAMP", 1, 2.0)]


def test_bundles_within_bundles_come_down_to_goods():
    parts = components(table("bundles", bundle("BIG", "SET", 2), bundle("BIG", "MUG"), bundle("SET", "MUG", 3)))
    assert parts.rows() == [("BIG", "MUG", 7), ("SET", "MUG", 3)]


def test_bundles_are_resolved_however_deep_they_lie():
    """Twelve boxes within each other, two of the next in each: 2^12 mugs in the outermost, 2 in the innermost."""
    nested = [bundle(f"BOX{n:02}", f"BOX{n + 1:02}" if n < 11 else "MUG", 2) for n in range(12)]
    parts = components(table("bundles", *nested))
    assert parts.rows() == [(f"BOX{n:02}", "MUG", 2 ** (12 - n)) for n in range(12)]


def test_bundles_that_contain_each_other_stay_whole_and_are_named():
    bundles = table(
        "bundles", bundle("A", "B"), bundle("B", "C"), bundle("C", "A"), bundle("D", "A"), bundle("E", "MUG")
    )
    assert circular(bundles).to_list() == ["A", "B", "C", "D"]
    assert components(bundles).rows() == [("E", "MUG", 1)]


def test_a_returned_bundle_comes_back_as_its_components():
    back = {
        "platform": "aliexpress", "shop": "a", "return_id": "R", "line_no": 1, "sku": "SET", "market": "ES",
        "kind": "return", "units": 1, "refund_amount": 9.0, "currency": "USD", "opened_at": DAY, "known_at": DAY,
    }  # fmt: skip
    made = map_skus(
        tables(
            bundles=table("bundles", bundle("SET", "LAMP"), bundle("SET", "BULB", 2)),
            returns=table("returns", back),
        )
    )
    assert made["returns"].select("line_no", "sku", "units", "refund_amount").rows() == [
        (1, "BULB", 2, 6.0),
        (2, "LAMP", 1, 3.0),
    ]


@settings(deadline=None)
@given(
    paid=st.integers(0, 10**7).map(lambda cents: cents / 100),
    costs=st.lists(st.floats(0.01, 1000), min_size=1, max_size=6),
    units=st.integers(1, 50),
)
def test_the_parts_of_a_bundle_are_paid_to_the_cent_what_it_was_paid(paid, costs, units):
    goods = [f"G{n}" for n in range(len(costs))]
    made = map_skus(
        tables(
            products=table("products", *(product(sku, cost) for sku, cost in zip(goods, costs, strict=True))),
            bundles=table("bundles", *(bundle("SET", sku, n + 1) for n, sku in enumerate(goods))),
            order_lines=table("order_lines", line("SET", units=units, paid=paid)),
        )
    )["order_lines"]
    assert round(made["paid_amount"].sum(), 2) == paid
    assert made["units"].sum() == units * sum(range(1, len(goods) + 1))
    assert made["line_no"].is_unique().all()


def counted(sku, units, taken_at=DAY, node="own", **more):
    return {"node": node, "sku": sku, "taken_at": taken_at, "available_units": units, "known_at": taken_at, **more}


def kept(sku, units, channel="taobao", taken_at=DAY, node="own", **more):
    return {
        "node": node, "sku": sku, "channel": channel, "taken_at": taken_at, "units": units, "known_at": taken_at, **more
    }  # fmt: skip


def test_what_domestic_channels_reserve_is_not_available_from_when_they_do():
    later = datetime(2026, 5, 11, tzinfo=UTC)
    made = map_skus(
        tables(
            stock=table("stock", counted("LAMP", 100), counted("LAMP", 90, later), counted("MUG", 5)),
            reservations=table(
                "reservations", kept("LAMP", 30, taken_at=later), kept("LAMP", 10, channel="pdd"), kept("MUG", 9)
            ),
        )
    )["stock"]
    assert made.select("sku", "taken_at", "available_units", "locked_units").rows() == [
        ("LAMP", DAY, 90, 10),
        ("LAMP", later, 50, 40),
        ("MUG", DAY, 0, 5),
    ]


def test_a_reservation_counts_until_it_expires():
    later = datetime(2026, 5, 11, tzinfo=UTC)
    made = map_skus(
        tables(
            stock=table("stock", counted("LAMP", 100), counted("LAMP", 100, later)),
            reservations=table("reservations", kept("LAMP", 30, expires_on=date(2026, 5, 11))),
        )
    )["stock"]
    assert made["available_units"].to_list() == [70, 100]


def test_what_is_reserved_comes_to_what_was_locked_and_changes_nothing_elsewhere():
    """Two channels reserve 30 and 10 of the 100 lamps, 6 were locked already; a channel's own later word counts."""
    earlier, later = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 11, tzinfo=UTC)
    made = map_skus(
        tables(
            stock=table(
                "stock", counted("LAMP", 100, locked_units=6), counted("MUG", 5), counted("LAMP", 8, node="ES")
            ),
            reservations=table(
                "reservations",
                kept("LAMP", 50, taken_at=earlier), kept("LAMP", 30),
                kept("LAMP", 10, channel="pdd", taken_at=earlier), kept("LAMP", 99, channel="pdd", taken_at=later),
                kept("LAMP", 7, channel="jd", expires_on=date(2026, 5, 4)), kept("LAMP", 0, node="ES"),
            ),
        )
    )["stock"]  # fmt: skip
    assert made.select("node", "sku", "available_units", "locked_units").rows() == [
        ("ES", "LAMP", 8, None),
        ("own", "LAMP", 60, 46),
        ("own", "MUG", 5, None),
    ]


def test_stock_counted_for_a_bundle_is_left_to_its_components():
    made = map_skus(
        tables(
            bundles=table("bundles", bundle("SET", "LAMP")), stock=table("stock", counted("SET", 4), counted("LAMP", 4))
        )
    )["stock"]
    assert made["sku"].to_list() == ["LAMP"]


def test_what_nothing_explains_is_listed_with_the_nearest_own_sku():
    found = unmatched(
        tables(
            products=table("products", product("LAMP-01"), product("MUG-RED")),
            listings=table("listings", listing("1005", "LAMP-01")),
            bundles=table("bundles", bundle("SET", "LAMP-01")),
            order_lines=table(
                "order_lines",
                line("LAMP-01"),
                line("1005", order_id="2"),
                line("SET", order_id="3"),
                line("lamp_01", order_id="4", units=7),
                line("???", order_id="5"),
            ),
        )
    )
    assert found.rows() == [
        ("aliexpress", "a", "lamp_01", 1, 7, DAY.date(), "LAMP-01", 100.0),
        ("aliexpress", "a", "???", 1, 1, DAY.date(), None, None),
    ]


def test_what_nothing_explains_is_counted_over_its_lines_and_guessed_for_the_most_sold():
    may = datetime(2026, 5, 9, 23, tzinfo=UTC)
    found = unmatched(
        tables(
            products=table("products", product("LAMP"), product("MUG")),
            order_lines=table(
                "order_lines",
                line("mug-1", order_id="1", units=2, listing_id="L"),
                line("lamp-1", order_id="2", units=3, listing_id="L", ordered_at=may),
                line("mug", order_id="3", units=4),
                line("mug.", order_id="4", units=4, shop="b"),
            ),
        ),
        guesses_for=2,
    )
    assert found.rows() == [
        ("aliexpress", "a", "L", 2, 5, may.date(), "LAMP", pytest.approx(200 * 4 / 9)),  # LAMP of "lamp1": 2 x 4 / 9
        ("aliexpress", "a", "mug", 1, 4, DAY.date(), "MUG", 100.0),
        ("aliexpress", "b", "mug.", 1, 4, DAY.date(), None, None),
    ]


@pytest.mark.parametrize(("sold_as", "guess"), [("abc", "abcdefg"), ("abx", None)])
def test_a_guess_is_at_least_sixty_of_a_hundred_alike(sold_as, guess):
    """Twice the letters shared of all letters: abc and abcdefg 6 of 10 = 60 %, abx and abcdefg 4 of 10."""
    found = unmatched(
        tables(products=table("products", product("abcdefg")), order_lines=table("order_lines", line(sold_as)))
    )
    assert found["guess"].to_list() == [guess]


def test_without_products_nothing_is_unmatched():
    assert unmatched(tables(order_lines=table("order_lines", line("X")))).is_empty()


@pytest.mark.parametrize("name", ["order_lines", "returns", "stock"])
def test_nothing_is_changed_where_there_is_nothing_to_change(name):
    given_ = tables(order_lines=table("order_lines", line("X")), stock=table("stock", counted("X", 3)))
    assert map_skus(given_)[name].equals(given_[name])


@pytest.mark.parametrize("name", MAPPED_TABLES)
def test_one_table_is_mapped_without_reading_the_others(name):
    """Orders of a bundle and its counted stock; only what the table itself needs may be looked at."""
    given_ = tables(
        bundles=table("bundles", bundle("SET", "CUP", 2)),
        products=table("products", product("CUP", 3.0)),
        order_lines=table("order_lines", line("SET")),
    )
    needed = {name, "listings", "products", "bundles", "reservations"}
    only = {key: frame for key, frame in given_.items() if key in needed}
    assert map_table(name, only).equals(map_skus(given_)[name])
