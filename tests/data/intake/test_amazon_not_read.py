import pytest

from tests.data.intake.exports import imported
from tradewind.core.errors import UnknownLayoutError

REIMBURSEMENTS = ["approval-date", "reimbursement-id", "sku", "amount-total", "quantity-reimbursed-cash"]
RESERVED = ["sku", "fnsku", "product-name", "reserved_qty", "reserved_customerorders", "reserved_fc-transfers"]
DETAIL = ["Date", "FNSKU", "MSKU", "Event Type", "Reference ID", "Quantity", "Fulfillment Center", "Disposition"]


@pytest.mark.parametrize(
    ("headings", "instead"), [(REIMBURSEMENTS, "settlement"), (RESERVED, "FBA inventory"), (DETAIL, "summary view")]
)
def test_a_report_whose_facts_another_tells_is_refused_with_which(tmp_path, headings, instead):
    with pytest.raises(UnknownLayoutError) as error:
        imported(tmp_path, headings, [dict.fromkeys(headings, "1")])
    assert instead in str(error.value)
    assert "not read" in str(error.value)
