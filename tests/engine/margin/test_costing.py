import polars as pl

from tradewind.core.tables import TABLES
from tradewind.engine.margin import Costing


def test_what_is_left_out_is_an_empty_table_and_a_missing_column_is_null():
    costing = Costing("EUR", products=pl.DataFrame({"sku": ["cup"], "unit_cost": [2.0]}))
    assert costing.base == "EUR"
    assert costing.products.select("sku", "unit_cost", "weight_g").rows() == [("cup", 2.0, None)]
    assert set(costing.products.columns) == set(TABLES["products"].empty().columns)
    assert costing.services.equals(TABLES["services"].empty())
    assert costing.returns_rate is None
