"""Tradewind's own templates: a workbook per table, with an example row and every column explained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dataframely as dy

from tradewind.core.tables import TABLES, Table
from tradewind.core.text import text
from tradewind.data.intake.layouts.tradewind import ALIASES, fields_of
from tradewind.data.intake.sheets import NOTES_SHEET
from tradewind.data.intake.staging import EXAMPLE
from tradewind.data.table_files import open_workbook

EXAMPLES = {
    "platform": "aliexpress", "shop": "yiwu-home", "order_id": "8180000000000017", "line_no": "1", "sku": "LAMP-01",
    "title": "LED desk lamp", "category": "lighting", "market": "ES", "mode": "semi_jit",
    "ordered_at": "2025-11-11 08:30:00", "units": "2", "unit_price": "12.50", "discount": "1.00",
    "paid_amount": "24.00", "currency": "USD", "status": "paid",
    "postcode_prefix": "280", "buyer_key": "ES-buyer-4711", "unit_cost": "31.00",
    "weight_g": "420", "length_mm": "300", "width_mm": "120", "height_mm": "90", "supplier": "Yiwu Guangming",
    "supplier_lead_time_days": "12", "moq_units": "50", "carton_units": "10", "hs_code": "940521",
    "launched_on": "2025-03-01", "listing_id": "1005000000000001", "list_price": "13.99", "node": "yiwu-own",
    "kind": "seller", "capacity_m3": "120", "storage_cost_per_m3_week": "8.00", "inbound_cost_per_unit": "0.30",
    "inbound_days": "2", "service": "cainiao-standard", "carrier": "Cainiao", "service_class": "standard",
    "freight_per_kg": "48.00", "freight_per_parcel": "12.00", "volumetric_divisor_cm3_per_kg": "8000",
    "max_weight_g": "30000", "taken_at": "2025-11-10 00:00:00", "available_units": "180", "locked_units": "6",
    "on_the_way_units": "100", "on_the_way_due_on": "2025-11-20", "parcel_id": "LP00000000000017", "region": "Madrid",
    "created_at": "2025-11-12 02:10:00", "promised_at": "2025-11-22 00:00:00", "freight_amount": "32.16",
    "milestone": "handed_over", "happened_at": "2025-11-12 09:00:00", "place": "Yiwu", "return_id": "R-17",
    "refund_amount": "12.50", "reason": "broken", "opened_at": "2025-11-25 10:00:00", "event": "11.11",
    "starts_on": "2025-11-11", "ends_on": "2025-11-19", "quote": "CNY", "on_date": "2025-11-10", "rate": "7.12",
    "bundle_sku": "LAMP-SET", "qualification": "qualified", "lead_time_days": "12",
    "capacity_units_per_week": "3000", "deposit_share": "0.3", "balance_days": "30", "closes_on": "2026-02-08",
    "reopens_on": "2026-02-26", "ramp_weeks": "2", "channel": "taobao", "expires_on": "2025-12-31",
    "purchase_id": "PO-2025-0117", "deposit_amount": "930.00", "promised_on": "2025-11-19",
    "shipped_at": "2025-11-18 08:00:00", "received_at": "2025-11-20 08:00:00", "received_units": "100",
    "rejected_units": "2", "called_off_at": "", "inbound_id": "BH-20251118-01", "tracking_no": "YT7480000000017",
    "booked_at": "2025-11-17 03:00:00", "booked_units": "100", "due_at": "2025-11-22 15:59:59",
    "sent_at": "2025-11-18 09:00:00", "sent_units": "100", "inspected_at": "2025-11-21 02:00:00",
    "rejected_reason": "label missing", "put_away_at": "2025-11-21 08:00:00", "put_away_units": "98",
    "code": "GTMS_ACCEPT", "settlement_id": "S-20251201", "description": "commission", "amount": "-1.92",
    "settled_at": "2025-12-01 00:00:00", "fine_id": "F-17", "fined_at": "2025-11-24 02:00:00",
    "appeal_by": "2025-12-01 02:00:00", "impressions": "5200", "visitors": "410", "clicks": "520", "carts": "38",
    "coupons_used": "6", "coupon_amount": "9.00", "ad_spend": "21.50",
}  # fmt: skip
_OF_TABLE = {
    ("products", "currency"): "CNY", ("nodes", "market"): "CN", ("nodes", "currency"): "CNY",
    ("services", "currency"): "CNY", ("parcels", "currency"): "CNY", ("returns", "kind"): "return",
    ("returns", "units"): "1", ("calendar", "kind"): "sale", ("fx", "currency"): "USD", ("parcels", "weight_g"): "430",
    ("settlements", "kind"): "commission", ("settlements", "status"): "settled", ("fines", "kind"): "late_inbound",
    ("fines", "status"): "open", ("fines", "amount"): "50.00", ("fines", "currency"): "CNY",
    ("fines", "reason"): "arrived 9 hours late", ("traffic", "channel"): "ads", ("purchase_orders", "units"): "100",
    ("purchase_orders", "currency"): "CNY", ("inbounds", "node"): "cn-preferred-1", ("inbounds", "carrier"): "YTO",
    ("reservations", "units"): "40", ("suppliers", "region"): "Yiwu",
}  # fmt: skip
_FILLED_IN_BY_US = ("known_at", "cancelled_at")


def write_templates(folder: str | Path) -> list[Path]:
    """`<table>.xlsx` for every table in `folder`: headings with an example row, and a sheet of notes.

    The example row is marked in its first cell and not loaded as long as it is: an untouched template
    imports nothing, and says so.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return [_write_template(table, folder / f"{table.name}.xlsx") for table in TABLES.values()]


