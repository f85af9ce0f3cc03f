"""Which parcels under way will miss their promised date, while something can still be done about it."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import polars as pl

from tradewind.core.distribution import Floats
from tradewind.engine.transit.life_table import area_to, at_age
from tradewind.engine.transit.model import TransitModel
from tradewind.engine.transit.outcomes import LANE, PARCEL, days_between
from tradewind.engine.transit.stages import STAGE, WAITED_DAYS

_NOBODY = 1e-9
_ROWS_AT_ONCE = 50_000
_SCHEMA = {"days_so_far": pl.Float64, "p_late": pl.Float64, "p_never": pl.Float64, "expected_days_left": pl.Float64}


def late_odds(
    model: TransitModel, open_parcels: pl.DataFrame | None = None, as_of: datetime | None = None
) -> pl.DataFrame:
    """Odds of missing the promised date for every parcel still under way that has one.

    `open_parcels` holds parcel keys (None: all the model knows); delivered, given-up and unknown parcels and
    those without `promised_at` are dropped. `as_of` (None: the model's) may be later than the model's: the parcels
    are then taken to have been seen no more since. With F the distribution of the days left, from parcels last seen
    at the same scan that waited as long without another, e the wait and r the days from there to the promise:

        P(late) = (1 - F(r)) / (1 - F(e)),  1 once the date has passed; never arriving counts as late

    Returns parcel key, lane, stage (last scan, or "created"), promised_at, days_so_far (since creation),
    p_late, p_never (both 0 to 1), expected_days_left (days, given that it arrives; null where nobody arrived
    after waiting that long), basis. Sorted by parcel.
    """
    rows = _promised(model, open_parcels, as_of or model.as_of)
    if not rows.height or not model.lane_tally.height:
        nothing = {c: pl.lit(None, t) for c, t in _SCHEMA.items()} | {"basis": pl.lit(None, pl.String)}
        return rows.clear().with_columns(**nothing).select(_OUT)
    parts = [_judged(model, part) for part in rows.iter_slices(_ROWS_AT_ONCE)]
    return pl.concat(parts).select(_OUT).sort(PARCEL)


_OUT = [*PARCEL, *LANE, "stage", "promised_at", *_SCHEMA, "basis"]


def _promised(model: TransitModel, open_parcels: pl.DataFrame | None, as_of: datetime) -> pl.DataFrame:
    rows = model.open_parcels.filter(pl.col("promised_at").is_not_null())
    if open_parcels is not None:
        rows = rows.join(open_parcels.select(PARCEL), on=PARCEL, how="semi")
    now = pl.lit(as_of)
    waited = days_between("since", now)
    return rows.with_columns(
        days_so_far=days_between("created_at", now),
        waited=waited,
        waited_days=_landmark(waited),
        left_to_promise=days_between(now, "promised_at"),
    )


def _landmark(waited: pl.Expr) -> pl.Expr:
    """The longest of WAITED_DAYS that has been waited for."""
    out = pl.lit(WAITED_DAYS[0], pl.Int16)
    for day in WAITED_DAYS[1:]:
        out = pl.when(waited >= day).then(pl.lit(day, pl.Int16)).otherwise(out)
    return out


def _judged(model: TransitModel, rows: pl.DataFrame) -> pl.DataFrame:
    from_stage = _curves(model, rows, by_stage=True)
    from_start = _curves(model, rows, by_stage=False)
    seen = from_stage[:, -1] > 0
    curves = np.where(seen[:, None], from_stage, from_start)
    clock = np.where(seen, (rows["waited"] - rows["waited_days"]).to_numpy(), rows["days_so_far"].to_numpy())
    left = rows["left_to_promise"].to_numpy()
    still = 1.0 - at_age(curves, model.edges, clock)
    missed = 1.0 - at_age(curves, model.edges, clock + np.maximum(left, 0.0))
    never = 1.0 - curves[:, -1]
    waiting = still > _NOBODY
    p_late = np.where((left > 0) & waiting, missed / np.where(waiting, still, 1.0), 1.0)
    p_never = np.where(waiting, never / np.where(waiting, still, 1.0), 1.0)
    return rows.with_columns(
        p_late=pl.Series(np.clip(p_late, 0.0, 1.0)),
        p_never=pl.Series(np.clip(p_never, 0.0, 1.0)),
        expected_days_left=pl.Series(_days_left(curves, model.edges, clock), nan_to_null=True),
        basis=pl.Series(np.where(seen, "transit_late_by_scan", "transit_late_by_age")),
    )


def _curves(model: TransitModel, rows: pl.DataFrame, *, by_stage: bool) -> Floats:
    key = [*LANE, *STAGE] if by_stage else LANE
    rows = rows.with_columns(pl.col("stage").to_physical().cast(pl.Int16))
    distinct = rows.select(key).unique().sort(key, nulls_last=True)
    curves = model.stage_curves(distinct) if by_stage else model.curves(distinct)
    at = rows.select(key).join(
        distinct.with_row_index("row"), on=key, how="left", nulls_equal=True, maintain_order="left"
    )["row"]
    return curves[at.to_numpy()]


def _days_left(curves: Floats, edges: Floats, clock: Floats) -> Floats:
    """E[T - clock | clock < T, it arrives]: the area above the curve up to its end; NaN where none arrive."""
    at = np.clip(clock, 0.0, edges[-1])
    arriving = curves[:, -1] - at_age(curves, edges, at)
    area = curves[:, -1] * (edges[-1] - at) - (
        area_to(curves, edges, np.full(len(at), edges[-1])) - area_to(curves, edges, at)
    )
    return np.divide(area, arriving, out=np.full(len(at), np.nan), where=arriving > _NOBODY)
