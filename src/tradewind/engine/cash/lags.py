"""How long money takes from an order, a delivery or a settlement until it is paid out, by market, with its odds.

Orders not paid out yet count as well: that they have waited so long already is what is known of them (Kaplan and
Meier, 1958, "Nonparametric estimation from incomplete observations"). Leaving them out would make payouts look fast.

Where payouts come on one day of the week, what counts is the time until an order is settled: its money then comes on
the next such day. Taken as a lag like any other, payouts would be spread over days on which none is ever made.

An order that no delivery is known of at some age waits longer than others of that age: its lag is estimated from orders
that stood the same at the same age (van Houwelingen, 2007, "Dynamic prediction by landmarking in event history
analysis").
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
_WEEK, _NEVER = 7, 10**6


@dataclass(frozen=True)
class Lag:
    """The distribution of a lag in whole days.

    survival        P(lag >= 0, 1, 2, ... days), falling from 1
    weekly_sd_days  standard deviation between weeks of a week's mean lag, in days
    paid            payouts it is estimated from
    due             nothing more is waited for but the next payday
    by_age          (ages, days) survival of orders not known to be delivered at each age; None: not known
    """

    survival: Floats
    weekly_sd_days: float
    paid: int
    due: bool = False
    by_age: Floats | None = None

    def weekly(self, ages: Ints, ends: Ints, shift: int = 0) -> Floats:
        """(ages, weeks + 1) odds to be paid in each week, and after them, for what has waited `ages` days.

        `ends` are the days from now to what still counts in each week, rising: its end, or its payday (`cut_offs`; -1
        before the first). `shift` days later than usual (negative: earlier; who still waits then has waited no longer
        than the longest lag seen). Rows that have waited longer than any lag seen are NaN.
        """
        if self.due:
            by_then = np.concatenate([[0.0], ends >= 0, [1.0]])  # whether a payday has come
            return np.where((ages >= len(self.survival))[:, None], np.nan, np.diff(by_then)[None, :])
        curves = self.survival[None, :] if self.by_age is None else self.by_age[np.clip(ages, 0, len(self.by_age) - 1)]
        oldest = (curves > 0).sum(axis=1) - 1
        begun = np.where(ages <= oldest, np.minimum(ages - shift, oldest), ages - shift)
        day = np.concatenate([[0], np.maximum(ends, 0)])[None, :] + begun[:, None]
        odds = np.take_along_axis(curves, np.clip(day, 0, len(self.survival) - 1), axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            left = odds / odds[:, :1]
        return np.concatenate([left[:, :-1] - left[:, 1:], left[:, -1:]], axis=1)

    def days(self, share: float) -> float | None:
        """The days within which `share` of the payouts come; None where that many never do."""
        reached = np.flatnonzero(1.0 - self.survival >= share - 1e-12)
        return float(reached[0] - 1) if len(reached) else None


@dataclass(frozen=True)
class Lags:
    """Lags until cash by (start, market); market "*" stands in where a market has too few payouts of its own.

    `payday`: the day of the week all payouts come on (0 is Monday; None: they keep to none); `until_settled`: the lags
    until an order is settled, where there is a payday; `last_paid`: the day of the last payout.
    """

    until_cash: Mapping[tuple[str, str], Lag]
    own: frozenset[tuple[str, str]]
    payday: int | None = None
    until_settled: Mapping[tuple[str, str], Lag] = field(default_factory=dict)
    last_paid: date | None = None

    def of(self, start: str, market: str) -> Lag | None:
        """The lag of a market, else of all, until what `cut_offs` count from; None where nothing was ever paid out."""
        lags = self.until_cash if self.payday is None else self.until_settled
        return lags.get((start, market)) or lags.get((start, EVERYWHERE))

    def cut_offs(self, ends: Ints, today: date) -> Ints:
        """Days from `today` to the last payday before each of `ends` (-1: none yet); `ends` where there is none."""
        if self.payday is None:
            return ends
        first = (self.payday - today.weekday()) % _WEEK
        if first == 0 and self.last_paid == today:
            first = _WEEK
        return np.where(ends > first, first + (ends - 1 - first) // _WEEK * _WEEK, -1)

    def frame(self) -> pl.DataFrame:
        """start, market, payouts, days_p10, days_p50, days_p90, wander_days."""
        rows = [
            (start, market, lag.paid, lag.days(0.1), lag.days(0.5), lag.days(0.9), lag.weekly_sd_days)
            for (start, market), lag in sorted(self.until_cash.items())
        ]
        names = ("days_p10", "days_p50", "days_p90", "wander_days")
        schema = {"start": pl.String, "market": pl.String, "payouts": pl.Int64, **dict.fromkeys(names, pl.Float64)}
        return pl.DataFrame(rows, schema=schema, orient="row")


def payout_lags(
    orders: pl.DataFrame, settlements: pl.DataFrame, delivered: pl.DataFrame, *, as_of: datetime, min_payouts: int = 30
) -> tuple[Lags, pl.DataFrame]:
    """The lags until cash, and each order's own dates.

    `orders` (ORDER, market, ordered_at: one row an order that was not called off), `delivered` (ORDER, delivered_at).
    An order's cash comes with the first payout of its shop, currency and market at or after its sale was settled, on
    a later day where payouts keep to one of the week (a batch holds what was settled before its day); where no payout
    is on record for them, on the day it is settled. A market with fewer than `min_payouts` payouts takes the lag
    of all. Dates frame: ORDER, market, ordered_on, delivered_on, settled_on, cash_on (null: not yet).
    """
    payday, last_paid = _payday(settlements, as_of)
    dates = _dates(orders, settlements, delivered, as_of, later_day=payday is not None)
    until_cash = _lags(dates, "cash", as_of.date(), min_payouts)
    until_settled: dict[tuple[str, str], Lag] = {}
    if payday is not None:
        until_settled = _lags(dates, "settled", as_of.date(), min_payouts)
        until_settled |= {key: replace(lag, due=True) for key, lag in until_cash.items() if key[0] == "settled"}
    return Lags(until_cash, frozenset(until_cash), payday, until_settled, last_paid), dates


def _lags(dates: pl.DataFrame, until: str, today: date, min_payouts: int) -> dict[tuple[str, str], Lag]:
    lags: dict[tuple[str, str], Lag] = {}
    for start in STARTS[: STARTS.index(until)] if until in STARTS else STARTS:
        begun = dates.filter(pl.col(f"{start}_on").is_not_null() & (pl.col(f"{start}_on") <= today))
        begun = begun.sort(*ORDER)
        for market in (EVERYWHERE, *sorted(begun["market"].unique())):
            rows = begun if market == EVERYWHERE else begun.filter(market=market)
            lag = _lag(rows, start, until, today)
            if lag.paid >= (min_payouts if market != EVERYWHERE else 1):
                lags[start, market] = lag
    return lags


def _payday(settlements: pl.DataFrame, as_of: datetime) -> tuple[int | None, date | None]:
    """The day of the week payouts come on, where nearly all did, and the last day one came."""
    known = settlements.filter((pl.col("known_at") <= as_of).fill_null(True) & (pl.col("settled_at") < as_of))
    payouts = known.filter(pl.col("kind").cast(pl.String) == "payout")
    days = payouts.select(day=pl.col("settled_at").cast(pl.Date)).unique()
    counted = days.group_by(weekday=pl.col("day").dt.weekday() - 1).agg(n=pl.len()).sort("n", descending=True)
    if days.height < LEAST_PAYDAYS or counted["n"][0] < PAYDAY_SHARE * days.height:
        return None, None
    last: date = days["day"].sort()[-1]
    return int(counted["weekday"][0]), last


def _dates(
    orders: pl.DataFrame, settlements: pl.DataFrame, delivered: pl.DataFrame, as_of: datetime, *, later_day: bool
) -> pl.DataFrame:
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
    payouts = payouts.with_columns(pl.col("settled_in").fill_null(EVERYWHERE)).sort("cash_at")
    everywhere = payouts.filter(settled_in=EVERYWHERE).select(by[:3]).unique()
    sales = sales.join(everywhere.with_columns(any_market=True), on=by[:3], how="left").with_columns(
        settled_in=pl.when(pl.col("any_market")).then(pl.lit(EVERYWHERE)).otherwise("settled_in")
    )
    batches = payouts.select(by).unique().with_columns(has_payouts=True)
    sales = (
        sales.join(batches, on=by, how="left")
        .with_columns(ready_at=pl.col("settled_at").dt.offset_by("1d").dt.truncate("1d") if later_day else "settled_at")
        .sort("ready_at")
        .join_asof(payouts, left_on="ready_at", right_on="cash_at", by=by, strategy="forward", check_sortedness=False)
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


def _lag(rows: pl.DataFrame, start: str, until: str, today: date) -> Lag:
    begun, cash = pl.col(f"{start}_on"), pl.col(f"{until}_on")
    paid = rows.filter(cash.is_not_null() & (cash >= begun))
    waits = rows.filter(cash.is_null())
    lags = paid.select((cash - begun).dt.total_days()).to_series().to_numpy().astype(np.int64)
    ages = waits.select((pl.lit(today) - begun).dt.total_days()).to_series().to_numpy().astype(np.int64)
    lag = Lag(_survival(lags, ages), _weekly_sd(paid, start, until), len(lags))
    if start != "ordered" or rows["delivered_on"].null_count() == rows.height:
        return lag
    return replace(lag, by_age=_by_age(lag, (paid, lags), (waits, ages)))


def _by_age(lag: Lag, paid: tuple[pl.DataFrame, Ints], waits: tuple[pl.DataFrame, Ints]) -> Floats:
    """For each age the odds of an order neither paid nor known to be delivered at that age; those of all where no such
    order was ever paid."""
    delivered = [
        rows.select((pl.col("delivered_on") - pl.col("ordered_on")).dt.total_days().fill_null(_NEVER))
        .to_series()
        .to_numpy()
        for rows, _ in (paid, waits)
    ]
    days = len(lag.survival)
    table = np.tile(lag.survival, (days, 1))
    for age in range(1, days):
        of_paid, of_waits = (
            waited[(waited >= age) & (came >= age)] for (_, waited), came in zip((paid, waits), delivered, strict=True)
        )
        if len(of_paid):
            found = _survival(of_paid, of_waits)
            table[age, : len(found)], table[age, len(found) :] = found, found[-1]
    return table


def _survival(lags: Ints, ages: Ints) -> Floats:
    """P(lag >= t) for t = 0 .. longest + 1; who still waits at age a is at risk up to day a - 1."""
    longest = int(max(lags.max(initial=0), 0))
    events = np.bincount(lags, minlength=longest + 1)[: longest + 1]
    paid_from = np.cumsum(events[::-1])[::-1]
    waiting = np.bincount(np.minimum(ages, longest + 1), minlength=longest + 2)
    at_risk = (paid_from + np.cumsum(waiting[::-1])[::-1][1:]).astype(float)
    hazard = np.where(at_risk > 0, events / np.maximum(at_risk, 1.0), 0.0)
    return np.concatenate([[1.0], np.cumprod(1.0 - hazard)])


def _weekly_sd(paid: pl.DataFrame, start: str, until: str) -> float:
    """Standard deviation between weeks of the mean lag, beyond what the number of orders explains (days)."""
    lag = (pl.col(f"{until}_on") - pl.col(f"{start}_on")).dt.total_days()
    weeks = (
        paid.with_columns(week=pl.col(f"{start}_on").dt.truncate("1w"), lag=lag)
        .group_by("week")
        .agg(n=pl.len(), mean=pl.col("lag").mean(), variance=pl.col("lag").var())
        .filter(pl.col("n") >= 5)
        .sort("week")
    )
    if weeks.height < 4:
        return 0.0
    by_chance = (weeks["variance"] / weeks["n"]).mean()
    between = weeks["mean"].var()
    return float(max(_number(between) - _number(by_chance), 0.0) ** 0.5)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
