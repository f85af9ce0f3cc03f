"""Which modes and prices are proposed: a mode that earns more, a price where every unit loses."""

from __future__ import annotations

import json
from datetime import date, timedelta

import polars as pl
import pytest

from tradewind.engine.modes.proposals import stop_losing, switch_mode


def chosen(*rows: tuple[str, str, str | None, float | None, float | None]) -> pl.DataFrame:
    """sku, mode, previous mode, what each earns a month."""
    schema = {"sku": pl.String, "mode": pl.String, "previous_mode": pl.String}
    return pl.DataFrame(
        rows, schema=schema | dict.fromkeys(("monthly_margin", "present_margin"), pl.Float64), orient="row"
    ).with_columns(reason=pl.lit("mode_best"))


def test_a_switch_is_worth_what_the_other_mode_earns_more():
    modes = chosen(
        ("cup", "pop", "full", 90.0, 70.0),
        ("hat", "full", "full", 90.0, 70.0),
        ("pen", "pop", "full", 70.0, 70.0),
        ("jar", "pop", "full", 60.0, 70.0),
        ("mug", "pop", "full", 60.0, None),
        ("bag", "full", "pop", -5.0, -5.5),
    )
    found = switch_mode({"modes": modes}, "CNY")
    assert found.select("sku", "expected_money").rows() == [("cup", 20.0), ("bag", 0.5)]
    assert [json.loads(row) for row in found["evidence"]] == [{"sku": "cup"}, {"sku": "bag"}]
    assert set(found["evidence_table"]) == {"mode_options"}


def losing(
    *,
    margin: float | None = -2.0,
    mode: str = "pop",
    to: str = "pop",
    weekly: tuple[float, ...] = (1.0, 2.0, 3.0, 4.0, 50.0),
    hopeless: bool = False,
) -> pl.DataFrame:
    """A SKU sold in `mode` in ES, whose best mode is `to`, with the units expected of the weeks ahead."""
    where = {"sku": ["cup"], "market": ["ES"], "mode": [mode]}
    weeks = [date(2026, 11, 9) + timedelta(weeks=n) for n in range(len(weekly))]
    demand = pl.DataFrame({"sku": "cup", "market": "ES", "week": weeks, "mean": list(weekly)}).reverse()
    control = {"decision": ["retail_price"] * 2, "mode": ["full", "pop"], "decided_by": ["platform", "seller"]}
    frames = {
        "demand": demand,
        "modes": chosen(("cup", to, mode, 1.0, 1.0)),
        "sold_in": pl.DataFrame(where),
        "economics": pl.DataFrame(
            where
            | {
                "margin": [margin],
                "unknown": [[]],
                "price": [20.0],
                "break_even_price": [23.0],
                "target_price": [None if hopeless else 28.5],
            },
            schema_overrides={"margin": pl.Float64, "target_price": pl.Float64},
        ),
        "mode_control": pl.DataFrame(control),
    }
    return stop_losing(frames, "CNY")


def test_a_loss_on_every_unit_is_worth_the_units_of_the_next_four_weeks():
    row = losing().row(0, named=True)
    assert (row["expected_money"], row["reason"]) == (2.0 * 10.0, "action.stop_losing.reason")
    assert json.loads(row["evidence"]) == {"sku": "cup", "market": "ES", "mode": "pop"}
    assert json.loads(row["args"])["unit_loss"] == 2.0


def test_where_no_price_is_enough_none_is_named():
    for mode in ("pop", "full"):
        assert losing(mode=mode, to=mode, hopeless=True)["reason"].item() == "action.stop_losing.hopeless"


def test_where_the_platform_sets_the_retail_price_it_is_the_supply_price_that_is_raised():
    assert losing(mode="full", to="full")["reason"].item() == "action.stop_losing.supplied"


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({"margin": 0.0}, 0),
        ({"margin": None}, 0),
        ({"margin": -0.01}, 1),
        ({"to": "full"}, 0),  # had better switch
        ({"weekly": (0.0, 0.0, 0.0, 0.0, 9.0)}, 0),  # nothing is sold within four weeks
        ({"weekly": (0.5,)}, 1),
    ],
)
def test_what_loses_nothing_or_had_better_switch_is_left_alone(said, counts):
    assert losing(**said).height == counts
