"""A first mapping for an unknown file: which columns are found, how surely, in which unit, and what is asked for."""

from __future__ import annotations

import pytest
import yaml

from tests.data.intake.reading import written
from tradewind.data.intake.drafting import Draft, draft_mapping

GOODS = "SKU编码,采购成本,币种,{heading}\nA,3,CNY,{first}\nB,4,CNY,{second}\n"
ORDER = "2026-03-01 10:00,A1,MUG,2,9.5,USD,ES"


def goods(tmp_path, heading: str, first: str = "0.42", second: str = "1.35") -> dict:
    """The mapping drafted for goods with one more column."""
    draft = draft_mapping(written(tmp_path, GOODS.format(heading=heading, first=first, second=second)), "goods")
    return yaml.safe_load(draft.text)["tables"]["products"]["columns"]


@pytest.mark.parametrize(
    ("heading", "column", "times"),
    [
        ("重量(kg)", "weight_g", 1000),
        ("重量（公斤）", "weight_g", 1000),
        ("长度(cm)", "length_mm", 10),
        ("length (m)", "length_mm", 1000),
    ],
)
def test_a_unit_in_the_heading_says_what_to_multiply_with(tmp_path, heading, column, times):
    assert goods(tmp_path, heading)[column] == {"heading": heading, "times": times}


@pytest.mark.parametrize(
    ("heading", "cells", "times"),
    [
        ("重量", ("0.42", "1.35"), 1000),  # few kilograms, with fractions
        ("重量", ("29.5", "30.4"), 1000),
        ("重量", ("30.5", "31.5"), None),  # heavy for kilograms
        ("重量", ("2", "5"), None),  # no fraction: grams as likely
        ("重量(克)", ("0.42", "1.35"), None),
        ("重量(g)", ("0.42", "1.35"), None),
    ],
)
def test_a_weight_without_a_unit_is_taken_for_kilograms_where_it_looks_so(tmp_path, heading, cells, times):
    found = goods(tmp_path, heading, *cells)["weight_g"]
    assert found == ({"heading": heading, "times": times} if times else heading)


def orders(tmp_path, text: str, table: str | None = None, **more) -> Draft:
    return draft_mapping(written(tmp_path, text), "shop", table, **more)


def test_known_names_are_sure_and_near_ones_are_guesses(tmp_path):
    draft = orders(tmp_path, f"下单时间,订单号,商品SKU编码,数量,单价,币种,国家\n{ORDER}\n", "order_lines")
    assert "order_id" not in draft.guessed
    sample = {column: heading for column, heading, _ in draft.sample}
    assert (sample["order_id"], sample["ordered_at"], sample["units"]) == ("订单号", "下单时间", "数量")


def test_columns_nobody_named_are_told_by_nine_in_ten_of_their_cells(tmp_path):
    rows = [f"2026-03-{n:02d},A{n},MUG,2,9.5,USD,{'ES' if n < 10 else 'Atlantis'}" for n in range(1, 11)]
    head = "foo,订单号,SKU,数量,单价,bar,baz\n"
    draft = orders(tmp_path, head + "\n".join(rows), "order_lines")
    assert {c: h for c, h, _ in draft.sample if c in draft.guessed} == {"ordered_at": "foo", "market": "baz"}
    worse = [row.replace("MUG,2,9.5,USD,ES", "MUG,2,9.5,USD,Nowhere") if n < 2 else row for n, row in enumerate(rows)]
    assert "market" not in orders(tmp_path, head + "\n".join(worse), "order_lines").guessed


def test_whole_numbers_are_no_dates_though_they_could_be_read_as_such(tmp_path):
    rows = "\n".join(f"4608{n},A{n},MUG,2,9.5,USD,ES" for n in range(5))
    draft = orders(tmp_path, f"foo,订单号,SKU,数量,单价,币种,国家\n{rows}\n", "order_lines")
    assert "ordered_at" in draft.asked


