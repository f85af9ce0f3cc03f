from tests.data.intake.reading import read, written

HEAD = "商品ID,SKU ID,商家编码,仓库,可售库存,锁定库存,在途库存,更新时间\n"


def _read(tmp_path, *rows):
    return read(written(tmp_path, HEAD + "\n".join(rows) + "\n", "stock.csv"))


def test_stock_is_counted_once_however_many_listings_share_it(tmp_path):
    imported = _read(
        tmp_path,
        "1005,12011,LAMP,义乌优选仓,120,6,50,2026.03.09 18:00",
        "1009,12091,LAMP,义乌优选仓,120,6,50,2026.03.09 18:00",
    )
    stock = imported.rows("stock")
    assert stock.select("node", "sku", "available_units", "locked_units", "on_the_way_units").rows() == [
        ("义乌优选仓", "LAMP", 120, 6, 50)
    ]
    assert stock["taken_at"][0].isoformat() == "2026-03-10T01:00:00+00:00"
    assert imported.rows("listings").select("listing_id", "sku").rows() == [("12011", "LAMP"), ("12091", "LAMP")]


def test_two_counts_of_one_sku_at_one_moment_are_told(tmp_path):
    imported = _read(tmp_path, "1005,12011,LAMP,仓,120,,,2026.03.09 18:00", "1009,12091,LAMP,仓,110,,,2026.03.09 18:00")
    assert imported.rows("stock").is_empty()
    assert {problem for *_, problem in imported.problems} == {"key_twice"}


def test_bad_rows_are_told_and_totals_left_out(tmp_path):
    imported = _read(
        tmp_path,
        "1005,1.2E+16,LAMP,仓,1,,,2026.03.09 18:00",
        "1006,12021,,仓,1,,,2026.03.09 18:00",
        "1007,12031,MUG,仓,-4,,,2026.03.09 18:00",
        "合计,,,,-2,,,",
    )
    assert imported.rows("stock")["sku"].to_list() == ["LAMP"]
    assert sorted((row, problem) for row, _, _, problem in imported.problems) == [
        (2, "number_damaged_by_excel"),
        (3, "cell_missing"),
        (4, "below_least"),
    ]
    assert imported.notes == {"total_row": 1}
