"""The sheet of facts about a shop: written empty, read filled in, refused where it says what cannot be."""

from __future__ import annotations

import pytest

from tradewind.app.forms.eligibility import read_seller_sheet, write_seller_sheet
from tradewind.core.errors import InputError
from tradewind.engine.compliance import FACTS


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("ending", ["yaml", "csv", "xlsx"])
def test_the_empty_seller_sheet_says_nothing_and_reads_back(tmp_path, ending, lang):
    assert read_seller_sheet(write_seller_sheet(tmp_path / f"s.{ending}", lang)) == {}


def test_a_filled_sheet_is_never_written_over(tmp_path):
    (tmp_path / "s.yaml").write_text("site: CN\n", encoding="utf-8")
    with pytest.raises(InputError, match="there already"):
        write_seller_sheet(tmp_path / "s.yaml", "en")
    assert (tmp_path / "s.yaml").read_text(encoding="utf-8") == "site: CN\n"


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
