"""What a cash calendar is made from: open orders, sales to come, purchases, running costs, currencies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from tradewind.app.forms.shop_profile import read_profile
from tradewind.app.planning.facts import Facts
from tradewind.core.money import added, convert, rates_to
from tradewind.core.rules import Rules
from tradewind.core.weeks import WEEKS_A_MONTH, week_of
from tradewind.engine.actuals import Actuals
from tradewind.engine.cash import (
    CashParams,
    CashTerms,
    Lags,
    Outlook,
    calendar_of,
    cash_notes,
    cash_paths,
    later_purchases,
    open_purchases,
    payout_lags,
    planned_purchases,
)

if TYPE_CHECKING:
    from tradewind.engine.demand import DemandPaths

ORDER: Final = ["platform", "shop", "order_id"]
_SWING_WEEKS, _ADS_WEEKS, _FINES_WEEKS = 26, 4, 13
_SENDS_ITSELF = ("pop", "own")
_KEPT = (
    "base_service_fee", "operation_fee", "oversize_fee", "commission", "affiliate_cost", "late_cost", "returns_cost",
    "duty", "tax",
)  # fmt: skip
_SENDING = ("freight", "surcharges")


@dataclass(frozen=True)
class PlannedMoney:
    """What a calendar takes from the rest of a plan: its frames demand, economics, sold_in and orders, and the
    scenarios of demand."""

    demand: pl.DataFrame
    economics: pl.DataFrame
    sold_in: pl.DataFrame
    orders: pl.DataFrame
    paths: DemandPaths


@dataclass(frozen=True)
class Cash:
    """cash_weeks, cash_low, cash_notes: see CashPlan; cash_paths: the draws behind them (CashPaths); payout_lags: how
    long payouts take."""

    cash_weeks: pl.DataFrame
    cash_low: pl.DataFrame
    cash_notes: pl.DataFrame
    cash_paths: pl.DataFrame
    payout_lags: pl.DataFrame


def plan_cash(facts: Facts, planned: PlannedMoney, actual: Actuals, params: CashParams) -> Cash:
    """The cash calendar of a plan, and the lags it rests on."""
    outlook, unpriced = outlook_of(facts, planned, actual, params)
    paths = cash_paths(outlook, as_of=facts.as_of, base=facts.base, params=params)
    weeks, low = calendar_of(paths, cash_terms(facts.shop_file, facts.rules, facts.as_of.date()))
    notes = _noted(cash_notes(outlook, facts.as_of.date()), "cash_note.unpriced", unpriced)
    drawn, lags = paths.frame(), outlook.lags.frame()
    if not outlook.lags.until_cash:
        # purchases without a single payout to learn from would look like ruin
        notes = _noted(notes.clear(), "cash_note.no_payouts", 1)
        return Cash(weeks.clear(), low.clear(), notes, drawn.clear(), lags)
    return Cash(weeks, low, notes, drawn, lags)


def cash_terms(shop_profile: str, rules: Rules, on: date) -> CashTerms:
    """What the seller states in shop.yaml, and the rules' spread (`fx.spread`), where they have one."""
    seller, spread = read_profile(shop_profile), rules.find("fx.spread", on)
    weekly = {name: amount / WEEKS_A_MONTH for name, amount in sorted(seller.monthly_costs.items())}
    return CashTerms(seller.cash_on_hand, weekly, CashTerms.fx_spread if spread is None else float(spread.value))


def outlook_of(facts: Facts, planned: PlannedMoney, actual: Actuals, params: CashParams) -> tuple[Outlook, int]:
    """What the calendar is made from, and how many pairs to be sold have no price."""
    lags, waiting = open_orders(facts, actual, params)
    markets, income, outside, unpriced = _sales_ahead(facts, planned)
    due, lateness = open_purchases(
        facts["purchase_orders"], facts["suppliers"], as_of=facts.as_of, base=facts.base, fx=facts["fx"]
    )
    ordered = planned_purchases(planned.orders, facts["products"], facts["suppliers"], as_of=facts.as_of)
    later = later_purchases(
        planned.demand, planned.orders, facts["products"], facts["suppliers"],
        as_of=facts.as_of, base=facts.base, fx=facts["fx"],
    )  # fmt: skip
    paid_in = _currencies(facts)
    outlook = Outlook(
        lags=lags,
        open_orders=waiting,
        markets=markets,
        income=income,
        outside=outside,
        purchases=pl.concat([due, ordered, later]),
        lateness=lateness,
        running=_running(facts),
        currencies=paid_in,
        weekly_volatility=_swings(facts, sorted(set(paid_in.values()) - {facts.base})),
    )
    return outlook, unpriced


def _noted(notes: pl.DataFrame, note: str, rows: int) -> pl.DataFrame:
    added = pl.DataFrame({"note": [note], "rows": [rows], "money": [None]}, schema=notes.schema)
    return pl.concat([notes, added]).filter(pl.col("rows") > 0)


