"""A proposal carries what fills its sentence and what selects the rows behind it; who decides is in the rules."""

from __future__ import annotations

import json

import polars as pl

from tradewind.core.proposals import PROPOSAL, decided_by_others, proposals


def test_a_row_becomes_a_proposal_with_its_own_values_for_sentence_and_evidence():
    rows = pl.DataFrame(
        {
            "node": ["HZ"],
            "sku": ["MUG"],
            "order_units": [40],
            "gain": [12],
            "reason": ["order.now"],
            "unknown": [["size"]],
        }
    )
    made = proposals(rows, "order", "gain", "CNY", evidence_table="orders", by=["node", "sku"])
    assert made.schema == pl.Schema(PROPOSAL)
    [one] = made.to_dicts()
    assert json.loads(one.pop("args")) == {
        "node": "HZ", "sku": "MUG", "order_units": 40, "gain": 12, "reason": "order.now", "currency": "CNY",
    }  # fmt: skip
    assert json.loads(one.pop("evidence")) == {"node": "HZ", "sku": "MUG"}
    assert one == {
        "action": "order", "expected_money": 12.0, "sku": "MUG", "market": None, "node": "HZ", "service": None,
        "reason": "order.now", "evidence_table": "orders",
    }  # fmt: skip


def test_a_decision_is_others_in_the_modes_where_neither_the_seller_nor_both_decide():
    rows = [
        ("stock", "own", "seller"),
        ("stock", "pop", "both"),
        ("stock", "full", "platform"),
        ("stock", "agency", "partner"),
        ("price", "semi", "platform"),
    ]
    control = pl.DataFrame(rows, schema=["decision", "mode", "decided_by"], orient="row")
    assert decided_by_others(control, "stock") == ["agency", "full"]
