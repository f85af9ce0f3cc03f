"""The goods of a consignment: from a sheet in either language, from an inbound order, filled in from products."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tradewind.app.forms.consignment import (
    filled_in,
    inbound_goods,
    read_goods_sheet,
    with_products,
    write_goods_sheet,
)
from tradewind.core.errors import InputError, RequestError, UnknownNameError
from tradewind.engine.compliance import GOODS


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_goods_sheet_reads_back_in_either_language(tmp_path, ending, lang):
    goods = read_goods_sheet(write_goods_sheet(tmp_path / f"g.{ending}", lang))
    row = goods.frame.row(0, named=True)
    assert goods.unread.is_empty()
    assert goods.frame.columns == list(GOODS)
    assert [row[c] for c in ("sku", "mode", "barcode_bound", "battery")] == ["CUP-1", "semi_jit", True, "none"]
    assert (row["markets"], row["marks"]) == (["ES", "FR", "SA"], ["ce"])
    assert row["due_at"].isoformat() == "2026-12-01T10:00:00+00:00"


def goods_csv(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_words_in_either_language_mean_the_same_and_what_cannot_be_read_is_told(tmp_path):
    goods = read_goods_sheet(
        goods_csv(
            tmp_path / "g.csv",
            "SKU,国家,电池,危险特性,已有标志和文件,条码已绑定,数量,电量\n"
            "A,西班牙、FR,内置,磁性,CE 标志;FCC ID,是,12,30%\n"
            "B,Atlantis,sideways,glow,magic,perhaps,many,0.5\n",
        )
    )
    first = goods.frame.row(0, named=True)
    assert (first["markets"], first["battery"], first["hazards"]) == (["ES", "FR"], "built_in", ["magnet"])
    assert (first["marks"], first["barcode_bound"], first["booked_units"], first["charge"]) == (
        ["ce", "fcc_id"],
        True,
        12,
        0.3,
    )
    assert set(goods.unread["column"]) == {"markets", "battery", "hazards", "marks", "barcode_bound", "booked_units"}
    assert set(goods.unread["sku"]) == {"B"}


def test_a_sheet_without_a_sku_column_or_without_rows_is_refused(tmp_path):
    with pytest.raises(InputError, match="no column"):
        read_goods_sheet(goods_csv(tmp_path / "a.csv", "name,units\nx,1\n"))
    with pytest.raises(InputError, match="is empty"):
        read_goods_sheet(goods_csv(tmp_path / "b.csv", "sku,units\n"))


def test_products_fill_in_what_the_sheet_leaves_blank_and_no_more(tmp_path):
    goods = read_goods_sheet(goods_csv(tmp_path / "g.csv", "sku,unit_cost,title\nA,,\nB,7,own title\n")).frame
    products = pl.DataFrame(
        {
            "sku": ["A", "B"], "title": ["t", "t"], "category": ["c", "c"], "unit_cost": [5.0, 5.0],
            "currency": ["CNY", "CNY"], "weight_g": [40.0, 40.0], "length_mm": [160.0, None],
            "width_mm": [90.0, 90.0], "height_mm": [20.0, 20.0],
        }
    )  # fmt: skip
    filled = with_products(goods, products).to_dicts()
    assert [(r["title"], r["unit_cost"], r["package_size_cm"]) for r in filled] == [
        ("t", 5.0, "16.0x9.0x2.0"),
        ("own title", 7.0, None),
    ]


def test_one_service_and_markets_for_rows_that_name_none(tmp_path):
    goods = read_goods_sheet(goods_csv(tmp_path / "g.csv", "sku,service,markets\nA,,\nB,MINE,PL\n")).frame
    rows = filled_in(goods, "CAINIAO_STANDARD", "ES, 法国").to_dicts()
    assert [(r["service"], r["markets"]) for r in rows] == [("CAINIAO_STANDARD", ["ES", "FR"]), ("MINE", ["PL"])]
    with pytest.raises(RequestError, match="Atlantis"):
        filled_in(goods, None, "Atlantis")


def test_an_inbound_order_takes_its_attributes_from_a_sheet(tmp_path):
    inbounds = pl.DataFrame({"sku": ["A", "B"], "inbound_id": ["I1", "I2"], "booked_units": [5, 6]})
    sheet = read_goods_sheet(goods_csv(tmp_path / "g.csv", "sku,booked_units,material\nA,9,TPU\nC,1,PVC\n"))
    goods = inbound_goods(inbounds, "I1", sheet).frame.to_dicts()
    assert [(r["sku"], r["booked_units"], r["material"]) for r in goods] == [("A", 5, "TPU")]
    with pytest.raises(UnknownNameError, match="nor an inbound order I9"):
        inbound_goods(inbounds, "I9")
