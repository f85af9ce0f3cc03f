"""The books: what sales really earned, which fines to appeal, how much cash there will be, how the shop stands.

Gathers what the rooms actuals, fines, cash and shop need from the facts of a plan; they decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from tradewind.app.forms.shop_profile import Told, read_told
from tradewind.app.planning.facts import Facts
from tradewind.core.money import added, convert, rates_to
from tradewind.core.weeks import WEEKS_A_MONTH, week_of
from tradewind.engine.actuals import Actuals, actual_margin, margin_difference
from tradewind.engine.cash import (
    CashParams,
    CashPlan,
    Lags,
    Outlook,
    cash_calendar,
    later_purchases,
    open_purchases,
    payout_lags,
    planned_purchases,
)
from tradewind.engine.demand.paths import DemandPaths
from tradewind.engine.fines import fees_to_recover, judge_fines
from tradewind.engine.margin import landed_margin
from tradewind.engine.shop import ShopFacts, shop_health

ORDER: Final = ["platform", "shop", "order_id"]
WEEKS: Final = 26
"""How far back the books go: older orders are settled, or never will be."""

_ADS_WEEKS, _FINES_WEEKS = 4, 13
_SENDS_ITSELF = ("pop", "own")
_KEPT = (
    "base_service_fee", "operation_fee", "oversize_fee", "commission", "affiliate_cost", "late_cost", "returns_cost",
    "duty", "tax",
)  # fmt: skip
_SENDING = ("freight", "surcharges")


def books(
    facts: Facts, frames: Mapping[str, pl.DataFrame], paths: DemandPaths, *, seed: int, weeks: int
) -> dict[str, pl.DataFrame]:
    """The books' frames of a plan: margin_actual, fines, fees_back, cash_weeks, cash_low, cash_notes, payout_lags,
    shop_health; and shop_file, what the seller told, so that the plan can be made again."""
    actual = actuals(facts)
    plan, lags = cash(facts, frames, paths, actual, params=cash_params(facts, seed=seed, weeks=weeks))
    return {
        "margin_actual": margin_difference(actual.lines, "mode"),
        "fines": fines(facts),
        "fees_back": fees_back(facts),
        "cash_weeks": plan.weeks,
        "cash_low": plan.low,
        "cash_notes": plan.notes,
        "payout_lags": lags.frame(),
        "shop_health": health(facts),
        "shop_file": pl.DataFrame({"said": [facts.shop_file]}),
    }


def told(facts: Facts) -> Told:
    """What the seller wrote into shop.yaml."""
    return read_told(facts.shop_file)


def actuals(facts: Facts, since: datetime | None = None, until: datetime | None = None) -> Actuals:
    """Ex-post beside ex-ante for orders placed in [since, until); without `since`, the last 26 weeks."""
    start = since or facts.as_of - timedelta(weeks=WEEKS)
    placed = pl.col("ordered_at") >= start
    if until is not None:
        placed &= pl.col("ordered_at") < until
    lines = facts["order_lines"].filter(placed & (pl.col("ordered_at") < facts.as_of))
    found = actual_margin(
        expected(facts, lines),
        facts["settlements"],
        all_orders=facts["order_lines"],
        as_of=facts.as_of,
        **{name: facts[name] for name in ("parcels", "returns", "fines", "inbounds", "fx")},
        base=facts.base,
    )
    loose = pl.col("order_id").is_null() & ~placed
    return replace(found, lines=found.lines.filter(~loose))


def expected(facts: Facts, lines: pl.DataFrame) -> pl.DataFrame:
    """What the lines were expected to earn: freight by the card of the service each took, not by its bill."""
    unbilled = facts["parcels"].with_columns(freight_amount=pl.lit(None, pl.Float64))
    return landed_margin(lines, facts.rules, replace(facts.costing, parcels=unbilled))


def fines(facts: Facts) -> pl.DataFrame:
    """Every fine, judged by the record."""
    names = ("fines", "parcels", "events", "inbounds", "order_lines", "returns")
    asked = {n: facts[n] for n in names}
    return judge_fines(**asked, rules=facts.rules, as_of=facts.as_of, base=facts.base, fx=facts["fx"])


def fees_back(facts: Facts) -> pl.DataFrame:
    """Operation fees of returns: due, come back, and the rest."""
    names = ("returns", "order_lines", "settlements")
    asked = {n: facts[n] for n in names}
    return fees_to_recover(**asked, rules=facts.rules, as_of=facts.as_of, base=facts.base, fx=facts["fx"])


def health(facts: Facts) -> pl.DataFrame:
    """The shop's figures against the thresholds."""
    names = ("order_lines", "listings", "traffic", "parcels", "events", "inbounds", "returns", "fines")
    day = facts.as_of.date()
    faults = tuple(
        (row.id.removeprefix("fault."), str(row.value))
        for row in facts.rules.in_force(day, "fault.")
        if row.unit == "choice"
    )
    within = facts.rules.find("fault.handed_over_within", day)
    shop = ShopFacts(**{n: facts[n] for n in names}, faults=faults, within_days=float(within.value) if within else 5.0)
    return shop_health(shop, facts.rules, as_of=facts.as_of, ratings=told(facts).rating_rows(facts["order_lines"]))


