"""How things stand: what is loaded and how fresh, which rows wait, what can be computed and what would add to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from tradewind.core.money import rates_to
from tradewind.core.tables import TABLES
from tradewind.data.sku_mapping import circular, unmatched
from tradewind.engine.transit.scans import resolved

_EXAMPLES: Final = 3


@dataclass(frozen=True)
class _Capability:
    name: str
    needs: tuple[str, ...]
    columns: tuple[tuple[str, str], ...] = ()  # (table, column) that must say something somewhere


_CAPABILITIES: Final = (
    _Capability("forecast", ("order_lines",)),
    _Capability("lost_sales", ("order_lines", "stock")),
    _Capability("sale_peaks", ("order_lines", "calendar")),
    _Capability("margin", ("order_lines", "products"), (("products", "unit_cost"),)),
    _Capability("mode", ("order_lines", "products", "services"), (("products", "unit_cost"),)),
    _Capability("stock_plan", ("order_lines", "products", "stock", "nodes"), (("products", "unit_cost"),)),
    _Capability("delivery_promise", ("parcels", "events")),
    _Capability("late_parcels", ("parcels", "events"), (("parcels", "promised_at"),)),
    _Capability("returns_cost", ("order_lines", "returns")),
    _Capability("actual_margin", ("order_lines", "products", "settlements"), (("products", "unit_cost"),)),
    _Capability("cash", ("order_lines", "products", "settlements", "purchase_orders", "suppliers")),
    _Capability("fines", ("fines", "parcels", "events", "inbounds")),
    _Capability("shop_figures", ("order_lines", "listings", "returns", "fines")),
)


def health(
    tables: Mapping[str, pl.DataFrame], corrections: pl.DataFrame, currency: str, today: date
) -> dict[str, pl.DataFrame]:
    """Frames about the tables as known now; the workspace adds `versions`.

    loaded        table, rows, first, last (days of the facts), days_before_today (of the newest)
    corrections   table, problem, column, rows, examples (file:row), the most frequent first
    capabilities  capability (catalogue id `capability.*`), on, missing_tables, missing_columns ("table.column")
    notes         note (catalogue id `health_note.*`), rows, example: what is loaded but cannot be used fully
    """
    return {
        "loaded": _loaded(tables, today),
        "corrections": _waiting(corrections),
        "capabilities": _capabilities(tables),
        "notes": _notes(tables, currency),
    }


def _loaded(tables: Mapping[str, pl.DataFrame], today: date) -> pl.DataFrame:
    rows = []
    for name, table in TABLES.items():
        days = tables[name][table.fact_time].cast(pl.Date) if table.fact_time else pl.Series([], dtype=pl.Date)
        first, last = days.min(), days.max()
        age = (today - last).days if isinstance(last, date) else None
        rows.append(
            {"table": name, "rows": tables[name].height, "first": first, "last": last, "days_before_today": age}
        )
    schema = {"table": pl.String, "rows": pl.Int64, "first": pl.Date, "last": pl.Date, "days_before_today": pl.Int64}
    return pl.DataFrame(rows, schema=schema).filter(pl.col("rows") > 0)


def _waiting(corrections: pl.DataFrame) -> pl.DataFrame:
    place = pl.concat_str(["file", pl.col("row").cast(pl.String)], separator=":", ignore_nulls=True)
    return (
        corrections.group_by("table", "problem", "column")
        .agg(rows=pl.len().cast(pl.Int64), examples=place.sort().head(_EXAMPLES).str.join(", "))
        .sort("rows", "table", "problem", "column", descending=[True, False, False, False])
    )


def _capabilities(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    rows = []
    for capability in _CAPABILITIES:
        missing = [name for name in capability.needs if tables[name].is_empty()]
        silent = [
            f"{name}.{column}"
            for name, column in capability.columns
            if name not in missing and tables[name][column].drop_nulls().is_empty()
        ]
        rows.append(
            {
                "capability": capability.name,
                "on": not missing and not silent,
                "missing_tables": missing,
                "missing_columns": silent,
            }
        )
    lists = pl.List(pl.String())
    schema = {"capability": pl.String(), "on": pl.Boolean(), "missing_tables": lists, "missing_columns": lists}
    return pl.DataFrame(rows, schema=pl.Schema(schema))


def _notes(tables: Mapping[str, pl.DataFrame], currency: str) -> pl.DataFrame:
    lines, products, stock = tables["order_lines"], tables["products"], tables["stock"]
    unrated = _without_rate(lines, tables["fx"], currency)["currency"]
    found = [
        ("rate_missing", unrated),
        ("all_in_currency", unrated if _all_of_one(unrated, lines["currency"]) else unrated.clear()),
        ("market_unknown", lines.filter(market="ZZ")["order_id"]),
        ("cost_unknown", products.filter(pl.col("unit_cost").is_null())["sku"]),
    ]
    strange = unmatched(tables, guesses_for=0)
    found.append(("unknown_sku", strange["listing_id"]))
    found.append(("bundle_circular", circular(tables["bundles"])))
    found.append(("bundle_counted", _counted_bundles(tables)["sku"]))
    found.append(("settlement_currency", _settled_otherwise(tables)["order_id"]))
    found.append(("settled_twice", _settled_twice(tables["settlements"])["settlement_id"]))
    if tables["nodes"].height:
        found.append(("unknown_node", stock.join(tables["nodes"], on="node", how="anti")["node"]))
    found += _scans(tables["events"], tables["parcels"])
    rows = [{"note": note, "rows": len(seen), "example": seen.min()} for note, seen in found if len(seen)]
    schema = {"note": pl.String, "rows": pl.Int64, "example": pl.String}
    return pl.DataFrame(rows, schema=schema).sort("note")


def _all_of_one(unrated: pl.Series, paid_in: pl.Series) -> bool:
    """Whether all that was paid is in one currency, and no rate of it is known: it may be the one to plan in."""
    return len(unrated) == len(paid_in.drop_nulls()) and unrated.n_unique() == 1


def _counted_bundles(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    bundles = tables["bundles"].select(sku="bundle_sku").unique()
    return tables["stock"].select("sku").unique().join(bundles, on="sku", how="semi")


def _settled_twice(settlements: pl.DataFrame) -> pl.DataFrame:
    """Amounts of a statement's days (`statement/day`, of a report by dates) where the whole statement is there too."""
    shop = ["platform", "shop"]
    of_days = settlements.with_columns(_whole=pl.col("settlement_id").str.extract(r"^(.+)/\d{4}-\d{2}-\d{2}$"))
    return of_days.join(settlements, left_on=[*shop, "_whole"], right_on=[*shop, "settlement_id"], how="semi")


