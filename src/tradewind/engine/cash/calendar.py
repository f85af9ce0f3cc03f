"""The calendar itself: scenarios of what comes in and goes out, added up week by week.

balance_w = opening + sum over weeks up to w of (payouts - purchases - what is paid outside the platform - spread)

What is sold and not paid out yet is paid by the lag's distribution given how long it has waited; what will be sold, by
the lag from the order on. A market's weeks share one draw of how early or late its money comes, scaled by the standard
deviation of each lag; each currency has one path of its rate.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.weeks import week_of, weeks_from
from tradewind.engine.cash.lags import Floats, Ints, Lag, Lags
from tradewind.engine.cash.params import CashParams

FLOWS: Final = (
    "payouts_open", "payouts_ahead", "purchases_open", "purchases_planned", "purchases_later",
    "selling", "running", "fx_spread",
)  # fmt: skip
"""Payouts of orders placed and of sales to come; purchases; freight and inbound paid outside the platform; steady costs
(advertising, fines, rent and wages where stated); what the bank keeps of conversions."""

DRAWN: Final = FLOWS[:-2]
"""The flows that are drawn; the last two follow from the seller's own terms."""

_SHIFT = 21


@dataclass(frozen=True)
class Outlook:
    """What a calendar is made from; all money in base currency.

    open_orders   market, start ("ordered" | "delivered" | "settled"), since (Date), money (net of what the platform
                  keeps; null: not known): a row an order not paid out yet
    income        (markets, weeks, scenarios) net payout of each week's sales to come, on the rows of `markets`
    outside       (weeks, scenarios) freight and inbound of those sales that are paid outside the platform
    purchases     rows as of purchases.open_purchases and its sisters, one frame
    lateness      days (Float64) past deliveries came after their promise
    running       what goes on, learned from the tables: name -> money per week (costs, positive)
    stated        what goes on, stated by the seller: name -> money per week
    currencies    market -> currency its payouts come in
    weekly_volatility  currency -> standard deviation of the rate's weekly change (share)
    opening       cash on hand now; None: not stated, the calendar then counts from zero
    """

    lags: Lags
    open_orders: pl.DataFrame
    markets: tuple[str, ...] = ()
    income: npt.NDArray[np.float64] | None = None
    outside: npt.NDArray[np.float64] | None = None
    purchases: pl.DataFrame | None = None
    lateness: pl.DataFrame | None = None
    running: Mapping[str, float] = field(default_factory=dict)
    stated: Mapping[str, float] = field(default_factory=dict)
    currencies: Mapping[str, str] = field(default_factory=dict)
    weekly_volatility: Mapping[str, float] = field(default_factory=dict)
    opening: float | None = None


@dataclass(frozen=True)
class CashTerms:
    """What the seller states: cash on hand (`opening`, None: not stated) and costs that go on (name -> money per week);
    `fx_spread` is the share a bank keeps of a conversion."""

    opening: float | None = None
    stated: Mapping[str, float] = field(default_factory=dict)
    fx_spread: float = 0.005


@dataclass(frozen=True)
class CashPaths:
    """What is drawn of a calendar, so that other terms need no new draws; all money in base currency.

    `flows` (of DRAWN) and `converted`, what comes in other currencies, are (weeks, scenarios); `days_share` is the part
    of each week still to come; `running` as in Outlook.
    """

    weeks: tuple[date, ...]
    flows: Mapping[str, Floats]
    converted: Floats
    days_share: Floats
    running: Mapping[str, float]

    def first(self, weeks: int) -> CashPaths:
        """The first `weeks` weeks."""
        flows = {name: flow[:weeks] for name, flow in self.flows.items()}
        return CashPaths(self.weeks[:weeks], flows, self.converted[:weeks], self.days_share[:weeks], self.running)

    def frame(self) -> pl.DataFrame:
        """One row a week: week, days_share, running_<name>, and an array over scenarios for each flow."""
        scenarios = self.converted.shape[1]
        arrays = {**{name: self.flows[name] for name in DRAWN}, "converted": self.converted}
        return pl.DataFrame(
            [
                pl.Series("week", list(self.weeks), dtype=pl.Date),
                pl.Series("days_share", self.days_share),
                *(pl.Series(f"running_{n}", [v] * len(self.weeks), dtype=pl.Float64) for n, v in self.running.items()),
                *(pl.Series(n, a, dtype=pl.Array(pl.Float64, scenarios)) for n, a in arrays.items()),
            ]
        )

    @classmethod
    def from_frame(cls, frame: pl.DataFrame) -> CashPaths:
        """What `frame` gave."""
        running = {c.removeprefix("running_"): frame[c][0] for c in frame.columns if c.startswith("running_")}
        flows = {name: frame[name].to_numpy() for name in DRAWN}
        share = frame["days_share"].to_numpy()
        return cls(tuple(frame["week"].to_list()), flows, frame["converted"].to_numpy(), share, running)


