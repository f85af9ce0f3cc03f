"""What suppliers are owed: deposits and balances of orders placed, of those the plan proposes, and of later ones."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from tradewind.core.money import rates_to

_DUE = {"what": pl.String, "sku": pl.String, "due_on": pl.Date, "money": pl.Float64, "waits": pl.Boolean}
"""money in base currency; waits: the date hangs on goods not received yet, and strays as past deliveries did."""


def open_purchases(
    purchase_orders: pl.DataFrame, suppliers: pl.DataFrame, *, as_of: datetime, base: str, fx: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Balances still to pay on orders placed by `as_of`, and the days past deliveries came after their promise.

    A deposit counts as paid when the order was placed; the balance is what was accepted (ordered, until received) times
    unit cost less the deposit, due `balance_days` after receipt (0 where the supplier's terms are not known). Not yet
    received: expected on promised_on, else ordered_at plus the supplier's lead time. Due before `as_of`: taken as paid.
    Money or date not known: null. Dues: what ("open"), sku, due_on, money, waits. Lateness: days (Float64).
    """
    today = as_of.date()
    known = purchase_orders.filter(
        (pl.col("known_at") <= as_of).fill_null(True)
        & (pl.col("ordered_at") <= as_of)
        & _not_yet("called_off_at", as_of)
    )
    terms = suppliers.select("supplier", "deposit_share", "balance_days", "lead_time_days")
    rows = known.join(terms, on="supplier", how="left", maintain_order="left")
    received = ~_not_yet("received_at", as_of)
    accepted = pl.col("received_units") - pl.col("rejected_units").fill_null(0)
    units = pl.when(received).then(pl.coalesce(accepted, "units")).otherwise("units")
    ordered = pl.col("units") * pl.col("unit_cost")
    deposit = pl.coalesce("deposit_amount", pl.col("deposit_share") * ordered, 0.0)
    lead = pl.duration(days=pl.col("lead_time_days").ceil().cast(pl.Int64))
    expected = pl.coalesce("promised_on", (pl.col("ordered_at") + lead).cast(pl.Date))
    expected = pl.when(expected < today).then(pl.lit(today)).otherwise(expected)
    on = pl.when(received).then(pl.col("received_at").cast(pl.Date)).otherwise(expected)
    after = pl.duration(days=pl.col("balance_days").fill_null(0).ceil().cast(pl.Int64))
    rows = rows.with_columns(
        due_on=(on + after).cast(pl.Date),
        own=(units * pl.col("unit_cost") - deposit).clip(lower_bound=0.0),
        waits=~received,
    )
    dues = _in_base(rows, base, fx, today).filter(
        pl.col("waits") | ((pl.col("due_on") >= today) & (pl.col("money") > 0)).fill_null(True)
    )
    dues = dues.with_columns(what=pl.lit("open")).select(list(_DUE)).sort("due_on", "sku", "money", nulls_last=True)
    late = known.filter(received & pl.col("promised_on").is_not_null()).select(
        days=(pl.col("received_at").cast(pl.Date) - pl.col("promised_on")).dt.total_days().cast(pl.Float64)
    )
    return dues, late.sort("days")


def planned_purchases(
    orders: pl.DataFrame, products: pl.DataFrame, suppliers: pl.DataFrame, *, as_of: datetime
) -> pl.DataFrame:
    """The orders the plan proposes (sku, order_units, order_cost in base, lead_time_days): deposit now, balance later.

    Deposit: the supplier's share, the whole where it is not known; balance due after the lead time and `balance_days`.
    """
    rows = orders.filter(pl.col("order_units") > 0).select("node", "sku", "order_cost", "lead_time_days")
    terms = _terms(products, suppliers).drop("lead_time_days")
    rows = rows.sort("node", "sku").join(terms, on="sku", how="left", maintain_order="left")
    share = pl.col("deposit_share").fill_null(1.0)
    later = (pl.col("lead_time_days").fill_null(0) + pl.col("balance_days").fill_null(0)).ceil().cast(pl.Int64)
    today = pl.lit(as_of.date())
    deposits = rows.select(what=pl.lit("planned"), sku="sku", due_on=today, money=pl.col("order_cost") * share)
    balances = rows.select(
        what=pl.lit("planned"),
        sku="sku",
        due_on=(today + pl.duration(days=later)).cast(pl.Date),
        money=pl.col("order_cost") * (1 - share),
    )
    dues = pl.concat([deposits, balances]).with_columns(waits=False)
    return dues.filter((pl.col("money") != 0).fill_null(True)).select(list(_DUE))


