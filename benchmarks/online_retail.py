"""Weekly demand odds on a gift wholesaler's invoices (UCI Online Retail II), against what anyone could do.

    python -m benchmarks.online_retail --data FOLDER --json [--predictions OUT.parquet]

A rolling back-test over the last 26 complete weeks of whatever is given (a file or a folder that `tradewind import`
reads as `uci-online-retail`): each of these weeks is forecast 1, 4, 8 and 13 weeks ahead from what was known then.
Scored are the pairs of SKU and country with at least 26 weeks of history and a sale in the last 26, both as of
each origin; the United Kingdom and the other countries apart. The loss is the mean pinball loss over the levels 0.01
to 0.99, divided by the pair's mean weekly units over its history as of the origin. Beside it: the loss divided by
the pair's last 26 weeks, the loss per unit sold, bias, and coverage of the 80 % band by randomised PIT.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measure import machine
from tradewind.core.distribution import Distribution, Floats
from tradewind.core.scenarios import row_keys, uniforms
from tradewind.core.weeks import WEEK, week_of
from tradewind.data.intake import ParseContext, detect, parse
from tradewind.engine.demand import forecast, weekly_sales
from tradewind.engine.demand.baselines import BASELINES, RECENT_WEEKS
from tradewind.engine.demand.panel import Panel, panel_of
from tradewind.engine.demand.scores import LEVELS_99, pinball, randomised_pit

WEEKS = 26
HISTORY = 26
AHEAD = (1, 4, 8, 13)
HOME = "GB"
OURS = "tradewind"
SEED = 7


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="file or folder of the invoices")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of a table")
    parser.add_argument("--predictions", type=Path, help="write our quantiles to this Parquet file")
    options = parser.parse_args()
    start = time.perf_counter()
    lines = order_lines(options.data)
    scored, predictions = replay(lines, keep=options.predictions is not None)
    if options.predictions is not None:
        predictions.write_parquet(options.predictions)
    scores = summary(scored)
    facts = {
        "benchmark": "online_retail",
        "machine": machine(),
        "first_day": lines["ordered_at"].min().date().isoformat(),  # type: ignore[union-attr]
        "last_day": lines["ordered_at"].max().date().isoformat(),  # type: ignore[union-attr]
        "weeks": WEEKS,
        "seconds": round(time.perf_counter() - start, 1),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "bars": bars(scores),
    }
    if options.json:
        print(json.dumps({**facts, "scores": scores.to_dicts()}))
    else:
        with pl.Config(tbl_rows=-1, tbl_cols=-1, tbl_width_chars=160, float_precision=4):
            print(scores, facts)
    return 0


def order_lines(path: Path) -> pl.DataFrame:
    """What the product's own import makes of the files."""
    parts = []
    with tempfile.TemporaryDirectory() as staging:
        for number, source in enumerate(detect(path, "uci-online-retail")):
            place = Path(staging) / str(number)
            place.mkdir()
            batches = parse(source, ParseContext(b"benchmark"), staging=place)
            parts += [
                b.rows.select("sku", "market", "ordered_at", "units", "status")
                for b in batches
                if b.table == "order_lines"
            ]
    return pl.concat(parts)


@dataclass(frozen=True)
class Cases:
    """Pairs scored from one origin: keys, their rows in the panel, and their level by history and lately."""

    keys: pl.DataFrame
    rows: np.ndarray
    level: Floats
    recent: Floats