@dataclass(frozen=True)
class CashPlan:
    """`weeks`: week, mean of every flow (costs negative), net, balance (mean), its _p10, _p50, _p90, odds_below_zero.
    `low`: one row: opening, opening_known, low_p10, low_p50, low_p90, low_week (the likeliest), odds_short, short_money
    (mean of what lacks to zero). `notes`: note (id), rows, money: what the calendar leaves out."""

    weeks: pl.DataFrame
    low: pl.DataFrame
    notes: pl.DataFrame


def cash_calendar(outlook: Outlook, *, as_of: datetime, base: str, params: CashParams | None = None) -> CashPlan:
    """Cash by week from the week of `as_of` on, with bands eight scenarios in ten fall into, and its lowest point.

    Same outlook, params and seed: same answer, whatever the rows' order. Not foreseen: orders older than any lag seen,
    money or dates not known (all in `notes`), and costs neither stated nor in the data (tax; rent unless stated).
    """
    params = params or CashParams()
    terms = CashTerms(outlook.opening, outlook.stated, params.fx_spread)
    weeks, low = calendar_of(cash_paths(outlook, as_of=as_of, base=base, params=params), terms)
    return CashPlan(weeks, low, cash_notes(outlook, as_of.date()))


def cash_paths(outlook: Outlook, *, as_of: datetime, base: str, params: CashParams) -> CashPaths:
    """Every flow by week and scenario. All that is drawn is drawn here."""
    first = week_of(as_of)
    ends = np.array([(w - as_of.date()).days + 7 for w in weeks_from(first, params.weeks)], np.int64)
    paydays = outlook.lags.cut_offs(ends, as_of.date())
    shape = (params.weeks, params.scenarios)
    flows = {name: np.zeros(shape) for name in DRAWN}
    converted = np.zeros(shape)
    rates = _rates(outlook, base, params)
    for market in sorted({*outlook.open_orders["market"].unique(), *outlook.markets}):
        rate = rates.get(outlook.currencies.get(market, base), np.ones(shape))
        earliness = _rng(params.seed, f"shift {market}").normal(0.0, 1.0, params.scenarios)
        placed = _open_orders(outlook, market, as_of.date(), paydays, earliness, params) * rate
        ahead = _future_sales(outlook, market, (ends, paydays), earliness, params) * rate
        flows["payouts_open"] += placed
        flows["payouts_ahead"] += ahead
        if outlook.currencies.get(market, base) != base:
            converted += placed + ahead
    for name in ("open", "planned", "later"):
        flows[f"purchases_{name}"] = -_purchases(outlook, name, as_of.date(), ends, params)
    flows["purchases_later"] = flows["purchases_later"] * _sales_ratio(outlook, params)
    if outlook.outside is not None:
        flows["selling"] = -_fitted(outlook.outside, shape)
    left = np.diff(np.concatenate([[0], ends])) / 7.0
    return CashPaths(tuple(weeks_from(first, params.weeks)), flows, converted, left, dict(outlook.running))


