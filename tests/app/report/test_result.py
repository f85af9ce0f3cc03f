"""The report of a plan is written where it is wanted, in the language asked for."""

from __future__ import annotations

from dataclasses import replace

from tradewind.app.report import ReportResult, answer
from tradewind.app.usecases import use_case
from tradewind.app.usecases.requests import ReportRequest
from tradewind.app.wording import as_data, view_of


def test_the_report_speaks_the_language_of_who_asks(small, tmp_path):
    for lang, title in (("en", "Actions"), ("zh", "待办事项")):
        told = answer(replace(small, lang=lang), ReportRequest(to=tmp_path / lang))
        page = told.page.read_text(encoding="utf-8")
        assert (page.count("<section"), title in page) == (12, True)
        assert told.workbook.is_file()


def test_the_report_is_written_into_the_workspace_where_nobody_says_where(small, small_shop, tmp_path):
    import shutil

    own = replace(small, folder=shutil.copytree(small_shop, tmp_path / "shop"))
    told = use_case("report").function(own, ReportRequest())
    assert (told.page, told.provenance.run) == (tmp_path / "shop/report/report.html", own.plan().id)


def test_the_page_counts_the_age_of_data_from_today(small, tmp_path):
    page = answer(small, ReportRequest(to=tmp_path)).page.read_text(encoding="utf-8")
    assert "2026-11-02" in page
    assert ">28<" in page


def test_where_the_report_is_is_said_as_a_path_to_open(small, tmp_path):
    told = ReportResult(small.provenance(small.plan()), tmp_path / "a/../report.html", tmp_path / "plan.xlsx")
    assert view_of(told, "en") == [f"Report:   {tmp_path}/report.html", f"Workbook: {tmp_path}/plan.xlsx"]
    assert as_data(told, "en")["workbook"] == str(tmp_path / "plan.xlsx")
