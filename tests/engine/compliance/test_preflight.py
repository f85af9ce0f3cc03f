"""What preflight promises whatever the goods: order, money counted once, refusals of what cannot be checked."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from tradewind.core.errors import MissingColumnError, ParameterError
from tradewind.data.rules import load_rules
from tradewind.engine.compliance import at_stake, explain, known_codes, preflight

RULES = load_rules()
AT = datetime(2026, 11, 22, tzinfo=UTC)
GOODS = pl.DataFrame(
    {
        "sku": ["B", "A"],
        "booked_units": [10, 4],
        "unit_cost": [5.0, 2.5],
        "currency": ["CNY", "USD"],
        "barcode_bound": [False, False],
        "orders": [10, None],
        "carton_length_cm": [40.0, 40.0],
        "carton_width_cm": [20.0, 20.0],
        "carton_height_cm": [15.0, 15.0],
        "markets": [["ES"], ["SA"]],
    }
)


def test_the_order_of_the_rows_does_not_matter():
    assert preflight(GOODS, RULES, at=AT).equals(preflight(GOODS.reverse(), RULES, at=AT))


def test_goods_are_counted_once_however_many_findings_and_fees_are_added_per_currency():
    found = preflight(GOODS, RULES, at=AT)
    assert found.filter(sku="B", money_kind="goods").height > 1
    assert at_stake(found) == {"CNY": 50 + 15, "USD": 10}


def test_money_in_no_currency_and_what_is_overruled_is_not_at_stake():
    nowhere = GOODS.with_columns(currency=pl.when(pl.col("sku") == "B").then("currency"))
    found = preflight(nowhere, RULES, at=AT)
    assert at_stake(found) == {"CNY": 50 + 15}
    assert at_stake(found.with_columns(overruled=True)) == {}


def test_the_worst_comes_first_and_what_concerns_the_whole_consignment_last():
    found = preflight(GOODS, RULES, at=AT)
    assert found["severity"].to_list()[0] == "refused"
    assert (found["check"][-1], found["sku"][-1]) == ("sync", None)


def test_every_finding_on_a_rule_says_how_sure_it_is_and_what_triggered_it():
    found = preflight(GOODS, RULES, at=AT).filter(pl.col("check") != "sync")
    assert found.filter(pl.col("rule").is_not_null() & pl.col("confidence").is_null()).is_empty()
    assert found["trigger"].null_count() == 0


def test_a_sku_in_two_rows_is_refused():
    with pytest.raises(ParameterError, match="several rows: A"):
        preflight(pl.concat([GOODS, GOODS.filter(sku="A")]), RULES, at=AT)


def test_goods_without_a_sku_are_refused():
    with pytest.raises(MissingColumnError):
        preflight(GOODS.drop("sku"), RULES, at=AT)


def test_no_goods_no_findings():
    assert preflight(GOODS.clear(), RULES, at=AT).is_empty()


def test_adding_goods_changes_nothing_about_the_others():
    alone = preflight(GOODS.filter(sku="A"), RULES, at=AT).filter(pl.col("sku").is_not_null())
    assert preflight(GOODS, RULES, at=AT).filter(sku="A").equals(alone)


def test_a_code_is_explained_however_it_is_written():
    causes = [explain(code, RULES, on=date(2026, 11, 22)) for code in ("E102", " e102 ", "入仓拦截", "E999")]
    assert [c and c.cause for c in causes] == ["barcode_not_bound", "barcode_not_bound", "intercepted", None]
    assert {"E102", "E205"} <= set(known_codes(RULES, date(2026, 11, 22)))


def test_what_is_set_aside_is_no_money_at_risk():
    aside = GOODS.filter(sku="A").with_columns(
        overruled=pl.lit(["barcode", "attributes", "attribute_clock", "labels"]), overruled_why=pl.lit("seen")
    )
    found = preflight(aside, RULES, at=AT)
    assert found.filter("overruled")["money_at_risk"].sum() > 0
    assert at_stake(found) == {}
