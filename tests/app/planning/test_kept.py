"""What a kept plan was valued with comes back as it was, and is not estimated anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tradewind.app.planning.cycle import gather
from tradewind.app.planning.kept import kept_facts, read_as, readings
from tradewind.app.workspace import Workspace
from tradewind.core.tables import TABLES
from tradewind.data.rules import load_rules

RULES = load_rules()
FLAT = "eu.flat_duty_paid_by"


def test_kept_estimates_are_those_the_facts_give(planned: Path):
    shop = Workspace(planned)
    plan = shop.load_run()
    kept, facts = kept_facts(shop.snapshot_of(plan), plan), gather(shop.snapshot())
    assert kept.as_of == facts.as_of
    for name in ("returned", "returned_from", "advertising", "routes", "late_inbound", "brackets"):
        assert_frame_equal(getattr(kept, name), getattr(facts, name), check_exact=True)
    assert kept.rules == facts.rules


def test_with_its_estimates_a_plan_needs_no_orders_to_be_read(planned: Path):
    shop = Workspace(planned)
    plan = shop.load_run()
    small = {name: shop.table(name) for name in ("products", "services", "nodes", "fx")}
    kept = replace(kept_facts(shop.snapshot_of(plan), plan), tables=small)
    costing = kept.costing_with(TABLES["parcels"].empty())
    assert_frame_equal(costing.returns_rate, plan["returns_rates"])


def test_readings_are_those_not_taken_by_default():
    assert readings(RULES).is_empty()
    assert readings(RULES.with_reading(FLAT, "platform")).rows() == [(FLAT, "platform")]


def test_rules_are_read_again_as_they_were():
    chosen = RULES.with_reading(FLAT, "platform").with_reading("semi.late_inbound_after", "after_t1")
    assert read_as(RULES, readings(chosen)) == chosen


@pytest.mark.parametrize("gone", [(FLAT, "nobody"), ("no.such_rule", "x")])
def test_a_reading_the_rules_no_longer_know_is_left_out(gone):
    assert read_as(RULES, pl.DataFrame([gone], schema=["rule", "reading"], orient="row")) == RULES
