"""eligibility, preflight, explain and rules at the terminal: sheets out and in, words in both languages, JSON."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from tradewind.app.cli import main
from tradewind.app.forms.consignment import filled_in, inbound_goods, read_goods_sheet, with_products
from tradewind.app.forms.eligibility import read_seller_sheet
from tradewind.app.workspace import Workspace
from tradewind.core.errors import InputError
from tradewind.engine.compliance import FACTS, GOODS

Said = tuple[int, str, str]


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TRADEWIND_LANG", "en")
    monkeypatch.delenv("TRADEWIND_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)


def asked(capsys: pytest.CaptureFixture[str], *args: str) -> Said:
    code = main(args)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture(scope="module")
def imported(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    shop = Workspace.create(tmp_path_factory.mktemp("checked") / "shop")
    shop.import_file(tiny)
    return shop


def test_what_the_sheet_leaves_blank_is_taken_from_the_shops_own_orders(capsys, imported):
    lines = imported.table("order_lines")
    name = lines["shop"].unique().sort()[0]
    asked(capsys, "eligibility", "s.yaml", "--template")
    told = json.loads(asked(capsys, "eligibility", "s.yaml", "-w", str(imported.path), "--shop", name, "--json")[1])
    figures = json.loads(asked(capsys, "shop-health", "-w", str(imported.path), "--json")[1])["data"]
    sold = next(r["value"] for r in figures if (r["shop"], r["figure"]) == (name, "sell_through"))
    assert told["from_orders"]["sell_through"] == sold
    assert next(r for r in told["data"] if r["check"] == "sell_through")["value"] == sold
    Path("s.yaml").write_text("sell_through: 99%\n", encoding="utf-8")
    said = json.loads(asked(capsys, "eligibility", "s.yaml", "-w", str(imported.path), "--shop", name, "--json")[1])
    assert "sell_through" not in said["from_orders"]
    code, _, err = asked(capsys, "eligibility", "s.yaml", "-w", str(imported.path), "--shop", "nobody")
    assert (code, name in err) == (1, True)


@pytest.mark.parametrize("ending", ["yaml", "csv", "xlsx"])
def test_the_empty_seller_sheet_says_nothing_and_reads_back(capsys, ending):
    assert asked(capsys, "eligibility", f"s.{ending}", "--template")[0] == 0
    assert read_seller_sheet(Path(f"s.{ending}")) == {}
    code, out, _ = asked(capsys, "eligibility", f"s.{ending}", "--json")
    assert (code, json.loads(out)["holds"]) == (0, 0)


def test_a_filled_in_sheet_is_held_against_the_conditions(capsys):
    Path("s.yaml").write_text("sell_through: 64%\npositive_rate: 0.955\nentity: 个体户\n", encoding="utf-8")
    code, out, _ = asked(capsys, "eligibility", "s.yaml", "--on", "2026-11-22")
    assert code == 0
    assert "64.0%, at least 65.0% needed: 1.0% too little" in out
    assert "operator_identity" not in out
    assert "identity proof of the operator" in out
    said = json.loads(asked(capsys, "eligibility", "s.yaml", "--json")[1])
    assert {r["check"]: r["holds"] for r in said["data"] if r["holds"] is not None} == {
        "sell_through": False,
        "positive_rate": True,
    }
    assert said["readings"][0]["rule"] == "eligibility.certified_inbound"


def test_a_sheet_saved_by_excel_in_china_is_read(tmp_path):
    rows = "field,what,value,example\nsell_through,近 30 天动销率,70%,68%\nlicence_scan,执照,是,\n"
    (tmp_path / "s.csv").write_bytes(rows.encode("gb18030"))
    assert read_seller_sheet(tmp_path / "s.csv") == {"sell_through": 0.7, "licence_scan": True}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sell_through: 64", "sell_through is 64, which is not a share"),
        ("sel_through: 64%", "no field sel_through"),
        ("registered_on: last year", "is not a day"),
        ("licence_scan: maybe", "is not yes or no"),
        ("serious_violations: 0.5", "is not a whole number"),
        ("entity: shop", "is not one of the words"),
        ("- a list", "cannot be read"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_sheet_that_says_what_cannot_be_is_refused(tmp_path, text, said):
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_seller_sheet(tmp_path / "s.yaml")


def test_every_field_has_a_reader_and_an_example_that_it_reads(tmp_path):
    lines = [f"{f.name}: '{f.example}'" for f in FACTS if f.example]
    (tmp_path / "s.yaml").write_text("\n".join(lines), encoding="utf-8")
    assert len(read_seller_sheet(tmp_path / "s.yaml")) == len(lines)


def test_a_filled_sheet_is_never_written_over(capsys):
    Path("s.yaml").write_text("site: CN\n", encoding="utf-8")
    code, _, err = asked(capsys, "eligibility", "s.yaml", "--template")
    assert (code, Path("s.yaml").read_text(encoding="utf-8")) == (1, "site: CN\n")
    assert "there already" in err


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_goods_sheet_reads_back_in_either_language(capsys, ending, lang):
    assert asked(capsys, "preflight", f"g.{ending}", "--template", "--lang", lang)[0] == 0
    goods = read_goods_sheet(Path(f"g.{ending}"))
    row = goods.frame.row(0, named=True)
    assert goods.unread.is_empty()
    assert goods.frame.columns == list(GOODS)
    assert (row["sku"], row["mode"], row["barcode_bound"], row["markets"]) == (
        "CUP-1",
        "semi_jit",
        True,
        ["ES", "FR", "SA"],
    )
    assert (row["battery"], row["marks"], row["due_at"].isoformat()) == ("none", ["ce"], "2026-12-01T10:00:00+00:00")


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
    with pytest.raises(InputError, match="Atlantis"):
        filled_in(goods, None, "Atlantis")


def test_an_inbound_order_takes_its_attributes_from_a_sheet(tmp_path):
    inbounds = pl.DataFrame({"sku": ["A", "B"], "inbound_id": ["I1", "I2"], "booked_units": [5, 6]})
    sheet = read_goods_sheet(goods_csv(tmp_path / "g.csv", "sku,booked_units,material\nA,9,TPU\nC,1,PVC\n"))
    goods = inbound_goods(inbounds, "I1", sheet).frame.to_dicts()
    assert [(r["sku"], r["booked_units"], r["material"]) for r in goods] == [("A", 5, "TPU")]
    with pytest.raises(InputError, match="nor an inbound order I9"):
        inbound_goods(inbounds, "I9")


def test_preflight_at_the_terminal_counts_names_and_values_what_it_found(capsys):
    goods_csv(Path("g.csv"), "sku,booked_units,unit_cost,currency,barcode_bound,markets\nA,10,5,CNY,no,ES\n")
    code, out, err = asked(capsys, "preflight", "g.csv", "--at", "2026-11-22")
    assert (code, err) == (0, "")
    assert "At risk: 50.00 CNY" in out
    assert "Bind the goods' barcode" in out
    assert "cannot be undone" in out
    said = json.loads(asked(capsys, "preflight", "g.csv", "--at", "2026-11-22", "--json")[1])
    assert said["money_at_risk"] == {"CNY": 50.0}
    assert {r["check"] for r in said["data"]} >= {"barcode", "attributes", "labels", "carton", "sync"}
    assert all(r["sentence"] and r["fix"] for r in said["data"])
    short = asked(capsys, "preflight", "g.csv", "--at", "2026-11-22", "--limit", "1")[1]
    assert "1 of" in short
    chinese = asked(capsys, "preflight", "g.csv", "--at", "2026-11-22", "--lang", "zh")[1]
    assert "会被入仓拦截" in chinese


def test_a_consignment_that_is_neither_file_nor_known_is_refused(capsys):
    code, _, err = asked(capsys, "preflight", "IB-1")
    assert (code, "neither a file nor an inbound order IB-1" in err) == (1, True)


def test_a_code_is_explained_and_an_unknown_one_leads_to_where_it_is_shown(capsys):
    code, out, _ = asked(capsys, "explain", "e102")
    assert (code, "was not bound" in out, "one weak source" in out) == (0, True, True)
    code, _, err = asked(capsys, "explain", "E999")
    assert (code, "失败原因代码" in err) == (1, True)
    assert len(json.loads(asked(capsys, "explain", "--json")[1])["data"]) > 10


def test_rules_list_show_diff_and_check_answer_in_words_and_json(capsys):
    listed = json.loads(
        asked(capsys, "rules", "list", "--on", "2026-11-22", "--pack", "eu", "--find", "定额关税", "--json")[1]
    )
    assert {r["pack"] for r in listed["data"]} == {"eu"}
    assert "eu.flat_duty" in {r["id"] for r in listed["data"]}
    shown = asked(capsys, "rules", "show", "semi.late_inbound_after")[1]
    assert "after_t1" in shown
    assert "free up to T+1" in shown
    changed = json.loads(asked(capsys, "rules", "diff", "2026-06-30", "2026-07-01", "--json")[1])
    assert {r["rule"]: (r["before"], r["value"]) for r in changed["data"]}["eu.duty_relief"] == ("150", "0")
    assert asked(capsys, "rules", "check")[0] == 0


def test_rules_read_the_workspaces_own_file_and_check_finds_its_mistakes(capsys, tmp_path):
    assert asked(capsys, "init", "shop")[0] == 0
    (tmp_path / "shop" / "rules.yaml").write_text(
        "- {id: semi.late_inbound_after, reading: after_t1}\n", encoding="utf-8"
    )
    shown = json.loads(asked(capsys, "rules", "show", "semi.late_inbound_after", "--json", "-w", "shop")[1])
    assert (shown["data"][0]["value"], shown["data"][0]["reading"]) == (1.0, "after_t1")
    (tmp_path / "shop" / "rules.yaml").write_text("- {id: semi.x, value: 1, source: a}\n", encoding="utf-8")
    code, out, err = asked(capsys, "rules", "check", "-w", "shop")
    assert (code, "rules.yaml:1" in out, "semi.x" in err) == (1, True, True)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("rules", "show"), "needs the id"),
        (("rules", "show", "semi.x"), "no rule semi.x"),
        (("rules", "diff", "2026-07-01"), "two days"),
        (("rules", "diff", "2026-07-01", "2026-06-01"), "two days"),
        (("rules", "list", "semi"), "takes no further words"),
        (("rules", "list", "--pack", "moon"), "no rule pack moon"),
        (("rules", "list", "-w", "nowhere"), "nowhere"),
    ],
)
def test_rules_asked_wrongly_are_refused_with_what_to_do(capsys, args, said):
    code, _, err = asked(capsys, *args)
    assert code != 0
    assert said in err


def test_an_inbound_order_of_the_workspace_is_checked_with_what_its_products_say(capsys, tmp_path):
    assert asked(capsys, "init", "shop")[0] == 0
    exports = tmp_path / "exports"
    exports.mkdir()
    goods_csv(
        exports / "inbounds.csv",
        "platform,shop,inbound_id,sku,node,mode,booked_at,booked_units,due_at\n"
        "aliexpress,s,IB.1,CUP,HZ,semi_stocked,2026-11-20 08:00,10,2026-11-30 08:00\n",
    )
    goods_csv(exports / "products.csv", "sku,title,unit_cost,currency,weight_g\nCUP,手机壳,4,CNY,40\n")
    assert asked(capsys, "import", "exports", "-w", "shop")[0] == 0
    goods_csv(tmp_path / "more.csv", "sku,barcode_bound,kind\nCUP,否,usb_passive\n")
    code, out, err = asked(
        capsys,
        "preflight",
        "IB.1",
        "-w",
        "shop",
        "--attributes",
        "more.csv",
        "--at",
        "2026-11-22",
        "--markets",
        "GB",
        "--json",
    )
    assert (code, err) == (0, "")
    said = json.loads(out)
    found = {r["check"]: r for r in said["data"]}
    assert (found["barcode"]["money_at_risk"], found["labels"]["what"]) == (40.0, "gpsr_uk")
    assert found["attribute_clock"]["what"] == "2026-11-27 16:00"
    assert "gross_weight_g" not in found["attributes"]["what"]
    assert asked(capsys, "preflight", "IB.9", "-w", "shop")[0] == 1
    assert asked(capsys, "preflight", "more.csv", "-w", "nowhere")[0] == 1
