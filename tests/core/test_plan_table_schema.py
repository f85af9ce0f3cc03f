"""The JSON schema of a plan's table says type, format, unit and meaning of every column, in a language."""

import pytest

from tradewind.core.plan_tables import PLAN_TABLES, json_schema


def column(table, name, lang="en"):
    return json_schema(PLAN_TABLES[table], lang)["properties"][name]


def test_a_column_says_its_type_its_unit_and_in_a_language_what_it_means():
    assert column("orders", "order_cost") == {
        "type": ["number", "null"], "description": "What the order costs.", "x-kind": "money",
        "x-unit": "base currency",
    }  # fmt: skip
    assert column("orders", "order_cost", "zh")["description"] == "这一单要花多少钱。"
    assert column("orders", "reason") == {
        "type": "string", "description": "Why, as an id of the catalogue; the row fills the sentence.",
        "x-kind": "message",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "name", "shape"),
    [
        ("sales", "week", {"type": "string", "format": "date"}),
        ("late_parcels", "promised_at", {"type": "string", "format": "date-time"}),
        ("fines", "appeal_by", {"type": ["string", "null"], "format": "date-time"}),
        ("orders", "unknown", {"type": "array", "items": {"type": "string"}}),
        ("late_inbound", "late_by", {"type": "array", "items": {"type": "number"}}),
        ("demand", "quantiles", {"type": "array", "items": {"type": "number"}, "minItems": 23, "maxItems": 23}),
        (
            "lanes",
            "quantiles",
            {"type": ["array", "null"], "items": {"type": "number"}, "minItems": 23, "maxItems": 23},
        ),
        ("actual_lines", "state", {"type": "string", "enum": ["settled", "pending", "not_seen"]}),
        ("fines", "open", {"type": "boolean"}),
        ("sales", "units", {"type": "integer"}),
    ],
)
def test_every_type_has_its_shape(table, name, shape):
    assert {
        k: v for k, v in column(table, name).items() if k in {"type", "format", "items", "enum", "minItems", "maxItems"}
    } == shape


def test_a_choice_that_may_be_null_has_null_among_its_choices():
    mode = column("margin_by", "mode")
    assert mode["type"] == ["string", "null"]
    assert mode["enum"] == ["full", "semi_stocked", "semi_jit", "pop", "overseas", "own", None]


def test_a_row_has_every_column_and_no_other_and_says_what_it_is():
    schema = json_schema(PLAN_TABLES["orders"], "zh")
    assert schema["required"] == list(PLAN_TABLES["orders"].columns) == list(schema["properties"])
    assert schema["additionalProperties"] is False
    assert (schema["x-key"], schema["x-grain"]) == (["node", "sku"], "一个仓库和 SKU")


def test_asking_again_gives_the_same_schema_unshared():
    first = json_schema(PLAN_TABLES["margin_by"])
    first["properties"]["mode"]["enum"].clear()
    assert json_schema(PLAN_TABLES["margin_by"])["properties"]["mode"]["enum"][-1] is None
