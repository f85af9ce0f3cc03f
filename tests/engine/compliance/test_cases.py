"""The named cases of tests/cases/eligibility.yaml and preflight.yaml: date, input, what is found."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from tradewind.core.rules import Rules
from tradewind.core.text import LANGUAGES, catalogue, render_rows
from tradewind.data.rules import load_rules
from tradewind.engine.compliance import GOODS, eligible, preflight

FOLDER = Path(__file__).parents[2] / "cases"
ELIGIBILITY = yaml.safe_load((FOLDER / "eligibility.yaml").read_text(encoding="utf-8"))
PREFLIGHT = yaml.safe_load((FOLDER / "preflight.yaml").read_text(encoding="utf-8"))

GOOD_SHOP: dict[str, Any] = {
    "entity": "company",
    "site": "CN",
    "registered_on": date(2025, 1, 1),
    "serious_violations": 0,
    "sell_through": 0.8,
    "positive_rate": 0.98,
    "warehouse": "菜鸟优选仓义乌",
    "certified_inbound": True,
    "licence_scan": True,
    "licence_valid_until": date(2031, 1, 1),
    "licence_same_entity": True,
    "id_both_sides": True,
    "id_matches_registry": True,
    "corporate_account": True,
    "bank_month_1": 60000.0,
    "bank_month_2": 60000.0,
    "bank_month_3": 60000.0,
    "agreement_seal": True,
    "agreement_signature": True,
}

GOOD_GOODS: dict[str, Any] = {
    "sku": "CASE",
    "title": "手机壳",
    "kind": "usb_passive",
    "mode": "semi_stocked",
    "booked_units": 100,
    "unit_cost": 5.0,
    "currency": "CNY",
    "orders": 20,
    "cartons": 2,
    "barcode_bound": True,
    "due_at": "2026-12-01 10:00",
    "synced_at": "2020-01-01 00:00",
    "markets": ["GB"],
    "marks": ["gpsr_uk"],
    "battery": "none",
    "service": "CAINIAO_STANDARD",
    "carton_length_cm": 30.0,
    "carton_width_cm": 20.0,
    "carton_height_cm": 15.0,
    "material": "TPU",
    "age_range": "14+",
    "has_battery": "no",
    "has_magnet_or_liquid": "no",
    "origin": "CN",
    "gross_weight_g": "40",
    "package_size_cm": "16x9x2",
    "barcode": "690",
    "original_box": "no",
    "customs_names": "手机壳 phone case 392690",
    "declared_value": "2",
    "brand_or_maker": "X",
}


def rules_of(case: dict[str, Any]) -> Rules:
    return load_rules(overrides=yaml.safe_dump(case.get("rules", []), allow_unicode=True))


def goods_of(case: dict[str, Any]) -> pl.DataFrame:
    row = {**GOOD_GOODS, **case["goods"]}
    for name, dtype in GOODS.items():
        if isinstance(dtype, pl.Datetime) and row.get(name) is not None:
            row[name] = datetime.fromisoformat(str(row[name])).replace(tzinfo=UTC)
        elif dtype == pl.Float64 and row.get(name) is not None:
            row[name] = float(row[name])
    return pl.DataFrame([row], schema={name: dtype for name, dtype in GOODS.items() if name in row})


@pytest.mark.parametrize("case", ELIGIBILITY, ids=[case["name"] for case in ELIGIBILITY])
def test_eligibility(case: dict[str, Any]) -> None:
    found = eligible({**GOOD_SHOP, **case["facts"]}, rules_of(case), on=date(2026, 11, 22))
    now = found.filter(pl.col("part") != "after")
    assert now.filter(~pl.col("holds"))["check"].to_list() == case["fails"]
    assert now.filter(pl.col("holds").is_null())["check"].to_list() == case.get("unknown", [])
    if "after" in case:
        assert found.filter(part="after")["check"].to_list() == case["after"]
    by_check = {row["check"]: row for row in found.to_dicts()}
    for check, short in case.get("short_by", {}).items():
        assert by_check[check]["short_by"] == pytest.approx(short)
    for check, reason in case.get("reason", {}).items():
        assert by_check[check]["reason"] == f"eligible_reason.{reason}"
    for lang in LANGUAGES:
        assert render_rows(found, "reason", lang).null_count() == 0


@pytest.mark.parametrize("case", PREFLIGHT, ids=[case["name"] for case in PREFLIGHT])
def test_preflight(case: dict[str, Any]) -> None:
    day = case["at"]
    found = preflight(goods_of(case), rules_of(case), at=datetime(day.year, day.month, day.day, tzinfo=UTC))
    assert dict(found.select("check", "severity").iter_rows()) == case["found"]
    assert found.height == len(case["found"])
    by_check = {row["check"]: row for row in found.to_dicts()}
    for column, name in (("what", "what"), ("money_at_risk", "money"), ("trigger", "trigger")):
        assert {c: by_check[c][column] for c in case.get(name, {})} == case.get(name, {})
    if "aside" in case:
        assert found.filter("overruled")["check"].to_list() == case["aside"]
    for lang in LANGUAGES:
        assert {r for r in found["reason"] if r not in catalogue(lang)} == set()
