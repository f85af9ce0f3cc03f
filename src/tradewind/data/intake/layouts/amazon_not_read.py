"""Amazon's reports that are known and not read, because what they tell is told by another: each is refused with which.

- reimbursements: their money is in the settlement report, and would count twice;
- reserved inventory: what is reserved is not in the balance that can be sold, and no row says what can;
- the ledger's detailed view: its receipts, shipments and returns are in reports of their own.
"""

from __future__ import annotations

from tradewind.data.intake.fields import code, text
from tradewind.data.intake.layout import Feed, Layout

REIMBURSEMENTS = Feed(
    "reimbursements",
    fields=(
        code("reimbursement_id", "reimbursement-id"),
        text("approved", "approval-date", required=True),
        text("amount", "amount-total", required=True),
        text("cash", "quantity-reimbursed-cash", required=True),
        code("sku", "sku"),
    ),
    group=("reimbursement_id",),
    refused="reimbursements_not_read",
)
RESERVED = Feed(
    "reserved_inventory",
    fields=(
        code("sku", "sku"),
        code("fnsku", "fnsku"),
        text("reserved", "reserved_qty", required=True),
        text("for_orders", "reserved_customerorders", required=True),
        text("moving", "reserved_fc-transfers", required=True),
    ),
    group=("sku",),
    refused="reserved_not_read",
)
LEDGER = Feed(
    "ledger_detail",
    fields=(
        text("date", "Date", required=True),
        code("fnsku", "FNSKU"),
        code("sku", "MSKU"),
        text("event", "Event Type", required=True),
        text("reference", "Reference ID", required=True),
        text("centre", "Fulfillment Center", required=True),
        text("disposition", "Disposition", required=True),
        text("reconciled", "Reconciled Quantity"),
        text("unreconciled", "Unreconciled Quantity"),
    ),
    group=("sku",),
    refused="ledger_detail_not_read",
)

LAYOUT = Layout(name="amazon-not-read", feeds=(REIMBURSEMENTS, RESERVED, LEDGER), outputs=())
