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


@pytest.mark.parametrize(
    ("heading", "column", "times", "sample"),
    [
        ("weight (lb)", "weight_g", 453.592, ["907.18474", "453.59237"]),
        ("重量（磅）", "weight_g", 453.592, ["907.18474", "453.59237"]),
        ("height (in)", "height_mm", 25.4, ["50.8", "25.4"]),
        ("宽度（米）", "width_mm", 1000, ["2000.0", "1000.0"]),
        ("长度(cm)", "length_mm", 10, ["20.0", "10.0"]),
        ("重量(kg)", "weight_g", 1000, ["2000.0", "1000.0"]),
        ("重量(g)", "weight_g", None, ["2.0", "1.0"]),
    ],
)
def test_the_sample_shows_measures_in_our_units(tmp_path, heading, column, times, sample):
    draft = draft_mapping(written(tmp_path, GOODS.format(heading=heading, first="2", second="1")), "goods")
    told = yaml.safe_load(draft.text)["tables"]["products"]["columns"][column]
    assert told == ({"heading": heading, "times": times} if times else heading)
    assert {name: cells for name, _, cells in draft.sample}[column] == sample


def test_parcels_beside_their_orders_are_mapped_too_with_the_orders_time_and_market(tmp_path):
    heading = "下单时间,订单号,SKU,数量,单价,币种,国家"
    text = f"{heading},包裹号,物流方式,买家姓名\n{ORDER},P1,std,Ana\n"
    draft = orders(tmp_path, text, "order_lines")
    told = yaml.safe_load(draft.text)
    assert told["tables"]["parcels"]["columns"] == {
        "parcel_id": "包裹号", "service": "物流方式", "created_at": "下单时间", "order_id": "订单号", "market": "国家",
        "currency": "币种",
    }  # fmt: skip
    assert told["tables"]["parcels"]["fixed"] == {"platform": "aliexpress", "shop": "main", "node": "seller"}
    assert "unused" not in told
    assert {name: cells for name, _, cells in draft.sample}["buyer_name"] == ["***"]
    without = yaml.safe_load(orders(tmp_path, f"{heading},包裹号\n{ORDER},P1\n", "order_lines").text)
    assert (list(without["tables"]), without["unused"]) == (["order_lines"], ["包裹号"])


@pytest.mark.parametrize(("heading", "zone"), [("颜色", "Asia/Shanghai"), ("colour", "UTC")])
def test_half_the_headings_in_chinese_make_a_chinese_file(tmp_path, heading, zone):
    draft = orders(
        tmp_path, f"下单时间,订单号,{heading},order note,SKU,currency\n2026-03-01,A1,x,y,MUG,USD\n", "order_lines"
    )
    assert yaml.safe_load(draft.text)["time_zone"] == zone


def test_a_draft_speaks_to_whoever_reads_it(tmp_path):
    text = "订单号,SKU\nA1,MUG\n"
    english, chinese = (orders(tmp_path, text, "order_lines", lang=lang).text for lang in ("en", "zh"))
    assert english.startswith("# A first draft")
    assert english.splitlines()[0] != chinese.splitlines()[0]
    assert yaml.safe_load(english) == yaml.safe_load(chinese)


def test_a_moment_is_shown_to_the_minute_and_a_day_as_a_day(tmp_path):
    text = "SKU,标题,上架日期\nMUG,Mug,2026/3/1\nCUP,Cup,soon\n"
    sample = {column: cells for column, _, cells in orders(tmp_path, text, "products").sample}
    assert sample["launched_on"] == ["2026-03-01", "?"]
    stock = "仓库,SKU,可用库存,盘点时间\nHZ,MUG,4,2026/3/1 9:30:15\n"
    assert {c: cells for c, _, cells in orders(tmp_path, stock).sample}["taken_at"] == ["2026-03-01 09:30"]


def test_every_word_nobody_knows_is_listed_once_and_none_where_all_are_known(tmp_path):
    head = "下单时间,订单号,SKU,数量,单价,币种,国家,订单状态\n"
    draft = orders(
        tmp_path, head + "".join(f"{ORDER},{word}\n" for word in ("乙", "paid", "甲", "乙", "")), "order_lines"
    )
    told = yaml.safe_load(draft.text)["tables"]["order_lines"]["columns"]["status"]
    assert list(told["words"]) == sorted(["甲", "乙"])
    known = orders(tmp_path, f"{head}{ORDER},paid\n", "order_lines")
    assert yaml.safe_load(known.text)["tables"]["order_lines"]["columns"]["status"] == "订单状态"
