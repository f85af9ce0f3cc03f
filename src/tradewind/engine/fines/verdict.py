"""Whether what is on record contradicts a fine, how long an appeal is open, and what it is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

import polars as pl

from tradewind.core.money import convert
from tradewind.core.rules import Rules
from tradewind.engine.fines.evidence import FINE, MOVED, FineFacts, evidence

VERDICTS: Final = ("against", "for", "silent")
"""The record speaks against the fine, for it, or says nothing that decides."""

_STYLE = "%Y-%m-%d %H:%M"
_DAY_S = 86_400.0


def judge_fines(facts: FineFacts, rules: Rules, *, as_of: datetime, base: str) -> pl.DataFrame:
    """Every fine known at `as_of`, those that can still be appealed first, the nearest deadline on top.

    Against the fine speaks: late_inbound, all SKUs of the consignment received by the time it was due; late_shipment,
    a carrier's scan within the days of `fault.handed_over_within` after the order (the listing's own handling time
    is in no table: an assumption, see the rule); false_shipment, a scan that only a carrier can make; out_of_stock,
    the same, for the goods were there to be sent; wrong_goods and quality, a claim whose reason is the buyer's or the
    carrier's by the `fault.*` rules. The opposite speaks for it. Nothing on record, or a kind that records cannot
    decide (violation, other), is "silent". A check of the record, not a forecast of what the platform will say.

    Returns: the fine's key, kind, order_id, inbound_id, amount, currency, money (`base`, at the fine's day; null
    without a rate), fined_at, appeal_by, days_left (negative: too late; null: not known), open (not judged yet, and
    the deadline not past), status, verdict, facts (number on record), reason (id) and the texts it is filled with.
    """
    known = facts.fines.filter((pl.col("known_at") <= as_of).fill_null(True) & (pl.col("fined_at") <= as_of))
    record = evidence(replace(facts, fines=known), as_of=as_of)
    within = rules.find("fault.handed_over_within", as_of.date())
    judged = (
        known.with_columns(pl.col("kind", "status").cast(pl.String))
        .with_columns(money=convert(known, "amount", "currency", "fined_at", base, facts.fx))
        .join(_deciding_facts(record, rules, as_of), on=FINE, how="left", maintain_order="left")
        .with_columns(
            facts=pl.col("facts").fill_null(0),
            days_left=(pl.col("appeal_by") - as_of).dt.total_seconds() / _DAY_S,
            within_days=pl.lit(float(within.value) if within else None, pl.Float64),
        )
        .with_columns(_decided())
    )
    undecided = pl.col("status").is_null() | (pl.col("status") == "open")
    judged = judged.with_columns(
        open=undecided & (pl.col("days_left") >= 0).fill_null(True),
        reason=pl.concat_str(pl.lit("fine_record."), _case(), pl.lit("_"), "verdict"),
        currency_base=pl.lit(base),
        **{name: pl.col(name).dt.strftime(_STYLE) for name in ("due_at", "received_at", "scanned_at", "ordered_at")},
    )
    columns = [
        *FINE, "kind", "order_id", "inbound_id", "amount", "currency", "money", "currency_base", "fined_at",
        "appeal_by", "days_left", "open", "status", "verdict", "facts", "reason", "due_at", "received_at",
        "scanned_at", "ordered_at", "within_days", "claimed",
    ]  # fmt: skip
    first = [~pl.col("open"), pl.col("appeal_by"), -pl.col("money"), *FINE]
    return judged.select(columns).sort(first, nulls_last=True)


def _deciding_facts(record: pl.DataFrame, rules: Rules, as_of: datetime) -> pl.DataFrame:
    """The facts that decide, one row a fine; received_at is null while a SKU of the consignment is missing."""
    what = pl.col("what")
    scans = what.is_in([f"scan.{name}" for name in MOVED])
    faults = {
        id_.removeprefix("fault."): str(row.value)
        for id_ in rules.rows
        if id_.startswith("fault.") and (row := rules.find(id_, as_of.date())) and row.unit == "choice"
    }
    claim = what.str.starts_with("claim.") & (what != "claim.cancellation")
    received, booked = what == "inbound.received", what == "inbound.booked"
    arrived = pl.col("detail").filter(received).n_unique() >= pl.col("detail").filter(booked).n_unique()
    reasons = pl.col("detail").filter(claim).drop_nulls()
    return record.group_by(FINE).agg(
        facts=pl.len().cast(pl.Int64),
        due_at=pl.col("at").filter(what == "inbound.due").min(),
        received_at=pl.when(arrived).then(pl.col("at").filter(received).max()),
        scanned_at=pl.col("at").filter(scans).min(),
        ordered_at=pl.col("at").filter(what == "ordered").min(),
        cancelled_at=pl.col("at").filter(what == "cancelled").max(),
        claimed=reasons.unique().sort().str.join(", "),
        faults=reasons.replace_strict(faults, default=None, return_dtype=pl.String).unique(),
    )


def _decided() -> pl.Expr:
    kind = pl.col("kind")
    late_in = pl.col("received_at") > pl.col("due_at")
    hours = (pl.col("scanned_at") - pl.col("ordered_at")).dt.total_seconds()
    late_out = hours > pl.col("within_days") * _DAY_S
    scanned = pl.col("scanned_at").is_not_null()
    sent = pl.when(scanned).then(False).when(pl.col("cancelled_at").is_not_null()).then(True)
    false_sent = pl.when(scanned).then(False)
    sellers = pl.col("faults").list.contains("seller")
    unclear = pl.col("faults").list.eval(pl.element().is_null()).list.any()
    claimed = pl.when(sellers).then(True).when(~unclear & (pl.col("faults").list.len() > 0)).then(False)
    guilty = (
        pl.when(kind == "late_inbound").then(late_in)
        .when(kind == "late_shipment").then(late_out)
        .when(kind == "false_shipment").then(false_sent)
        .when(kind == "out_of_stock").then(sent)
        .when(kind.is_in(["wrong_goods", "quality"])).then(claimed)
    )  # fmt: skip
    verdict = pl.when(guilty).then(pl.lit("for")).when(~guilty).then(pl.lit("against")).otherwise(pl.lit("silent"))
    return verdict.alias("verdict")


def _case() -> pl.Expr:
    """Which sentence states the record: by kind, one for all that records cannot decide."""
    recorded = ("late_inbound", "late_shipment", "false_shipment", "out_of_stock")
    claims = pl.col("kind").is_in(["wrong_goods", "quality"])
    return (
        pl.when(pl.col("verdict") == "silent").then(pl.lit("any"))
        .when(claims).then(pl.lit("claim"))
        .when(pl.col("kind").is_in(recorded)).then("kind")
        .otherwise(pl.lit("any"))
    )  # fmt: skip
