"""A layout nobody foresaw: read from a user's mapping, and proposed in a draft."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.data.intake.reading import NOW, SALT, Imported, written
from tradewind.core.errors import MappingError
from tradewind.core.text import LANGUAGES
from tradewind.data.intake import ParseContext, detect, parse
from tradewind.data.intake.drafting import draft_mapping
from tradewind.data.intake.layout import layout_named
from tradewind.data.intake.mapping import read_mapping

HEADINGS = "订单号,包裹号,店铺账号,订单状态,付款时间,平台SKU,产品规格,数量,商品单价,币种,买家姓名"
EXPORT = f"""{HEADINGS},买家国家,物流方式,运单号,重量(kg)
A1,P1,main2,待发货,2026-03-01 10:00:00,LAMP,red,2,3.50,USD,王小明,西班牙,燕文专线,YW1,0.42
A1,P1,main2,待发货,2026-03-01 10:00:00,MUG,,1,2.00,USD,王小明,西班牙,燕文专线,YW1,0.42
A2,P2,main2,已搁置,2026-03-02 09:30:00,MUG,,1,2.00,USD,Ana,法国,燕文专线,YW2,0.30
"""
MAPPING = """
name: dianxiaomi
time_zone: Asia/Shanghai
tables:
  order_lines:
    columns:
      order_id: 订单号
      shop: 店铺账号
      status: {heading: 订单状态, words: {已搁置: placed}}
      ordered_at: 付款时间
      sku: 平台SKU
      units: 数量
      unit_price: 商品单价
      currency: 币种
      market: 买家国家
      buyer_name: 买家姓名
    fixed: {platform: aliexpress}
  parcels:
    columns:
      parcel_id: 包裹号
      tracking_no: 运单号
      order_id: 订单号
      shop: 店铺账号
      market: 买家国家
      service: 物流方式
      created_at: 付款时间
      weight_g: {heading: 重量(kg), times: 1000}
    fixed: {platform: aliexpress, node: yiwu}
