"""Ex-post against ex-ante: what every order line was expected to earn, and what it did earn."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from tradewind.core.money import added, convert
from tradewind.core.tables import TABLES
from tradewind.engine.actuals.kinds import CARRIED, EXTRA, PART_COSTS, PARTS
from tradewind.engine.actuals.money import LINE, ORDER, by_line, charges, pending_orders, settled_rows
from tradewind.engine.margin import COMPONENTS

LATE_KINDS = ("late_inbound", "late_shipment")
_STATES = pl.Enum(["settled", "pending", "not_seen"])


@dataclass(frozen=True)
class ActualsFacts:
    """What is on record of orders: the tables of core.tables, those that are not loaded empty. `all_orders` (platform,
    shop, order_id) names orders outside the lines asked about that are known all the same; None: no others are."""

    settlements: pl.DataFrame
    fx: pl.DataFrame = field(default_factory=TABLES["fx"].empty)
    parcels: pl.DataFrame = field(default_factory=TABLES["parcels"].empty)
    returns: pl.DataFrame = field(default_factory=TABLES["returns"].empty)
    fines: pl.DataFrame = field(default_factory=TABLES["fines"].empty)
    inbounds: pl.DataFrame = field(default_factory=TABLES["inbounds"].empty)
    all_orders: pl.DataFrame | None = None


@dataclass(frozen=True)
class Actuals:
    """`lines`: one row per order line, and one per charge that names no order (order_id null); `unmatched`: settled
    sums of orders that are not among the order lines, by kind: kind, rows, amount (base currency; null if unknown)."""

    lines: pl.DataFrame
    unmatched: pl.DataFrame


def actual_margin(expected: pl.DataFrame, facts: ActualsFacts, *, as_of: datetime, base: str) -> Actuals:
    """The margin of `expected` (what landed_margin returns) as it came out, matched by platform, shop and order_id.

    An order is settled once a sale was paid and no row of it is pending; else it is pending or not seen, and its
    actual figures are null, not zero. Of a settled order: revenue is sale, shipping income and subsidies; platform fees
    that were not charged are 0, since the settlement is the whole account; freight is what was charged, else the
    parcels' bills, else 0 where none was expected, else unknown; refunds not yet in the settlement are taken from
    `returns`, less the operation fee given back; goods, inbound, duty, tax, exchange, capital, advertising are as
    expected where the settlement does not name them (a tax that is charged covers duty as well), surcharges are part of
    the freight that was charged. Goods that come back are worth nothing here. More than the expected operation fee is
    oversize fee, up to the one expected. Fines count when not cancelled and not settled already, a
    consignment's for lateness in late_cost, shared among its SKUs by units, all others in fines.

    Amounts are in `base` at the rate of the settlement's own day; `then_` columns have them at the order's day, so that
    the effect of exchange rates is known separately. Only what was known by `as_of` counts.

    `lines`, sorted: the key, sku, market, mode, ordered_at, units, state, expected_<part>, now_<part>, then_<part> for
    every part (the components of landed_margin, and what it does not foresee: expected 0), expected_margin,
    now_margin, then_margin (null where a part is), unknown (parts of a settled order that are not known,
    expected or actual).
    """
    lines = expected.rename({c: f"expected_{c}" for c in (*COMPONENTS, "margin")})
    lines = lines.drop("unknown", "margin_known_part", strict=False).with_columns(
        **{f"expected_{c}": pl.lit(0.0) for c in EXTRA}
    )
    days = expected.group_by(ORDER).agg(ordered_on=pl.col("ordered_at").min().cast(pl.Date))
    rows = _with_fines(settled_rows(facts.settlements, as_of), facts.fines, as_of)
    charged = charges(rows, days, base, facts.fx)
    wide = by_line(charged, expected)
    lines = lines.join(wide, on=LINE, how="left", maintain_order="left").with_columns(
        state=_state(expected, charged, pending_orders(facts.settlements, as_of))
    )
    lines = _completed_lines(lines, _bills(facts, base, as_of), _claims(facts, base, as_of))
    loose = _loose(charged.filter(pl.col("order_id").is_null()), facts.inbounds, lines.schema)
    return Actuals(
        pl.concat([lines, loose]).sort([*LINE, "sku", "state"], nulls_last=True),
        _unmatched(charged, facts.all_orders),
    )


def _with_fines(rows: pl.DataFrame, fines: pl.DataFrame, as_of: datetime) -> pl.DataFrame:
    """Settled rows and the fines that are not among them, each with its kind and its consignment."""
    known = fines.filter((pl.col("known_at") <= as_of).fill_null(True) & (pl.col("fined_at") <= as_of)).with_columns(
        pl.col("kind", "status").cast(pl.String)
    )
    names = ["platform", "shop", "settlement_id"]
    fine_ids = known.select("platform", "shop", "inbound_id", settlement_id="fine_id", fine_kind="kind")
    rows = rows.join(fine_ids, on=names, how="left", maintain_order="left")
    settled = rows.filter(kind="fine")
    same_order = settled.select(*ORDER, amount=-pl.col("amount")).drop_nulls()
    open_ = (
        known.filter((pl.col("status") != "cancelled").fill_null(True))
        .join(
            settled.select("platform", "shop", fine_id="settlement_id"), on=["platform", "shop", "fine_id"], how="anti"
        )
        .join(same_order, on=[*ORDER, "amount"], how="anti")
    )
    added = open_.select(
        "platform", "shop", "order_id", "currency", "inbound_id",
        settlement_id="fine_id", fine_kind="kind", sku=pl.lit(None, pl.String),
        market=pl.lit(None, pl.String), kind=pl.lit("fine"), amount=-pl.col("amount"), settled_at="fined_at",
    )  # fmt: skip
    return pl.concat([rows, added], how="diagonal_relaxed").with_columns(
        fine_kind=pl.when(kind="fine").then("fine_kind")
    )


def _state(expected: pl.DataFrame, charged: pl.DataFrame, pending: pl.DataFrame) -> pl.Series:
    sold = charged.filter(kind="sale").select(ORDER).unique().with_columns(sold=True)
    orders = expected.select(ORDER).join(sold, on=ORDER, how="left", maintain_order="left")
    orders = orders.join(pending.with_columns(waits=True), on=ORDER, how="left", maintain_order="left")
    state = (pl.when(pl.col("waits")).then(pl.lit("pending")).when(pl.col("sold")).then(pl.lit("settled"))).otherwise(
        pl.lit("not_seen")
    )
    return orders.select(state.cast(_STATES)).to_series()


def _completed_lines(lines: pl.DataFrame, bills: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """The actual parts of settled orders completed, those of others null; margins and what is unknown."""
    settled = pl.col("state") == "settled"
    units = pl.col("units").cast(pl.Float64)
    begins = pl.any_horizontal(pl.col(c) != pl.col(c).shift() for c in ORDER).fill_null(False)
    lines = lines.sort(LINE).with_columns(order_no=begins.cum_sum())
    lines = lines.join(bills, on=ORDER, how="left", maintain_order="left")
    lines = lines.join(claims, on=[*ORDER, "sku"], how="left", maintain_order="left")
    of_order, of_sku = units / units.sum().over("order_no"), units / units.sum().over("order_no", "sku")
    in_settlement = pl.col("now_returns_cost").is_not_null().any().over("order_no")
    lines = lines.with_columns(
        bill=pl.col("bill") * of_order, claim=pl.when(~in_settlement).then(pl.col("claim") * of_sku)
    )
    for when in ("now", "then"):
        lines = lines.with_columns(**_completed(when)).with_columns(**_reassigned(when))
        parts = [pl.col(f"{when}_{c}") for c in PARTS]
        lines = lines.with_columns(pl.when(settled & ~p.is_nan()).then(p) for p in parts)
        costs = added(pl.col(f"{when}_{c}") for c in PART_COSTS)
        lines = lines.with_columns(**{f"{when}_margin": pl.col(f"{when}_revenue") - costs})
    absent = {c: pl.col(f"now_{c}").is_null() | pl.col(f"expected_{c}").is_null() for c in PARTS}
    unknown = pl.concat_list(pl.when(settled & is_null).then(pl.lit(c)) for c, is_null in absent.items())
    lines = lines.with_columns(unknown=unknown.list.drop_nulls())
    money = [f"{how}_{c}" for how in ("expected", "now", "then") for c in (*PARTS, "margin")]
    return lines.select(*LINE, "sku", "market", "mode", "ordered_at", "units", "state", *money, "unknown")


def _completed(when: str) -> dict[str, pl.Expr]:
    """Every part of a settled order: what was settled, else what is known otherwise, else 0 or unknown."""
    out = {f"{when}_{c}": pl.col(f"{when}_{c}").fill_null(0.0) for c in PARTS if c not in CARRIED}
    out |= {f"{when}_{c}": pl.coalesce(f"{when}_{c}", f"expected_{c}") for c in CARRIED}
    out[f"{when}_duty"] = pl.when(pl.col(f"{when}_tax").is_null()).then("expected_duty").otherwise(0.0)
    free = pl.when(pl.col("expected_freight") == 0).then(0.0)
    out[f"{when}_freight"] = pl.coalesce(f"{when}_freight", "bill", free)
    out[f"{when}_returns_cost"] = pl.coalesce(f"{when}_returns_cost", "claim", 0.0)
    return out


def _reassigned(when: str) -> dict[str, pl.Expr]:
    """Adjustments of a refunded order belong to its return; what exceeds the operation fee is oversize fee."""
    back, other, fee = (pl.col(f"{when}_{c}") for c in ("returns_cost", "other", "operation_fee"))
    refunded = (back != 0).any().over("order_no")
    above = (fee - pl.col("expected_operation_fee")).clip(0.0, pl.col("expected_oversize_fee")).fill_null(0.0)
    return {
        f"{when}_returns_cost": pl.when(refunded).then(back + other).otherwise(back),
        f"{when}_other": pl.when(refunded).then(0.0).otherwise(other),
        f"{when}_operation_fee": fee - above,
        f"{when}_oversize_fee": pl.col(f"{when}_oversize_fee") + above,
    }


def _bills(facts: ActualsFacts, base: str, as_of: datetime) -> pl.DataFrame:
    """What the parcels of each order were billed; null where one bill or rate is missing."""
    known = facts.parcels.filter((pl.col("known_at") <= as_of).fill_null(True) & pl.col("order_id").is_not_null())
    known = known.with_columns(money=convert(known, "freight_amount", "currency", "created_at", base, facts.fx))
    total = pl.when(pl.col("money").is_not_null().all()).then(pl.col("money").sum())
    return known.sort(*ORDER, "parcel_id").group_by(ORDER, maintain_order=True).agg(bill=total)


def _claims(facts: ActualsFacts, base: str, as_of: datetime) -> pl.DataFrame:
    """What buyers claimed by order and SKU; NaN where one claim's amount or rate is not known."""
    known = facts.returns.filter(
        (pl.col("known_at") <= as_of).fill_null(True)
        & (pl.col("opened_at") <= as_of)
        & (pl.col("kind").cast(pl.String) != "cancellation")
        & pl.col("order_id").is_not_null()
    )
    known = known.with_columns(
        money=convert(known, "refund_amount", "currency", "opened_at", base, facts.fx).fill_null(float("nan"))
    )
    ordered = known.sort(*ORDER, "sku", "return_id", "line_no")
    return ordered.group_by(*ORDER, "sku", maintain_order=True).agg(claim=pl.col("money").sum())


