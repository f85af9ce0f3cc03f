"""What a sale leaves, modes side by side, scenarios and savings, asked at the terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tradewind.app.cli import main
from tradewind.app.python import Workspace
from tradewind.app.usecases.scenarios import ready_scenarios
from tradewind.core.text import LANGUAGES, catalogue
from tradewind.engine.margin import COSTS
from tradewind.engine.margin.what_if import read_change

CUP = [
    "quote", "--market", "ES", "--price", "12.90", "--currency", "EUR", "--fx", "EUR=7.80", "--cost", "20",
    "--weight-g", "89", "--size-cm", "12x8x5", "--on", "2026-11-20",
]  # fmt: skip


@pytest.fixture(scope="module")
def planned(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    shop = Workspace.create(tmp_path_factory.mktemp("priced") / "shop")
    shop.import_file(tiny)
    shop.run(seed=1)
    return shop.path


@pytest.fixture
def asked(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def ask(*args: str) -> dict[str, Any]:
        code = main([*args, "--json", "--lang", "en"])
        return json.loads(capsys.readouterr().out) | {"code": code}

    return ask


def test_a_quote_needs_no_workspace(asked):
    told = asked(*CUP)
    amounts = {line["component"]: line["amount"] for line in told["lines"]}
    assert told["code"] == 0
    assert amounts["freight"] == pytest.approx(22.60)
    assert told["margin"] == pytest.approx(amounts["revenue"] - sum(amounts[c] for c in COSTS))
    assert {r["rule"] for r in told["rules"]} >= {"semi.base_service_fee", "eu.flat_duty", "card.illustrative.divisor"}
    assert any(r["reading"] == "platform" and r["difference"] > 0 for r in told["readings"])


def test_own_freight_and_advertising_replace_what_is_assumed(asked):
    told = asked(*CUP, "--per-kg", "50", "--per-parcel", "10", "--ad-cost", "3", "--conversion", "0.02")
    amounts = {line["component"]: line["amount"] for line in told["lines"]}
    assert amounts["freight"] == pytest.approx(0.089 * 50 + 10)
    assert amounts["ad_cost"] == 3.0
    assert told["break_even_cpc"] == pytest.approx(max(0.0, 0.02 * (told["margin"] + 3)))


def test_what_is_not_given_is_unknown_and_named(asked):
    told = asked("quote", "--market", "ES", "--price", "100", "--on", "2026-03-02")
    assert told["margin"] is None
    assert set(told["unknown"]) >= {"freight", "product_cost"}


@pytest.mark.parametrize("wrong", [["--size-cm", "12x8"], ["--fx", "EUR"], ["--card", "none"]])
def test_what_cannot_be_read_is_refused_in_words(asked, wrong):
    told = asked(*CUP, *wrong)
    assert told["code"] != 0
    assert told["error"]["fix"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_quote_reads_in_both_languages(capsys, lang, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*CUP, "--lang", lang]) == 0
    shown = capsys.readouterr().out
    assert catalogue(lang)["margin_lines.duty"] in shown
    assert "eu.flat_duty_paid_by" in shown


def test_a_workspace_gives_what_a_quote_needs(asked, planned):
    told = asked("quote", "-w", str(planned), "--sku", "SKU-001", "--market", "ES", "--price", "12.90")
    assert told["unknown"] == []
    assert told["price_currency"] == "EUR"


def test_a_workspace_in_which_nothing_is_yet_quotes_by_the_rules_and_its_currency(asked, tmp_path):
    shop = Workspace.create(tmp_path / "new", currency="USD")
    told = asked("quote", "-w", str(shop.path), "--market", "ES", "--price", "10", "--card", "illustrative_usd")
    assert (told["currency"], told["price_currency"]) == ("USD", "USD")
    assert {line["component"]: line["amount"] for line in told["lines"]}["base_service_fee"] == pytest.approx(0.35)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (("--market", "Spain", "--price", "12"), "quote_market"),
        (("--market", "ES", "--price", "1e300"), "invalid_number"),
        (("--market", "ES", "--price", "12", "--returns-rate", "3"), "invalid_number"),
    ],
)
def test_what_cannot_be_meant_is_refused(asked, said, code):
    assert asked("quote", *said)["error"]["code"] == code


def test_a_slip_in_a_sku_is_told_with_what_is_near(capsys, planned):
    assert main(["quote", "-w", str(planned), "--sku", "SKU-01", "--market", "ES", "--price", "12"]) == 0
    assert "SKU-001" in capsys.readouterr().out


def test_before_any_rule_nothing_is_charged_and_it_is_said(capsys, planned):
    assert main(["quote", "-w", str(planned), "--market", "ES", "--price", "12", "--on", "1999-01-01"]) == 0
    assert "No rule is in force on 1999-01-01" in capsys.readouterr().out


def test_modes_stand_side_by_side(asked, planned):
    told = asked("modes", "-w", str(planned), "--sku", "SKU-001")
    options = {o["mode"]: o for o in told["options"]}
    assert set(options) >= {"semi_stocked", "semi_jit", "pop"}
    chosen = told["modes"][0]["mode"]
    assert options[chosen]["wrong_costs"] == pytest.approx(0.0)
    offer = told["full_managed"][0]
    assert offer["walk_away_price"] >= offer["floor_price"] > 0


def test_the_command_and_the_plan_say_the_same_of_an_offer(asked, planned):
    kept = Workspace(planned).load_run()
    told = asked("modes", "-w", str(planned))
    for name, shown in (("mode_offers", "full_managed"), ("price_parity", "parity"), ("mode_options", "options")):
        rows = kept[name].to_dicts()
        assert rows == [pytest.approx(row, nan_ok=True) for row in told[shown]], name
    one = asked("modes", "-w", str(planned), "--sku", "SKU-001")["full_managed"][0]
    assert one == pytest.approx(kept["mode_offers"].filter(sku="SKU-001").row(0, named=True))


def test_one_sku_is_told_as_it_is_among_all_also_where_its_parcels_are_shared(asked, planned):
    lines = Workspace(planned).snapshot()["order_lines"]
    whole = lines.group_by("order_id").agg(pl.col("sku").unique()).filter(pl.col("sku").list.len() > 1)
    sku = whole["sku"].explode().mode().sort()[0]
    kept = Workspace(planned).load_run()
    told = asked("modes", "-w", str(planned), "--sku", sku)
    for name, shown in (("modes", "modes"), ("mode_options", "options"), ("price_parity", "parity")):
        rows = kept[name].filter(sku=sku).to_dicts()
        assert rows == [pytest.approx(row, nan_ok=True) for row in told[shown]], name


def test_a_quoted_price_does_not_pass_for_the_retail_price(asked, planned):
    sku = ("modes", "-w", str(planned), "--sku", "SKU-001")
    assert asked(*sku)["full_managed"] == asked(*sku, "--supply-price", "3")["full_managed"]


def test_a_supply_price_puts_full_managed_beside_the_others(asked, planned):
    told = asked("modes", "-w", str(planned), "--sku", "SKU-001")
    walk_away = told["full_managed"][0]["walk_away_price"]
    at = asked("modes", "-w", str(planned), "--sku", "SKU-001", "--supply-price", f"{walk_away:.4f}")
    options = {o["mode"]: o["monthly_margin"] for o in at["options"]}
    best_other = max(v for mode, v in options.items() if mode != "full")
    assert options["full"] == pytest.approx(best_other, rel=2e-3)
    assert asked("modes", "-w", str(planned), "--supply-price", "9")["error"]["code"] == "modes_supply_price_whose"


def test_a_sku_nobody_asks_for_is_refused(asked, planned):
    assert asked("modes", "-w", str(planned), "--sku", "NONE")["error"]["code"] == "modes_sku_unknown"


def test_dearer_freight_lowers_every_margin_and_changes_nothing_that_is_kept(asked, planned):
    first = asked("scenario", "freight_up_20", "-w", str(planned))
    assert first["table"]
    assert all(row["change"] <= 0 for row in first["table"] if row["change"] is not None)
    freight = next(c for c in first["components"] if c["component"] == "freight")
    assert freight["after"] == pytest.approx(1.2 * freight["before"])
    assert asked("scenario", "freight_up_20", "-w", str(planned))["table"] == first["table"]


def test_changes_of_ones_own_and_their_refusals(asked, planned):
    own = asked("scenario", "mine", "--set", "semi.base_service_fee=0.05", "--set", "fx.*=*0.9", "-w", str(planned))
    assert own["changes"] == ["semi.base_service_fee=0.05", "fx.*=*0.9"]
    assert asked("scenario", "mine", "-w", str(planned))["error"]["code"] == "scenario_unknown"
    assert (
        asked("scenario", "mine", "--set", "nonsense", "-w", str(planned))["error"]["code"] == "scenario_change_wrong"
    )


@pytest.mark.parametrize("name", ready_scenarios())
def test_every_ready_scenario_can_be_read_and_has_a_title(name):
    assert [read_change(said) for said in ready_scenarios()[name]]
    for lang in LANGUAGES:
        assert catalogue(lang)[f"scenario_title.{name}"]


def test_savings_are_ranked_and_none_is_the_platforms_to_decide(asked, planned):
    told = asked("savings", "-w", str(planned))
    money = [row["money"] for row in told["data"]]
    assert money == sorted(money, reverse=True)
    paid = ("freight", "surcharges", "inbound_cost", "late_cost", "operation_fee", "oversize_fee")
    spent = Workspace(planned).load_run()["margin_by"].select(pl.sum_horizontal(pl.col(paid).sum())).item()
    assert told["fulfilment_cost"] == pytest.approx(spent / (13 * 7 / (365 / 12)))
    assert not any(r["kind"] == "cheaper_service" and r["mode"].startswith("semi") for r in told["data"])


def test_goods_just_above_a_step_of_the_sellers_own_card_are_told_so(asked, tiny, tmp_path):
    """The store's card has a step a little below what the lightest SKU weighs packed."""
    shop = Workspace.create(tmp_path / "stepped")
    shop.import_file(tiny)
    lightest = float(shop.table("products")["weight_g"].min())
    card, step = "card.standard-line", int(lightest * 0.95)
    row = 'unit: {unit}, valid_from: 2024-01-01, confidence: A, source: "the forwarder", value: {value}'
    tiers = {f"{card}.{m}.tier_{to}": rate for m in ("ES", "SA") for to, rate in ((step, 10), (20000, 60))}
    lines = [f"- {{id: {t}.per_kg, {row.format(unit='CNY/kg', value=rate)}}}" for t, rate in tiers.items()]
    lines += [f"- {{id: {t}.per_parcel, {row.format(unit='CNY/parcel', value=8)}}}" for t in tiers]
    (shop.path / "rules.yaml").write_text("\n".join(lines), encoding="utf-8")
    shop.run(seed=1)
    told = [r for r in asked("savings", "-w", str(shop.path))["data"] if r["kind"] == "below_tier"]
    assert told
    assert all(r["step_g"] == step and r["money"] > 0 for r in told)
