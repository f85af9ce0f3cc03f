from tests.data.intake.reading import read, written

HEAD = "备货单号,订单类型,状态,货品编码,收货仓库,创建时间,备货数量,要求到仓时间,到仓时间,收货数量\n"


def _read(tmp_path, *rows):
    return read(written(tmp_path, HEAD + "\n".join(rows) + "\n", "consignments.csv"))


def test_a_consignment_is_read_step_by_step_in_chinese_time(tmp_path):
    row = "BH1,50,收货完成,LAMP,义乌优选仓,2026-03-01 10:00:00,100,2026-03-04 23:59:59,2026-03-03 09:00:00,99"
    inbound = _read(tmp_path, row).rows("inbounds").row(0, named=True)
    assert (inbound["mode"], inbound["booked_units"], inbound["received_units"]) == ("semi_jit", 100, 99)
    assert inbound["booked_at"].isoformat() == "2026-03-01T02:00:00+00:00"
    assert inbound["due_at"].isoformat() == "2026-03-04T15:59:59+00:00"


def test_cancelled_consignments_are_left_out_and_counted(tmp_path):
    imported = _read(tmp_path, "BH1,10,已取消,LAMP,仓,2026-03-01 10:00:00,100,,,")
    assert imported.rows("inbounds").is_empty()
    assert imported.notes == {"consignment_cancelled": 1}


def test_bad_rows_are_told(tmp_path):
    imported = _read(
        tmp_path,
        "BH1,寄售,待发货,LAMP,仓,2026-03-01 10:00:00,100,,,",
        "BH2,10,待发货,,仓,2026-03-01 10:00:00,100,,,",
        "BH3,10,待发货,LAMP,仓,2026-03-01 10:00:00,0,,,",
    )
    assert imported.rows("inbounds").is_empty()
    assert [problem for *_, problem in imported.problems] == ["word_unknown", "cell_missing", "below_least"]
