"""Proposals of every room become one list, best first, each with its sentence and the rows behind it."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime

import polars as pl
import pytest

from tradewind.core.proposals import PROPOSAL
from tradewind.core.text import catalogue, text
from tradewind.engine.actions import PROPOSERS, proposed, rank_actions
from tradewind.engine.stock.proposals import buy_goods

FRAMES = {
    "orders": pl.DataFrame(
        {
            "node": ["hz", "hz"],
            "sku": ["mug", "lamp"],
            "order_units": [240, 0],
            "expected_gain": [1200.0, 0.0],
            "missed_gain": [0.0, 55.0],
            "reason": ["action.order_stock.title", "stock_overfull"],
        }
    ),
    "supply": pl.DataFrame(
        {
            "sku": ["mug", "hat", "cap", "pen"],
            "supplier": ["Li", "Wang", "Wang", "Wang"],
            "buy_units": [50, 20, 30, 0],
            "lost_units": [9.0, 4.0, 8.0, 0.0],
            "contribution_lost": [90.0, 8.0, None, 0.0],
            "weeks_of_cover": [1.0, 0.5, 2.0, 9.0],
            "stockout_odds": [0.5, 0.9, 0.4, 0.0],
        }
    ),
    "modes": pl.DataFrame(
        {
            "sku": ["mug", "lamp"],
            "mode": ["semi_stocked", "pop"],
            "previous_mode": ["semi_jit", "pop"],
            "monthly_margin": [700.0, 90.0],
            "present_margin": [400.0, 90.0],
            "reason": ["action.switch_mode.title", "action.switch_mode.title"],
        }
    ),
    "sold_in": pl.DataFrame({"sku": ["mug", "lamp"], "market": ["ES", "ES"], "mode": ["semi_jit", "pop"]}),
    "demand": pl.DataFrame(
        {
            "sku": ["lamp"] * 5,
            "market": ["ES"] * 5,
            "week": [date(2026, 11, 2 + 7 * i) if i < 4 else date(2026, 11, 30) for i in range(5)],
            "mean": [10.0, 10.0, 10.0, 10.0, 1000.0],
        }
    ),
    "economics": pl.DataFrame(
        {
            "sku": ["lamp", "lamp", "mug"],
            "market": ["ES", "ES", "ES"],
            "mode": ["pop", "semi_jit", "semi_jit"],
            "margin": [-2.5, -9.0, 4.0],
            "price": [20.0, 20.0, 30.0],
            "break_even_price": [23.0, 31.0, None],
            "target_price": [28.5, 40.0, None],
            "unknown": [[], [], []],
        },
        schema_overrides={"unknown": pl.List(pl.String)},
    ),
    "late_parcels": pl.DataFrame(
        {
            "service": ["economy", "economy", "economy"],
            "market": ["BR", "BR", "BR"],
            "p_late": [0.9, 0.6, 0.1],
            "p_never": [0.1, 0.0, 0.0],
            "paid_amount": [100.0, 50.0, 70.0],
            "cost_if_late": [20.0, 10.0, 14.0],
        }
    ),
    "capacity": pl.DataFrame(
        {
            "node": ["hz", "hz", "hz", "yw"],
            "week": [date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23), date(2026, 11, 9)],
            "stock_m3": [9.0, 10.0, 14.0, 1.0],
            "capacity_m3": [10.0, 10.0, 10.0, 20.0],
            "value_per_m3": [80.0, 212.0, None, 0.0],
        }
    ),
    "corrections": pl.DataFrame({"table": ["stock"], "problem": ["bad_number"], "file": ["stock.csv"]}),
    "blocked": pl.DataFrame(
        {
            "cause": ["card", "weight"],
            "lines": [12, 3],
            "money": [900.0, 80.0],
            "currency": ["CNY", "USD"],
            "example": ["ES", "lamp"],
        }
    ),
    "fines": pl.DataFrame(
        {
            "platform": ["ae", "ae", "ae", "ae"],
            "shop": ["yw"] * 4,
            "fine_id": ["F1", "F2", "F3", "F4"],
            "kind": ["late_inbound"] * 4,
            "money": [30.0, 90.0, 80.0, 7.0],
            "verdict": ["against", "for", "against", "against"],
            "open": [True, True, False, True],
            "appeal_by": [datetime(2026, 11, 5, 16, tzinfo=UTC)] * 3 + [None],
        },
        schema_overrides={"appeal_by": pl.Datetime("us", "UTC")},
    ),
    "cash_low": pl.DataFrame(
        {
            "opening_known": [True],
            "low_p10": [-900.0],
            "low_week": [date(2026, 11, 16)],
            "odds_short": [0.25],
            "short_money": [150.0],
        }
    ),
    "shop_health": pl.DataFrame(
        {
            "platform": ["ae", "ae"],
            "shop": ["yw", "yw"],
            "figure": ["sell_through", "dispute_rate"],
            "value": [0.7, 0.01],
            "threshold": [0.65, 0.08],
            "bound": ["least", "most"],
            "state": ["soon", "kept"],
            "break_on": [date(2026, 11, 20), None],
            "confidence": ["C", "assumed"],
            "source": ["a guide", "ours"],
        }
    ),
    "mode_control": pl.DataFrame(schema={"decision": pl.String, "mode": pl.String, "decided_by": pl.String}),
    "freshness": pl.DataFrame(
        {
            "platform": ["ae", "ae"],
            "shop": ["old", "new"],
            "last_order_on": [date(2026, 10, 1), date(2026, 11, 1)],
            "days_old": [32, 1],
        }
    ),
}


def actions(frames: Mapping[str, pl.DataFrame] = FRAMES) -> pl.DataFrame:
    return rank_actions(proposed(frames, "CNY"), "CNY")


def test_the_list_is_ranked_by_money_with_the_unknown_last():
    found = actions().select("rank", "action", "expected_money").rows()
    assert found == [
        (1, "order_stock", 1200.0),
        (2, "switch_mode", 300.0),
        (3, "free_space", 212.0),
        (4, "cash_short", 150.0),
        (5, "stop_losing", pytest.approx(100.0)),
        (6, "put_off_deliveries", 55.0),
        (7, "appeal_fine", 30.0),
        (8, "warn_late", pytest.approx(24.0)),
        (9, "buy_goods", 8.0),
        (10, "appeal_fine", 7.0),
        (11, "complete_costs", None),
        (12, "correct_rows", None),
        (13, "import_orders", None),
        (14, "shop_threshold", None),
    ]


def test_goods_without_an_order_are_bought_by_supplier_the_most_urgent_named():
    (row,) = actions().filter(action="buy_goods").to_dicts()
    said = text(row["reason"], "en", **json.loads(row["args"]))
    assert said.startswith(
        "Buy 50 units of 2 SKUs from Wang that run short, hat first (90% odds"
    )  # the mug has an order
    nobody = FRAMES["supply"].with_columns(supplier=pl.lit(None, pl.String), contribution_lost=pl.lit(None, pl.Float64))
    (row,) = actions({**FRAMES, "supply": nobody}).filter(action="buy_goods").to_dicts()
    assert (row["reason"], row["expected_money"]) == ("supply_purchase", None)
    assert "cap first" in text(row["reason"], "en", **json.loads(row["args"]))  # most sales lost


def test_goods_whose_quantity_the_platform_decides_are_not_bought():
    theirs = FRAMES["sold_in"].vstack(pl.DataFrame({"sku": ["hat"], "market": ["ES"], "mode": ["full"]}))
    control = pl.DataFrame({"decision": ["stock_quantity"], "mode": ["full"], "decided_by": ["platform"]})
    control = control.select(FRAMES["mode_control"].columns).cast(dict(FRAMES["mode_control"].schema))
    (row,) = buy_goods({**FRAMES, "sold_in": theirs, "mode_control": control}, "CNY").to_dicts()
    assert "Buy 30 units of 1 SKUs" in text(row["reason"], "en", **json.loads(row["args"]))


def test_losses_count_only_in_the_mode_the_sku_is_sold_in_and_for_four_weeks():
    loss = actions().filter(action="stop_losing")
    assert json.loads(loss["evidence"].item()) == {"sku": "lamp", "market": "ES", "mode": "pop"}
    said = text(loss["reason"].item(), "en", **json.loads(loss["args"].item()))
    assert "loses 2.50 CNY on every unit" in said
    assert "price of 20.00; at 23.00 it earns nothing, at 28.50 the share aimed at" in said


def test_where_no_price_is_enough_none_is_named():
    economics = FRAMES["economics"].with_columns(pl.lit(None, pl.Float64).alias("target_price"))
    loss = actions({**FRAMES, "economics": economics}).filter(action="stop_losing")
    assert loss["reason"].item() == "action.stop_losing.hopeless"
    assert "No price" in text(loss["reason"].item(), "en", **json.loads(loss["args"].item()))


def test_every_reason_can_be_said_in_both_languages():
    for row in actions().iter_rows(named=True):
        for lang in ("en", "zh"):
            assert text(row["reason"], lang, **json.loads(row["args"]))


def test_every_kind_of_action_has_a_title_in_both_languages():
    kinds = {propose.__name__ for propose in PROPOSERS}
    for lang in ("en", "zh"):
        assert {f"action.{kind}.title" for kind in kinds} <= catalogue(lang).keys()


def test_the_order_of_the_proposals_does_not_matter():
    every = proposed(FRAMES, "CNY")
    assert rank_actions(every.reverse(), "CNY").equals(actions())


def test_every_room_proposes_in_one_shape():
    for propose in PROPOSERS:
        assert dict(propose(FRAMES, "CNY").schema) == PROPOSAL


def test_row_order_does_not_matter():
    backwards = {name: frame.reverse() for name, frame in FRAMES.items()}
    assert actions(backwards).equals(actions())


def test_nothing_decided_gives_an_empty_list_of_the_same_shape():
    empty = actions({name: frame.clear() for name, frame in FRAMES.items()})
    assert empty.height == 0
    assert set(PROPOSAL) | {"rank", "currency"} == set(empty.columns)


def test_the_cost_of_lateness_is_unknown_where_no_history_tells_it():
    blind = FRAMES | {"late_parcels": FRAMES["late_parcels"].with_columns(cost_if_late=pl.lit(None, pl.Float64))}
    late = actions(blind).filter(action="warn_late")
    assert late["expected_money"].item() is None


@pytest.mark.parametrize(
    ("causes", "money", "lines", "named"),
    [
        (["weight", "mode"], [80.0, 900.0], [40, 12], "mode"),  # most money, not most lines
        (["weight", "mode"], [80.0, 80.0], [40, 12], "weight"),
        (["price", "rate"], [None, 10.0], [40, 2], "rate"),  # what is worth nobody knows what comes last
        (["price"], [None], [5], "price"),
    ],
)
def test_the_one_missing_thing_that_most_money_waits_for_is_named(causes, money, lines, named):
    blocked = (
        FRAMES["blocked"]
        .head(0)
        .vstack(
            pl.DataFrame(
                {"cause": causes, "lines": lines, "money": money, "currency": "EUR", "example": "A7"},
                schema=FRAMES["blocked"].schema,
            )
        )
    )
    found = actions({**FRAMES, "blocked": blocked}).filter(action="complete_costs")
    assert found["reason"].to_list() == [f"action.complete_costs.{named}"]
    said = text(found["reason"].item(), "en", **json.loads(found["args"].item()))
    assert "A7" in said
    assert f"{dict(zip(causes, lines, strict=True))[named]} order lines" in said
    assert ("EUR" in said) == (named != "price")


def test_every_cause_of_an_unknown_margin_has_words_for_what_to_do():
    for lang in ("en", "zh"):
        causes = {key.removeprefix("blocked.") for key in catalogue(lang) if key.startswith("blocked.")}
        assert len(causes) > 9
        assert {f"action.complete_costs.{cause}" for cause in causes} <= catalogue(lang).keys()


def test_a_small_risk_of_running_short_is_no_proposal():
    safe = FRAMES | {"cash_low": FRAMES["cash_low"].with_columns(odds_short=pl.lit(0.09))}
    assert "cash_short" not in set(actions(safe)["action"])


def decided(**by: str) -> pl.DataFrame:
    """A control matrix of one decision for every mode of the frames above: mode="who"."""
    decision = by.pop("decision")
    return pl.DataFrame({"decision": decision, "mode": list(by), "decided_by": list(by.values())})


def test_where_the_platform_sets_the_price_the_action_is_to_quote_another():
    frames = FRAMES | {"mode_control": decided(decision="retail_price", pop="platform", semi_jit="seller")}
    loss = actions(frames).filter(action="stop_losing")
    assert loss["reason"].item() == "action.stop_losing.supplied"
    for lang, said in (("en", "quote more, or stop supplying"), ("zh", "提高供货报价")):
        assert said in text(loss["reason"].item(), lang, **json.loads(loss["args"].item()))


@pytest.mark.parametrize(("who", "orders"), [("seller", 1), ("both", 1), ("platform", 0), ("none", 0)])
def test_stock_somebody_else_decides_on_is_not_ordered(who, orders):
    frames = FRAMES | {
        "network": pl.DataFrame({"node": ["hz"], "sku": ["mug"], "market": ["ES"], "mode": ["semi_jit"]}),
        "mode_control": decided(decision="stock_quantity", semi_jit=who, pop="seller"),
    }
    assert actions(frames).filter(action="order_stock").height == orders


def test_stock_that_serves_another_mode_too_is_ordered():
    frames = FRAMES | {
        "network": pl.DataFrame({"node": "hz", "sku": "mug", "market": ["ES", "FR"], "mode": ["semi_jit", "pop"]}),
        "mode_control": decided(decision="stock_quantity", semi_jit="platform", pop="seller"),
    }
    assert actions(frames).filter(action="order_stock").height == 1


def test_what_is_late_what_is_lost_and_what_will_be_late_are_three_actions():
    late = pl.DataFrame(
        {
            "service": ["economy"] * 4,
            "market": ["BR"] * 4,
            "p_late": [1.0, 1.0, 0.6, 0.4],
            "p_never": [0.2, 0.95, 0.1, 0.0],
            "paid_amount": [100.0, 200.0, 50.0, 70.0],
            "cost_if_late": [20.0, 40.0, 10.0, 14.0],
        }
    )
    found = actions(FRAMES | {"late_parcels": late}).filter(pl.col("service") == "economy")
    assert found.select("action", "expected_money").rows() == [
        ("parcels_lost", pytest.approx(190.0)), ("parcels_late", 20.0), ("warn_late", pytest.approx(6.0)),
    ]  # fmt: skip
    for row in found.iter_rows(named=True):
        for lang in ("en", "zh"):
            assert "economy" in text(row["reason"], lang, **json.loads(row["args"]))


def test_small_ones_of_a_kind_are_one_line_with_their_sum_and_all_their_rows():
    found = rank_actions(proposed(FRAMES, "CNY"), "CNY", least_money=50.0)
    fines = found.filter(action="appeal_fine").row(0, named=True)
    assert found.filter(action="appeal_fine").height == 1
    assert (fines["expected_money"], fines["reason"], fines["sku"]) == (37.0, "action.small.reason", None)
    assert json.loads(fines["evidence"]) == {"platform": ["ae"], "shop": ["yw"], "fine_id": ["F1", "F4"]}
    assert json.loads(fines["args"])["count"] == 2
    assert "2 more of this kind" in text(fines["reason"], "en", **json.loads(fines["args"]))
    assert found.filter(action="warn_late").row(0, named=True)["reason"] == "action.warn_late.reason"


def test_what_is_worth_just_the_least_money_stands_by_itself():
    found = rank_actions(proposed(FRAMES, "CNY"), "CNY", least_money=30.0).filter(action="appeal_fine")
    assert found["expected_money"].to_list() == [30.0, 7.0]
