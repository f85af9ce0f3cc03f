"""Which part of the waterfall each kind of settlement is: a component of the ex-ante margin, or one it leaves out."""

from __future__ import annotations

from typing import Final

from tradewind.engine.margin import COMPONENTS, COSTS

COMPONENT_OF: Final[dict[str, str]] = {
    "sale": "revenue",
    "shipping_income": "revenue",
    "subsidy": "revenue",
    "refund": "returns_cost",
    "commission": "commission",
    "payment_fee": "commission",
    "affiliate": "affiliate_cost",
    "service_fee": "base_service_fee",
    "operation_fee": "operation_fee",
    "freight": "freight",
    "last_mile": "freight",
    "first_leg": "inbound_cost",
    "packaging": "inbound_cost",
    "goods_cost": "product_cost",
    "storage": "storage",
    "ads": "ad_cost",
    "tax": "tax",
    "fine": "fines",
    "adjustment": "other",
    "other": "other",
}
"""Settlement kind -> component; `payout` is the sum of the others and in none."""

EXTRA: Final[tuple[str, ...]] = tuple(sorted(set(COMPONENT_OF.values()) - set(COMPONENTS)))
"""What a settlement charges and the ex-ante margin does not foresee; expected to be 0."""

PARTS: Final[tuple[str, ...]] = (*COMPONENTS, *EXTRA)
PART_COSTS: Final[tuple[str, ...]] = (*COSTS, *EXTRA)

CARRIED: Final[tuple[str, ...]] = ("product_cost", "inbound_cost", "capital_cost", "fx_cost", "ad_cost", "tax")
"""Paid outside the settlement as a rule: where it does not name them, the ex-ante figure stands."""
