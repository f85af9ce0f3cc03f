"""Each table says what identifies a row, what an export replaces, and when a row was known."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from tradewind.core.tables import TABLES


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_every_table_names_its_key_its_group_and_its_known_at(table):
    assert "known_at" in table.columns
    assert table.key[: len(table.group)] == table.group
    assert table.fact_time is None or table.fact_time in table.columns
    assert table.empty().schema["known_at"] == pl.Datetime("us", "UTC")


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_money_columns_have_a_currency_beside_them(table):
    money = {
        "unit_cost",
        "list_price",
        "unit_price",
        "paid_amount",
        "freight_amount",
        "refund_amount",
        "freight_per_kg",
    }
    if money & set(table.columns):
        assert "currency" in table.columns


GOOD = {
    pl.String: "x",
    pl.Int64: 1,
    pl.Float64: 1.0,
    pl.Date: date(2026, 3, 1),
    pl.Datetime("us", "UTC"): datetime(2026, 3, 1, tzinfo=UTC),
}
SHAPED = {"market": "ES", "currency": "CNY", "quote": "EUR", "ends_on": date(2026, 3, 2), "bundle_sku": "y"}
SHAPED |= {"unit_cost": None}  # a cost asks for a currency
REQUIRED = {
    "products": "sku",
    "listings": "platform shop listing_id sku",
    "bundles": "bundle_sku sku units",
    "suppliers": "supplier",
    "nodes": "node kind market",
    "services": "service node market",
    "order_lines": "platform shop order_id line_no sku market ordered_at units currency status known_at",
    "stock": "node sku taken_at available_units known_at",
    "reservations": "node sku channel taken_at units known_at",
    "purchase_orders": "purchase_id line_no sku ordered_at units known_at",
    "inbounds": "platform shop inbound_id sku node booked_at booked_units known_at",
    "parcels": "platform shop parcel_id service node market created_at known_at",
    "events": "platform shop parcel_id milestone happened_at known_at",
    "returns": "platform shop return_id line_no sku market kind units opened_at known_at",
    "settlements": "platform shop settlement_id line_no kind amount currency settled_at known_at",
    "fines": "platform shop fine_id kind amount currency fined_at known_at",
    "traffic": "platform shop sku market on_date channel known_at",
    "calendar": "event market starts_on ends_on kind",
    "fx": "currency quote on_date rate known_at",
}
AT_LEAST_ONE = {
    ("products", "moq_units"), ("products", "carton_units"), ("bundles", "units"),
    ("order_lines", "line_no"), ("order_lines", "units"), ("returns", "line_no"), ("returns", "units"),
    ("purchase_orders", "line_no"), ("purchase_orders", "units"), ("inbounds", "booked_units"),
    ("settlements", "line_no"), ("services", "volumetric_divisor_cm3_per_kg"),
}  # fmt: skip
ANY_SIGN = {("settlements", "amount")}
ABOVE_NOUGHT = {("fx", "rate")}


def accepted(table: str, **said: object) -> bool:
    """Whether a row that is good but for `said` belongs into the table."""
    schema = dict(TABLES[table].empty().schema)
    row = {c: SHAPED.get(c, t.categories[0] if isinstance(t, pl.Enum) else GOOD.get(t)) for c, t in schema.items()}
    return TABLES[table].schema.is_valid(pl.DataFrame([row | said], schema=schema))


@pytest.mark.parametrize("table", TABLES)
def test_what_a_table_must_know_of_each_row_and_what_may_be_unknown(table):
    assert accepted(table)
    must = {column for column in TABLES[table].columns if not accepted(table, **{column: None})}
    assert must == set(REQUIRED[table].split())


@pytest.mark.parametrize("table", TABLES)
def test_counts_and_amounts_have_a_least_value(table):
    for column, dtype in TABLES[table].empty().schema.items():
        if dtype.is_numeric():
            small = 0.001 if dtype == pl.Float64 else 1
            least = (
                dict.fromkeys(AT_LEAST_ONE, 1) | dict.fromkeys(ANY_SIGN, -small) | dict.fromkeys(ABOVE_NOUGHT, small)
            )
            found = next(n for n in (-small, 0, small, 1) if accepted(table, **{column: n}))
            assert found == least.get((table, column), 0), column


@pytest.mark.parametrize("table", TABLES)
def test_names_are_not_empty_and_markets_and_currencies_are_codes(table):
    for column in REQUIRED[table].split():
        if TABLES[table].empty().schema[column] == pl.String:
            assert not accepted(table, **{column: ""}), column
    for column in {"market", "currency", "quote"} & set(TABLES[table].columns):
        good = SHAPED[column]
        assert [accepted(table, **{column: text}) for text in (good, good.lower(), good + "S", good[1:])] == [
            True, False, False, False,
        ], column  # fmt: skip


def test_a_deposit_is_a_share_of_the_whole_at_most():
    assert [accepted("suppliers", deposit_share=share) for share in (0.0, 1.0, 1.01)] == [True, True, False]


def test_a_cost_has_a_currency_a_bundle_is_not_in_itself_and_an_event_ends_after_its_start():
    assert [accepted("products", unit_cost=c, currency=None) for c in (None, 1.0)] == [True, False]
    assert not accepted("bundles", sku="y")
    assert not accepted("calendar", ends_on=date(2026, 3, 1))


def test_an_export_replaces_all_lines_of_an_order_and_a_whole_bundle():
    replaced = {name: table.group for name, table in TABLES.items() if table.group != table.key}
    shop = ("platform", "shop")
    assert replaced == {
        "bundles": ("bundle_sku",),
        "order_lines": (*shop, "order_id"),
        "purchase_orders": ("purchase_id",),
        "inbounds": (*shop, "inbound_id"),
        "returns": (*shop, "return_id"),
        "settlements": (*shop, "settlement_id"),
    }
