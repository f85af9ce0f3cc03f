"""How a spreadsheet shows the columns of a plan's table: Excel's number formats by what a column holds."""

from __future__ import annotations

from typing import Final

from tradewind.core.plan_tables import PLAN_TABLES, Column, Kind

_FORMATS: Final[dict[Kind, str]] = {
    "money": "#,##0.00",
    "share": "0.0%",
    "date": "yyyy-mm-dd",
    "time": "yyyy-mm-dd hh:mm",
}
_WHOLE, _MEASURED = "#,##0", "#,##0.00"


def number_formats(table: str) -> dict[str, str]:
    """Excel's number format of every column of `table` that has one; of a table no plan has, none.

    >>> number_formats("deliveries")
    {'parcels': '#,##0', 'on_time': '0.0%', 'days': '#,##0.00'}
    """
    columns = PLAN_TABLES[table].columns if table in PLAN_TABLES else {}
    return {name: shown for name, column in columns.items() if (shown := _format(column))}


def _format(column: Column) -> str | None:
    if column.kind in _FORMATS:
        return _FORMATS[column.kind]
    return _WHOLE if column.dtype.is_integer() else _MEASURED if column.dtype.is_float() else None
