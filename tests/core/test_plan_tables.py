"""A plan's tables: what each is, is said in both languages, and a frame that differs from its contract is refused."""

import polars as pl
import pytest

from tradewind.core.plan_tables import PLAN_TABLES, PlanTable, PlanTableError, conform, conform_plan
from tradewind.core.plan_tables.columns import identifier, money, names, units
from tradewind.core.text import LANGUAGES, catalogue

ORDERS = PlanTable(
    "orders",
    ("node", "sku"),
    {"node": identifier(), "sku": identifier(), "units": units(), "gain": money(nullable=True)},
)
KEPT = pl.DataFrame({"node": ["HZ", "HZ"], "sku": ["A", "B"], "units": [3, 0], "gain": [12.5, None]})


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("table", PLAN_TABLES.values(), ids=lambda t: t.name)
def test_every_table_says_what_it_is_what_a_row_is_and_what_each_column_means(table, lang):
    assert table.meaning(lang)
    assert table.grain(lang)
    assert all(table.column_meaning(column, lang) for column in table.columns)


def test_nothing_is_said_of_tables_and_columns_there_are_not():
    used = {key for table in PLAN_TABLES.values() for column in table.columns for key in table.said_by(column)}
    used |= {f"plan_{what}.{name}" for what in ("table", "grain") for name in PLAN_TABLES}
    assert {key for key in catalogue("en") if key.startswith("plan_")} - used == set()


def test_a_cost_in_another_view_means_the_cost_seen_that_way():
    lines = PLAN_TABLES["actual_lines"]
    assert lines.column_meaning("then_freight", "en") == (
        "As settled, at the rates of the order's day: Freight to the buyer, where the seller pays it."
    )
    assert lines.column_meaning("now_freight", "zh") == "结算结果，按结算当天汇率：由卖家承担的到买家运费。"


@pytest.mark.parametrize("table", PLAN_TABLES.values(), ids=lambda t: t.name)
def test_the_key_of_a_table_is_among_its_columns_and_its_empty_frame_conforms(table):
    assert set(table.key) <= set(table.columns)
    conform(table.name, table.empty())


@pytest.mark.parametrize("table", PLAN_TABLES.values(), ids=lambda t: t.name)
def test_money_and_measures_have_a_unit_and_shares_say_whether_they_are_odds(table):
    for name, column in table.columns.items():
        if column.kind in ("money", "measure", "units", "days", "count"):
            assert column.unit, name
        if column.kind != "array":
            assert (column.kind == "share") == column.unit.startswith("share"), name


def test_a_frame_that_keeps_its_contract_passes_unchanged():
    ORDERS.check(KEPT)
    empty = PLAN_TABLES["orders"].empty()
    assert conform("orders", empty) is empty


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (KEPT.drop("gain"), "orders: column gain is missing"),
        (KEPT.with_columns(price=1.0), "orders: unknown columns price"),
        (KEPT.cast({"units": pl.Int32}), "orders: column units is Int32, not Int64"),
        (KEPT.with_columns(gain=pl.lit(None)), "orders: column gain is Null, not Float64"),
        (KEPT.select("sku", "node", "units", "gain"), "orders: columns in the order sku, node, units, gain"),
        (KEPT.with_columns(units=pl.lit(None, pl.Int64)), "orders: column units has 2 nulls"),
        (KEPT.with_columns(gain=float("nan")), "orders: column gain has 2 values that are NaN or infinite"),
        (KEPT.with_columns(sku=pl.lit("A")), "orders: key {'node': 'HZ', 'sku': 'A'} stands more than once"),
        (KEPT.drop("gain").cast({"units": pl.Int32}), "Int64; column gain is missing"),
    ],
)
def test_a_frame_that_differs_is_refused_by_name(broken, says):
    with pytest.raises(PlanTableError) as refused:
        ORDERS.check(broken)
    assert says in str(refused.value)


def test_rows_without_a_market_are_rows_like_others_and_stand_once_each():
    pairs = PlanTable("pairs", ("sku", "market"), {"sku": identifier(), "market": identifier(nullable=True)})
    once = pl.DataFrame({"sku": ["A", "A"], "market": ["ES", None]})
    pairs.check(once)
    with pytest.raises(PlanTableError, match="more than once"):
        pairs.check(pl.concat([once, once.tail(1)]))


def test_a_table_without_a_key_may_repeat_itself():
    notes = PlanTable("notes", (), {"unknown": names()})
    notes.check(pl.DataFrame({"unknown": [["size"], ["size"]]}))


def test_a_plan_lacks_no_table_and_has_no_other():
    whole = {name: table.empty() for name, table in PLAN_TABLES.items()}
    conform_plan(whole)
    with pytest.raises(PlanTableError, match="missing from the plan: cash_low, orders"):
        conform_plan({name: frame for name, frame in whole.items() if name not in ("orders", "cash_low")})
    with pytest.raises(PlanTableError, match="wishes: no such table"):
        conform_plan(whole | {"wishes": KEPT})
