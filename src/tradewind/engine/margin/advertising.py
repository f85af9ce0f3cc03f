"""What advertising costs per unit sold, and how many orders a visit brings, from the traffic table."""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from tradewind.core.money import convert
from tradewind.engine.margin.costing import loaded
from tradewind.engine.margin.lines import known_lines, sold_lines

_KEYS = ["sku", "market"]


def ad_costs(
    traffic: pl.DataFrame | None,
    order_lines: pl.DataFrame,
    *,
    as_of: datetime,
    base: str,
    fx: pl.DataFrame,
    weeks: int = 8,
) -> pl.DataFrame:
    """Per sku and market of the `weeks` before `as_of`: ad_per_unit (spend / units sold, base currency) and conversion
    (orders / visitors; null where visitors are not counted). Pairs that were advertised and sold; sorted by key.

    Spend is that of the channel "ads", or of "all" where ads are not kept apart; a rate that is missing leaves the pair
    out. Sales without advertising count too: it is an average, not what one more unit would need.
    """
    since = as_of - timedelta(weeks=weeks)
    seen = loaded("traffic", traffic).filter(
        (pl.col("known_at") <= as_of) & (pl.col("on_date") >= since.date()) & (pl.col("on_date") < as_of.date())
    )
    spent = convert(seen, "ad_spend", "currency", "on_date", base, fx)
    seen = seen.with_columns(pl.col("channel").cast(pl.String), spent=spent)
    of_ads, of_all = (pl.col("channel") == name for name in ("ads", "all"))
    shown = seen.group_by(_KEYS).agg(
        spent=pl.when(of_ads.any()).then(_whole("spent", of_ads)).otherwise(_whole("spent", of_all)),
        visitors=pl.col("visitors").filter(of_all).sum(),
    )
    lines = sold_lines(known_lines(order_lines, as_of)).filter(pl.col("ordered_at") >= since)
    sold = lines.group_by(_KEYS).agg(units=pl.col("units").sum(), orders=pl.col("order_no").n_unique())
    visited = pl.col("visitors") > 0
    return (
        shown.join(sold, on=_KEYS)
        .filter(pl.col("spent").is_not_null() & (pl.col("units") > 0))
        .select(
            *_KEYS,
            ad_per_unit=pl.col("spent") / pl.col("units"),
            conversion=pl.when(visited).then(pl.col("orders") / pl.col("visitors")),
        )
        .sort(_KEYS)
    )


def _whole(column: str, of: pl.Expr) -> pl.Expr:
    """The sum over the rows meant that say something; unknown where an amount has no rate."""
    said = pl.col("ad_spend").is_not_null() & of
    unknown = (said & pl.col(column).is_null()).any()
    return pl.when(~unknown & said.any()).then(pl.col(column).filter(said).sum())
