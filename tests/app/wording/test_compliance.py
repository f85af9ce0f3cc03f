"""Conditions, findings and failure codes in words, and their words beside ids for programs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tradewind.app.usecases import Context
from tradewind.app.usecases.compliance import check_consignment, check_eligibility, explain_code
from tradewind.app.usecases.requests import EligibilityRequest, ExplainRequest, PreflightRequest
from tradewind.app.usecases.result import FormResult
from tradewind.app.wording import as_data, view_of
from tradewind.app.wording.view import Table
from tradewind.core.text import LANGUAGES

NOV_22 = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def nowhere(tmp_path: Path) -> Context:
    return Context(tmp_path / "nowhere", named=False)


def checked(context: Context, folder: Path, text: str, **asked):
    (folder / "g.csv").write_text(text, encoding="utf-8")
    return check_consignment(context, PreflightRequest(consignment=str(folder / "g.csv"), at=NOV_22, **asked))


def held(context: Context, folder: Path, text: str):
    (folder / "s.yaml").write_text(text, encoding="utf-8")
    return check_eligibility(context, EligibilityRequest(file=folder / "s.yaml", on=NOV_22))


UNBOUND = "sku,booked_units,unit_cost,currency,barcode_bound,markets\nA,10,5,CNY,no,ES\n"


def test_conditions_are_counted_then_told_in_three_tables(nowhere, tmp_path):
    verdict, *tables = view_of(held(nowhere, tmp_path, "sell_through: 64%\nentity: 个体户\n"), "en")
    assert verdict == "1 fail, 18 not known, 0 hold; of 19."
    assert [table.title for table in tables] == ["Conditions", "Documents", "After approval"]
    marks = {row[0]: (row[1], row[2]) for table in tables for row in table.rows}
    assert marks["Sell-through of the last 30 days"] == ("no", "64.0%, at least 65.0% needed: 1.0% too little.")
    assert marks["Site"] == ("?", "The sheet does not say.")
    assert "Self-employed: identity proof of the operator" in marks


def test_what_was_taken_from_orders_is_named(nowhere, tmp_path):
    taken = replace(held(nowhere, tmp_path, "site: CN\n"), from_orders={"sell_through": 0.7, "positive_rate": 0.9})
    assert view_of(taken, "zh")[1] == "表里没填、取自已导入数据的：近 30 天动销率、好评率。"


def test_everything_holds_is_said_so(nowhere, tmp_path):
    result = replace(held(nowhere, tmp_path, "site: CN\n"), rows=1, holds=1, fails=0, unknown=0)
    assert view_of(result, "en")[0] == "Everything that the sheet tells holds: 1 of 1."


@pytest.mark.parametrize(("lang", "said"), [("en", "stopped at the door (E102)"), ("zh", "会被入仓拦截")])
def test_findings_are_told_worst_first_with_what_to_do(nowhere, tmp_path, lang, said):
    verdict, risk, table, *rest = view_of(checked(nowhere, tmp_path, UNBOUND), lang)
    assert isinstance(table, Table)
    assert "50.00 CNY" in risk
    assert any(said in row[2] and row[3] and row[4] == "50.00 CNY" for row in table.rows)
    assert len(rest) == 1
    assert "1" in verdict


def test_codes_in_findings_are_named_and_the_rest_of_a_page_is_counted(nowhere, tmp_path):
    found = checked(nowhere, tmp_path, UNBOUND, limit=1)
    _, _, table, more, _ = view_of(found, "en")
    assert table.rows[0][2] == "Mandatory attributes are blank: Material, Age range, Contains a battery."
    assert more == f"1 of {found.page.rows} shown; --limit shows more."


def test_money_nobody_can_tell_is_said_to_be_unknown(nowhere, tmp_path):
    risk = view_of(checked(nowhere, tmp_path, "sku,barcode_bound\nA,no\n"), "en")[1]
    assert risk.startswith("Money at risk: not known")


def test_cells_that_cannot_be_read_are_told_first_and_what_was_set_aside_says_why(nowhere, tmp_path):
    text = "sku,barcode_bound,battery,overruled,overruled_why\nA,no,sideways,barcode,bound today\n"
    unread, _, _, table, _ = view_of(checked(nowhere, tmp_path, text), "en")
    assert unread == "A: Battery (none, built_in, packed_with, alone) cannot be read: sideways"
    assert any(row[2].endswith("set aside: bound today") for row in table.rows)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_programs_get_every_finding_with_its_sentence_and_what_to_do(nowhere, tmp_path, lang):
    said = as_data(checked(nowhere, tmp_path, UNBOUND, limit=3), lang)
    assert (len(said["data"]), said["next"], said["money_at_risk"]) == (3, 3, {"CNY": 50.0})
    assert all(row["sentence"] and row["fix"] and row["reason"] for row in said["data"])
    assert said["data"][0]["what"] not in said["data"][0]["sentence"]


def test_programs_get_conditions_with_their_sentence(nowhere, tmp_path):
    said = as_data(held(nowhere, tmp_path, "sell_through: 64%\n"), "en")
    row = next(r for r in said["data"] if r["check"] == "sell_through")
    assert (row["holds"], row["sentence"]) == (False, "64.0%, at least 65.0% needed: 1.0% too little.")
    assert said["readings"][0]["rule"] == "eligibility.certified_inbound"


def test_a_code_is_said_with_what_to_do_and_who_says_so(nowhere):
    found = explain_code(nowhere, ExplainRequest(code="E102"))
    means, fix, source = view_of(found, "en")
    assert means.startswith("E102: The goods' barcode was not bound")
    assert (fix.startswith("What to do: Bind the barcode"), "one weak source" in source) == (True, True)
    said = as_data(found, "en")
    assert (said["code"], said["cause"], said["rule"]["title"]) == ("E102", "barcode_not_bound", "Failure code: E102")
    assert said["what"] in means
    assert said["fix"] in fix


def test_all_codes_are_one_table(nowhere):
    found = explain_code(nowhere, ExplainRequest())
    (table,) = view_of(found, "zh")
    assert [row[0] for row in table.rows] == [one.code for one in found.data]
    assert as_data(found, "zh")["data"][0]["what"] == table.rows[0][1]


@pytest.mark.parametrize(
    ("form", "command"),
    [("eligibility", "eligibility"), ("consignment", "preflight"), ("freight_card", "rules card")],
)
def test_a_form_says_how_it_is_handed_back(form, command):
    for lang in LANGUAGES:
        (said,) = view_of(FormResult(Path("f.xlsx"), form), lang)
        assert said.endswith(f"tradewind {command} f.xlsx")
    assert as_data(FormResult(Path("f.xlsx"), form), "en") == {"file": "f.xlsx", "form": form}
