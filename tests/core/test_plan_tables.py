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


COSTS = (
    "base_service_fee operation_fee oversize_fee commission affiliate_cost freight surcharges duty tax fx_cost "
    "product_cost inbound_cost late_cost returns_cost capital_cost ad_cost fines other storage"
)
MAY_BE_UNKNOWN = {
    "sales": "in_stock_share",
    "lanes": "region mean p_zero quantiles tail",
    "promises": "region promise_days on_time_odds odds_5_days reachable_5_days",
    "late_parcels": "region expected_days_left order_id paid_amount cost_if_late",
    "margin_by": (
        "mode revenue base_service_fee operation_fee oversize_fee commission affiliate_cost freight "
        "surcharges duty tax fx_cost product_cost inbound_cost late_cost returns_cost capital_cost ad_cost "
        "margin known_share"
    ),
    "savings": "sku market mode service other billed_g actual_g step_g over_g",
    "economics": (
        "price revenue base_service_fee operation_fee oversize_fee commission affiliate_cost freight "
        "surcharges duty tax fx_cost product_cost inbound_cost late_cost returns_cost capital_cost ad_cost "
        "margin margin_known_part storage_month service node billable_g break_even_price target_price"
    ),
    "blocked": "example",
    "margin_lines": "mode revenue margin",
    "ad_costs": "conversion",
    "late_inbound": "sku",
    "tiers": "contribution previous_tier currency",
    "modes": (
        "mode previous_mode monthly_margin monthly_margin_p10 monthly_margin_p90 present_margin sales_to_keep "
        "runner_up runner_up_margin gain stranded_units stranded_cost way_out currency"
    ),
    "mode_options": (
        "monthly_margin monthly_margin_p10 monthly_margin_p90 cautious_margin monthly_units late_fines "
        "capital_tied margin_if_known best_odds elsewhere unit_margin wrong_costs break_even_multiplier"
    ),
    "sold_in": "mode",
    "mode_offers": "retail_price platform_limit counter_offer counter_margin best_other_mode best_other_margin",
    "price_parity": "price reference gap_share",
    "network": "mode",
    "orders": (
        "order_units order_up_to available_units on_the_way_units arrives_week stockout_week expected_gain "
        "missed_gain stockout_odds_after order_cost volume_m3 critical_ratio wanted_units lead_time_days"
    ),
    "supply": (
        "supplier available_units on_the_way_units weeks_of_cover stockout_odds buy_units lost_units unit_contribution "
        "contribution_lost lead_time_days"
    ),
    "capacity": "capacity_m3 value_per_m3",
    "margin_actual": (
        "mode expected_revenue revenue expected_margin margin amounts fee_rates freight returns fines goods "
        "tax other fx difference"
    ),
    "actual_lines": " ".join(
        ["order_id line_no sku market mode"]
        + [f"{view}_{what}" for view in ("expected", "now", "then") for what in ("revenue", *COSTS.split(), "margin")]
    ),
    "strange_sums": "amount",
    "fines": (
        "order_id inbound_id money appeal_by days_left status due_at received_at scanned_at ordered_at "
        "within_days claimed"
    ),
    "fine_evidence": "detail",
    "fees_back": "fault due received rest reason_given",
    "cash_low": "opening",
    "cash_notes": "money",
    "payout_lags": "days_p10 days_p50 days_p90",
    "corrections": "layout file row line_no column value raw import_id",
    "shop_health": "value cases of per_week break_on days_left",
    "actions": "expected_money sku market node service",
    "summary": "value",
}
"""All other columns always say something; what is not known is null, never nought."""


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("table", PLAN_TABLES.values(), ids=lambda t: t.name)
def test_every_table_says_what_it_is_what_a_row_is_and_what_each_column_means(table, lang):
    assert table.meaning(lang)
    assert table.grain(lang)
    assert all(table.column_meaning(column, lang) for column in table.columns)


def test_nothing_is_said_of_tables_and_columns_there_are_not():
    used = {key for table in PLAN_TABLES.values() for column in table.columns for key in table.meaning_ids(column)}
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


@pytest.mark.parametrize("table", PLAN_TABLES.values(), ids=lambda t: t.name)
def test_what_may_be_unknown_in_each_table_and_nothing_else_may(table):
    unknown = {name for name, column in table.columns.items() if column.nullable}
    assert unknown == set(MAY_BE_UNKNOWN.get(table.name, "").split())


def test_a_column_says_what_its_numbers_are_of():
    shown = {
        ("demand", "mean"): ("units", "units", pl.Float64()),
        ("lanes", "mean"): ("days", "days", pl.Float64()),
        ("orders", "expected_gain"): ("money", "base currency", pl.Float64()),
        ("fines", "amount"): ("money", "currency", pl.Float64()),
        ("capacity", "value_per_m3"): ("money", "base currency/m3", pl.Float64()),
        ("capacity", "skus_without_size"): ("count", "SKUs", pl.Int64()),
        ("cash_paths", "converted"): ("array", "base currency", pl.Array(pl.Float64(), 200)),
        ("margin_lines", "line_no"): ("number", "", pl.Int64()),
    }
    columns = {at: PLAN_TABLES[at[0]].columns[at[1]] for at in shown}
    assert {at: (column.kind, column.unit, column.dtype) for at, column in columns.items()} == shown


def test_a_table_and_a_row_of_it_are_called_by_their_words():
    freshness = PLAN_TABLES["freshness"]
    assert freshness.meaning("en").startswith("How old the newest order of each shop is")
    assert freshness.grain("en") == "a shop"


def test_a_frame_is_checked_by_the_contract_of_its_name():
    orders = PLAN_TABLES["orders"].empty()
    with pytest.raises(PlanTableError, match="orders: column reason is missing"):
        conform("orders", orders.drop("reason"))
    with pytest.raises(PlanTableError, match="order: no such table"):
        conform("order", orders)


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