def _loose(charged: pl.DataFrame, inbounds: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    """Charges that name no order, each as a line of its own; a consignment's by its SKUs."""
    of = ["platform", "shop", "inbound_id"]
    units = pl.col("booked_units").cast(pl.Float64)
    shares = inbounds.select(*of, own_sku="sku", mode=pl.col("mode").cast(pl.String), part=units / units.sum().over(of))
    rows = charged.drop("mode", strict=False).join(shares, on=of, how="left", maintain_order="left")
    late = pl.col("fine_kind").is_in(LATE_KINDS) & (pl.col("component") == "fines")
    rows = rows.with_columns(
        component=pl.when(late).then(pl.lit("late_cost")).otherwise("component"),
        money=pl.col("now") * pl.col("part").fill_null(1.0),
        sku=pl.coalesce("sku", "own_sku"),
        ordered_at="settled_at",
    )
    worth = [pl.when(component=c).then("money").otherwise(0.0) for c in PARTS]
    money = {f"{how}_{c}": w for how in ("now", "then") for c, w in zip(PARTS, worth, strict=True)}
    sign = pl.when(component="revenue").then(1.0).otherwise(-1.0)
    out = rows.with_columns(
        **{f"expected_{c}": pl.lit(0.0) for c in (*PARTS, "margin")},
        **money,
        now_margin=pl.col("money") * sign,
        then_margin=pl.col("money") * sign,
        line_no=pl.lit(None, pl.Int64),
        units=pl.lit(0, pl.Int64),
        state=pl.lit("settled", _STATES),
        unknown=pl.when(pl.col("money").is_null()).then(pl.concat_list("component")).otherwise([]),
    )
    return out.select(schema.names()).cast(schema)


def _unmatched(charged: pl.DataFrame, all_orders: pl.DataFrame | None) -> pl.DataFrame:
    rows = charged.filter(pl.col("order_id").is_not_null() & pl.col("ordered_on").is_null())
    if all_orders is not None:
        rows = rows.join(all_orders.select(ORDER).unique(), on=ORDER, how="anti")
    sign = pl.when(component="revenue").then(1.0).otherwise(-1.0)
    total = pl.when(pl.col("now").is_not_null().all()).then((pl.col("now") * sign).sum())
    return rows.group_by("kind", maintain_order=True).agg(rows=pl.len().cast(pl.Int64), amount=total).sort("kind")
