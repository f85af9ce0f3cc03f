"""Exports of orders for the workspace's tests: only what a test is about need be said."""

from __future__ import annotations

HEADINGS = "platform,shop,order_id,line_no,sku,market,ordered_at,units,unit_price,currency,status,buyer_key"


def orders(folder, name, *lines):
    path = folder / name
    path.write_text("\n".join([HEADINGS, *lines]) + "\n", encoding="utf-8")
    return path


def line(order, day, sku="mug", units=1, status="paid"):
    return f"aliexpress,main,{order},1,{sku},DE,2026-03-{day:02}T10:00:00Z,{units},9.9,USD,{status},Li Na"


def counts(reports):
    return [(r.table, r.rows_new, r.rows_changed, r.rows_same, r.rows_to_correct) for r in reports]
