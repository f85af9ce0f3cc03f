"""A buyer's data in rows whose cells have slipped, in every layout: it is in no table and in no row to correct.

The exports are the golden ones. In one of their rows, whatever the layout does not read or may not keep is replaced by
a buyer's data; the row then stands as it was, with all cells a column to the left or right, and broken in two.
"""

from __future__ import annotations

import csv
import io
from itertools import cycle

import pytest

from tests.data.intake.test_golden import GOLDEN, IMPORTED_AT, LAYOUTS
from tradewind.data.intake import ParseContext, detect, parse
from tradewind.data.intake.layout import layouts
from tradewind.data.intake.personal import WITH_BUYERS

PLANTED = ("Maria Plantedson Lopez", "Calle Plantedson 99 bajo", "+34 699 123 457", "plantedson@buyer.example")
TRACES = ("plantedson", "699 123 457", "699123457", "maria", "calle")
SLIPS = {
    "not": lambda cells: [cells],
    "left": lambda cells: [[*cells[1:], ""]],
    "right": lambda cells: [["", *cells[:-1]]],
    "left_with_a_name": lambda cells: [[PLANTED[0], *cells[2:], ""]],
    "right_with_a_street": lambda cells: [[PLANTED[1], *cells[:-1]]],
    "in_two_lines": lambda cells: [
        cells[: cells.index(PLANTED[1]) + 1],
        [PLANTED[1], *cells[cells.index(PLANTED[1]) + 1 :]],
    ],
}


def tells_of_buyers(path):
    source = next(iter(detect(path)))
    outputs = [one for one in layouts()[source.layout].outputs if one.feed == source.parts[0].feed]
    return bool({one.table for one in outputs} & WITH_BUYERS)


EXPORTS = [
    path
    for layout in LAYOUTS
    for path in sorted((GOLDEN / layout).iterdir())
    if path.suffix in (".csv", ".txt") and tells_of_buyers(path)
]


def slipped(path, slip, folder):
    """The export with a row more: its first one with a buyer's data planted, and its cells moved by `slip`."""
    source = next(iter(detect(path)))
    part = source.parts[0]
    text = path.read_bytes().decode(part.place.encoding)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=part.place.separator))
    feed = layouts()[source.layout].feed(part.feed)
    kept = {at for name, at in part.place.columns if not next(f for f in feed.fields if f.name == name).personal}
    texts = cycle(PLANTED)
    row = max(rows[part.place.header_row :], key=lambda cells: sum(map(bool, cells)))
    row = [cell if at in kept else next(texts) for at, cell in enumerate(row[: part.place.width])]
    if PLANTED[1] not in row:
        pytest.skip("the layout reads all columns but one")
    out = io.StringIO()
    csv.writer(out, delimiter=part.place.separator).writerows([*rows, *slip(row)])
    planted = folder / path.name
    planted.write_bytes(out.getvalue().encode(part.place.encoding, "replace"))
    return planted


def settled(path, folder):
    """All text that an import would keep: rows of tables and rows to correct."""
    (folder / "staging").mkdir()
    texts = []
    for source in detect(path):
        for batch in parse(source, ParseContext(b"salt", IMPORTED_AT), staging=folder / "staging"):
            texts += [batch.rows.write_csv(), batch.corrections.write_csv()]
    return "\n".join(texts).lower()


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("path", EXPORTS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_buyer_whose_cells_slipped_settles_nowhere(path, slip, tmp_path):
    kept = settled(slipped(path, SLIPS[slip], tmp_path), tmp_path)
    assert [trace for trace in TRACES if trace in kept] == []