def replay(lines: pl.DataFrame, *, keep: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sums of losses by group, method and weeks ahead, and our predictions where kept."""
    newest = lines["ordered_at"].max()
    assert newest is not None
    end = week_of(newest.date() + WEEK / 7)  # type: ignore[union-attr]
    sales = weekly_sales(lines, first_week=end)
    actual = panel_of(sales, first_week=end)
    scored, kept = [], []
    for origin, aheads in _origins(len(actual.weeks)):
        day = actual.weeks[0] + WEEK * origin
        known = sales.filter(pl.col("week") < day)
        past = panel_of(known, first_week=day)
        cases = _cases(past)
        for method, ahead, mean, quantiles in _forecasts(known, past, cases, day, aheads):
            units = _units(actual, cases.keys, origin + ahead - 1)
            scored.append(_judged(cases, method, ahead, day, units, mean, quantiles))
            if keep and method == OURS:
                kept.append(_rows(cases, ahead, day, units, mean, quantiles))
    return pl.concat(scored), pl.concat(kept) if kept else pl.DataFrame()


def _origins(weeks: int) -> list[tuple[int, list[int]]]:
    """Week numbers to forecast from, and how far ahead, so that each of the last 26 weeks is hit at each distance."""
    wanted: dict[int, list[int]] = {}
    for target in range(weeks - WEEKS, weeks):
        for ahead in AHEAD:
            wanted.setdefault(target - ahead + 1, []).append(ahead)
    return sorted((origin, aheads) for origin, aheads in wanted.items() if origin >= HISTORY)


def _cases(past: Panel) -> Cases:
    first = (past.units > 0).argmax(axis=1)
    age = len(past.weeks) - first
    recent = past.units[:, -RECENT_WEEKS:].mean(axis=1)
    rows = np.flatnonzero((age >= HISTORY) & (recent > 0))
    level = past.units[rows].sum(axis=1) / age[rows]
    return Cases(past.keys.select("sku", "market")[rows], rows, level, recent[rows])


def _forecasts(
    known: pl.DataFrame, past: Panel, cases: Cases, day: date, aheads: list[int]
) -> Iterator[tuple[str, int, Floats, Floats]]:
    """Method, weeks ahead, means (n,) and quantiles (n, 99) of the pairs scored."""
    horizon = max(aheads)
    demand = forecast(known, first_week=day, horizon_weeks=horizon, only=cases.keys)
    odds = Distribution.from_frame(demand, "count")
    for ahead in aheads:
        mine = odds.take(np.arange(len(cases.rows)) * horizon + ahead - 1)
        yield OURS, ahead, mine.mean, mine.quantile(np.broadcast_to(LEVELS_99, (len(mine), len(LEVELS_99))))
    chosen = past.take(cases.rows)
    for name, baseline in BASELINES.items():
        samples = np.sort(baseline(chosen, horizon), axis=2)
        at = np.ceil(LEVELS_99 * samples.shape[2] - 1e-9).astype(int) - 1
        for ahead in aheads:
            drawn = samples[:, ahead - 1]
            yield name, ahead, drawn.mean(axis=1), drawn[:, at]


def _units(actual: Panel, keys: pl.DataFrame, week: int) -> Floats:
    places = actual.keys.select("sku", "market").with_row_index("place")
    rows = keys.join(places, on=["sku", "market"], how="left", maintain_order="left")["place"].to_numpy()
    return actual.units[rows, week]


def _judged(
    cases: Cases, method: str, ahead: int, day: date, units: Floats, mean: Floats, quantiles: Floats
) -> pl.DataFrame:
    loss = pinball(units, quantiles)
    dice = uniforms(row_keys(cases.keys, ["sku", "market"]), [day.toordinal() + ahead], 1, SEED)[:, 0, 0]
    place = randomised_pit(units, quantiles, dice)
    return (
        pl.DataFrame(
            {
                "group": np.where((cases.keys["market"] == HOME).to_numpy(), "UK", "other countries"),
                "loss": loss / cases.level,
                "loss_recent": loss / cases.recent,
                "loss_units": loss,
                "units": units,
                "mean": mean,
                "inside": (place >= 0.1) & (place <= 0.9),
                "below": place < 0.1,
                "above": place > 0.9,
            }
        )
        .group_by("group")
        .agg(pl.len().alias("cases"), pl.all().sum())
        .with_columns(method=pl.lit(method), weeks_ahead=pl.lit(ahead))
    )


def summary(scored: pl.DataFrame) -> pl.DataFrame:
    """Scores by group, weeks ahead (0: all) and method."""
    every = pl.concat([scored, scored.with_columns(weeks_ahead=pl.lit(0, pl.Int32))])
    cases = pl.col("cases").sum()
    return (
        every.group_by("group", "weeks_ahead", "method")
        .agg(
            cases=cases,
            loss=pl.col("loss").sum() / cases,
            loss_recent=pl.col("loss_recent").sum() / cases,
            loss_per_unit=pl.col("loss_units").sum() / pl.col("units").sum(),
            bias=pl.col("mean").sum() / pl.col("units").sum() - 1,
            coverage=pl.col("inside").sum() / cases,
            below=pl.col("below").sum() / cases,
            above=pl.col("above").sum() / cases,
        )
        .sort("group", "weeks_ahead", "loss")
    )


def bars(scores: pl.DataFrame) -> list[dict[str, object]]:
    """The two things asked of each group: a loss below the best baseline's, coverage within 75 to 85 %."""
    out: list[dict[str, object]] = []
    for group in scores["group"].unique().sort():
        here = scores.filter((pl.col("group") == group) & (pl.col("weeks_ahead") == 0))
        ours = here.row(by_predicate=pl.col("method") == OURS, named=True)
        best = here.filter(pl.col("method") != OURS).sort("loss").row(0, named=True)
        out.append(
            {
                "group": group,
                "loss": round(ours["loss"], 4),
                "best_baseline": best["method"],
                "best_baseline_loss": round(best["loss"], 4),
                "loss_met": ours["loss"] < best["loss"],
                "coverage": round(ours["coverage"], 4),
                "coverage_met": 0.75 <= ours["coverage"] <= 0.85,
            }
        )
    return out


def _rows(cases: Cases, ahead: int, day: date, units: Floats, mean: Floats, quantiles: Floats) -> pl.DataFrame:
    levels = {f"q{level:.2f}": quantiles[:, i].astype(np.int32) for i, level in enumerate(LEVELS_99)}
    return cases.keys.select(series=pl.concat_str(["sku", "market"], separator="|")).with_columns(
        pl.lit(day).alias("origin"),
        pl.lit(day + WEEK * (ahead - 1)).alias("week"),
        pl.Series("mean", mean),
        *[pl.Series(name, values) for name, values in levels.items()],
        cases.keys["sku"],
        cases.keys["market"],
        pl.lit(ahead).alias("weeks_ahead"),
        pl.Series("units", units.astype(np.int64)),
        pl.Series("level", cases.level),
    )


if __name__ == "__main__":
    sys.exit(main())
