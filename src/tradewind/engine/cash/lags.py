"""How long money takes from an order, a delivery or a settlement until it is paid out, by market, with its odds.

Orders not paid out yet count as well: that they have waited so long already is what is known of them (Kaplan and
Meier, 1958, "Nonparametric estimation from incomplete observations"). Leaving them out would make payouts look fast.

Where payouts come on one day of the week, what counts is the time until an order is settled: its money then comes on
the next such day. Taken as a lag like any other, payouts would be spread over days on which none is ever made. An order
not delivered yet is not paid before as many days as pass at least from a delivery on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ORDER = ["platform", "shop", "order_id"]
STARTS = ("ordered", "delivered", "settled")
EVERYWHERE = "*"

PAYDAY_SHARE = 0.9
LEAST_PAYDAYS = 4
"""Of so many days with payouts at least, this share must fall on one day of the week for it to be the payday."""
DELIVERY_SEEN, SELDOM = 0.9, 0.02
_WEEK = 7


@dataclass(frozen=True)
class Lag:
    """Odds that a lag in whole days is at least 0, 1, 2, ... (`at_least`, falling from 1); `wander`: by how many days
    the lag of a whole week's orders strays from week to week; `paid`: payouts it is learned from; `due`: nothing more
    is waited for but the next payday; `head`: days that must pass yet, however long it has waited."""

    at_least: Floats
    wander: float
    paid: int
    due: bool = False
    head: int = 0

    def weekly(self, ages: Ints, ends: Ints, shift: int = 0) -> Floats:
        """(ages, weeks + 1) odds to be paid in each week, and after them, for what has waited `ages` days.

        `ends` are the days from now to what still counts in each week, rising: its end, or its payday (`cut_offs`; -1
        before the first). Rows that have waited longer than any lag seen are NaN.
        """
        if self.due:
            on_time = np.concatenate([np.diff(np.concatenate([[0], ends >= 0])), [0 if (ends >= 0).any() else 1]])
            overdue = ages >= len(self.at_least)
            return np.where(overdue[:, None], np.nan, np.repeat(on_time[None, :].astype(float), len(ages), axis=0))
        whole = np.maximum(np.concatenate([[0], ends]), self.head)[None, :] + ages[:, None] - shift
        odds = self.at_least[np.clip(whole, 0, len(self.at_least) - 1)]
        with np.errstate(divide="ignore", invalid="ignore"):
            left = odds / odds[:, :1]
        return np.concatenate([left[:, :-1] - left[:, 1:], left[:, -1:]], axis=1)

    def days(self, share: float) -> float | None:
        """The days within which `share` of the payouts come; None where that many never do."""
        reached = np.flatnonzero(1.0 - self.at_least >= share - 1e-12)
        return float(reached[0] - 1) if len(reached) else None


@dataclass(frozen=True)
class Lags:
    """Laws until cash by (start, market); market "*" stands in where a market has too few payouts of its own.

    `payday`: the day of the week all payouts come on (0 is Monday; None: they keep to none); `settling`: the laws until
    an order is settled, where there is one.
    """

    laws: Mapping[tuple[str, str], Lag]
    own: frozenset[tuple[str, str]]
    payday: int | None = None
    settling: Mapping[tuple[str, str], Lag] = field(default_factory=dict)

    def of(self, start: str, market: str) -> Lag | None:
        """The law of a market, else of all, until what `cut_offs` count from; None where nothing was ever paid out."""
        laws = self.laws if self.payday is None else self.settling
        return laws.get((start, market)) or laws.get((start, EVERYWHERE))

    def cut_offs(self, ends: Ints, today: date) -> Ints:
        """Days from `today` to the last payday before each of `ends` (-1: none yet); `ends` where there is none."""
        if self.payday is None:
            return ends
        first = (self.payday - today.weekday()) % _WEEK
        return np.where(ends > first, first + (ends - 1 - first) // _WEEK * _WEEK, -1)

    def frame(self) -> pl.DataFrame:
        """start, market, payouts, days_p10, days_p50, days_p90, wander_days."""
        rows = [
            (start, market, lag.paid, lag.days(0.1), lag.days(0.5), lag.days(0.9), lag.wander)
            for (start, market), lag in sorted(self.laws.items())
        ]
        names = ("days_p10", "days_p50", "days_p90", "wander_days")
        schema = {"start": pl.String, "market": pl.String, "payouts": pl.Int64, **dict.fromkeys(names, pl.Float64)}
        return pl.DataFrame(rows, schema=schema, orient="row")


def payout_lags(
    orders: pl.DataFrame, settlements: pl.DataFrame, delivered: pl.DataFrame, *, as_of: datetime, enough: int = 30
) -> tuple[Lags, pl.DataFrame]:
    """The lags until cash, and each order's own dates.

    `orders` (ORDER, market, ordered_at: one row an order that was not called off), `delivered` (ORDER, delivered_at).
    An order's cash comes with the first payout of its shop, currency and market at or after its sale was settled; where
    no payout is on record for them, on the day it is settled. A market with fewer than `enough` payouts takes the law
    of all. Dates frame: ORDER, market, ordered_on, delivered_on, settled_on, cash_on (null: not yet).
    """
    dates = _dates(orders, settlements, delivered, as_of)
    laws = _laws(dates, "cash", as_of.date(), enough)
    payday = _payday(settlements, as_of)
    settling: dict[tuple[str, str], Lag] = {}
    if payday is not None:
        settling = _laws(dates, "settled", as_of.date(), enough)
        settling |= {key: replace(lag, due=True) for key, lag in laws.items() if key[0] == "settled"}
    return Lags(laws, frozenset(laws), payday, settling), dates


def _laws(dates: pl.DataFrame, until: str, today: date, enough: int) -> dict[tuple[str, str], Lag]:
    laws: dict[tuple[str, str], Lag] = {}
    for start in STARTS[: STARTS.index(until)] if until in STARTS else STARTS:
        begun = dates.filter(pl.col(f"{start}_on").is_not_null() & (pl.col(f"{start}_on") <= today))
        begun = begun.sort(*ORDER)
        for market in (EVERYWHERE, *sorted(begun["market"].unique())):
            rows = begun if market == EVERYWHERE else begun.filter(market=market)
            lag = _law(rows, start, until, today)
            if lag.paid >= (enough if market != EVERYWHERE else 1):
                laws[start, market] = lag
    return {key: replace(lag, head=_head(laws, *key, dates)) for key, lag in laws.items()}


def _head(laws: Mapping[tuple[str, str], Lag], start: str, market: str, dates: pl.DataFrame) -> int:
    """Days that pass from nearly every delivery on; 0 where it is not said of nearly all orders when they came."""
    after = laws.get(("delivered", market)) or laws.get(("delivered", EVERYWHERE))
    settled = dates.filter(pl.col("settled_on").is_not_null())
    seen = settled["delivered_on"].is_not_null().mean() if settled.height else 0.0
    if start != "ordered" or after is None or _number(seen) < DELIVERY_SEEN:
        return 0
    return int(after.days(SELDOM) or 0)


def _payday(settlements: pl.DataFrame, as_of: datetime) -> int | None:
    """The day of the week payouts come on, where nearly all did."""
    known = settlements.filter((pl.col("known_at") <= as_of).fill_null(True) & (pl.col("settled_at") < as_of))
    days = known.filter(pl.col("kind").cast(pl.String) == "payout").select(pl.col("settled_at").cast(pl.Date)).unique()
    counted = days.group_by(day=pl.col("settled_at").dt.weekday() - 1).agg(n=pl.len()).sort("n", descending=True)
    if days.height < LEAST_PAYDAYS or counted["n"][0] < PAYDAY_SHARE * days.height:
        return None
    return int(counted["day"][0])


def _dates(orders: pl.DataFrame, settlements: pl.DataFrame, delivered: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    known = settlements.filter((pl.col("known_at") <= as_of).fill_null(True) & (pl.col("settled_at") < as_of))
    kind, status = pl.col("kind").cast(pl.String), pl.col("status").cast(pl.String).fill_null("settled")
    sales = (
        known.filter((kind == "sale") & (status == "settled") & pl.col("order_id").is_not_null())
        .group_by(ORDER)
        .agg(pl.col("settled_at").max(), pl.col("currency").first(), settled_in=pl.col("market").first())
    )
    payouts = known.filter(kind == "payout").select(
        "platform", "shop", "currency", settled_in="market", cash_at="settled_at"
    )
    by = ["platform", "shop", "currency", "settled_in"]
    payouts = payouts.with_columns(pl.col("settled_in").fill_null(EVERYWHERE)).unique().sort("cash_at")
    sales = sales.with_columns(pl.col("settled_in").fill_null(EVERYWHERE))
    everywhere = payouts.filter(settled_in=EVERYWHERE).select(by[:3]).unique()
    sales = sales.join(everywhere.with_columns(any_market=True), on=by[:3], how="left").with_columns(
        settled_in=pl.when(pl.col("any_market")).then(pl.lit(EVERYWHERE)).otherwise("settled_in")
    )
    rhythm = payouts.select(by).unique().with_columns(has_payouts=True)
    sales = (
        sales.join(rhythm, on=by, how="left")
        .sort("settled_at")
        .join_asof(payouts, left_on="settled_at", right_on="cash_at", by=by, strategy="forward", check_sortedness=False)
        .with_columns(cash_at=pl.when(pl.col("has_payouts")).then("cash_at").otherwise("settled_at"))
    )
    day = [
        pl.col(f"{name}_at").cast(pl.Date).alias(f"{name}_on") for name in ("ordered", "delivered", "settled", "cash")
    ]
    return (
        orders.join(delivered.filter(pl.col("delivered_at") <= as_of), on=ORDER, how="left")
        .join(sales.select(*ORDER, "settled_at", "cash_at"), on=ORDER, how="left")
        .select(*ORDER, "market", *day)
        .sort(ORDER)
    )


def _law(rows: pl.DataFrame, start: str, until: str, today: date) -> Lag:
    begun, cash = pl.col(f"{start}_on"), pl.col(f"{until}_on")
    paid = rows.filter(cash.is_not_null() & (cash >= begun))
    waits = rows.filter(cash.is_null())
    lags = paid.select((cash - begun).dt.total_days()).to_series().to_numpy().astype(np.int64)
    ages = waits.select((pl.lit(today) - begun).dt.total_days()).to_series().to_numpy().astype(np.int64)
    return Lag(_at_least(lags, ages), _wander(paid, start, until), len(lags))


def _at_least(lags: Ints, ages: Ints) -> Floats:
    """P(lag >= t) for t = 0 .. longest + 1; who still waits at age a is at risk up to day a - 1."""
    longest = int(max(lags.max(initial=0), 0))
    events = np.bincount(lags, minlength=longest + 1)[: longest + 1]
    at_risk = np.array([(lags >= t).sum() + (ages > t).sum() for t in range(longest + 1)], float)
    hazard = np.where(at_risk > 0, events / np.maximum(at_risk, 1.0), 0.0)
    return np.concatenate([[1.0], np.cumprod(1.0 - hazard)])


def _wander(paid: pl.DataFrame, start: str, until: str) -> float:
    """Standard deviation between weeks of the mean lag, beyond what the number of orders explains (days)."""
    lag = (pl.col(f"{until}_on") - pl.col(f"{start}_on")).dt.total_days()
    weeks = (
        paid.with_columns(week=pl.col(f"{start}_on").dt.truncate("1w"), lag=lag)
        .group_by("week")
        .agg(n=pl.len(), mean=pl.col("lag").mean(), spread=pl.col("lag").var())
        .filter(pl.col("n") >= 5)
        .sort("week")
    )
    if weeks.height < 4:
        return 0.0
    by_chance = (weeks["spread"] / weeks["n"]).fill_null(0.0).mean()
    between = weeks["mean"].var()
    return float(max(_number(between) - _number(by_chance), 0.0) ** 0.5)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
