"""What to do today, ranked by expected money.

Every room's decisions become proposals of one shape: what to do, for which SKU, market, node or service,
what it is expected to be worth in the workspace's currency, why in one sentence, and which rows stand behind it.
A proposal whose worth is unknown is listed after those whose worth is known; nothing is invented to rank it.

    rank_actions(frames, currency="CNY")  ->  actions
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import polars as pl

from tradewind.engine.modes.control import SELLERS

Frames = Mapping[str, pl.DataFrame]

SHORT_ODDS: Final = 0.1
"""Odds of running short from which it is worth a proposal."""

STALE_DAYS: Final = 7
"""Orders older than this leave a whole week unknown, which would be taken for a week without sales."""

SCHEMA: Final[dict[str, pl.DataType]] = {
    "action": pl.String(),
    "expected_money": pl.Float64(),
    "sku": pl.String(),
    "market": pl.String(),
    "node": pl.String(),
    "service": pl.String(),
    "reason": pl.String(),
    "args": pl.String(),
    "evidence_table": pl.String(),
    "evidence": pl.String(),
}


def rank_actions(frames: Frames, currency: str) -> pl.DataFrame:
    """All proposals of a plan, best first: rank, action, expected_money, currency, …, reason, args, evidence.

    `args` (JSON) fills the placeholders of the sentence `reason`; `evidence` (JSON, column -> value)
    selects the rows of `evidence_table` behind it. Ties are broken by action and identity, so that row
    order of the input does not matter.
    """
    proposals = pl.concat([propose(frames, currency) for propose in PROPOSERS])
    ranked = proposals.sort(
        [pl.col("expected_money"), "action", "sku", "market", "node", "service", "evidence"],
        descending=[True, *[False] * 6],
        nulls_last=True,
    )
    return ranked.select(
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("rank"),
        "action",
        "expected_money",
        pl.lit(currency).alias("currency"),
        pl.exclude("action", "expected_money"),
    )


def order_stock(frames: Frames, currency: str) -> pl.DataFrame:
    """Place the orders the stock plan proposes, of goods whose quantity is the seller's to decide."""
    rows = frames["orders"].filter(pl.col("order_units") > 0)
    barred = _not_the_sellers(frames, "stock_quantity")
    if barred:
        kept = frames["network"].filter(~pl.col("mode").cast(pl.String).is_in(barred).fill_null(False))
        rows = rows.join(kept, on=["node", "sku"], how="semi", maintain_order="left")
    return _proposals(rows, "order_stock", "expected_gain", currency, evidence_table="orders", by=("node", "sku"))


def switch_mode(frames: Frames, currency: str) -> pl.DataFrame:
    """Sell a SKU in the mode that is expected to earn more a month than its present mode."""
    rows = (
        frames["modes"]
        .filter(pl.col("mode") != pl.col("previous_mode"))
        .with_columns(more=pl.col("monthly_margin") - pl.col("present_margin"))
        .filter(pl.col("more") > 0)
    )
    return _proposals(rows, "switch_mode", "more", currency, evidence_table="mode_options", by=("sku",))


def stop_losing(frames: Frames, currency: str) -> pl.DataFrame:
    """Raise the price of, or stop selling, what loses money on every unit in the mode it is sold in; where the retail
    price is not the seller's to set, that is the supply price.

    A SKU that had better switch its mode is left to that proposal.
    """
    month = (
        frames["demand"]
        .group_by("sku", "market")
        .agg(units_4_weeks=pl.col("mean").sort_by("week").head(4).sum())
        .filter(pl.col("units_4_weeks") > 0)
    )
    stays = frames["modes"].filter((pl.col("mode") == pl.col("previous_mode")).fill_null(True))
    sold_in = frames["sold_in"].join(stays, on="sku", how="semi")
    rows = (
        frames["economics"]
        .filter(pl.col("margin") < 0)
        .join(sold_in, on=["sku", "market", "mode"])
        .join(month, on=["sku", "market"])
        .with_columns(unit_loss=-pl.col("margin"))
        .with_columns(
            loss=pl.col("unit_loss") * pl.col("units_4_weeks"),
            reason=pl.when(pl.col("mode").is_in(_not_the_sellers(frames, "retail_price")))
            .then(pl.lit("action.stop_losing.supplied"))
            .otherwise(pl.lit("action.stop_losing.reason")),
        )
        .drop("unknown", strict=False)
    )
    return _proposals(rows, "stop_losing", "loss", currency, evidence_table="economics", by=("sku", "market", "mode"))