def test_what_a_file_cannot_say_is_fixed_and_the_rest_is_asked_for(tmp_path):
    draft = orders(tmp_path, "订单号,SKU\nA1,MUG\n", "order_lines")
    told = yaml.safe_load(draft.text)["tables"]["order_lines"]
    assert told["fixed"] == {
        "platform": "aliexpress", "shop": "main", "status": "paid", "market": "ZZ", "currency": "CNY", "units": 1,
    }  # fmt: skip
    assert (
        set(draft.asked) == {"ordered_at", "unit_price"} == {c for c, said in told["columns"].items() if said is None}
    )


def test_goods_named_by_the_platform_alone_are_their_own_sku_for_now(tmp_path):
    draft = orders(tmp_path, f"下单时间,订单号,商品ID,数量,单价,币种,国家\n{ORDER}\n", "order_lines")
    told = yaml.safe_load(draft.text)["tables"]["order_lines"]["columns"]
    assert told["sku"] == told["listing_id"] == "商品ID"
    assert "sku" in draft.guessed


def test_words_nobody_knows_are_listed_to_be_chosen_for(tmp_path):
    draft = orders(
        tmp_path, f"下单时间,订单号,SKU,数量,单价,币种,国家,订单状态\n{ORDER},已搁置\n{ORDER},paid\n", "order_lines"
    )
    told = yaml.safe_load(draft.text)["tables"]["order_lines"]["columns"]["status"]
    assert told["heading"] == "订单状态"
    assert list(told["words"]) == ["已搁置"]


def test_columns_that_are_not_used_are_listed(tmp_path):
    draft = orders(tmp_path, f"下单时间,订单号,SKU,数量,单价,币种,国家,颜色偏好\n{ORDER},red\n", "order_lines")
    assert yaml.safe_load(draft.text)["unused"] == ["颜色偏好"]
    assert "unused" not in yaml.safe_load(
        orders(tmp_path, f"下单时间,订单号,SKU,数量,单价,币种,国家\n{ORDER}\n", "order_lines").text
    )


def test_chinese_headings_are_on_chinese_time_and_others_on_utc(tmp_path):
    chinese = orders(tmp_path, f"下单时间,订单号,SKU,数量,单价,币种,国家\n{ORDER}\n", "order_lines")
    english = orders(tmp_path, f"ordered at,order id,SKU,units,unit price,currency,国家\n{ORDER}\n", "order_lines")
    zones = [yaml.safe_load(draft.text)["time_zone"] for draft in (chinese, english)]
    assert zones == ["Asia/Shanghai", "UTC"]


def test_the_headings_are_found_below_titles_and_blank_columns_are_skipped(tmp_path):
    text = f"订单导出,,,,,,,\n2026-03-02,,,,,,,\n下单时间,订单号,SKU,数量,单价,币种,国家,\n{ORDER},x\n"
    sample = {column: cells for column, _, cells in orders(tmp_path, text, "order_lines").sample}
    assert sample["order_id"] == ["A1"]
    assert sample["units"] == ["2"]


def test_what_cannot_be_read_shows_as_a_question_mark_and_only_the_first_five_rows_show(tmp_path):
    rows = "\n".join(ORDER.replace(",2,", f",{n},") for n in ("two", "3", "", "4", "5", "6", "7"))
    draft = orders(tmp_path, f"下单时间,订单号,SKU,数量,单价,币种,国家\n{rows}\n", "order_lines")
    assert {column: cells for column, _, cells in draft.sample}["units"] == ["?", "3", "", "4", "5"]


def test_the_table_that_fits_best_is_taken_where_none_is_named(tmp_path):
    assert orders(tmp_path, f"下单时间,订单号,SKU,数量,单价,币种,国家\n{ORDER}\n").table == "order_lines"
    assert orders(tmp_path, "仓库,SKU,可用库存,盘点时间\nHZ,MUG,4,2026-03-01 10:00\n").table == "stock"
