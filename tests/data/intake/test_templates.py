import fastexcel
import pytest
import xlsxwriter

from tests.data.intake.reading import read
from tradewind.core.tables import TABLES
from tradewind.core.text import LANGUAGES
from tradewind.data.intake import detect, write_templates
from tradewind.data.intake.layouts.tradewind import ALIASES, LAYOUT
from tradewind.data.intake.templates import meaning


def test_there_is_a_template_for_every_table_and_it_is_recognised(tmp_path):
    assert [p.stem for p in write_templates(tmp_path)] == list(TABLES)
    assert {s.parts[0].feed for s in detect(tmp_path)} == set(TABLES)


def test_untouched_templates_load_nothing_and_say_so(tmp_path):
    write_templates(tmp_path)
    imported = read(tmp_path)
    assert sum(b.rows.height for b in imported.batches) == 0
    assert imported.corrections.height == 0
    assert imported.notes == {"example_row": len(TABLES)}


@pytest.mark.parametrize("table", list(TABLES))
def test_an_example_row_whose_mark_is_cleared_imports_cleanly(tmp_path, table):
    paths = {p.stem: p for p in write_templates(tmp_path)}
    frame = fastexcel.read_excel(paths[table]).load_sheet(table, dtypes="string").to_polars()
    book = xlsxwriter.Workbook(tmp_path / "mine.xlsx")
    page = book.add_worksheet(table)
    for c, name in enumerate(frame.columns):
        page.write_string(0, c, name)
        if c and frame[name][0]:
            page.write_string(1, c, frame[name][0])
    book.close()
    imported = read(tmp_path / "mine.xlsx")
    assert imported.corrections.rows() == []
    assert imported.rows(table).height == 1


def test_every_column_has_aliases_and_a_meaning_in_both_languages():
    for table in TABLES.values():
        for column in table.columns:
            assert column in ALIASES or column == "buyer_key"
            for lang in LANGUAGES:
                assert meaning(table.name, column, lang)


def test_no_heading_means_two_columns_of_one_table():
    from tradewind.data.intake.headings import plain

    for feed in LAYOUT.feeds:
        headings = [plain(h) for f in feed.fields for h in {plain(h): h for h in f.headings}.values()]
        assert len(headings) == len(set(headings)), feed.name
