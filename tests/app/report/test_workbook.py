"""The workbook: every sheet with its headings in words, every action in it, nothing that runs."""

from __future__ import annotations

import zipfile

import fastexcel
import polars as pl
import pytest

from tests.app.report.made_up import healthy, made_up_run, orders_alone, tables
from tradewind.app.report.workbook import write_workbook
from tradewind.app.wording.plan.plan import Plan
from tradewind.core.text import catalogue


def written(run, folder, lang="en", health=None):
    write_workbook(Plan(run, lang, health or {}), folder / "plan.xlsx")
    return folder / "plan.xlsx"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return written(made_up_run(), tmp_path_factory.mktemp("报告 一"), "zh", healthy())


def test_every_table_of_the_plan_has_its_sheet(book):
    words = catalogue("zh")
    names = [k for k in words if k.startswith("report_book.") and k != "report_book.cut"]
    assert sorted(fastexcel.read_excel(book).sheet_names) == sorted(words[n] for n in names)


def test_headings_are_words_and_numbers_are_numbers(book):
    orders = pl.read_excel(book, sheet_name="订货单")
    assert orders["订货量"].to_list() == [240, 12]
    assert orders["订前断货概率"].to_list() == [0.62, 0.3]


def test_what_would_lower_fulfilment_cost_is_a_sentence_with_its_money(book):
    lower = pl.read_excel(book, sheet_name="降低履约成本")
    assert lower["每月"].to_list() == [812.5, 30.0]
    assert lower["改动"].to_list() == ["缩小包装", "用标准箱"]
    assert "按体积计费 900 克" in lower["理由"][0]


def test_what_stands_beside_the_modes_is_in_words(book):
    offers = pl.read_excel(book, sheet_name="全托管报价")
    assert offers["低于此价不做"].to_list() == [27.25, 29.0]
    assert "可回价 33.12" in offers["理由"][0]
    policies = pl.read_excel(book, sheet_name="分层策略")
    assert policies["策略"].to_list() == ["提前备货", "JIT"]
    decides = pl.read_excel(book, sheet_name="谁决定什么")
    assert decides.select("决定事项", "谁说了算").rows() == [("零售价", "平台"), ("零售价", "卖家")]
    assert pl.read_excel(book, sheet_name="跨模式价格")["价差"].to_list() == [0.0, 0.5]


def test_all_actions_are_in_it_with_their_sentences(tmp_path):
    one = tables()["actions"].tail(1)
    many = pl.concat([one.with_columns(rank=pl.lit(i, dtype=pl.Int64)) for i in range(1, 201)])
    path = written(made_up_run(actions=many), tmp_path)
    actions = pl.read_excel(path, sheet_name="Actions")
    assert actions.height == 200
    assert actions["Why"][0].startswith("Rows of order lines that wait for a correction: 12,")


def test_no_cell_is_a_formula(book):
    with zipfile.ZipFile(book) as parts:
        sheets = [n for n in parts.namelist() if n.startswith("xl/worksheets/")]
        assert all(b"<f>" not in parts.read(n) for n in sheets)


def test_a_long_forecast_is_cut_and_says_how_to_have_it_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("tradewind.app.report.workbook.DEMAND_ROWS", 26)
    path = written(made_up_run(), tmp_path)
    rows = pl.read_excel(path, sheet_name="Demand", has_header=False)
    assert rows.height == 26 + 2
    assert rows.row(0)[0] == "The first 26 of 78 rows. All of them: tradewind export demand --to demand.csv"


def test_orders_alone_make_a_workbook_of_what_there_is(tmp_path):
    path = written(orders_alone(), tmp_path)
    assert fastexcel.read_excel(path).sheet_names == ["Summary", "Demand", "Demand totals", "About"]
