"""One table, written in every dialect the importer knows, is read as the same rows."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.data.intake.reading import read

COLUMNS = ("platform", "shop", "order_id", "sku", "market", "ordered_at", "units", "unit_price", "currency", "status")
WORDS = {
    "gb18030": ("台灯", "陶瓷碗"),
    "big5": ("檯燈", "玻璃瓶"),
    "shift_jis": ("マグカップ",),
    "cp1252": ("Größe", "Tasse-ä"),
    "cp1250": ("Łyżka", "żółty"),
    "cp1251": ("Чашка",),
}
DATES = {
    "iso": lambda at: at.strftime("%Y-%m-%d %H:%M:%S"),
    "zoned": lambda at: (at + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%S+08:00"),
    "german": lambda at: at.strftime("%d.%m.%Y %H:%M:%S"),
    "american": lambda at: at.strftime("%b %d, %Y %I:%M:%S %p UTC"),
    "chinese": lambda at: at.strftime("%Y年%m月%d日 %H:%M:%S"),
    "epoch": lambda at: str(int(at.replace(tzinfo=UTC).timestamp())),
    "compact": lambda at: at.strftime("%Y%m%d%H%M%S"),
}
NUMBERS = {
    "plain": lambda n: f"{n:.2f}",
    "english": lambda n: f"{n:,.2f}",
    "german": lambda n: f"{n:,.2f}".translate(str.maketrans(",.", ".,")),
    "french": lambda n: f"{n:,.2f}".translate(str.maketrans(",.", "\u202f,")),
    "swiss": lambda n: f"{n:,.2f}".replace(",", "'"),
    "named": lambda n: f"US ${n:,.2f}",
}
SKU = st.text("AZaz09 -_./#,;|\"'灯ä", min_size=0, max_size=8).map(lambda tail: f"K{tail}Z")


@dataclass(frozen=True)
class Line:
    sku: str
    at: datetime
    units: int
    price: float


LINES = st.lists(
    st.builds(
        Line,
        SKU.map(lambda sku: " ".join(sku.split())),
        st.integers(0, 10**7).map(lambda s: datetime(2026, 3, 13) + timedelta(seconds=s)),
        st.integers(1, 9999),
        st.integers(1, 10**7).map(lambda cents: cents / 100),
    ),
    min_size=1,
    max_size=5,
)


@dataclass(frozen=True)
class Dialect:
    kind: str
    encoding: str
    separator: str
    quoting: int
    ending: str
    date: str
    number: str
    said: bool


DIALECTS = st.builds(
    Dialect,
    st.sampled_from(["csv", "csv", "csv", "xlsx", "parquet", "json", "jsonl"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", *WORDS]),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(sorted(DATES)),
    st.sampled_from(sorted(NUMBERS)),
    st.booleans(),
)


def table(lines, dialect):
    """The lines as cells of text, with words of the encoding's own in their SKUs."""
    words = WORDS.get(dialect.encoding) if dialect.kind == "csv" else None
    for nth, line in enumerate(lines):
        sku = line.sku if words is None else "".join(c for c in line.sku if c.isascii()) + "-" + words[nth % len(words)]
        cells = (DATES[dialect.date](line.at), str(line.units), NUMBERS[dialect.number](line.price))
        yield ["temu", "yiwu", f"A{nth}", sku, "ES", *cells, "USD", "paid"]


def write(path, rows, dialect):
    if dialect.kind == "csv":
        out = io.StringIO()
        csv.writer(out, delimiter=dialect.separator, quoting=dialect.quoting, lineterminator=dialect.ending).writerows(
            rows
        )
        said = f"sep={dialect.separator}{dialect.ending}" if dialect.said else ""
        text = said + out.getvalue()
        if dialect.encoding in WORDS:  # a space that does not break is narrow in Unicode alone, and in Asia none at all
            text = text.replace("\u202f", "\u00a0" if dialect.encoding.startswith("cp") else " ")
        path.write_bytes(text.encode(dialect.encoding))
    elif dialect.kind == "xlsx":
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_numbers": dialect.said})
        sheet = book.add_worksheet()
        for nth, row in enumerate(rows):
            sheet.write_row(nth, 0, row)
        book.close()
    elif dialect.kind == "parquet":
        pl.DataFrame(rows[1:], schema=rows[0], orient="row").write_parquet(path)
    else:
        records = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
        text = json.dumps(records) if dialect.kind == "json" else "\n".join(map(json.dumps, records))
        path.write_text(text)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(LINES, DIALECTS)
def test_a_table_is_the_same_rows_in_whatever_dialect_it_is_written(lines, dialect):
    rows = [list(COLUMNS), *table(lines, dialect)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"orders.{dialect.kind}"
        write(path, rows, dialect)
        got = read(path)
    assert got.problems == []
    found = (
        got.rows("order_lines").select("order_id", "sku", "ordered_at", "units", "unit_price").sort("order_id").rows()
    )
    want = [(f"A{n}", rows[n + 1][3], one.at.replace(tzinfo=UTC), one.units, one.price) for n, one in enumerate(lines)]
    assert found == want
