from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from tradewind.core.errors import ParameterError
from tradewind.core.tables import TABLES
from tradewind.data.rules import load_rules
from tradewind.engine.margin import COMPONENTS, Costing, EconomicsParams, landed_margin, unit_economics

RULES = load_rules()
AS_OF = datetime(2026, 3, 2, tzinfo=UTC)


def made(table: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = TABLES[table].empty().schema
    return pl.DataFrame([{c: row.get(c) for c in schema} for row in rows], schema=schema)


def sale(order: str, sku: str, units: int, paid: float, days_ago: float = 7, **more: object) -> dict[str, object]:
    at = AS_OF - timedelta(days=days_ago)
    return {
        "platform": "p", "shop": "s", "order_id": order, "line_no": more.pop("line_no", 1), "sku": sku, "market": "ES",
        "mode": "semi_jit", "ordered_at": at, "units": units, "unit_price": paid / units, "paid_amount": paid,
        "currency": "CNY", "status": "paid", "known_at": at, **more,
    }  # fmt: skip


TABLES_GIVEN = {
    "products": made(
        "products",
        [
            {
                "sku": "cup", "unit_cost": 10.0, "currency": "CNY", "weight_g": 89.0,
                "length_mm": 120.0, "width_mm": 80.0, "height_mm": 50.0,
            },
            {
                "sku": "pen", "unit_cost": 1.0, "currency": "CNY", "weight_g": 20.0,
                "length_mm": 30.0, "width_mm": 20.0, "height_mm": 50.0,
            },
        ],
    ),
    "services": made(
        "services",
        [
            {
                "service": "std", "node": "HZ", "market": "ES", "service_class": "standard", "freight_per_kg": 60.0,
                "freight_per_parcel": 17.26, "currency": "CNY",
            }
        ],
    ),
    "nodes": made("nodes", [{"node": "HZ", "kind": "preferred", "market": "CN"}]),
}  # fmt: skip


def economics(
    rows: list[dict[str, object]], params: EconomicsParams | None = None, **more: pl.DataFrame
) -> pl.DataFrame:
    costing = Costing("CNY", **{**TABLES_GIVEN, **more})
    return unit_economics(made("order_lines", rows), RULES, costing, as_of=AS_OF, params=params)


def one(frame: pl.DataFrame, sku: str, mode: str) -> dict[str, object]:
    return frame.filter((pl.col("sku") == sku) & (pl.col("mode") == mode)).row(0, named=True)


def test_a_unit_earns_what_the_line_that_sold_it_earned():
    lines = [sale("1", "cup", 1, 100.0)]
    past = landed_margin(made("order_lines", lines), RULES, Costing("CNY", **TABLES_GIVEN)).row(0, named=True)
    unit = one(economics(lines), "cup", "semi_jit")
    assert {c: unit[c] for c in (*COMPONENTS, "margin")} == pytest.approx({c: past[c] for c in (*COMPONENTS, "margin")})


def by_ways(*ways: tuple[str, float], weight_g: float = 89.0) -> float | None:
    """A cup's freight where its parcels go by `ways` (service, share): std, light (up to 500 g) and fast, which has no
    price."""
    own = {"node": "HZ", "market": "ES", "service_class": "standard", "currency": "CNY"}
    services = made(
        "services",
        [
            {**own, "service": "std", "freight_per_kg": 60.0, "freight_per_parcel": 17.26},
            {**own, "service": "light", "freight_per_kg": 30.0, "freight_per_parcel": 5.0, "max_weight_g": 500.0},
            {**own, "service": "fast"},
        ],
    )
    routes = pl.DataFrame(
        [("semi_jit", "ES", service, "HZ", share) for service, share in ways],
        schema=["mode", "market", "service", "node", "share"], orient="row",
    )  # fmt: skip
    products = TABLES_GIVEN["products"].with_columns(weight_g=pl.lit(weight_g))
    found = economics([sale("1", "cup", 1, 100.0)], services=services, products=products, routes=routes)
    return one(found, "cup", "semi_jit")["freight"]


STD, LIGHT = 0.089 * 60 + 17.26, 0.089 * 30 + 5.0


def test_freight_is_the_mean_over_the_ways_the_parcels_of_the_mode_go():
    assert by_ways(("std", 1.0)) == pytest.approx(STD)
    assert by_ways(("std", 0.75), ("light", 0.25)) == pytest.approx(0.75 * STD + 0.25 * LIGHT)


def test_a_way_without_a_price_leaves_it_to_the_others_while_they_are_most():
    assert by_ways(("std", 0.5), ("light", 0.25), ("fast", 0.25)) == pytest.approx((2 * STD + LIGHT) / 3)
    assert by_ways(("fast", 0.75), ("std", 0.25)) is None


def test_goods_too_heavy_for_a_way_go_the_others():
    assert by_ways(("std", 0.25), ("light", 0.75), weight_g=501.0) == pytest.approx(0.501 * 60 + 17.26)


def test_all_modes_on_offer_are_compared_at_the_same_price():
    frame = economics([sale("1", "cup", 1, 100.0)])
    assert frame["mode"].to_list() == ["pop", "semi_jit", "semi_stocked"]
    assert frame["price"].to_list() == [100.0] * 3


def test_the_price_is_weighted_by_units_over_the_recent_weeks():
    lines = [sale("1", "cup", 3, 90.0), sale("2", "cup", 1, 50.0), sale("3", "cup", 9, 900.0, days_ago=200)]
    assert one(economics(lines), "cup", "pop")["price"] == pytest.approx(35.0)


def test_the_price_is_in_base_currency_at_the_rate_of_the_day_it_is_asked_for():
    rates = [(AS_OF - timedelta(days=d)).date() for d in (40, 1)]
    fx = pl.DataFrame({"currency": "BRL", "quote": "CNY", "on_date": rates, "rate": [1.2, 1.5]})
    lines = [sale("1", "cup", 1, 100.0, days_ago=40, currency="BRL")]
    assert one(economics(lines, fx=fx), "cup", "pop")["price"] == pytest.approx(150.0)
    assert one(economics(lines, fx=fx.head(1)), "cup", "pop")["price"] == pytest.approx(120.0)  # today's is not known


def test_a_pair_that_sold_long_ago_keeps_its_last_price_and_says_when():
    unit = one(economics([sale("1", "cup", 1, 80.0, days_ago=300)]), "cup", "pop")
    assert unit["price"] == 80.0
    assert unit["last_sold_on"] == date(2025, 5, 6)


def test_order_fees_are_spread_over_all_pieces_of_the_orders():
    lines = [sale("1", "cup", 1, 30.0), sale("1", "pen", 3, 10.0, line_no=2), sale("2", "cup", 1, 30.0)]
    unit = one(economics(lines), "cup", "semi_jit")
    assert unit["units_per_order"] == pytest.approx(2 / (1 / 4 + 1))
    assert unit["operation_fee"] == pytest.approx(5.20 * (1 / 4 + 1) / 2)


def test_what_happens_after_the_moment_changes_nothing():
    lines = [sale("1", "cup", 1, 100.0)]
    later = sale("9", "cup", 50, 1.0, days_ago=-1)
    told_later = {**sale("8", "cup", 50, 1.0), "known_at": AS_OF + timedelta(days=1)}
    called_off_later = {**lines[0], "cancelled_at": AS_OF + timedelta(days=1), "status": "cancelled"}
    assert economics([*lines, later, told_later]).equals(economics(lines))
    assert economics([called_off_later]).equals(economics(lines))


def test_a_parcel_sent_later_does_not_choose_the_service():
    fast = {**TABLES_GIVEN["services"].row(0, named=True), "service": "fast", "service_class": "express"}
    services = pl.concat([TABLES_GIVEN["services"], made("services", [fast])])
    at = AS_OF + timedelta(days=1)
    parcel = {"parcel_id": "1", "service": "fast", "node": "HZ", "market": "ES", "created_at": at, "known_at": at}
    frame = economics([sale("1", "cup", 1, 100.0)], services=services, parcels=made("parcels", [parcel]))
    assert frame["service"].to_list() == ["std"] * 3


def test_overseas_is_offered_only_where_a_warehouse_abroad_has_a_card():
    nodes = [
        {"node": "HZ", "kind": "preferred", "market": "CN"},
        {"node": "MAD", "kind": "overseas", "market": "ES", "inbound_cost_per_unit": 6.0, "currency": "CNY"},
    ]
    local = {
        "service": "local", "node": "MAD", "market": "ES", "service_class": "standard", "freight_per_kg": 8.0,
        "freight_per_parcel": 20.0, "currency": "CNY",
    }  # fmt: skip
    services = pl.concat([TABLES_GIVEN["services"], made("services", [local])])
    frame = economics([sale("1", "cup", 1, 100.0)], nodes=made("nodes", nodes), services=services)
    assert one(frame, "cup", "overseas")["inbound_cost"] == 6.0


def test_a_seller_with_nothing_but_an_own_shop_is_offered_no_platform():
    assert economics([sale("1", "cup", 1, 100.0, mode="own")])["mode"].to_list() == ["own"]


def test_goods_supplied_keep_their_supply_price_and_no_other_mode_takes_it_for_its_own():
    alone = economics([sale("1", "cup", 1, 20.0, mode="full")])
    assert alone.select("mode", "price").rows() == [("full", 20.0)]
    both = economics([sale("1", "cup", 1, 20.0, mode="full"), sale("2", "cup", 1, 100.0, mode="pop")])
    assert dict(both.select("mode", "price").iter_rows()) == {
        "full": 20.0, "pop": 100.0, "semi_jit": 100.0, "semi_stocked": 100.0,
    }  # fmt: skip


def test_storage_is_counted_where_goods_are_stocked_ahead():
    frame = economics([sale("1", "cup", 1, 100.0)])
    assert one(frame, "cup", "semi_jit")["storage_month"] == 0.0
    # 480 cm3 x 7 CNY a week and cubic metre x 4.345 weeks
    assert one(frame, "cup", "semi_stocked")["storage_month"] == pytest.approx(0.00048 * 7 * 365 / 84)


def test_the_warehouses_own_storage_and_inbound_cost_go_first():
    node = {
        "node": "HZ", "kind": "preferred", "market": "CN", "currency": "CNY",
        "inbound_cost_per_unit": 0.9, "storage_cost_per_m3_week": 14.0,
    }  # fmt: skip
    frame = economics([sale("1", "cup", 1, 100.0)], nodes=made("nodes", [node]))
    assert one(frame, "cup", "semi_stocked")["inbound_cost"] == pytest.approx(0.9)
    assert one(frame, "cup", "semi_stocked")["storage_month"] == pytest.approx(0.00048 * 14 * 365 / 84)
    assert one(frame, "cup", "semi_jit")["inbound_cost"] == pytest.approx(1.5)


def test_no_sales_give_no_rows():
    assert economics([]).is_empty()


def test_only_the_modes_asked_for_are_offered():
    frame = economics([sale("1", "cup", 1, 100.0)], params=EconomicsParams(modes=("pop",)))
    assert frame["mode"].to_list() == ["pop", "semi_jit"]


def test_a_market_without_a_card_is_there_with_its_freight_unknown():
    frame = economics([sale("1", "cup", 1, 100.0, market="CL")])
    assert frame["mode"].to_list() == ["pop", "semi_jit", "semi_stocked"]
    assert set(frame["service"]) == {None}
    assert "freight" in one(frame, "cup", "pop")["unknown"]
    assert one(frame, "cup", "pop")["margin"] is None


def test_own_shops_beside_a_platform_take_part_in_the_comparison():
    frame = economics([sale("1", "cup", 1, 100.0, mode="own"), sale("2", "cup", 1, 90.0, mode="pop")])
    assert frame["mode"].to_list() == ["own", "pop", "semi_jit", "semi_stocked"]


def test_a_stated_price_replaces_the_typical_one_in_its_mode_alone():
    prices = pl.DataFrame({"sku": ["cup"], "mode": ["pop"], "price": [70.0]})
    costing = Costing("CNY", **TABLES_GIVEN)
    lines = made("order_lines", [sale("1", "cup", 1, 100.0)])
    frame = unit_economics(lines, RULES, costing, as_of=AS_OF, prices=prices)
    assert dict(frame.select("mode", "price").iter_rows()) == {"pop": 70.0, "semi_jit": 100.0, "semi_stocked": 100.0}


def test_the_recent_weeks_end_with_the_pairs_own_last_sale():
    lines = [sale("1", "cup", 1, 90.0, days_ago=100), sale("2", "cup", 1, 50.0, days_ago=100 + 13 * 7)]
    assert one(economics(lines), "cup", "pop")["price"] == pytest.approx(90.0)
    lines[1] = sale("2", "cup", 1, 50.0, days_ago=100 + 13 * 7 - 0.1)
    assert one(economics(lines), "cup", "pop")["price"] == pytest.approx(70.0)
    with pytest.raises(ParameterError, match="recent_weeks"):
        EconomicsParams(recent_weeks=0)
    EconomicsParams(recent_weeks=1)


def test_sales_without_a_rate_do_not_pull_the_price_down():
    lines = [sale("1", "cup", 1, 90.0), sale("2", "cup", 9, 900.0, currency="BRL")]
    assert one(economics(lines), "cup", "pop")["price"] == pytest.approx(90.0)
    assert one(economics(lines[1:]), "cup", "pop")["price"] is None


def shipped(shipping: float | None, *, mode: str = "own", **more: object) -> dict[str, object]:
    return sale("1", "cup", 2, 100.0, mode=mode, shipping_paid=shipping, currency="CNY", **more)


CARD = 2 * 0.089 * 60 + 17.26


@pytest.mark.parametrize(
    ("row", "freight"),
    [
        (shipped(0.0), CARD),  # free shipping is the seller's
        (shipped(9.9), CARD - 9.9),
        (shipped(50.0), CARD - 50.0),  # more than it cost is earned
        (shipped(None), 0.0),  # not said: the rules take it for the buyer's
        (shipped(9.9, mode="semi_jit"), CARD),  # the platform's freight is paid by the rules
        (shipped(9.9, mode="pop"), CARD),
        (shipped(9.9, market="DE"), 0.0),  # no card: what was paid is taken to cover it
        (shipped(0.0, market="DE"), None),
    ],
)
def test_what_a_buyer_paid_for_shipping_counts_against_freight_in_own_shops(row, freight):
    found = landed_margin(made("order_lines", [row]), RULES, Costing("CNY", **TABLES_GIVEN)).row(0, named=True)
    assert found["freight"] == (None if freight is None else pytest.approx(freight))


def test_a_unit_of_an_own_shop_expects_the_shipping_that_its_buyers_paid():
    lines = [shipped(9.9), sale("2", "cup", 1, 50.0, mode="own", shipping_paid=0.0), sale("3", "cup", 1, 50.0)]
    found = economics(lines, EconomicsParams(modes=("own", "semi_jit")))
    own, other = one(found, "cup", "own"), one(found, "cup", "semi_jit")
    assert own["freight"] == pytest.approx(other["freight"] - 9.9 / 3)


def test_shipping_paid_in_another_currency_counts_at_its_rate():
    fx = pl.DataFrame({"currency": ["EUR"], "quote": ["CNY"], "on_date": [AS_OF.date()], "rate": [8.0]})
    row = sale("1", "cup", 2, 100.0, days_ago=0.5, mode="own", shipping_paid=1.5, currency="EUR")
    costing = Costing("CNY", **TABLES_GIVEN, fx=fx)
    found = landed_margin(made("order_lines", [row]), RULES, costing, on=AS_OF.date())
    assert found["freight"].item() == pytest.approx(CARD - 12.0)
