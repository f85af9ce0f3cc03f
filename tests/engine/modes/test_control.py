"""Who decides what in which mode, and what of the proposals is left."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tradewind.data.rules import load_rules
from tradewind.engine.modes import control_matrix, within_control

RULES = load_rules()
DAY = date(2026, 11, 20)


def test_every_decision_of_the_matrix_is_listed_once_a_mode_with_its_source():
    matrix = control_matrix(RULES, DAY)
    assert matrix.select("decision", "mode").is_unique().all()
    assert matrix.select("decision", "mode").rows() == sorted(matrix.select("decision", "mode").rows())
    assert set(matrix["decided_by"]) <= {"seller", "platform", "both", "none"}
    assert matrix["source"].null_count() == 0


def kept(kind: str, mode: str | None) -> bool:
    proposals = pl.DataFrame({"kind": [kind], "mode": [mode], "gain": [1.0]}, schema_overrides={"mode": pl.String})
    left = within_control(proposals, RULES, DAY)
    assert left.columns == ["kind", "mode", "gain"]
    return left.height == 1


@pytest.mark.parametrize(
    ("kind", "mode", "is_kept"),
    [
        ("price", "pop", True),
        ("price", "full", False),
        ("supply_price", "full", True),
        ("supply_price", "pop", False),
        ("smaller_box", "full", True),  # the goods' own box is nobody's but the seller's
        ("smaller_box", None, True),
        ("price", "a mode the matrix does not have", False),
        ("price", None, False),
    ],
)
def test_a_proposal_is_kept_where_the_seller_decides(kind, mode, is_kept):
    assert kept(kind, mode) == is_kept
