"""A layout nobody foresaw: drafted, corrected once, kept, and recognised from then on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.data.intake.test_mapping import EXPORT, MAPPING
from tradewind.app.cli import main
from tradewind.app.workspace import Workspace
from tradewind.core.errors import MappingError


@pytest.fixture
def shop(tmp_path) -> Path:
    Workspace.create(tmp_path / "shop", currency="USD")
    return tmp_path / "shop"


def written(path: Path, content: str, *, at: int | None = None) -> Path:
    path.write_text(content, encoding="utf-8")
    if at is not None:
        os.utime(path, (at, at))
    return path


def test_a_mapping_is_kept_and_recognises_the_next_export_by_itself(tmp_path, shop):
    mapping = written(tmp_path / "dxm.yaml", MAPPING)
    Workspace(shop).import_file(written(tmp_path / "monday.csv", EXPORT), mapping=mapping)
    mapping.unlink()
    tuesday = written(tmp_path / "tuesday.csv", EXPORT.replace("A2,", "A3,"))
    reports = Workspace(shop).import_file(tuesday)
    assert [(r.layout, r.table, r.rows_new) for r in reports] == [
        ("dianxiaomi", "order_lines", 1),
        ("dianxiaomi", "parcels", 0),
    ]


def test_a_mapping_that_cannot_be_used_imports_nothing_and_is_not_kept(tmp_path, shop):
    mapping = written(tmp_path / "dxm.yaml", MAPPING.replace("times: 1000", "times: 0"))
    with pytest.raises(MappingError):
        Workspace(shop).import_file(written(tmp_path / "monday.csv", EXPORT), mapping=mapping)
    assert Workspace(shop).table("order_lines").is_empty()
    assert not (shop / "mappings").exists()


def test_two_shops_with_the_same_order_number_are_two_orders(tmp_path, shop):
    plain = MAPPING.replace("      shop: 店铺账号\n", "").replace(
        "platform: aliexpress", "platform: aliexpress, shop: main"
    )
    mapping = written(tmp_path / "dxm.yaml", plain)
    export = written(tmp_path / "monday.csv", EXPORT)
    for name in ("yiwu-1", "yiwu-2", "yiwu-2"):
        Workspace(shop).import_file(export, mapping=mapping, shop=name)
    lines = Workspace(shop).table("order_lines")
    assert lines.group_by("shop").len().sort("shop").rows() == [("yiwu-1", 3), ("yiwu-2", 3)]


def test_of_two_exports_of_one_order_the_newer_file_has_the_last_word(tmp_path, shop):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    head = "platform,shop,order_id,sku,market,ordered_at,units,unit_price,currency,status\n"
    written(inbox / "a-newer.csv", head + "x,y,1,LAMP,ES,2026-03-01,5,2.0,USD,shipped\n", at=2_000_000)
    written(inbox / "b-older.csv", head + "x,y,1,LAMP,ES,2026-03-01,1,2.0,USD,paid\n", at=1_000_000)
    before = sorted(path.name for path in inbox.iterdir())
    Workspace(shop).import_file(inbox)
    assert Workspace(shop).table("order_lines").select("units", "status").rows() == [(5, "shipped")]
    again = Workspace(shop).import_file(inbox)
    assert [(r.rows_new, r.rows_changed) for r in again] == [(0, 0), (0, 0)]
    assert Workspace(shop).table("order_lines")["units"].to_list() == [5]
    assert sorted(path.name for path in inbox.iterdir()) == before


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_a_mapping_a_draft_is_written_and_shown_and_nothing_imported(tmp_path, shop, lang, capsys):
    export, mapping = written(tmp_path / "export.csv", EXPORT), tmp_path / "dxm.yaml"
    asked = ["import", str(export), "--map", str(mapping), "--workspace", str(shop), "--lang", lang]
    assert main(asked) == 0
    assert "订单号" in capsys.readouterr().out
    assert Workspace(shop).table("order_lines").is_empty()
    assert main(asked) == 0
    assert Workspace(shop).table("order_lines").height == 3


@pytest.mark.parametrize(
    "name",
    ["../rules", "a/b", "..", "/tmp/x", "a\\b", "C:x", ".hidden", "dots.", "con", "Nul.x", "com1", "x" * 201, "\t"],
)
def test_a_mapping_named_like_a_path_or_a_device_is_refused_and_writes_nothing(tmp_path, shop, name):
    rules = written(shop / "rules.yaml", "- {id: semi.operation_fee, value: 4.80, source: my contract}\n")
    mapping = written(tmp_path / "dxm.yaml", MAPPING.replace("name: dianxiaomi", f"name: {name!r}"))
    before = rules.read_text(), sorted(tmp_path.rglob("*.yaml"))
    with pytest.raises(MappingError) as error:
        Workspace(shop).import_file(written(tmp_path / "monday.csv", EXPORT), mapping=mapping)
    assert error.value.code == "mapping_name"
    assert (rules.read_text(), sorted(tmp_path.rglob("*.yaml"))) == before


def test_a_mapping_may_have_a_name_in_any_script_with_spaces_and_dots_inside(tmp_path, shop):
    mapping = written(tmp_path / "dxm.yaml", MAPPING.replace("name: dianxiaomi", "name: 店小秘 v2.1 (console)"))
    Workspace(shop).import_file(written(tmp_path / "monday.csv", EXPORT), mapping=mapping)
    assert [path.name for path in (shop / "mappings").iterdir()] == ["店小秘 v2.1 (console).yaml"]


def test_a_file_that_a_layout_reads_needs_no_mapping(tmp_path, shop, capsys):
    head = "return-date\torder-id\tsku\tquantity\treason\tlicense-plate-number\n"
    returns = written(tmp_path / "returns.txt", head + "2026-03-20T17:00:00+00:00\t111-1\tLAMP\t1\tDEFECTIVE\tLPN1\n")
    mapping = tmp_path / "mine.yaml"
    assert main(["import", str(returns), "--map", str(mapping), "-w", str(shop), "--lang", "en"]) == 1
    assert "returns.txt needs no mapping: the layout amazon-returns reads it" in " ".join(
        capsys.readouterr().err.split()
    )
    assert not mapping.exists()


def test_a_draft_of_a_file_in_tradewinds_own_layout_reads_it_to_the_same_rows(tmp_path, shop):
    export = written(
        tmp_path / "orders.csv",
        "平台,店铺,订单号,SKU,国家,下单时间,数量,单价,币种,订单状态,运单号,物流方式\n"
        "temu,yiwu,A1,LAMP,ES,2026-03-01 02:00:00,2,9.5,EUR,已付款,YW1,燕文专线\n",
    )
    Workspace(shop).import_file(export)
    detected = Workspace(shop).tables()
    other = Workspace.create(tmp_path / "other")
    mapping = tmp_path / "mine.yaml"
    assert main(["import", str(export), "--map", str(mapping), "-w", str(other.path)]) == 0
    assert main(["import", str(export), "--map", str(mapping), "-w", str(other.path)]) == 0
    mapped = Workspace(other.path).tables()
    assert mapped["order_lines"].equals(detected["order_lines"])
    assert {name for name, frame in mapped.items() if frame.height} == {"order_lines"}
