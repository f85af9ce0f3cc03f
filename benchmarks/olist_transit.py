"""Transit times and promises on the Olist marketplace, month by month, each judged by parcels created after its origin.

    python -m benchmarks.olist_transit --data DIR [--json]

At the start of each month the model is fitted with what was known then; the parcels created in the month are
judged by their lane (seller's state to buyer's state). A parcel is judged when it is at least `OBSERVED_DAYS` old
at the end of the data; younger ones are left out whether they have arrived or not, since keeping the arrived would
flatter. Two coverages of the 0.9 quantile:

    arrived   quantile of the distribution given arrival, over the parcels that arrived
    all       quantile of the full distribution, odds of never included, over all parcels; one not arrived is outside

In the small public sample undelivered parcels are over-represented about four times, so "all" is not the marketplace's
true figure there. The months from `HELD_OUT_FROM` on are held out of every fit, not untouched: they were in sight while
the method was built, and that one drift holds for all ages and the prior of its overdispersion
(`TransitParams.overdispersion`, `pseudo_months`) were settled with them in view; the months before do not ask for it.
Weekly origins show the same for who plans every week. Beside it: the marketplace's own dates; a plain quantile of
the lane's delivered parcels (at least 30, else of its region, else of all), which forgets those in flight; and
the quantile of all delivered parcels of the service. On time is by calendar day, as a buyer counts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measure import machine
from tradewind.core.distribution import Distribution
from tradewind.data.intake import ParseContext, detect, parse
from tradewind.engine.promise import PromiseParams, promise
from tradewind.engine.transit import TransitParams, fit_transit
from tradewind.engine.transit.late_risk import late_odds

LEVEL = 0.9
OBSERVED_DAYS = 45.0
FIRST_ORIGIN = datetime(2017, 3, 1, tzinfo=UTC)
HELD_OUT_FROM = datetime(2017, 9, 1, tzinfo=UTC)
LANE = ["service", "node", "market", "region"]
PARCEL = ["platform", "shop", "parcel_id"]
ZONE = "America/Sao_Paulo"
LONGEST_DAYS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with the Olist files")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    options = parser.parse_args()
    parcels, events = read(options.data)
    result = benchmark(parcels, events)
    print(json.dumps(result, default=str) if options.json else told(result))


def read(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Parcels and events as the importer reads them."""
    batches: dict[str, list[pl.DataFrame]] = {"parcels": [], "events": []}
    with tempfile.TemporaryDirectory() as staging:
        for source in detect(folder):
            for batch in parse(source, ParseContext(b"benchmark"), staging=Path(staging)):
                if batch.table in batches:
                    batches[batch.table].append(batch.rows)
    return pl.concat(batches["parcels"]), pl.concat(batches["events"])


def benchmark(parcels: pl.DataFrame, events: pl.DataFrame) -> dict[str, object]:
    """Coverage, pinball loss, promises and late odds; see the module's docstring."""
    outcomes = judged_parcels(parcels, events)
    monthly = rolling(parcels, events, outcomes, "1mo", TransitParams())
    weekly = rolling(parcels, events, outcomes, "1w", TransitParams())
    held_out = monthly.filter(pl.col("created_at") >= HELD_OUT_FROM)
    return {
        "machine": machine(),
        "parcels": parcels.height,
        "held_out": {
            "monthly origins": scores(held_out, "ours"),
            "weekly origins": scores(weekly.filter(pl.col("created_at") >= HELD_OUT_FROM), "ours"),
            "drift taken as certain": scores(held_out, "certain"),
            "without drift": scores(held_out, "no_drift"),
            "plain lane quantile": scores(held_out, "lane"),
            "service-wide quantile": scores(held_out, "service"),
        },
        "tuned_on": scores(monthly.filter(pl.col("created_at") < HELD_OUT_FROM), "ours"),
        "months": by_month(monthly, weekly),
        "promises": promises_against_the_marketplace(held_out),
        "late_odds": late_odds_over_time(parcels, events, outcomes),
    }


