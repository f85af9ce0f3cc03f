"""Several parcels in one cell: company, colon, tracking number."""

from __future__ import annotations

import polars as pl
import pytest

from tradewind.data.intake.waybill_cells import waybills


def read(cell: str | None) -> list[tuple[str | None, str | None, str | None]]:
    """(company, tracking number, what could not be read) of one cell."""
    return waybills(pl.Series([cell], dtype=pl.String)).select("company", "tracking_no", "unread").rows()


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("燕文专线:YW123456789", [("燕文专线", "YW123456789", None)]),
        ("燕文专线 ： YW123456789;", [("燕文专线", "YW123456789", None)]),
        ("LP00123456", [(None, "LP00123456", None)]),
        (":LP00123456", [(None, "LP00123456", None)]),
        ("Cainiao:LP-001-234,Post:RR123456785CN", [("Cainiao", "LP-001-234", None), ("Post", "RR123456785CN", None)]),
        ("LP00123456|LP00123457", [(None, "LP00123456", None), (None, "LP00123457", None)]),
        ("LP00123456 LP00123456", [(None, "LP00123456", None)]),
        ("Express", [(None, None, "Express")]),
        ("已发货", [(None, None, "已发货")]),
        ("", []),
        (None, []),
    ],
)
def test_each_parcel_of_a_cell_has_its_number_and_its_company_where_one_is_named(cell, found):
    assert read(cell) == found


def test_what_stands_beside_a_number_and_names_none_is_told_too():
    assert read("LP00123456;备注") == [(None, "LP00123456", None), (None, None, "备注")]


def test_cells_keep_their_places():
    found = waybills(pl.Series(["LP00123456", None, "x:LP00123457"], dtype=pl.String))
    assert found.select("at", "tracking_no").rows() == [(0, "LP00123456"), (2, "LP00123457")]
