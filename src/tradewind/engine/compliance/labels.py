"""Marks and documents a market requires for a kind of product, and which of them are not at hand."""

from __future__ import annotations

from datetime import date

import polars as pl

from tradewind.core.rules import Rules, members
from tradewind.engine.compliance.goods import findings, goods_held

_EVERY = "every"
_PREFIX = "compliance."


def labels(goods: pl.DataFrame, product_kinds: pl.DataFrame, rules: Rules, on: date) -> pl.DataFrame:
    """One finding per SKU, market, kind and severity, with the codes that are missing.

    Members of the European Union have the Union's rows and their own; a kind's rows come on top of those for every
    kind. What an inspection is said to look for is refused where the kind is stated; the rest, what all kinds need
    (warnings only where there is something to warn of), and all that follows from a guessed kind, is to be verified.
    Markets without any row, and goods without a market, were not checked.
    """
    sold = goods.select("sku", market="markets").explode("market").drop_nulls("market").unique()
    scoped = sold.join(_scopes(sold, rules, on), on="market")
    needs = _requirements(rules, on)
    every = goods.select("sku", kind=pl.lit(_EVERY), stated=pl.lit(True), trigger=pl.lit("markets"))
    required = (
        scoped.select("sku", "scope")
        .unique()
        .join(pl.concat([product_kinds, every]), on="sku")
        .join(needs, on=["scope", "kind"])
    )
    at_hand = goods.select("sku", code="marks").explode("code").drop_nulls("code")
    missing = required.join(at_hand, on=["sku", "code"], how="anti")
    inspected = rules.items("inbound.label_items", on)
    missing = missing.with_columns(
        severity=pl.when(pl.col("stated") & (pl.col("kind") != _EVERY) & pl.col("code").is_in(inspected))
        .then(pl.lit("refused"))
        .otherwise(pl.lit("verify"))
    )
    values = goods.select("sku", "currency", held=goods_held())
    grouped = (
        missing.group_by("sku", "scope", "kind", "severity", "rule", "confidence", "trigger", maintain_order=True)
        .agg(what=pl.col("code").unique(maintain_order=True))
        .join(values, on="sku", how="left")
    )
    return pl.concat([_missing(grouped), _not_checked(goods, scoped, needs)])


def _missing(grouped: pl.DataFrame) -> pl.DataFrame:
    refused = pl.col("severity") == "refused"
    return findings(
        grouped,
        check="labels",
        severity=pl.col("severity"),
        market=pl.col("scope"),
        what=pl.col("what").list.join(", "),
        trigger=pl.col("trigger"),
        money_at_risk=pl.when(refused).then("held"),
        money_kind=pl.when(refused).then(pl.lit("goods")),
        currency=pl.col("currency"),
        rule=pl.col("rule"),
        confidence=pl.col("confidence"),
        code=pl.when(refused).then(pl.lit("E205")),
        reason=pl.when(refused)
        .then(pl.lit("preflight_reason.label_refused"))
        .otherwise(pl.lit("preflight_reason.label_verify")),
    )


def _not_checked(goods: pl.DataFrame, scoped: pl.DataFrame, needs: pl.DataFrame) -> pl.DataFrame:
    covered = scoped.join(needs.select("scope").unique(), on="scope", how="semi")
    uncovered = scoped.join(covered.select("sku", "market"), on=["sku", "market"], how="anti").unique(["sku", "market"])
    unknown = findings(
        uncovered,
        check="market_not_covered",
        severity="not_said",
        market=pl.col("market"),
        trigger="markets",
        reason="preflight_reason.market_not_covered",
    )
    nowhere = findings(
        goods.filter(pl.col("markets").list.len().fill_null(0) == 0),
        check="market_not_covered",
        severity="not_said",
        trigger="markets",
        reason="preflight_reason.market_not_said",
    )
    return pl.concat([unknown, nowhere])


def _scopes(sold: pl.DataFrame, rules: Rules, on: date) -> pl.DataFrame:
    """market, scope: each market is a scope of its own, and a member of the EU is in that scope too."""
    markets = sold.select("market").unique()
    union = markets.filter(pl.col("market").is_in(rules.items("eu.members", on)))
    own = markets.with_columns(scope="market")
    return pl.concat([own, union.with_columns(scope=pl.lit("EU"))]).sort("market", "scope")


def _requirements(rules: Rules, on: date) -> pl.DataFrame:
    """scope, kind, code, rule, confidence: every row of the packs in force."""
    rows = [
        (*row.id.removeprefix(_PREFIX).split("."), code, row.id, row.confidence)
        for row in rules.in_force(on, _PREFIX)
        if row.id.count(".") == 2
        for code in members(row)
    ]
    columns = dict.fromkeys(("scope", "kind", "code", "rule", "confidence"), pl.String)
    return pl.DataFrame(rows, schema=columns, orient="row")