def judged_parcels(parcels: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """All parcels with days to delivery (null: not delivered), how old they are at the end, dates in local time."""
    end = max(parcels["created_at"].max(), events["happened_at"].max())  # type: ignore[type-var]
    delivered = (
        events.filter(pl.col("milestone") == "delivered").group_by(PARCEL).agg(delivered_at=pl.col("happened_at").min())
    )
    days = (pl.col("delivered_at") - pl.col("created_at")).dt.total_seconds() / 86_400
    local = {c: pl.col(f"{c}_at").dt.convert_time_zone(ZONE).dt.date() for c in ("created", "delivered", "promised")}
    return (
        parcels.join(delivered, on=PARCEL, how="left")
        .with_columns(days=days, age=(pl.lit(end) - pl.col("created_at")).dt.total_seconds() / 86_400)
        .with_columns(
            calendar_days=(local["delivered"] - local["created"]).dt.total_days(),
            promised_days=(local["promised"] - local["created"]).dt.total_days(),
            judged=pl.col("age") >= OBSERVED_DAYS,
        )
    )


def rolling(
    parcels: pl.DataFrame, events: pl.DataFrame, outcomes: pl.DataFrame, every: str, params: TransitParams
) -> pl.DataFrame:
    """The judged parcels with each method's quantiles, from the last origin before they were created."""
    out = []
    for origin, until in periods(outcomes, every):
        fresh = outcomes.filter(pl.col("judged") & (pl.col("created_at") >= origin) & (pl.col("created_at") < until))
        if fresh.height:
            known = delivered_by(outcomes, origin)
            out.append(
                fresh.join(ours(parcels, events, fresh, origin, params), on=LANE, nulls_equal=True)
                .join(without_censoring(known, fresh), on=LANE, nulls_equal=True)
                .with_columns(month=pl.col("created_at").dt.strftime("%Y-%m"))
            )
    return pl.concat(out)


def periods(outcomes: pl.DataFrame, every: str) -> Iterator[tuple[datetime, datetime]]:
    last = outcomes["created_at"].max()
    starts = pl.datetime_range(FIRST_ORIGIN, last, every, time_zone="UTC", eager=True).to_list()
    if every == "1w":
        starts = pl.datetime_range(
            FIRST_ORIGIN - timedelta(days=FIRST_ORIGIN.weekday()), last, every, time_zone="UTC", eager=True
        ).to_list()
    yield from zip(starts, [*starts[1:], last + timedelta(days=1)], strict=True)  # type: ignore[operator]


def ours(
    parcels: pl.DataFrame, events: pl.DataFrame, fresh: pl.DataFrame, origin: datetime, params: TransitParams
) -> pl.DataFrame:
    """Per lane: mean and quantiles, the latter also without overdispersion and drift; promised days, odds by day."""
    lanes = fit_transit(parcels, events, as_of=origin, params=params).predict(fresh)
    less = {
        "certain": TransitParams(overdispersion=0.0),
        "no_drift": TransitParams(overdispersion=0.0, pseudo_arrivals=1e12),
    }
    certain, no_drift = (
        quantiles(fit_transit(parcels, events, as_of=origin, params=without).predict(fresh), name)
        for name, without in less.items()
    )
    odds = Distribution.from_frame(lanes, "time")
    by_day = odds.cdf(np.broadcast_to(np.arange(1.0, LONGEST_DAYS + 1), (len(odds), LONGEST_DAYS)))
    # The marketplace promises on every order, however thin its lane.
    dates = promise(lanes, PromiseParams(on_time_odds=LEVEL, min_parcels=1))
    return (
        quantiles(lanes, "ours")
        .with_columns(lanes["mean"])
        .join(certain, on=LANE, nulls_equal=True)
        .join(no_drift, on=LANE, nulls_equal=True)
        .with_columns(pl.Series("by_day", by_day))
        .join(dates.select(*LANE, "promise_days"), on=LANE, nulls_equal=True)
    )


def quantiles(lanes: pl.DataFrame, name: str) -> pl.DataFrame:
    odds = Distribution.from_frame(lanes, "time")
    return lanes.select(LANE).with_columns(
        pl.Series(f"{name}_arrived", odds.quantile(LEVEL * (1 - odds.p_zero))),
        pl.Series(f"{name}_all", odds.quantile(LEVEL)),
    )


def delivered_by(outcomes: pl.DataFrame, origin: datetime) -> pl.DataFrame:
    return outcomes.filter(pl.col("delivered_at") <= origin)


def without_censoring(known: pl.DataFrame, fresh: pl.DataFrame) -> pl.DataFrame:
    """What is usually done: the quantile of what has been delivered so far, per lane where there are 30 of it."""
    enough = pl.when(pl.len() >= 30).then(pl.col("days").quantile(LEVEL, "linear"))
    everything = float(known["days"].quantile(LEVEL, "linear") or 0.0)
    return (
        fresh.select(LANE)
        .unique()
        .join(known.group_by(LANE).agg(q_lane=enough), on=LANE, how="left")
        .join(known.group_by("region").agg(q_region=enough), on="region", how="left")
        .with_columns(lane=pl.coalesce("q_lane", "q_region", pl.lit(everything)), service_wide=pl.lit(everything))
        .select(*LANE, lane_arrived="lane", lane_all="lane", service_arrived="service_wide", service_all="service_wide")
    )


def scores(judged: pl.DataFrame, name: str) -> dict[str, float | None]:
    arrived = judged.filter(pl.col("days").is_not_null())
    q, days = arrived[f"{name}_arrived"].to_numpy(), arrived["days"].to_numpy()
    return {
        "parcels": judged.height,
        "arrived": round(arrived.height / judged.height, 4),
        "coverage_arrived": round(float((days <= q).mean()), 4),
        "coverage_all": round(float((judged["days"] <= judged[f"{name}_all"]).fill_null(False).mean() or 0.0), 4),
        "mean_quantile_days": round(float(q.mean()), 2),
        "mean_bias_days": round(float((arrived["mean"] - arrived["days"]).mean()), 2) if name == "ours" else None,  # type: ignore[arg-type]
        "pinball": round(float(np.where(days > q, LEVEL * (days - q), (1 - LEVEL) * (q - days)).mean()), 4),
    }


def by_month(monthly: pl.DataFrame, weekly: pl.DataFrame) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for month in monthly["month"].unique().sort():
        at_month, at_week = (f.filter(pl.col("month") == month) for f in (monthly, weekly))
        rows.append(
            {
                "month": month,
                "held_out": bool(at_month["created_at"].min() >= HELD_OUT_FROM),  # type: ignore[operator]
                **scores(at_month, "ours"),
                **{f"weekly_{k}": v for k, v in scores(at_week, "ours").items() if k.startswith("coverage")},
                "lane_coverage": scores(at_month, "lane")["coverage_arrived"],
                "service_coverage": scores(at_month, "service")["coverage_arrived"],
                **promised(at_month),
            }
        )
    return rows


def promised(judged: pl.DataFrame) -> dict[str, object]:
    """Promise length and on-time share, ours and the marketplace's, over parcels that arrived and both promise on."""
    both = judged.filter(pl.col("calendar_days").is_not_null() & pl.col("promised_days").is_not_null())
    had = both.filter(pl.col("promise_days").is_not_null())
    return {
        "promised_share": round(had.height / max(both.height, 1), 4),
        "promise_days": _mean(had["promise_days"]),
        "on_time": _mean(had["calendar_days"] <= had["promise_days"]),
        "marketplace_days": _mean(both["promised_days"]),
        "marketplace_on_time": _mean(both["calendar_days"] <= both["promised_days"]),
    }


def promises_against_the_marketplace(judged: pl.DataFrame) -> list[dict[str, object]]:
    """Mean length of our promises at the marketplace's own on-time share; our setting is matched in hindsight."""
    both = judged.filter(pl.col("calendar_days").is_not_null() & pl.col("promised_days").is_not_null())
    target = float((both["calendar_days"] <= both["promised_days"]).mean() or 0.0)
    by_day = both["by_day"].to_numpy()
    took = both["calendar_days"].to_numpy()
    given_arrival = by_day / by_day[:, -1:]
    whole = np.arange(1, LONGEST_DAYS + 1)
    rules = {
        "same odds on every lane": lambda x: np.argmax(given_arrival >= x, axis=1) + 1,
        "a late parcel is as bad as L days more": lambda x: np.argmin(whole + x * (1 - given_arrival), axis=1) + 1,
    }
    rows: list[dict[str, object]] = [
        {
            "rule": "the marketplace's dates",
            "setting": None,
            "days": _mean(both["promised_days"]),
            "on_time": round(target, 4),
        }
    ]
    for (name, rule), grid in zip(
        rules.items(), (np.arange(0.5, 0.996, 0.005), np.arange(5.0, 600.0, 5.0)), strict=True
    ):
        best = min(grid, key=lambda x: (abs(float((took <= rule(x)).mean()) - target), x))
        rows.append(
            {
                "rule": name,
                "setting": round(float(best), 3),
                "days": round(float(rule(best).mean()), 2),
                "on_time": round(float((took <= rule(best)).mean()), 4),
            }
        )
    return rows


def late_odds_over_time(parcels: pl.DataFrame, events: pl.DataFrame, outcomes: pl.DataFrame) -> dict[str, object]:
    """P(late) of parcels under way every second week of the held-out months, against what happened."""
    out = []
    at = HELD_OUT_FROM
    end = outcomes.filter(pl.col("judged"))["created_at"].max()
    while at <= end:  # type: ignore[operator]
        out.append(late_odds(fit_transit(parcels, events, as_of=at)).with_columns(as_of=pl.lit(at)))
        at += timedelta(days=14)
    told = (
        pl.concat(out)
        .filter((pl.col("promised_at") > pl.col("as_of")) & (pl.col("days_so_far") < LONGEST_DAYS))
        .join(outcomes.select(*PARCEL, "delivered_at"), on=PARCEL)
        .with_columns(late=(pl.col("delivered_at") > pl.col("promised_at")).fill_null(True).cast(pl.Float64))
    )
    return {
        "asked": told.height,
        "late": _mean(told["late"]),
        "mean_odds": _mean(told["p_late"]),
        "brier": _mean((told["p_late"] - told["late"]) ** 2),
        "brier_of_the_share": _mean((told["late"].mean() - told["late"]) ** 2),
        "auc": round(area_under_curve(told["p_late"], told["late"]), 4),
    }


def area_under_curve(odds: pl.Series, happened: pl.Series) -> float:
    """P(a late parcel had higher odds than one on time)."""
    rank, late = odds.rank().to_numpy(), happened.to_numpy() > 0
    count = late.sum()
    return float((rank[late].sum() - count * (count + 1) / 2) / max(count * (len(late) - count), 1))


def told(result: dict[str, object]) -> str:
    with pl.Config(tbl_rows=60, tbl_cols=30, tbl_width_chars=200, tbl_hide_dataframe_shape=True, float_precision=3):
        held_out = [{"method": k, **v} for k, v in result["held_out"].items()]  # type: ignore[attr-defined]
        tables = [held_out, result["months"], result["promises"], [result["late_odds"]]]
        return "\n".join(str(pl.DataFrame(rows)) for rows in tables)


def _mean(values: pl.Series) -> float | None:
    mean = values.mean()
    return None if mean is None else round(float(mean), 4)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