"""


def said(tmp_path, text: str) -> Path:
    return written(tmp_path, text, "dxm.mapping.yaml")


def read(path: Path, *own, shop=None) -> Imported:
    batches = []
    for source in detect(path, own=own):
        with tempfile.TemporaryDirectory() as staging:
            staged = Path(staging)
            batches += parse(source, ParseContext(SALT, NOW, own=own, shop=shop), staging=staged)
    return Imported(batches)


def test_a_mapping_reads_the_columns_it_names_into_the_tables_it_names(tmp_path):
    got = read(written(tmp_path, EXPORT), read_mapping(said(tmp_path, MAPPING)))
    lines = got.rows("order_lines").select("order_id", "line_no", "shop", "sku", "units", "market", "status").rows()
    assert lines == [
        ("A1", 1, "main2", "LAMP", 2, "ES", "paid"),
        ("A1", 2, "main2", "MUG", 1, "ES", "paid"),
        ("A2", 1, "main2", "MUG", 1, "FR", "placed"),
    ]
    assert got.rows("order_lines")["ordered_at"][0] == datetime(2026, 3, 1, 2, tzinfo=UTC)
    assert got.rows("order_lines")["buyer_key"].null_count() == 0
    parcels = got.rows("parcels").select("parcel_id", "tracking_no", "order_id", "node", "weight_g").rows()
    assert parcels == [("P1", "YW1", "A1", "yiwu", 420.0), ("P2", "YW2", "A2", "yiwu", 300.0)]
    assert got.problems == []


def test_a_users_mapping_goes_before_the_layouts_that_come_with_tradewind(tmp_path):
    path = written(tmp_path, EXPORT)
    assert [s.layout for s in detect(path, own=[read_mapping(said(tmp_path, MAPPING))])] == ["dianxiaomi"]


def test_bad_rows_of_a_mapped_file_wait_under_the_files_own_headings(tmp_path):
    path = written(tmp_path, EXPORT.replace("LAMP,red,2", "LAMP,red,two"))
    got = read(path, read_mapping(said(tmp_path, MAPPING)))
    assert got.problems == [(2, "数量", "two", "number_unreadable")]
    assert got.rows("order_lines").height == 2


def test_a_file_that_names_no_shop_is_of_the_shop_that_is_told(tmp_path):
    plain = MAPPING.replace("      shop: 店铺账号\n", "").replace(
        "platform: aliexpress}", "platform: aliexpress, shop: main}"
    ).replace("platform: aliexpress, node", "platform: aliexpress, shop: main, node")  # fmt: skip
    mapping = read_mapping(said(tmp_path, plain))
    path = written(tmp_path, EXPORT)
    assert set(read(path, mapping).rows("order_lines")["shop"]) == {"main"}
    told = read(path, mapping, shop="yiwu-2")
    assert set(told.rows("order_lines")["shop"]) | set(told.rows("parcels")["shop"]) == {"yiwu-2"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("订单号\n", "[订单号, 平台单号]\n"), "mapping_two_columns"),
        (("      sku: 平台SKU\n", "      sku: 平台SKU\n      sku: 产品规格\n"), "mapping_unreadable"),
        (("      sku: 平台SKU\n", ""), "mapping_lacks"),
        (("      sku: 平台SKU\n", "      sku: null\n"), "mapping_lacks"),
        (("      currency: 币种\n", ""), "mapping_lacks"),
        (("      sku: 平台SKU\n", "      goods: 平台SKU\n"), "mapping_unknown_column"),
        (("  parcels:", "  packets:"), "mapping_unknown_table"),
        (("times: 1000", "times: -1"), "mapping_times"),
        (("times: 1000", "factor: 1000"), "mapping_unknown_word"),
        (("已搁置: placed", "已搁置: waiting"), "mapping_word"),
        (("node: yiwu}", "node: yiwu, market: Atlantis}"), "mapping_word"),
        (("Asia/Shanghai", "Mars/Olympus"), "mapping_zone"),
        (("tables:", "sheets:"), "mapping_unknown_word"),
        (("time_zone", "  time_zone"), "mapping_unreadable"),
    ],
)
def test_what_a_mapping_cannot_mean_is_refused_with_the_place(tmp_path, change, code):
    with pytest.raises(MappingError) as error:
        read_mapping(said(tmp_path, MAPPING.replace(*change, 1)))
    assert error.value.code == code
    for lang in LANGUAGES:
        assert "dxm.mapping.yaml" in error.value.what(lang)
        assert error.value.fix(lang)


def test_a_draft_finds_columns_by_names_near_names_units_and_values(tmp_path):
    export = EXPORT.replace("付款时间", "买家付款的时刻").replace("买家国家", "收件国/地区")
    draft = draft_mapping(written(tmp_path, export), "dxm", lang="zh")
    assert (draft.table, draft.asked) == ("order_lines", [])
    assert set(draft.guessed) >= {"ordered_at", "market"}
    rows = {column: cells for column, _, cells in draft.sample}
    assert rows["ordered_at"][:2] == ["2026-03-01 10:00", "2026-03-01 10:00"]
    assert rows["market"] == ["ES", "ES", "FR"]
    assert rows["buyer_name"] == ["***", "***", "***"]
    assert "{heading: 重量(kg), times: 1000}" in draft.text
    assert "Asia/Shanghai" in draft.text


def test_a_draft_corrected_once_reads_the_file(tmp_path):
    path = written(tmp_path, EXPORT)
    draft = draft_mapping(path, "dxm")
    mapping = read_mapping(said(tmp_path, draft.text.replace("已搁置: placed", "已搁置: paid")))
    got = read(path, mapping)
    assert got.problems == []
    assert got.rows("order_lines")["sku"].to_list() == ["LAMP", "MUG", "MUG"]
    assert got.rows("parcels")["weight_g"].to_list() == [420.0, 300.0]


def test_what_a_draft_cannot_find_is_asked_for(tmp_path):
    draft = draft_mapping(written(tmp_path, "订单号,下单时间,foo\nA1,2026-03-01,7\n"), "odd", "order_lines")
    assert {"sku", "unit_price"} <= set(draft.asked)
    with pytest.raises(MappingError, match="sku"):
        read_mapping(said(tmp_path, draft.text))


def test_weights_without_a_unit_that_look_like_kilograms_are_marked(tmp_path):
    draft = draft_mapping(written(tmp_path, "SKU编码,采购成本,币种,重量\nA,3,CNY,0.42\nB,4,CNY,1.35\n"), "goods")
    assert draft.table == "products"
    assert "times: 1000" in draft.text
    assert "kilograms" in draft.text


def test_a_row_a_piece_is_a_piece_where_the_mapping_reads_no_column_that_differs(tmp_path):
    mapping = (
        MAPPING.split("  parcels:", maxsplit=1)[0]
        .replace("      units: 数量\n", "")
        .replace("aliexpress}", "aliexpress, units: 1}")
    )
    twice = EXPORT + EXPORT.strip().split("\n")[1].replace("red", "blue") + "\n"
    got = read(written(tmp_path, twice), read_mapping(said(tmp_path, mapping)))
    lines = got.rows("order_lines").filter(order_id="A1", sku="LAMP")
    assert lines.select("line_no", "units").rows() == [(1, 1), (2, 1)]
    assert got.notes == {"alike_counted": 1}


def test_a_mapped_product_stated_twice_is_one_product(tmp_path):
    mapping = "name: goods\ntables: {products: {columns: {sku: Item, weight_g: Grams}}}\n"
    got = read(written(tmp_path, "Item,Grams\nLAMP,420\nLAMP,420\n"), read_mapping(said(tmp_path, mapping)))
    assert got.rows("products").select("sku", "weight_g").rows() == [("LAMP", 420.0)]
    assert got.notes == {"duplicate_collapsed": 1}


def test_a_mapping_named_like_a_layout_stands_in_its_place(tmp_path):
    mine = read_mapping(said(tmp_path, MAPPING.replace("name: dianxiaomi", "name: ebay-orders", 1)))
    assert layout_named("ebay-orders", (mine,)) is mine