def _write_template(table: Table, path: Path) -> Path:
    with open_workbook(path) as book:
        head = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
        grey = book.add_format({"font_color": "#777777", "num_format": "@"})
        as_text = book.add_format({"num_format": "@"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(table.name)
        names = [name for name in table.columns if name not in _FILLED_IN_BY_US]
        sheet.set_column(0, len(names), 18, as_text)
        sheet.freeze_panes(1, 0)
        sheet.write_string(0, 0, text("template_headings.example"), head)
        sheet.write_string(1, 0, EXAMPLE, grey)
        for at, name in enumerate(names, start=1):
            sheet.write_string(0, at, name, head)
            sheet.write_string(1, at, example(table.name, name), grey)
        _write_notes(book.add_worksheet(NOTES_SHEET), table, head, wrapped)
    return path


def example(table: str, column: str) -> str:
    """What the example row says in a column."""
    return _OF_TABLE.get((table, column), EXAMPLES.get(column, ""))


def _write_notes(sheet: Any, table: Table, head: Any, wrapped: Any) -> None:
    headings = ("column", "chinese", "meaning", "meaning_zh", "unit", "required", "allowed", "example_cell")
    for row, lang in enumerate(("zh", "en")):
        sheet.write_string(row, 0, text("template_notes.example_row", lang, mark=EXAMPLE))
    for at, name in enumerate(headings):
        sheet.write_string(3, at, text(f"template_headings.{name}"), head)
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 3, 52, wrapped)
    sheet.set_column(4, 7, 22, wrapped)
    needed = {f.name for f in fields_of(table) if f.required} | ({"currency"} & set(table.columns))
    for row, (name, column) in enumerate(table.schema.columns().items(), start=4):
        chinese = "、".join(a for a in ALIASES.get(name, ()) if not a.isascii())
        allowed = ", ".join(column.categories) if isinstance(column, dy.Enum) else ""
        required = text("template_notes.required") if name in needed else ""
        cells = (
            name,
            chinese,
            meaning(table.name, name, "en"),
            meaning(table.name, name, "zh"),
            unit_of(name, column),
            required,
            allowed,
            example(table.name, name),
        )
        for at, value in enumerate(cells):
            sheet.write_string(row, at, value)


def meaning(table: str, column: str, lang: str) -> str:
    """What a column holds, in one sentence; some mean different things in different tables."""
    try:
        return text(f"template_columns.{table}_{column}", lang)
    except KeyError:
        return text(f"template_columns.{column}", lang)


def unit_of(name: str, column: dy.Column) -> str:
    """The unit a column is in, from its kind and the end of its name."""
    if isinstance(column, dy.Datetime):
        return "UTC"
    if isinstance(column, dy.Date):
        return "YYYY-MM-DD"
    endings = {
        "_cm3_per_kg": "cm3/kg", "_g": "g", "_mm": "mm", "_m3": "m3", "_days": "d", "units": "pcs",
    }  # fmt: skip
    return next((unit for ending, unit in endings.items() if name.endswith(ending)), "")