def _settled_otherwise(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Settlements whose order was paid in another currency."""
    order = ["platform", "shop", "order_id"]
    paid = (
        tables["order_lines"].select(*order, paid_in="currency").unique(subset=order, keep="any", maintain_order=True)
    )
    return tables["settlements"].join(paid, on=order).filter(pl.col("currency") != pl.col("paid_in"))


def _scans(events: pl.DataFrame, parcels: pl.DataFrame) -> list[tuple[str, pl.Series]]:
    """Scans of parcels nobody sent, and those that the resolved histories leave out, by their reason."""
    told = resolved(events, parcels)
    left_out = told.unused.partition_by("reason", as_dict=True)
    set_right = told.used.filter(pl.col("hours_set") != 0)
    return [
        ("unknown_parcel", told.unknown["parcel_id"]),
        ("clock_set", set_right["parcel_id"]),
        *((str(reason), scans["parcel_id"]) for (reason,), scans in left_out.items()),
    ]


def _without_rate(lines: pl.DataFrame, fx: pl.DataFrame, base: str) -> pl.DataFrame:
    dated = lines.with_columns(day=pl.col("ordered_at").cast(pl.Date))
    rates = rates_to(base, dated.select("currency", "day"), fx)
    return dated.join(rates.filter(pl.col("rate").is_null()), on=["currency", "day"], how="semi")
