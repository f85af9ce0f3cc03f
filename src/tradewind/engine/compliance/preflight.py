"""What would be refused or charged when a consignment arrives, while it can still be put right: `preflight`."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from tradewind.core.errors import MissingColumnError, ParameterError
from tradewind.core.rules import Rules
from tradewind.engine.compliance.contents import attributes, barcode, batch, carton
from tradewind.engine.compliance.dangerous_goods import battery_limits, service_accepts
from tradewind.engine.compliance.goods import FINDING, SEVERITIES, findings, goods_frame
from tradewind.engine.compliance.inbound_timing import attribute_deadline, late_inbound
from tradewind.engine.compliance.kinds import kinds
from tradewind.engine.compliance.labels import labels
from tradewind.engine.compliance.open_goods import banned, named_categories


def preflight(goods: pl.DataFrame, rules: Rules, *, at: datetime) -> pl.DataFrame:
    """Everything found against the goods of a consignment (columns of GOODS), as the rules stand on the day of `at`.

    Evidence, not a verdict: each finding names the cell that triggered it, the rule, its reading and how sure it is.
    Where the goods' kind is not stated it is guessed from words, and what follows from a guess is only to be verified.
    A SKU stands in one row.

    Returns one row per finding, worst first, then by sku: sku (null: the whole consignment), check, severity
    (SEVERITIES), market, what (what is missing or too large), trigger, money_at_risk with money_kind ("goods": their
    cost, held up; "fee") and currency, null where unknown, rule, reading, confidence, code (the platform's, where
    known), reason (message id), overruled and overruled_why (set aside by a person; kept and shown).
    Raises MissingColumnError without a sku, ParameterError for a SKU in two rows, RuleError where a rule
    says nothing on that day.
    """
    if "sku" not in goods.columns:
        raise MissingColumnError("column_missing", table="goods", columns="sku", purpose="preflight")
    goods, on = goods_frame(goods), at.date()
    twice = goods.filter(pl.col("sku").is_duplicated())["sku"].unique().sort().to_list()
    if twice:
        raise ParameterError("preflight_sku_twice", skus=", ".join(twice[:5]))
    product_kinds = kinds(goods, rules, on)
    found = pl.concat(
        [
            barcode(goods, rules, on),
            batch(goods, product_kinds, rules, on, at),
            attributes(goods, rules, on),
            attribute_deadline(goods, rules, on, at),
            late_inbound(goods, rules, on),
            carton(goods, rules, on),
            banned(goods, product_kinds, rules, on),
            named_categories(goods, rules, on),
            labels(goods, product_kinds, rules, on),
            service_accepts(goods, rules, on),
            battery_limits(goods, rules, on),
        ]
    )
    found = _with_overrules(found, goods)
    return _in_order(pl.concat([found, _before_syncing(goods, found)]))


def at_stake(found: pl.DataFrame) -> dict[str, float]:
    """Money at risk by currency: the goods of a SKU once, fees added; what is overruled or not known left out."""
    open_ = found.filter(~pl.col("overruled") & pl.col("money_at_risk").is_not_null())
    held = open_.filter(money_kind="goods").group_by("sku", "currency").agg(pl.col("money_at_risk").max())
    fees = open_.filter(money_kind="fee").select("sku", "currency", "money_at_risk")
    summed = pl.concat([held, fees]).group_by("currency").agg(pl.col("money_at_risk").sum()).sort("currency")
    return dict(summed.drop_nulls().iter_rows())


def _with_overrules(found: pl.DataFrame, goods: pl.DataFrame) -> pl.DataFrame:
    """A person's "seen, and all right": the finding stays, with the reason; without a reason nothing is set aside."""
    overruled = (
        goods.filter(pl.col("overruled_why").str.strip_chars().str.len_chars() > 0)
        .select("sku", "overruled_why", check="overruled")
        .explode("check")
        .drop_nulls("check")
        .unique(["sku", "check"], keep="first", maintain_order=True)
    )
    return found.join(overruled, on=["sku", "check"], how="left").with_columns(
        overruled=pl.col("overruled_why").is_not_null()
    )


def _before_syncing(goods: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """One warning for the consignment: 同步至半托管 cannot be undone, so what is open should be settled first."""
    waiting = goods.filter(pl.col("synced_at").is_null())
    if waiting.is_empty():
        return found.clear()
    open_ = found.filter(~pl.col("overruled") & (pl.col("severity") != "note"))
    count = str(open_.join(waiting.select("sku"), on="sku", how="semi").height)
    row = pl.DataFrame({"sku": [None]}, schema={"sku": pl.String})
    warning = findings(
        row, check="sync", severity="note", what=count, rule="inbound.attributes_before", reason="preflight_reason.sync"
    )
    return warning.with_columns(overruled_why=pl.lit(None, dtype=pl.String), overruled=pl.lit(False))


def _in_order(found: pl.DataFrame) -> pl.DataFrame:
    order = pl.col("severity").replace_strict({s: i for i, s in enumerate(SEVERITIES)}, return_dtype=pl.Int64)
    return found.sort("overruled", order, "sku", "check", "market", "what", nulls_last=True).select(
        *FINDING, "overruled", "overruled_why"
    )