def open_orders(facts: Facts, actual: Actuals, params: CashParams) -> tuple[Lags, pl.DataFrame]:
    """Orders whose money has not come: market, start, since, money (net of what the platform keeps; null: unknown)."""
    lines = actual.lines.filter(pl.col("order_id").is_not_null()).sort(*ORDER, "line_no")
    settled = pl.col("state") == "settled"
    net = pl.when(settled).then(_net("now_")).otherwise(_net("expected_"))
    whole = pl.when(pl.col("net").is_not_null().all()).then(pl.col("net").sum())
    orders = (
        lines.with_columns(net=net)
        .group_by(ORDER, maintain_order=True)
        .agg(pl.col("market").first(), pl.col("ordered_at").min(), money=whole)
    )
    lags, dates = payout_lags(
        orders.select(*ORDER, "market", "ordered_at"),
        facts["settlements"],
        _deliveries(facts),
        as_of=facts.as_of,
        min_payouts=params.min_payouts,
    )
    waits = dates.filter(pl.col("cash_on").is_null()).join(orders.select(*ORDER, "money"), on=ORDER)
    since = pl.coalesce("settled_on", "delivered_on", "ordered_on")
    start = (
        pl.when(pl.col("settled_on").is_not_null()).then(pl.lit("settled"))
        .when(pl.col("delivered_on").is_not_null()).then(pl.lit("delivered"))
        .otherwise(pl.lit("ordered"))
    )  # fmt: skip
    return lags, waits.select("market", start=start, since=since, money="money")


def _net(prefix: str) -> pl.Expr:
    """What a payout brings: revenue less what the platform keeps back; freight where the platform sends."""
    itself = pl.col("mode").cast(pl.String).is_in(_SENDS_ITSELF).fill_null(False)
    kept = added(pl.col(f"{prefix}{c}") for c in _KEPT)
    sending = added(pl.col(f"{prefix}{c}") for c in _SENDING)
    return pl.col(f"{prefix}revenue") - kept - pl.when(itself).then(0.0).otherwise(sending)


def _deliveries(facts: Facts) -> pl.DataFrame:
    scans = facts["events"].filter(pl.col("milestone").cast(pl.String) == "delivered")
    parcels = facts["parcels"].drop_nulls("order_id").select(*ORDER, "parcel_id")
    return (
        parcels.join(scans, on=["platform", "shop", "parcel_id"])
        .group_by(ORDER)
        .agg(delivered_at=pl.col("happened_at").max())
    )


def _sales_ahead(facts: Facts, planned: PlannedMoney) -> tuple[tuple[str, ...], np.ndarray, np.ndarray, int]:
    """Net payouts of the sales to come (markets, weeks, scenarios), what is paid outside, and pairs without a price.

    Each pair in the mode it sells in now; a week that has begun counts for its days ahead.
    """
    outside = pl.when(pl.col("mode").is_in(_SENDS_ITSELF)).then(pl.col("freight") + pl.col("surcharges")).otherwise(0.0)
    per_unit = planned.economics.join(planned.sold_in, on=["sku", "market", "mode"]).select(
        "sku", "market", net=_net(""), outside=outside + pl.col("inbound_cost")
    )
    paths = planned.paths
    rows = paths.keys.join(per_unit, on=["sku", "market"], how="left", maintain_order="left")
    unpriced = rows.filter(pl.col("net").is_null() | pl.col("outside").is_null()).height
    left = np.ones(paths.draws.shape[1])
    left[0] = (7 - (facts.as_of.date() - week_of(facts.as_of)).days) / 7
    markets = tuple(sorted(rows["market"].unique()))
    net, out = (rows[c].fill_null(0.0).to_numpy() for c in ("net", "outside"))
    income = np.zeros((len(markets), *paths.draws.shape[1:]))
    for number, market in enumerate(markets):
        at = (rows["market"] == market).arg_true().to_numpy()
        income[number] = np.tensordot(net[at], paths.draws[at], axes=1) * left[:, None]
    return markets, income, np.tensordot(out, paths.draws, axes=1) * left[:, None], unpriced


def _currencies(facts: Facts) -> dict[str, str]:
    """The currency most orders of a market are paid in."""
    counted = facts["order_lines"].group_by("market", "currency").agg(n=pl.len())
    first = counted.sort("market", "n", "currency", descending=[False, True, False]).unique("market", keep="first")
    return dict(first.select("market", "currency").iter_rows())


def _swings(facts: Facts, currencies: list[str]) -> dict[str, float]:
    """Standard deviation of each currency's weekly change over the last half year; unknown counts as steady."""
    days = [facts.as_of.date() - timedelta(weeks=w) for w in range(_SWING_WEEKS + 1)]
    wanted = pl.DataFrame({"currency": currencies}, schema={"currency": pl.String}).join(
        pl.DataFrame({"day": days}), how="cross"
    )
    rates = rates_to(facts.base, wanted, facts["fx"]).drop_nulls("rate").sort("currency", "day")
    swings = rates.group_by("currency", maintain_order=True).agg(swing=pl.col("rate").log().diff().std())
    return {c: s for c, s in swings.iter_rows() if s is not None}


def _running(facts: Facts) -> dict[str, float]:
    """Money per week that goes on: advertising and fines as of late."""
    standing = facts["fines"].filter((pl.col("status").cast(pl.String) != "cancelled").fill_null(True))
    return {
        "ads": _weekly(facts, "traffic", "ad_spend", "on_date", _ADS_WEEKS),
        "fines": _weekly(facts, "fines", "amount", "fined_at", _FINES_WEEKS, standing),
    }


def _weekly(facts: Facts, table: str, amount: str, moment: str, weeks: int, rows: pl.DataFrame | None = None) -> float:
    rows = facts[table] if rows is None else rows
    start: date = facts.as_of.date() - timedelta(weeks=weeks)
    recent = rows.filter((pl.col(moment).cast(pl.Date) >= start) & (pl.col(moment).cast(pl.Date) < facts.as_of.date()))
    recent = recent.sort(recent.columns)
    money = convert(recent, amount, "currency", moment, facts.base, facts["fx"])
    return float(money.drop_nulls().sum()) / weeks