def warn_late(frames: Frames, currency: str) -> pl.DataFrame:
    """Tell buyers, or extend the date, before parcels miss their promise; one proposal a service and market."""
    rows = (
        frames["late_parcels"]
        .filter(pl.col("p_late") >= 0.5)
        .group_by("service", "market", maintain_order=True)
        .agg(
            parcels=pl.len(),
            expected_late=pl.col("p_late").sum(),
            money=pl.when(pl.col("cost_if_late").is_not_null().any()).then(
                (pl.col("p_late") * pl.col("cost_if_late")).sum()
            ),
            paid=pl.col("paid_amount").sum(),
        )
        .with_columns(reason=pl.lit("action.warn_late.reason"))
    )
    return _proposals(rows, "warn_late", "money", currency, evidence_table="late_parcels", by=("service", "market"))


def free_space(frames: Frames, currency: str) -> pl.DataFrame:
    """Find room where a warehouse is too small for what would be worth stocking; the reason names its dearest week."""
    rows = (
        frames["capacity"]
        .filter(pl.col("value_per_m3") > 0)
        .sort("value_per_m3", "week", descending=[True, False])
        .unique("node", keep="first", maintain_order=True)
        .with_columns(reason=pl.lit("stock_space"))
    )
    return _proposals(rows, "free_space", "value_per_m3", currency, evidence_table="capacity", by=("node", "week"))


def put_off_deliveries(frames: Frames, currency: str) -> pl.DataFrame:
    """Put deliveries off, or find room, where what lies in a warehouse and is on its way exceeds it before any order.

    Worth: what the orders that find no room for that reason would have gained. The reason names the fullest week.
    """
    blocked = (
        frames["orders"]
        .filter(pl.col("reason") == "stock_overfull")
        .group_by("node", maintain_order=True)
        .agg(pl.col("missed_gain").sum())
    )
    rows = (
        frames["capacity"]
        .filter(pl.col("value_per_m3").is_null() & (pl.col("stock_m3") > pl.col("capacity_m3")))
        .sort(pl.col("stock_m3") / pl.col("capacity_m3"), "week", descending=[True, False])
        .unique("node", keep="first", maintain_order=True)
        .join(blocked, on="node", how="left", maintain_order="left")
        .with_columns(reason=pl.lit("stock_overfull_week"))
    )
    return _proposals(
        rows, "put_off_deliveries", "missed_gain", currency, evidence_table="capacity", by=("node", "week")
    )


def correct_rows(frames: Frames, currency: str) -> pl.DataFrame:
    """Correct the rows of imported files that could not be used; their worth is not known."""
    rows = (
        frames["corrections"]
        .group_by("table", "problem")
        .agg(rows=pl.len(), file=pl.col("file").sort().first())
        .with_columns(
            money=pl.lit(None, dtype=pl.Float64),
            reason=pl.lit("action.correct_rows.reason"),
        )
    )
    return _proposals(rows, "correct_rows", "money", currency, evidence_table="corrections", by=("table", "problem"))


def complete_costs(frames: Frames, currency: str) -> pl.DataFrame:
    """Fill in what keeps margins from being known; what that is worth is not known.

    Components missing on just as many lines with the same revenue are one action: it is the same lines.
    """
    rows = (
        frames["unknown_costs"]
        .group_by("lines", "revenue")
        .agg(pl.col("component").sort().str.join(", "))
        .with_columns(
            money=pl.lit(None, dtype=pl.Float64),
            reason=pl.when(pl.col("revenue") > 0)
            .then(pl.lit("action.complete_costs.reason"))
            .otherwise(pl.lit("action.complete_costs.unpriced")),
        )
    )
    return _proposals(rows, "complete_costs", "money", currency, evidence_table="unknown_costs", by=("lines",))


def import_orders(frames: Frames, currency: str) -> pl.DataFrame:
    """Import a newer export of a shop whose orders ended more than a week before the plan."""
    rows = (
        frames["freshness"]
        .filter(pl.col("days_old") > STALE_DAYS)
        .with_columns(money=pl.lit(None, dtype=pl.Float64), reason=pl.lit("action.import_orders.reason"))
    )
    return _proposals(rows, "import_orders", "money", currency, evidence_table="freshness", by=("platform", "shop"))