def cash_params(facts: Facts, *, seed: int, weeks: int) -> CashParams:
    """The spread is the rules' (`fx.spread`), where they have one."""
    spread = facts.rules.find("fx.spread", facts.as_of.date())
    usual = CashParams(weeks=weeks, seed=seed)
    return usual if spread is None else replace(usual, fx_spread=float(spread.value))


def cash(
    facts: Facts,
    frames: Mapping[str, pl.DataFrame],
    paths: DemandPaths,
    actual: Actuals,
    *,
    params: CashParams,
) -> tuple[CashPlan, Lags]:
    """The cash calendar of a plan, and the lags it rests on."""
    lags, waiting = open_orders(facts, actual, params)
    markets, income, outside, unpriced = _sales_ahead(facts, frames, paths)
    dues, late = open_purchases(
        facts["purchase_orders"], facts["suppliers"], as_of=facts.as_of, base=facts.base, fx=facts["fx"]
    )
    planned = planned_purchases(frames["orders"], facts["products"], facts["suppliers"], as_of=facts.as_of)
    later = later_purchases(
        frames["demand"], frames["orders"], facts["products"], facts["suppliers"],
        as_of=facts.as_of, base=facts.base, fx=facts["fx"],
    )  # fmt: skip
    paid_in = _currencies(facts)
    seller = told(facts)
    outlook = Outlook(
        lags=lags,
        open_orders=waiting,
        markets=markets,
        income=income,
        outside=outside,
        purchases=pl.concat([dues, planned, later]),
        lateness=late,
        running=_running(facts, seller),
        currencies=paid_in,
        weekly_swing=_swings(facts, sorted(set(paid_in.values()) - {facts.base})),
        opening=seller.cash_on_hand,
    )
    plan = cash_calendar(outlook, as_of=facts.as_of, base=facts.base, params=params)
    if not lags.laws:
        # purchases without a single payout to learn from would look like ruin
        return CashPlan(
            plan.weeks.clear(), plan.low.clear(), _noted(plan.notes.clear(), "cash_note.no_payouts", 1)
        ), lags
    return replace(plan, notes=_noted(plan.notes, "cash_note.unpriced", unpriced)), lags


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
        enough=params.enough,
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


def _sales_ahead(
    facts: Facts, frames: Mapping[str, pl.DataFrame], paths: DemandPaths
) -> tuple[tuple[str, ...], np.ndarray, np.ndarray, int]:
    """Net payouts of the sales to come (markets, weeks, scenarios), what is paid outside, and pairs without a price.

    Each pair in the mode it sells in now; a week that has begun counts for its days ahead.
    """
    outside = pl.when(pl.col("mode").is_in(_SENDS_ITSELF)).then(pl.col("freight") + pl.col("surcharges")).otherwise(0.0)
    per_unit = (
        frames["economics"]
        .join(frames["sold_in"], on=["sku", "market", "mode"])
        .select("sku", "market", net=_net(""), outside=outside + pl.col("inbound_cost"))
    )
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
    days = [facts.as_of.date() - timedelta(weeks=w) for w in range(WEEKS + 1)]
    wanted = pl.DataFrame({"currency": currencies}, schema={"currency": pl.String}).join(
        pl.DataFrame({"day": days}), how="cross"
    )
    rates = rates_to(facts.base, wanted, facts["fx"]).drop_nulls("rate").sort("currency", "day")
    swings = rates.group_by("currency", maintain_order=True).agg(swing=pl.col("rate").log().diff().std())
    return {c: s for c, s in swings.iter_rows() if s is not None}


def _running(facts: Facts, seller: Told) -> dict[str, float]:
    """Money per week that goes on: advertising and fines as of late, rent and wages as told."""
    out = {f"told {name}": amount / WEEKS_A_MONTH for name, amount in sorted(seller.monthly_costs.items())}
    out["ads"] = _weekly(facts, "traffic", "ad_spend", "on_date", _ADS_WEEKS)
    standing = facts["fines"].filter((pl.col("status").cast(pl.String) != "cancelled").fill_null(True))
    out["fines"] = _weekly(facts, "fines", "amount", "fined_at", _FINES_WEEKS, standing)
    return out


def _weekly(facts: Facts, table: str, amount: str, moment: str, weeks: int, rows: pl.DataFrame | None = None) -> float:
    rows = facts[table] if rows is None else rows
    start: date = facts.as_of.date() - timedelta(weeks=weeks)
    recent = rows.filter((pl.col(moment).cast(pl.Date) >= start) & (pl.col(moment).cast(pl.Date) < facts.as_of.date()))
    recent = recent.sort(recent.columns)
    money = convert(recent, amount, "currency", moment, facts.base, facts["fx"])
    return float(money.drop_nulls().sum()) / weeks