def later_purchases(
    demand: pl.DataFrame,
    orders: pl.DataFrame,
    products: pl.DataFrame,
    suppliers: pl.DataFrame,
    *,
    as_of: datetime,
    base: str,
    fx: pl.DataFrame,
) -> pl.DataFrame:
    """What must be bought beyond stock and orders for the expected sales: without it the calendar would sell goods
    nobody paid for.

    `demand` (sku, week, mean), `orders` (sku, available_units, on_the_way_units, order_units). A week's units beyond
    what is there or coming are bought a lead time before it (today, where that is over): deposit then, balance
    `balance_days` after the week. SKUs without a cost: money null, due_on the week. A flat rate of buying, no MOQ.
    """
    counted = ("available_units", "on_the_way_units", "order_units")
    cover = orders.group_by("sku").agg(cover=pl.sum_horizontal(pl.col(c).fill_null(0).sum() for c in counted))
    weekly = demand.sort("sku", "week").group_by("sku", "week", maintain_order=True).agg(pl.col("mean").sum())
    beyond = (pl.col("mean").cum_sum().over("sku") - pl.col("cover").fill_null(0)).clip(lower_bound=0)
    weekly = weekly.join(cover, on="sku", how="left", maintain_order="left").with_columns(beyond=beyond)
    weekly = weekly.with_columns(units=pl.col("beyond") - pl.col("beyond").shift(fill_value=0).over("sku"))
    rows = weekly.filter(pl.col("units") > 1e-9).join(
        _terms(products, suppliers), on="sku", how="left", maintain_order="left"
    )
    costs = products.select("sku", "unit_cost", "currency", lead="supplier_lead_time_days")
    rows = rows.join(costs, on="sku", how="left", maintain_order="left").with_columns(
        own=pl.col("units") * pl.col("unit_cost"),
        lead=pl.coalesce("lead", "lead_time_days", 0.0).ceil().cast(pl.Int64),
        share=pl.col("deposit_share").fill_null(1.0),
    )
    rows = _in_base(rows, base, fx, as_of.date())
    today = pl.lit(as_of.date())
    start = (pl.col("week") - pl.duration(days=pl.col("lead"))).cast(pl.Date)
    after = pl.duration(days=pl.col("balance_days").fill_null(0).ceil().cast(pl.Int64))
    deposits = rows.select(
        what=pl.lit("later"),
        sku="sku",
        due_on=pl.when(start < today).then(today).otherwise(start),
        money=pl.col("money") * pl.col("share"),
    )
    balances = rows.select(
        what=pl.lit("later"),
        sku="sku",
        due_on=(pl.col("week") + after).cast(pl.Date),
        money=pl.col("money") * (1 - pl.col("share")),
    )
    dues = pl.concat([deposits, balances]).with_columns(waits=False)
    return dues.filter((pl.col("money") != 0).fill_null(True)).select(list(_DUE)).sort("due_on", "sku", "money")


def _terms(products: pl.DataFrame, suppliers: pl.DataFrame) -> pl.DataFrame:
    terms = suppliers.select("supplier", "deposit_share", "balance_days", "lead_time_days")
    products_terms = products.select("sku", "supplier").join(terms, on="supplier")
    return products_terms.select("sku", "deposit_share", "balance_days", "lead_time_days")


def _in_base(rows: pl.DataFrame, base: str, fx: pl.DataFrame, day: date) -> pl.DataFrame:
    """`rows` with `money`: their `own` amount at the day's rate."""
    rates = rates_to(base, rows.select("currency", day=pl.lit(day)), fx).select("currency", "rate")
    return rows.join(rates, on="currency", how="left", maintain_order="left").with_columns(
        money=pl.col("own") * pl.col("rate")
    )


def _not_yet(moment: str, as_of: datetime) -> pl.Expr:
    return pl.col(moment).is_null() | (pl.col(moment) > as_of)
