"""The odds of a late just-in-time consignment: its own record, what is not yet known, readings, and the margin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.data.lines import line, order_lines, rows
from tradewind.core.errors import ParameterError
from tradewind.data.rules import load_rules
from tradewind.engine.margin import Costing, LateInboundParams, landed_margin, late_inbound_odds

RULES = load_rules()
AS_OF = datetime(2026, 3, 30, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 2, tzinfo=UTC)


def consignment(number, *, booked=MONDAY, days=1.0, units=1, mode="semi_jit", sku="mug", **more):
    came = None if days is None else booked + timedelta(days=days)
    return {
        "platform": "aliexpress", "shop": "main", "inbound_id": f"J{number}", "sku": sku, "node": "hz", "mode": mode,
        "booked_at": booked, "booked_units": units, "due_at": booked + timedelta(days=3), "received_at": came,
        "known_at": booked,
    } | more  # fmt: skip


def odds(*consignments, as_of=AS_OF, sku="mug", t="order_paid", days="calendar", w=1e-6):
    frame = rows("inbounds", list(consignments))
    found = late_inbound_odds(frame, RULES, as_of=as_of, params=LateInboundParams(weight_units=w))
    row = found.filter(late_t=t, late_days=days).filter(pl.col("sku").eq_missing(pl.lit(sku)))
    return row["late_by"].to_list()[0] if row.height else None


def test_the_share_of_units_received_later_than_each_limit():
    late_by = odds(
        consignment(1, days=1, units=6), consignment(2, days=2, units=2), consignment(3, days=5, units=2)
    )  # fmt: skip
    assert late_by == pytest.approx([1.0, 0.4, 0.2, 0.2, 0.2, 0.0, 0.0, 0.0], abs=1e-6)


def test_what_never_came_is_late_and_what_is_too_young_is_not_counted():
    yesterday = AS_OF - timedelta(days=1)
    lost, young, later = consignment(2, days=None), consignment(3, booked=yesterday, days=None), consignment(4, days=99)
    assert odds(consignment(1), lost, young)[3] == pytest.approx(0.5, abs=1e-6)
    assert odds(consignment(1), later)[3] == pytest.approx(0.5, abs=1e-6)


def test_changing_what_comes_after_the_day_changes_nothing():
    before = [consignment(1, days=1), consignment(2, booked=AS_OF - timedelta(days=9), days=12)]
    after = [consignment(1, days=1), consignment(2, booked=AS_OF - timedelta(days=9), days=30)]
    assert odds(*before) == odds(*after, consignment(3, booked=AS_OF + timedelta(days=1), days=1))


def test_working_days_leave_out_the_week_end_and_a_slot_is_counted_from_its_own_day():
    friday = datetime(2026, 3, 6, 2, tzinfo=UTC)
    over_the_weekend = consignment(1, booked=friday, days=3)
    assert odds(over_the_weekend)[1] == pytest.approx(1.0, abs=1e-5)
    assert odds(over_the_weekend, days="working")[1] == pytest.approx(0.0, abs=1e-5)
    assert odds(over_the_weekend, t="slot_booked")[0] == pytest.approx(0.0, abs=1e-5)


def test_few_consignments_are_drawn_to_those_of_all_and_these_to_the_rule():
    many = [consignment(n, days=5, sku="cup") for n in range(100)]
    few = odds(*many, consignment(200, days=1), w=50.0)[3]
    of_all = odds(*many, consignment(200, days=1), sku=None, w=50.0)[3]
    assert of_all == pytest.approx((100 + 50 * 0.05) / 151)
    assert few == pytest.approx((0 + 50 * of_all) / 51)


def test_without_a_consignment_just_in_time_there_is_no_record():
    frame = rows("inbounds", [consignment(1, mode="semi_stocked")])
    assert late_inbound_odds(frame, RULES, as_of=AS_OF).is_empty()
    assert late_inbound_odds(None, RULES, as_of=AS_OF).is_empty()


def test_before_semi_managed_had_rules_there_is_no_record():
    old = datetime(2018, 3, 2, tzinfo=UTC)
    frame = rows("inbounds", [consignment(1, booked=old)])
    assert late_inbound_odds(frame, RULES, as_of=old + timedelta(days=28)).is_empty()


def test_the_margin_pays_the_fee_by_the_record_under_the_reading_taken():
    many = rows("inbounds", [consignment(n, days=2, sku="cup") for n in range(1000)])
    found = late_inbound_odds(many, RULES, as_of=AS_OF)
    lines = order_lines(line("o1", sku="cup", mode="semi_jit"), line("o2", sku="new", mode="semi_jit"),
                        line("o3", sku="cup", mode="pop"))  # fmt: skip

    def late_cost(rules, odds):
        return landed_margin(lines, rules, Costing(late_odds=odds))["late_cost"].to_list()

    strict = RULES.with_reading("semi.late_inbound_after", "after_t1")
    assert late_cost(RULES, None) == pytest.approx([0.15, 0.15, 0.0])
    assert late_cost(RULES, found) == pytest.approx([3 * 50 * (50 * 0.05 / 1050) / 1050, 3 * 2.5 / 1050, 0.0])
    of_all = (1000 + 50 * 0.25) / 1050
    assert late_cost(strict, found) == pytest.approx([3 * (1000 + 50 * of_all) / 1050, 3 * of_all, 0.0])


@given(st.lists(st.tuples(st.floats(0, 20), st.integers(1, 9)), min_size=1, max_size=30))
def test_odds_lie_between_nought_and_one_and_a_later_limit_is_never_more_likely_broken(sent):
    late_by = odds(*(consignment(n, days=d, units=u) for n, (d, u) in enumerate(sent)), w=50.0)
    assert all(0 <= p <= 1 for p in late_by)
    rounded = [round(p, 12) for p in late_by]
    assert rounded == sorted(rounded, reverse=True)


def test_a_weight_or_a_time_that_makes_no_sense_is_refused():
    for wrong in ({"weeks": 0}, {"weight_units": 0.0}):
        with pytest.raises(ParameterError):
            LateInboundParams(**wrong)


def test_half_a_year_of_consignments_counts():
    edge = AS_OF - timedelta(weeks=26)
    for booked, share in ((edge, 0.0), (edge + timedelta(minutes=1), 0.5)):
        late = consignment(2, booked=booked, days=None, due_at=None)
        assert odds(consignment(1), late)[3] == pytest.approx(share, abs=1e-6)


def test_a_consignment_counts_from_the_eighth_day_on_whether_it_came_or_not():
    for days, share in ((7, 0.0), (8, 0.5)):
        late = consignment(2, booked=AS_OF - timedelta(days=days), days=None)
        assert odds(consignment(1), late)[3] == pytest.approx(share, abs=1e-6)


def test_what_is_known_and_received_by_this_very_moment_counts():
    old = AS_OF - timedelta(days=20)
    for moment, share in ((AS_OF, 0.5), (AS_OF + timedelta(seconds=1), 0.0)):
        known = consignment(2, booked=old, days=None, known_at=moment)
        assert odds(consignment(1), known)[3] == pytest.approx(share, abs=1e-6)
    unsaid = consignment(2, booked=old, days=None, known_at=None)
    assert odds(consignment(1), unsaid)[3] == pytest.approx(0.5, abs=1e-6)


def test_a_day_is_the_platforms_day():
    """Booked at 23:59 in Hangzhou, there two minutes later: on the next day."""
    booked = datetime(2026, 3, 2, 15, 59, tzinfo=UTC)
    assert odds(consignment(1, booked=booked, days=2 / 1440))[:2] == pytest.approx([1.0, 0.0], abs=1e-5)
    assert odds(consignment(1, booked=booked, days=0.5 / 1440))[:2] == pytest.approx([0.0, 0.0], abs=1e-5)


def test_where_nothing_is_late_the_odds_are_the_rules_and_differ_by_the_limit():
    """Of all: no unit late of 50, drawn to what the rules assume with the weight of 50 units more, so to half of it."""
    of_all = odds(consignment(1, days=0, units=50), sku=None, w=50.0)
    first, later = (RULES.value(f"semi.late_inbound_odds{name}", on=AS_OF.date()) for name in ("_after_t1", ""))
    assert first != later
    assert of_all == pytest.approx([first / 2] * 2 + [later / 2] * 6)


def test_a_slot_without_its_day_says_nothing_and_units_add_up():
    rows_ = [consignment(1, units=3, due_at=None), consignment(2, units=4)]
    found = late_inbound_odds(rows("inbounds", rows_), RULES, as_of=AS_OF).filter(sku="mug", late_days="calendar")
    assert dict(found.select("late_t", "sent_units").rows()) == {
        "order_paid": 7, "inbound_created": 7, "slot_booked": 4
    }  # fmt: skip


@pytest.mark.parametrize("said", [{"weeks": 0}, {"weight_units": 0.0}, {"weight_units": -1.0}])
def test_settings_out_of_range_are_refused_by_name(said):
    with pytest.raises(ParameterError, match=next(iter(said))):
        LateInboundParams(**said)
    assert LateInboundParams(weeks=1, weight_units=0.5) != LateInboundParams()
    assert LateInboundParams() == LateInboundParams(weeks=26, weight_units=50.0)
