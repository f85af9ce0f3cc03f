"""Conditions are held against a sheet and the shop's own orders; goods are checked before they leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.app.conftest import NOW
from tradewind.app.usecases import Context, finance
from tradewind.app.usecases.compliance import (
    FailureCodeResult,
    FailureCodesResult,
    check_consignment,
    check_eligibility,
    explain_code,
)
from tradewind.app.usecases.data import import_files
from tradewind.app.usecases.finance import shop_health
from tradewind.app.usecases.request import read
from tradewind.app.usecases.requests import (
    EligibilityRequest,
    ExplainRequest,
    ImportRequest,
    PreflightRequest,
    ShopHealthRequest,
)
from tradewind.app.usecases.result import FormResult
from tradewind.core.errors import InputError, NotAWorkspaceError, RequestError, UnknownNameError

NOV_22 = datetime(2026, 11, 22, tzinfo=UTC)
GOODS = "sku,booked_units,unit_cost,currency,barcode_bound,markets\nA,10,5,CNY,no,ES\n"


@pytest.fixture
def nowhere(tmp_path: Path) -> Context:
    """Who asks without a workspace, and named none."""
    return Context(tmp_path / "nowhere", named=False, now=lambda: NOW)


def sheet(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_filled_in_sheet_is_held_against_the_conditions(nowhere, tmp_path):
    said = sheet(tmp_path / "s.yaml", "sell_through: 64%\npositive_rate: 0.955\nentity: 个体户\n")
    found = check_eligibility(nowhere, EligibilityRequest(file=said, on=NOV_22))
    holds = {r["check"]: r["holds"] for r in found.data.iter_rows(named=True) if r["holds"] is not None}
    assert holds == {"sell_through": False, "positive_rate": True}
    assert (found.holds, found.fails, found.unknown, found.rows) == (1, 1, 17, 19)
    assert (found.on, dict(found.from_orders)) == (date(2026, 11, 22), {})
    assert found.readings["rule"].to_list() == ["eligibility.certified_inbound"]


def test_what_is_due_after_approval_counts_neither_way(nowhere, tmp_path):
    found = check_eligibility(nowhere, EligibilityRequest(file=sheet(tmp_path / "s.yaml", "site: CN\n"), on=NOV_22))
    assert found.data.height > found.rows == found.holds + found.fails + found.unknown
    assert set(found.data["part"]) == {"condition", "document", "after"}


def test_what_the_sheet_leaves_blank_is_taken_from_the_shops_own_orders(seller, tmp_path):
    empty = check_eligibility(seller, EligibilityRequest(file=sheet(tmp_path / "a.yaml", "site: CN\n"), shop="yiwu-1"))
    figures = shop_health(seller, ShopHealthRequest()).data
    own = {r["figure"]: r["value"] for r in figures.iter_rows(named=True) if r["shop"] == "yiwu-1"}
    assert empty.from_orders["sell_through"] == own["sell_through"]
    assert empty.data.filter(check="sell_through")["value"].item() == own["sell_through"]
    assert empty.provenance.run == seller.plan().id
    stated = EligibilityRequest(file=sheet(tmp_path / "b.yaml", "sell_through: 99%\n"), shop="yiwu-1")
    assert "sell_through" not in check_eligibility(seller, stated).from_orders


def test_violations_are_taken_from_orders_only_where_there_are_none(monkeypatch, small, tmp_path):
    def figures(violations: float):
        frame = pl.DataFrame({"shop": "main", "figure": ["violations"], "value": [violations]})
        return lambda context, request: finance.ShopHealthResult(small.provenance(small.plan()), 1, frame)

    asked = EligibilityRequest(file=sheet(tmp_path / "s.yaml", "site: CN\n"))
    for violations, taken in ((0.0, {"serious_violations": 0.0}), (2.0, {})):
        monkeypatch.setattr(finance, "shop_health", figures(violations))
        assert check_eligibility(small, asked).from_orders == taken


def test_of_several_shops_one_must_be_named(monkeypatch, small, tmp_path):
    frame = pl.DataFrame({"shop": ["a", "b"], "figure": "positive_rate", "value": [0.9, 0.8]})
    health = finance.ShopHealthResult(small.provenance(small.plan()), 2, frame)
    monkeypatch.setattr(finance, "shop_health", lambda context, request: health)
    asked = EligibilityRequest(file=sheet(tmp_path / "s.yaml", "site: CN\n"))
    assert check_eligibility(small, asked).from_orders == {}
    assert check_eligibility(small, replace(asked, shop="b")).from_orders == {"positive_rate": 0.8}
    with pytest.raises(UnknownNameError, match="a, b") as error:
        check_eligibility(small, replace(asked, shop="nobody"))
    assert (error.value.code, error.value.values["field"]) == ("unknown_shop", "shop")


def test_an_empty_sheet_is_written_here_but_for_nobody_elsewhere(nowhere, tmp_path):
    forms = {
        "eligibility": (check_eligibility, EligibilityRequest(file=tmp_path / "s.yaml", template=True)),
        "consignment": (check_consignment, PreflightRequest(consignment=str(tmp_path / "g.csv"), template=True)),
    }
    for form, (ask, request) in forms.items():
        with pytest.raises(RequestError) as error:
            ask(replace(nowhere, local=False), request)
        assert error.value.code == "form_elsewhere"
        written = ask(nowhere, request)
        assert (written, written.file.is_file()) == (FormResult(written.file, form), True)


def test_a_consignment_is_counted_and_valued(nowhere, tmp_path):
    goods = str(sheet(tmp_path / "g.csv", GOODS))
    found = check_consignment(nowhere, PreflightRequest(consignment=goods, at=NOV_22, limit=3))
    assert (found.skus, found.money_at_risk, found.page.next) == (1, {"CNY": 50.0}, 3)
    assert found.page.rows == found.refused + found.charged + found.verify + found.not_said + found.note
    rest = check_consignment(nowhere, PreflightRequest(consignment=goods, at=NOV_22, after=3)).page
    checks = {*found.page.frame["check"], *rest.frame["check"]}
    assert checks >= {"barcode", "attributes", "labels", "carton", "sync"}
    assert (rest.frame.height, rest.next) == (found.page.rows - 3, None)


def test_what_a_person_set_aside_stays_and_is_counted_apart(nowhere, tmp_path):
    aside = GOODS.replace("markets", "markets,overruled,overruled_why").replace(",ES", ",ES,barcode,bound today")
    before, after = (
        check_consignment(nowhere, PreflightRequest(consignment=str(sheet(tmp_path / name, text)), at=NOV_22))
        for name, text in (("a.csv", GOODS), ("b.csv", aside))
    )
    assert (after.refused, after.overruled) == (before.refused - 1, 1)
    assert after.page.rows == before.page.rows


def test_an_inbound_order_of_the_workspace_is_checked_with_what_its_products_say(empty, tmp_path):
    sheet(
        tmp_path / "inbounds.csv",
        "platform,shop,inbound_id,sku,node,mode,booked_at,booked_units,due_at\n"
        "aliexpress,s,IB.1,CUP,HZ,semi_stocked,2026-11-20 08:00,10,2026-11-30 08:00\n",
    )
    sheet(tmp_path / "products.csv", "sku,title,unit_cost,currency,weight_g\nCUP,手机壳,4,CNY,40\n")
    import_files(empty, ImportRequest(path=(tmp_path / "inbounds.csv", tmp_path / "products.csv")))
    more = sheet(tmp_path / "more.csv", "sku,barcode_bound,kind\nCUP,否,usb_passive\n")
    asked = PreflightRequest(consignment="IB.1", attributes=more, at=NOV_22, markets="GB")
    found = {r["check"]: r for r in check_consignment(empty, asked).page.frame.iter_rows(named=True)}
    assert (found["barcode"]["money_at_risk"], found["labels"]["what"]) == (40.0, "gpsr_uk")
    assert found["attribute_clock"]["what"] == "2026-11-27 16:00"
    assert "gross_weight_g" not in found["attributes"]["what"]
    with pytest.raises(UnknownNameError, match=r"nor an inbound order IB\.9"):
        check_consignment(empty, PreflightRequest(consignment="IB.9"))


def test_a_consignment_that_is_neither_file_nor_known_is_refused(nowhere, tmp_path):
    with pytest.raises(UnknownNameError, match="neither a file nor an inbound order IB-1") as error:
        check_consignment(nowhere, PreflightRequest(consignment="IB-1"))
    assert (error.value.code, error.value.values["field"]) == ("unknown_consignment", "consignment")
    goods = str(sheet(tmp_path / "g.csv", GOODS))
    with pytest.raises(NotAWorkspaceError):
        check_consignment(replace(nowhere, named=True), PreflightRequest(consignment=goods))
    with pytest.raises(RequestError, match="Atlantis"):
        check_consignment(nowhere, PreflightRequest(consignment=goods, markets="Atlantis"))


def test_a_text_from_another_machine_names_no_file_here_but_a_file_that_was_sent_is_read(empty, tmp_path):
    goods, elsewhere = sheet(tmp_path / "g.csv", GOODS), replace(empty, local=False)
    with pytest.raises(UnknownNameError):
        check_consignment(elsewhere, read(PreflightRequest, {"consignment": str(goods)}))
    assert check_consignment(elsewhere, read(PreflightRequest, {"consignment": goods})).skus == 1


def test_a_sheet_that_cannot_be_read_is_refused(nowhere, tmp_path):
    with pytest.raises(InputError, match="64"):
        check_eligibility(nowhere, EligibilityRequest(file=sheet(tmp_path / "s.yaml", "sell_through: 64\n")))


def test_a_code_is_explained_written_large_or_small(nowhere):
    found = explain_code(nowhere, ExplainRequest(code="e102"))
    assert isinstance(found, FailureCodeResult)
    assert (found.code, found.cause, found.rule.id) == ("E102", "barcode_not_bound", "failure.E102")
    every = explain_code(nowhere, ExplainRequest())
    assert isinstance(every, FailureCodesResult)
    assert (found in every.data, len(every.data) > 10) == (True, True)


def test_an_unknown_code_leads_to_where_it_is_shown(nowhere):
    with pytest.raises(UnknownNameError, match=r"E999.*失败原因代码") as error:
        explain_code(nowhere, ExplainRequest(code="E999"))
    assert (error.value.code, error.value.values["field"]) == ("unknown_code", "code")
