"""What one sale leaves: from the request alone, and in a workspace from what its plan estimated."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.quote import QuoteResult, quote_sale
from tradewind.app.usecases.requests import QuoteRequest
from tradewind.app.workspace import Workspace
from tradewind.core.errors import RequestError, UnknownNameError
from tradewind.engine.margin import COSTS

DAY = datetime(2026, 11, 20, tzinfo=UTC)
CUP = {
    "market": "ES", "price": 12.90, "currency": "EUR", "fx": ("EUR=7.80",), "cost": 20.0, "weight_g": 89.0,
    "size_cm": "12x8x5", "on": DAY,
}  # fmt: skip
HOME = {"sku": "SKU-001", "market": "ES", "price": 12.90}


@pytest.fixture
def nowhere(tmp_path: Path) -> Context:
    """Asked where there is no workspace, and none was named."""
    return Context(tmp_path / "none", named=False, now=lambda: DAY)


def amounts(found: QuoteResult) -> dict[str, float]:
    return dict(found.lines.select("component", "amount").iter_rows())


def test_a_quote_needs_no_workspace(nowhere):
    found = quote_sale(nowhere, QuoteRequest(**CUP))
    assert amounts(found)["freight"] == pytest.approx(22.60)
    assert found.margin == pytest.approx(amounts(found)["revenue"] - sum(amounts(found)[c] for c in COSTS))
    assert set(found.rules["rule"]) >= {"semi.base_service_fee", "eu.flat_duty", "card.illustrative.divisor"}
    platform = found.readings.filter(reading="platform")
    assert (platform["difference"] > 0).all()
    assert (found.card, found.provenance.run, found.provenance.as_of) == ("illustrative", None, None)


def test_before_the_first_order_what_is_loaded_is_used(tmp_path):
    workspace = Workspace.create(tmp_path / "shop")
    for name, text in (
        ("products.csv", "sku,title,unit_cost,currency\nLAMP,Lamp,20,CNY\n"),
        ("fx.csv", "on_date,currency,quote,rate\n2026-11-18,EUR,CNY,8\n"),
    ):
        (tmp_path / name).write_text(text)
        workspace.import_file(tmp_path / name)
    context = Context(workspace.path, now=lambda: DAY)
    found = amounts(quote_sale(context, QuoteRequest(sku="LAMP", market="ES", price=100.0, currency="EUR")))
    assert (found["revenue"], found["product_cost"]) == (800.0, 20.0)


def test_without_a_day_it_is_todays_rules(nowhere):
    found = quote_sale(nowhere, QuoteRequest(**{**CUP, "on": None}))
    assert found.on == date(2026, 11, 20)


def test_own_freight_and_advertising_replace_what_is_assumed(nowhere):
    found = quote_sale(nowhere, QuoteRequest(**CUP, per_kg=50.0, per_parcel=10.0, ad_cost=3.0, conversion=0.02))
    assert amounts(found)["freight"] == pytest.approx(0.089 * 50 + 10)
    assert amounts(found)["ad_cost"] == 3.0
    assert found.break_even_cpc == pytest.approx(max(0.0, 0.02 * (found.margin + 3)))
    assert found.card is None


def test_what_is_not_given_is_unknown_and_named(nowhere):
    found = quote_sale(nowhere, QuoteRequest(market="ES", price=100.0, on=datetime(2026, 3, 2, tzinfo=UTC)))
    assert found.margin is None
    assert set(found.unknown) >= {"freight", "product_cost"}


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"size_cm": "12x8"}, "quote_not_numbers", "size_cm"),
        ({"size_cm": "12x8x0"}, "quote_not_numbers", "size_cm"),
        ({"fx": ("EUR",)}, "quote_not_numbers", "fx"),
        ({"market": "Spain"}, "quote_market", "market"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_field(nowhere, wrong, code, field):
    with pytest.raises(RequestError) as refused:
        quote_sale(nowhere, QuoteRequest(**{**CUP, **wrong}))
    assert (refused.value.code, refused.value.values["field"]) == (code, field)


def test_a_freight_card_the_rules_do_not_have_is_refused(nowhere):
    with pytest.raises(UnknownNameError) as refused:
        quote_sale(nowhere, QuoteRequest(**CUP, card="none"))
    assert refused.value.values["field"] == "card"


def test_the_plans_estimates_give_the_quote_the_facts_give(seller, unplanned):
    kept, computed = (quote_sale(context, QuoteRequest(**HOME)) for context in (seller, unplanned))
    assert kept.provenance.run
    assert computed.provenance.run is None
    assert (kept.unknown, kept.price_currency, kept.on) == ([], "EUR", computed.on)
    assert (kept.margin, kept.between_readings, kept.basis) == (
        computed.margin, computed.between_readings, computed.basis
    )  # fmt: skip
    for name in ("lines", "ways", "rules", "readings"):
        assert_frame_equal(getattr(kept, name), getattr(computed, name), check_exact=True)


@pytest.mark.parametrize("mode", ["semi_stocked", "pop", "full", "own"])
def test_it_does_so_in_every_mode(seller, unplanned, mode):
    kept, computed = (quote_sale(context, QuoteRequest(**HOME, mode=mode)) for context in (seller, unplanned))
    assert_frame_equal(kept.lines, computed.lines, check_exact=True)


def test_a_reading_the_seller_chose_holds_in_the_plans_estimates(own_shop):
    (own_shop.folder / "rules.yaml").write_text("- {id: eu.flat_duty_paid_by, reading: platform}", encoding="utf-8")
    on = datetime(2026, 11, 20, tzinfo=UTC)
    before = quote_sale(own_shop, QuoteRequest(**HOME, on=on))
    from tradewind.app.python import Workspace as Python

    Python(own_shop.folder).run(seed=1)
    after = quote_sale(Context(own_shop.folder), QuoteRequest(**HOME, on=on))
    assert (before.provenance.run, bool(after.provenance.run)) == (None, True)
    assert amounts(before)["duty"] == amounts(after)["duty"] == 0.0


def test_a_workspace_in_which_nothing_is_yet_quotes_by_the_rules_and_its_currency(tmp_path):
    empty = Workspace.create(tmp_path / "new", currency="USD")
    found = quote_sale(Context(empty.path), QuoteRequest(market="ES", price=10.0, card="illustrative_usd"))
    assert (found.currency, found.price_currency) == ("USD", "USD")
    assert amounts(found)["base_service_fee"] == pytest.approx(0.35)


def test_a_slip_in_a_sku_is_told_with_what_is_near(seller):
    assert "SKU-001" in quote_sale(seller, QuoteRequest(sku="SKU-01", market="ES", price=12.0)).near
    assert quote_sale(seller, QuoteRequest(**HOME)).near is None
    assert quote_sale(seller, QuoteRequest(market="ES", price=12.0)).near is None


def test_before_any_rule_nothing_is_charged(seller):
    found = quote_sale(seller, QuoteRequest(market="ES", price=12.0, on=datetime(1999, 1, 1, tzinfo=UTC)))
    assert found.rules.is_empty()