def calendar_of(paths: CashPaths, terms: CashTerms, weeks: int | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`weeks` and `low` of a CashPlan, of the first `weeks` (None: all) of `paths` under the seller's own `terms`."""
    paths = paths.first(weeks or len(paths.weeks))
    shape = paths.converted.shape
    weekly = sum([*terms.stated.values(), *paths.running.values()])
    flows = {
        **paths.flows,
        "running": -np.broadcast_to((weekly * paths.days_share)[:, None], shape),
        "fx_spread": -terms.fx_spread * paths.converted,
    }
    net = np.sum([flows[name] for name in FLOWS], axis=0)
    balance = (terms.opening or 0.0) + np.cumsum(net, axis=0)
    return _weeks(paths, flows, net, balance), _low(paths, terms, balance)


def _weeks(paths: CashPaths, flows: Mapping[str, Floats], net: Floats, balance: Floats) -> pl.DataFrame:
    p10, p50, p90 = np.quantile(balance, [0.1, 0.5, 0.9], axis=1)
    return pl.DataFrame(
        {
            "week": list(paths.weeks),
            **{name: flows[name].mean(axis=1) for name in FLOWS},
            "net": net.mean(axis=1),
            "balance": balance.mean(axis=1),
            "balance_p10": p10,
            "balance_p50": p50,
            "balance_p90": p90,
            "odds_below_zero": (balance < 0).mean(axis=1),
        },
        schema_overrides={"week": pl.Date},
    )


def _low(paths: CashPaths, terms: CashTerms, balance: Floats) -> pl.DataFrame:
    lowest = balance.min(axis=0)
    likeliest = int(np.bincount(balance.argmin(axis=0), minlength=len(paths.weeks)).argmax())
    lows = np.quantile(lowest, [0.1, 0.5, 0.9])
    return pl.DataFrame(
        {
            "opening": [terms.opening],
            "opening_known": [terms.opening is not None],
            "low_p10": [float(lows[0])],
            "low_p50": [float(lows[1])],
            "low_p90": [float(lows[2])],
            "low_week": [paths.weeks[likeliest]],
            "odds_short": [float((lowest < 0).mean())],
            "short_money": [float(np.maximum(-lowest, 0.0).mean())],
        },
        schema_overrides={"opening": pl.Float64, "low_week": pl.Date},
    )


def cash_notes(outlook: Outlook, today: date) -> pl.DataFrame:
    """What the calendar leaves out: note (message id), rows, money."""
    schema = {"note": pl.String, "rows": pl.Int64, "money": pl.Float64}
    return pl.DataFrame(_left_out(outlook, today), schema=schema, orient="row")


def _open_orders(
    outlook: Outlook, market: str, today: date, ends: Ints, earliness: Floats, params: CashParams
) -> Floats:
    """What orders of a market bring, (weeks, scenarios): how many of each start and age are paid is drawn together."""
    out = np.zeros((params.weeks, params.scenarios))
    rows = outlook.open_orders.filter(pl.col("market") == market).drop_nulls("money")
    groups = (
        rows.with_columns(age=(pl.lit(today) - pl.col("since")).dt.total_days())
        .sort("start", "age", "money")
        .group_by("start", "age", maintain_order=True)
        .agg(n=pl.len(), each=pl.col("money").mean())
    )
    rng = _rng(params.seed, f"open {market}")
    for start in sorted(groups["start"].unique()):
        lag, own = outlook.lags.of(start, market), groups.filter(start=start)
        if lag is None:
            continue
        shift, ages = _shift(lag, earliness), own["age"].to_numpy().astype(np.int64)
        count, each = own["n"].to_numpy().astype(np.int64), own["each"].to_numpy()
        for days in np.unique(shift):
            at = np.flatnonzero(shift == days)
            odds = lag.weekly(ages, ends, int(days))
            odds = np.where(np.isfinite(odds).all(axis=1, keepdims=True), odds, _never(odds.shape[1]))
            odds = np.clip(odds, 0.0, 1.0)
            odds /= odds.sum(axis=1, keepdims=True)
            drawn = rng.multinomial(count, odds, size=(len(at), len(count)))[:, :, :-1]
            out[:, at] += np.einsum("sgw,g->ws", drawn, each)
    return out


def _never(columns: int) -> Floats:
    return np.concatenate([np.zeros(columns - 1), [1.0]])


def _future_sales(
    outlook: Outlook, market: str, ends: tuple[Ints, Ints], earliness: Floats, params: CashParams
) -> Floats:
    """What sales to come bring: each week's, spread over the weeks after it by the lag from the order on."""
    out = np.zeros((params.weeks, params.scenarios))
    lag = outlook.lags.of("ordered", market)
    if outlook.income is None or market not in outlook.markets or lag is None:
        return out
    sold, shift = _fitted(outlook.income[outlook.markets.index(market)], out.shape), _shift(lag, earliness)
    for days in np.unique(shift):
        at = np.flatnonzero(shift == days)
        out[:, at] = _kernel(lag, *ends, int(days)) @ sold[:, at]
    return out


def _kernel(lag: Lag, ends: Ints, paydays: Ints, shift: int) -> Floats:
    """(paid in week, sold in week): orders of a week are spread evenly over its days still ahead."""
    begins = np.concatenate([[0], ends[:-1]])
    out = np.zeros((len(ends), len(ends)))
    for sold, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        for day in range(begin, end):
            odds = lag.weekly(np.zeros(1, np.int64), np.maximum(paydays - day, 0), shift)[0, :-1]
            out[:, sold] += np.nan_to_num(odds) / (end - begin)
    return out


def _purchases(outlook: Outlook, what: str, today: date, ends: Ints, params: CashParams) -> Floats:
    """Purchases of a kind due in each week; those that wait for goods come as late as past deliveries did."""
    out = np.zeros((params.weeks, params.scenarios))
    if outlook.purchases is None:
        return out
    rows = outlook.purchases.filter(pl.col("what") == what).drop_nulls(["money", "due_on"])
    rows = rows.sort("due_on", "sku", "money", "waits")
    due = rows.with_columns(day=(pl.lit(today) - pl.col("due_on")).dt.total_days() * -1)
    sure = due.filter(~pl.col("waits")).group_by("day", maintain_order=True).agg(pl.col("money").sum())
    week = np.searchsorted(ends, np.maximum(sure["day"].to_numpy(), 0), side="right")
    inside = week < params.weeks
    out += np.bincount(week[inside], sure["money"].to_numpy()[inside], params.weeks)[:, None]
    return out + _delayed(due.filter("waits"), outlook.lateness, ends, _rng(params.seed, f"bought {what}"), params)


def _delayed(
    due: pl.DataFrame, lateness: pl.DataFrame | None, ends: Ints, rng: np.random.Generator, params: CashParams
) -> Floats:
    """What hangs on goods still to come, as late as past deliveries came, each by a draw of its own."""
    out = np.zeros((params.weeks, params.scenarios))
    seen = np.zeros(1) if lateness is None or lateness.is_empty() else lateness["days"].sort().to_numpy()
    for day, money in due.select("day", "money").iter_rows():
        week = np.searchsorted(ends, np.maximum(day + rng.choice(seen, params.scenarios), 0), side="right")
        inside = week < params.weeks
        np.add.at(out, (week[inside], np.flatnonzero(inside)), money)
    return out


def _sales_ratio(outlook: Outlook, params: CashParams) -> Floats:
    """(scenarios,) sales to come against their mean: what sells faster is bought again sooner."""
    if outlook.income is None or not outlook.income.size:
        return np.ones(params.scenarios)
    sold = outlook.income.sum(axis=(0, 1))[np.arange(params.scenarios) % outlook.income.shape[2]]
    return sold / sold.mean() if sold.mean() > 0 else np.ones(params.scenarios)


def _shift(lag: Lag, earliness: Floats) -> Ints:
    """How many days later than usual the payouts of a lag come in each scenario."""
    return np.clip(np.rint(earliness * lag.weekly_sd_days), -_SHIFT, _SHIFT).astype(np.int64)


def _rates(outlook: Outlook, base: str, params: CashParams) -> dict[str, Floats]:
    """By currency, (weeks, scenarios) what a unit of it is worth against today: no drift, its own volatility."""
    paths: dict[str, Floats] = {}
    for currency in sorted(set(outlook.currencies.values()) - {base}):
        volatility = outlook.weekly_volatility.get(currency, 0.0)
        steps = _rng(params.seed, f"rate {currency}").normal(0.0, 1.0, (params.weeks, params.scenarios)) * volatility
        paths[currency] = np.exp(np.cumsum(steps - volatility**2 / 2, axis=0))
    return paths


def _fitted(drawn: Floats, shape: tuple[int, int]) -> Floats:
    """Draws (weeks, scenarios) cut or padded with zeros to the calendar's weeks, their scenarios repeated in turn."""
    weeks, scenarios = shape
    picked = drawn[:weeks, np.arange(scenarios) % drawn.shape[1]]
    return np.concatenate([picked, np.zeros((weeks - len(picked), scenarios))])


def _left_out(outlook: Outlook, today: date) -> list[tuple[str, int, float | None]]:
    orders = outlook.open_orders
    unknown = orders.filter(pl.col("money").is_null())
    notes: list[tuple[str, int, float | None]] = [("cash_note.order_money", unknown.height, None)]
    known = orders.drop_nulls("money").with_columns(age=(pl.lit(today) - pl.col("since")).dt.total_days())
    overdue = [
        rows.filter(pl.col("age") >= (len(lag.survival) - 1 if lag else -1))
        for (start, market), rows in known.partition_by("start", "market", as_dict=True).items()
        for lag in [outlook.lags.of(str(start), str(market))]
    ]
    late = pl.concat(overdue) if overdue else known.clear()
    notes.append(("cash_note.overdue", late.height, float(late["money"].sum())))
    bought = outlook.purchases
    if bought is not None:
        not_stated = bought.filter(pl.col("money").is_null() | pl.col("due_on").is_null())
        notes.append(("cash_note.purchase_unknown", not_stated.height, None))
    return [note for note in notes if note[1]]


def _rng(seed: int, name: str) -> np.random.Generator:
    """Draws of their own for each name, so that another market does not change this one's."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])
