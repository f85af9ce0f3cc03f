"""The figures of a plan as a whole are what their meanings say, and unknown is not zero."""

import polars as pl
import pytest

from tradewind.engine.metrics import METRICS, PLAN_METRICS, summary, values

FRAMES = {
    "margin_by": pl.DataFrame(
        {"revenue": [100.0, 50.0, 30.0], "known_revenue": [100.0, 40.0, 0.0], "margin": [20.0, 8.0, None]}
    ),
    "demand": pl.DataFrame({"mean": [1.5, 2.5]}),
    "orders": pl.DataFrame({"expected_gain": [10.0, 5.0], "order_cost": [40.0, 2.0]}),
    "late_parcels": pl.DataFrame({"p_late": [0.5, 0.25]}),
    "deliveries": pl.DataFrame({"on_time": [0.9, 0.5], "parcels": [90, 10]}),
    "promises": pl.DataFrame({"reachable_5_days": [True, False, None], "parcels": [30, 10, 999]}),
    "actions": pl.DataFrame({"expected_money": [15.0, None]}),
    "corrections": pl.DataFrame({"table": ["stock"]}),
    "freshness": pl.DataFrame({"days_old": [1, 40]}),
}


def value(name: str, frames: dict[str, pl.DataFrame] = FRAMES) -> float | None:
    return values(METRICS[name].source, "plan", frames)["value"].item()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("revenue", 180.0),
        ("margin", 28.0),
        ("margin_share", 0.2),
        ("expected_units", 4.0),
        ("plan_gain", 15.0),
        ("order_cost", 42.0),
        ("late_parcels", 0.75),
        ("on_time_share", 0.86),
        ("five_day_share", 0.75),
        ("actions_money", 15.0),
        ("rows_to_correct", 1.0),
        ("order_age", 40.0),
    ],
)
def test_each_metric_is_what_its_meaning_says(name, expected):
    assert value(name) == pytest.approx(expected)


def test_a_part_of_the_revenue_is_not_the_revenue():
    partly = FRAMES | {"margin_by": FRAMES["margin_by"].with_columns(revenue=pl.Series([100.0, None, 30.0]))}
    assert value("revenue", partly) is None


def test_what_is_not_known_is_null():
    nothing = {name: frame.clear() for name, frame in FRAMES.items()}
    assert value("revenue", nothing) is None
    assert value("on_time_share", nothing) is None
    assert value("rows_to_correct", nothing) == 0.0


def test_the_summary_lists_every_metric_with_money_in_the_workspace_currency():
    found = summary(FRAMES, "CNY")
    assert found["metric"].to_list() == [m.name for m in PLAN_METRICS]
    assert found.filter(metric="revenue")["unit"].item() == "CNY"
