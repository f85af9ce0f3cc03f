"""Read a million scans of a tracker and make one history per parcel of them.

    python -m benchmarks.tracking [--events 1000000]

Bar: 1 M events normalised <= 10 s. Included: reading the CSV, its times and zones, the meaning of every code, rows to
correct, and `resolved` (matching with 100,000 parcels, clocks, doubles, customs declared ahead, pickup points, ways
back, order). Not included: writing to the workspace. Beside it a plain script: pandas reads the same file, a dict
maps the codes, and a loop over the sorted rows drops doubles, customs declared ahead and revoked deliveries; it sets no
clocks, settles no contradictions and reports no row.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measure import measured, report

WAY = (
    ("PU_PICKUP_SUCCESS", 0.0, "义乌"), ("SC_INBOUND_SUCCESS", 0.5, "义乌"), ("SC_OUTBOUND_SUCCESS", 0.9, "义乌"),
    ("CC_EX_SUCCESS", 2.0, "上海"), ("LH_DEPART", 3.0, "上海"), ("LH_ARRIVE", 3.4, None), ("CC_IM_SUCCESS", 5.0, None),
    ("GTMS_SC_ARRIVE", 6.0, None), ("GTMS_DO_DEPART", 8.0, None), ("GTMS_SIGNED", 8.3, None),
)  # fmt: skip
MARKETS = np.array(["ES", "FR", "PL", "SA", "BR", "US"])
START = datetime(2026, 1, 1, tzinfo=UTC)


def write(folder: Path, events: int) -> tuple[Path, Path]:
    """The CSV and the parcels: a tenth of the parcels cleared ahead, each thirtieth scan told twice, 1 in 50 returned,
    1 in 100 out of order, and Brazil's clock eleven hours slow."""
    rng = np.random.default_rng(7)
    count = events // len(WAY)
    market = rng.integers(0, len(MARKETS), count)
    sent = rng.uniform(0, 200, count)
    numbers = np.array([f"LP{n:014d}" for n in range(count)])
    code = np.tile([w[0] for w in WAY], (count, 1))
    days = sent[:, None] + np.array([w[1] for w in WAY]) * rng.uniform(0.7, 1.5, (count, 1))
    days += rng.uniform(0, 0.02, days.shape)
    place = np.tile([w[2] or "" for w in WAY], (count, 1)).astype(object)
    place[:, 5:] = MARKETS[market][:, None]
    days[rng.random(count) < 0.1, 6] -= 3.0
    days[:, 5:][MARKETS[market] == "BR"] -= 11 / 24
    days[rng.random(count) < 0.01, 9] -= 6
    code[rng.random(count) < 0.02, 7] = "RETURNED"
    twice = rng.random(days.shape) < 1 / 30
    twice[:, 0] = False
    code[:, 1:][twice[:, 1:]] = code[:, :-1][twice[:, 1:]]
    days[:, 1:][twice[:, 1:]] = days[:, :-1][twice[:, 1:]] + 0.01
    seconds = pl.Series((days.ravel() * 86_400).astype(np.int64))
    told = pl.DataFrame(
        {
            "Tracking number": np.repeat(numbers, len(WAY)),
            "Time": pl.select(pl.lit(START) + pl.duration(seconds=seconds + 8 * 3600)).to_series(),
            "Status code": code.ravel(),
            "Place": place.ravel().astype(str),
        }
    ).with_columns(pl.col("Time").dt.strftime("%Y-%m-%d %H:%M:%S"))
    created = [START + timedelta(days=float(d)) for d in sent]
    parcels = pl.DataFrame(
        {
            "platform": ["aliexpress"] * count, "shop": ["main"] * count, "parcel_id": [f"P{n}" for n in range(count)],
            "tracking_no": numbers, "market": MARKETS[market], "created_at": created, "known_at": created,
        }
    ).with_columns(pl.col("created_at", "known_at").cast(pl.Datetime("us", "UTC")))  # fmt: skip
    told.write_csv(folder / "scans.csv")
    parcels.write_parquet(folder / "parcels.parquet")
    return folder / "scans.csv", folder / "parcels.parquet"


def normalised(scans: Path, parcels: Path) -> dict[str, float]:
    from tradewind.data.intake import ParseContext, detect, parse
    from tradewind.engine.transit.scans import resolved

    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as staging:
        (source,) = detect(scans)
        batches = [b.rows for b in parse(source, ParseContext(b"-"), staging=Path(staging))]
    read = time.perf_counter()
    told = resolved(pl.concat(batches), pl.read_parquet(parcels))
    return {
        "read_seconds": round(read - began, 2),
        "resolve_seconds": round(time.perf_counter() - read, 2),
        "used": told.used.height,
        "unused": told.unused.height,
        "clocks_set": told.used.filter(pl.col("hours_set") != 0).height,
    }


def by_hand(scans: Path, parcels: Path) -> dict[str, float]:
    import pandas as pd

    from tradewind.data.intake.milestones import milestones_of

    known = {code.upper(): milestone for code, milestone in milestones_of("cainiao").items()}
    frame = pd.read_csv(scans)
    frame["Time"] = pd.to_datetime(frame["Time"]).dt.tz_localize("Asia/Shanghai").dt.tz_convert("UTC")
    parcel_of = dict(pl.read_parquet(parcels).select("tracking_no", "parcel_id").iter_rows())
    histories: dict[str, list[tuple[datetime, str]]] = {}
    for row in frame.sort_values("Time").itertuples(index=False):
        number, at, code = row[0], row[1], row[2]
        parcel = parcel_of.get(number)
        milestone = known.get(code)
        if parcel is None or milestone is None:
            continue
        history = histories.setdefault(parcel, [])
        if any(m == milestone and at - t <= timedelta(hours=12) for t, m in history):
            continue
        if milestone == "import_cleared" and not any(m == "departed" for _, m in history):
            continue
        if milestone in ("returned", "lost"):
            history[:] = [(t, m) for t, m in history if m != "delivered"]
        history.append((at, milestone))
    return {"used": sum(map(len, histories.values()))}


def _with_processor_time(work: Callable[..., dict[str, float]], *files: Path) -> dict[str, float]:
    """What `work` gives and the seconds of all cores it took: on a machine that is busy with other things those tell
    more than the clock."""
    began = time.process_time()
    told = work(*files)
    return {"processor_seconds": round(time.process_time() - began, 2), **told}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    events = parser.parse_args().events
    with tempfile.TemporaryDirectory() as place:
        files = write(Path(place), events)
        rows = []
        for case, work in (("Tradewind", normalised), ("pandas and a loop over rows", by_hand)):
            ran = measured(_with_processor_time, work, *files)
            rows.append({"case": f"{events:,} events, {case}", "seconds": round(ran.seconds, 2),
                         "peak_mib": round(ran.peak_mib), **ran.result})  # fmt: skip
        report("tracking", rows)


if __name__ == "__main__":
    main()
