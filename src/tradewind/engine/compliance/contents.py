"""What must be stated about goods: barcode, batch and expiry, mandatory attributes, the size of the carton."""

from __future__ import annotations

from datetime import date, datetime

import polars as pl

from tradewind.core.rules import Rules
from tradewind.engine.compliance.goods import arrival, findings, goods_held


def barcode(goods: pl.DataFrame, rules: Rules, on: date) -> pl.DataFrame:
    """Goods whose barcode is not bound in the seller centre are intercepted (E102)."""
    row = rules.row("failure.E102", on)
    bound = pl.col("barcode_bound")
    common = {
        "check": "barcode",
        "trigger": "barcode_bound",
        "rule": row.id,
        "confidence": row.confidence,
        "code": "E102",
    }
    unbound = findings(
        goods.filter(~bound),
        severity="refused",
        money_at_risk=goods_held(),
        money_kind="goods",
        currency=pl.col("currency"),
        reason="preflight_reason.barcode_not_bound",
        **common,
    )
    not_stated = findings(
        goods.filter(bound.is_null()), severity="not_said", reason="preflight_reason.barcode_not_said", **common
    )
    return pl.concat([unbound, not_stated])


def batch(goods: pl.DataFrame, product_kinds: pl.DataFrame, rules: Rules, on: date, at: datetime) -> pl.DataFrame:
    """Batch and expiry of goods that expire (or of all goods, as the rule is read); goods past it on arrival."""
    row = rules.row("inbound.batch_needed", on)
    expiring = product_kinds.filter(
        pl.col("kind").is_in(rules.items("inbound.kinds_that_expire", on)) & pl.col("stated")
    )
    needs = pl.col("sku").is_in(expiring["sku"].implode()) | pl.col("expires_on").is_not_null()
    needed = goods if row.value == "all_goods" else goods.filter(needs)
    missing = [
        pl.when(pl.col(c).is_null() | (pl.col(c).cast(pl.String).str.strip_chars() == "")).then(pl.lit(c))
        for c in ("batch_no", "expires_on")
    ]
    lacking = needed.with_columns(what=pl.concat_list(missing).list.drop_nulls())
    common: dict[str, pl.Expr | str | None] = {
        "check": "batch",
        "money_at_risk": goods_held(),
        "money_kind": "goods",
        "currency": pl.col("currency"),
        "rule": row.id,
        "reading": row.reading or None,
        "confidence": row.confidence,
        "severity": "refused",
    }
    not_stated = findings(
        lacking.filter(pl.col("what").list.len() > 0),
        what=pl.col("what").list.join(", "),
        trigger="batch_no, expires_on",
        reason="preflight_reason.batch_missing",
        **common,
    )
    there = pl.coalesce(arrival(), pl.lit(at)).dt.date()
    past = findings(
        goods.filter(pl.col("expires_on") <= there),
        what=pl.col("expires_on").cast(pl.String),
        trigger="expires_on",
        reason="preflight_reason.batch_expired",
        **common,
    )
    return pl.concat([not_stated, past])


def attributes(goods: pl.DataFrame, rules: Rules, on: date) -> pl.DataFrame:
    """Mandatory attributes that are blank: those the text names stop the goods, suggested ones are to be verified."""
    row = rules.row("inbound.attributes", on)
    mandatory = rules.items(row.id, on)
    named = next((str(r.value).split(", ") for r in row.readings if r.name == "named_three"), list(mandatory))
    parts = []
    for severity, names in (
        ("refused", [n for n in mandatory if n in named]),
        ("verify", [n for n in mandatory if n not in named]),
    ):
        blank = [pl.when(_blank(goods, n)).then(pl.lit(n)) for n in names]
        lacking = goods.with_columns(what=pl.concat_list(blank).list.drop_nulls()) if names else goods.clear()
        if lacking.is_empty():
            continue
        parts.append(
            findings(
                lacking.filter(pl.col("what").list.len() > 0),
                check="attributes",
                severity=severity,
                what=pl.col("what").list.join(", "),
                trigger=pl.col("what").list.join(", "),
                money_at_risk=goods_held() if severity == "refused" else None,
                money_kind="goods" if severity == "refused" else None,
                currency=pl.col("currency"),
                rule=row.id,
                reading=row.reading or None,
                confidence=row.confidence,
                reason=f"preflight_reason.attributes_{severity}",
            )
        )
    return pl.concat([findings(goods.clear()), *parts])


def _blank(goods: pl.DataFrame, name: str) -> pl.Expr:
    """A column that is not there is blank in every row."""
    if name not in goods.columns:
        return pl.lit(True)
    return pl.col(name).is_null() | (pl.col(name).cast(pl.String).str.strip_chars() == "")


_LONGEST_CM = 150.0
"""No parcel line takes a carton as long: a side beyond it was written in millimetres, as the products' sides are."""


def carton(goods: pl.DataFrame, rules: Rules, on: date) -> pl.DataFrame:
    """Cartons that are not the platform's box are repacked for a fee, per order or per carton as the rule is read."""
    semi = goods.filter(pl.col("mode").fill_null("semi_stocked").str.starts_with("semi"))
    box = sorted(rules.value(f"semi.standard_box_{side}", on) for side in ("length", "width", "height"))
    sides = pl.concat_list("carton_length_cm", "carton_width_cm", "carton_height_cm").list.sort()
    means, per, fee = (
        rules.row(f"semi.{r}", on) for r in ("standard_box_means", "nonstandard_box_per", "nonstandard_box_fee")
    )
    known = semi.filter(
        pl.all_horizontal(pl.col(f"carton_{s}_cm").is_not_null() for s in ("length", "width", "height"))
    )
    larger = pl.any_horizontal(sides.list.get(i) > box[i] + 1e-9 for i in range(3))
    other = pl.any_horizontal((sides.list.get(i) - box[i]).abs() > 1e-9 for i in range(3))
    in_mm = sides.list.max() > _LONGEST_CM
    wrong = known.filter(~in_mm).filter(larger if means.value == "not_larger" else other)
    common = {"check": "carton", "rule": fee.id, "confidence": fee.confidence}
    charged = findings(
        wrong,
        severity="charged",
        what=sides.list.eval(pl.element().cast(pl.String)).list.reverse().list.join(" x "),
        trigger="carton_length_cm, carton_width_cm, carton_height_cm",
        money_at_risk=pl.col("cartons" if per.value == "carton" else "orders") * float(fee.value),
        money_kind="fee",
        currency=fee.currency,
        reading=", ".join(r.reading for r in (means, per) if r.reading) or None,
        reason="preflight_reason.carton_not_standard",
        **common,
    )
    not_stated = findings(
        semi.join(known.select("sku"), on="sku", how="anti"),
        severity="not_said",
        trigger="carton_length_cm",
        reason="preflight_reason.carton_not_said",
        **common,
    )
    mistaken = findings(
        known.filter(in_mm),
        severity="not_said",
        what=sides.list.eval(pl.element().cast(pl.String)).list.reverse().list.join(" x "),
        trigger="carton_length_cm, carton_width_cm, carton_height_cm",
        reason="preflight_reason.carton_in_mm",
        **common,
    )
    return pl.concat([charged, not_stated, mistaken])