def appeal_fine(frames: Frames, currency: str) -> pl.DataFrame:
    """Appeal a fine that the record contradicts while an appeal is open; worth what could come back."""
    rows = _of(frames, "fines").filter((pl.col("verdict") == "against") & pl.col("open") & (pl.col("money") > 0))
    rows = rows.with_columns(
        deadline=pl.col("appeal_by").dt.strftime("%Y-%m-%d %H:%M"),
        reason=pl.when(pl.col("appeal_by").is_null())
        .then(pl.lit("action.appeal_fine.undated"))
        .otherwise(pl.lit("action.appeal_fine.reason")),
    )
    return _proposals(
        rows, "appeal_fine", "money", currency, evidence_table="fines", by=("platform", "shop", "fine_id")
    )


def cash_short(frames: Frames, currency: str) -> pl.DataFrame:
    """Find cash, or put purchases off, before the lowest week; worth what is expected to lack."""
    rows = _of(frames, "cash_low").filter((pl.col("odds_short") >= SHORT_ODDS) & (pl.col("short_money") > 0))
    rows = rows.with_columns(
        lacks=-pl.col("low_p10"),
        odds=pl.col("odds_short") * 100,
        reason=pl.when(pl.col("opening_known"))
        .then(pl.lit("action.cash_short.reason"))
        .otherwise(pl.lit("action.cash_short.needed")),
    )
    return _proposals(rows, "cash_short", "short_money", currency, evidence_table="cash_low", by=("low_week",))


def shop_threshold(frames: Frames, currency: str) -> pl.DataFrame:
    """Act on a figure of the shop that has broken the platform's threshold, or is about to; its worth is not known."""
    rows = (
        _of(frames, "shop_health")
        .filter(pl.col("state").is_in(["broken", "soon"]))
        .with_columns(
            money=pl.lit(None, dtype=pl.Float64),
            reason=pl.concat_str(pl.lit("action.shop_threshold."), "state", pl.lit("_"), "bound"),
            day=pl.col("break_on").cast(pl.String),
        )
    )
    return _proposals(
        rows, "shop_threshold", "money", currency, evidence_table="shop_health", by=("platform", "shop", "figure")
    )


PROPOSERS: Final[tuple[Callable[[Frames, str], pl.DataFrame], ...]] = (
    order_stock,
    switch_mode,
    stop_losing,
    warn_late,
    free_space,
    put_off_deliveries,
    correct_rows,
    complete_costs,
    import_orders,
    appeal_fine,
    cash_short,
    shop_threshold,
)


_LATER: Final[dict[str, dict[str, pl.DataType]]] = {
    "mode_control": {"decision": pl.String(), "mode": pl.String(), "decided_by": pl.String()},
    "fines": {
        "platform": pl.String(), "shop": pl.String(), "fine_id": pl.String(), "verdict": pl.String(),
        "open": pl.Boolean(), "money": pl.Float64(), "appeal_by": pl.Datetime("us", "UTC"),
    },
    "cash_low": {
        "opening_known": pl.Boolean(), "low_p10": pl.Float64(), "low_week": pl.Date(), "odds_short": pl.Float64(),
        "short_money": pl.Float64(),
    },
    "shop_health": {
        "platform": pl.String(), "shop": pl.String(), "figure": pl.String(), "state": pl.String(),
        "bound": pl.String(), "break_on": pl.Date(),
    },
}  # fmt: skip
"""Frames a plan may lack (one kept before there were any), and what is read of them."""


def _not_the_sellers(frames: Frames, decision: str) -> list[str]:
    """The modes in which a decision is somebody else's, by the plan's control matrix."""
    others = _of(frames, "mode_control").filter((pl.col("decision") == decision) & ~pl.col("decided_by").is_in(SELLERS))
    return others["mode"].sort().to_list()


def _of(frames: Frames, name: str) -> pl.DataFrame:
    found = frames.get(name)
    return pl.DataFrame(schema=_LATER[name]) if found is None else found


def _proposals(
    rows: pl.DataFrame, action: str, money: str, currency: str, *, evidence_table: str, by: Sequence[str]
) -> pl.DataFrame:
    """Rows of a decision in the shape of a proposal; the row itself fills the sentence."""
    rows = rows.with_columns(pl.lit(currency).alias("currency"))
    plain = [name for name, kind in rows.schema.items() if not kind.is_nested()]
    identity = [
        pl.col(name).cast(pl.String) if name in rows.columns else pl.lit(None, dtype=pl.String).alias(name)
        for name in ("sku", "market", "node", "service")
    ]
    return rows.select(
        pl.lit(action).alias("action"),
        pl.col(money).cast(pl.Float64).alias("expected_money"),
        *identity,
        pl.col("reason").cast(pl.String),
        pl.struct(plain).struct.json_encode().alias("args"),
        pl.lit(evidence_table).alias("evidence_table"),
        pl.struct(by).struct.json_encode().alias("evidence"),
    )
