"""One row per stocked (node, sku) with everything its order depends on, and what is not known about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from tradewind.core.errors import MissingColumnError, ParameterError
from tradewind.core.money import rates_to
from tradewind.core.tables import Fx
from tradewind.core.weeks import WEEK
from tradewind.engine.demand import DemandPaths
from tradewind.engine.stock.lead_time import arrival_days, week_counted_from
from tradewind.engine.stock.params import StockParams

WEEKS_PER_YEAR = 365.25 / 7
MM3_PER_M3 = 1e9

Weeks = npt.NDArray[np.int64]

NEEDED = {
    "network": ("sku", "market", "node"),
    "stock_position": ("node", "sku", "available_units", "on_the_way_units", "on_the_way_due_on"),
    "products": (
        "sku", "length_mm", "width_mm", "height_mm", "supplier_lead_time_days", "moq_units", "carton_units",
    ),
    "nodes": ("node", "market", "capacity_m3", "storage_cost_per_m3_week", "inbound_days", "currency"),
    "economics": ("sku", "market", "margin", "product_cost", "inbound_cost", "capital_cost"),
}  # fmt: skip


MONEY = ("margin", "product_cost", "inbound_cost", "capital_cost")
STOCK = ("available_units", "on_the_way_units", "on_the_way_due_on")


@dataclass(frozen=True)
class StockFacts:
    """What a stock plan is made from.

    network         sku, market, node (and mode): of `serving_network`
    stock_position  of `stock_position`
    products, nodes, calendar, fx  tables of core.tables
    economics       of `unit_economics`
    deliveries      what comes when: of `on_the_way`
    left            node, sku, mode: goods that are to be sold in another mode and from elsewhere (`warehouses_left`):
                    what lies there is sold, nothing more is ordered

    Raises MissingColumnError, and ParameterError for a row that is there twice or a node that is not known.
    """

    network: pl.DataFrame
    stock_position: pl.DataFrame
    products: pl.DataFrame
    nodes: pl.DataFrame
    economics: pl.DataFrame
    calendar: pl.DataFrame | None = None
    fx: pl.DataFrame | None = None
    deliveries: pl.DataFrame | None = None
    left: pl.DataFrame | None = None

    def __post_init__(self) -> None:
        for table, columns in NEEDED.items():
            lacking = [c for c in columns if c not in getattr(self, table).columns]
            if lacking:
                raise MissingColumnError(
                    "column_missing", table=table, columns=", ".join(lacking), purpose="the stock plan"
                )
        for table, key in (("stock_position", ["node", "sku"]), ("products", ["sku"]), ("nodes", ["node"])):
            frame = getattr(self, table)
            if frame.select(key).is_duplicated().any():
                twice = frame.filter(frame.select(key).is_duplicated()).sort(key).select(key).row(0)
                raise ParameterError("stock_row_twice", table=table, key=", ".join(map(str, twice)))
        lost = self.network.join(self.nodes, on="node", how="anti")["node"].sort()
        if len(lost):
            raise ParameterError("stock_node_unknown", node=lost[0])


def served_pairs(inputs: StockFacts, paths: DemandPaths) -> pl.DataFrame:
    """Each stocked (node, sku, market) with its row in the draws (null: no forecast), expected units and economics.

    The network's mode, where it has one, says which economics hold. Raises ParameterError where a pair is
    served by two nodes, or several economics fit.
    """
    network = inputs.network.with_columns(pl.col("sku", "market", "node").cast(pl.String))
    twice = network.group_by("sku", "market").len().filter(pl.col("len") > 1).sort("sku", "market")
    if twice.height:
        raise ParameterError("network_twice", sku=twice["sku"][0], market=twice["market"][0])
    by_mode = "mode" in network.columns and "mode" in inputs.economics.columns
    by = ["sku", "market", "mode"] if by_mode else ["sku", "market"]
    economics = inputs.economics.select(pl.col(by).cast(pl.String), *MONEY).join(
        network.select(pl.col(by).cast(pl.String)), on=by, how="semi"
    )
    several = economics.group_by(by).len().filter(pl.col("len") > 1).sort(by)
    if several.height:
        raise ParameterError("economics_several", sku=several["sku"][0], market=several["market"][0])
    units = paths.draws.mean(axis=(1, 2), dtype=np.float64) if paths.draws.size else np.zeros(paths.keys.height)
    draws = paths.keys.select("sku", "market", draw=pl.int_range(pl.len(), dtype=pl.Int64), units=pl.Series(units))
    return (
        network.select("node", pl.col(by).cast(pl.String))
        .join(draws, on=["sku", "market"], how="left")
        .join(economics, on=by, how="left")
        .sort("node", "sku", "market")
    )


def stock_facts(
    pairs: pl.DataFrame,
    inputs: StockFacts,
    *,
    as_of: datetime,
    first_week: date,
    weeks: int,
    base: str,
    params: StockParams,
) -> pl.DataFrame:
    """One row per (node, sku), sorted: money per unit in `base`, volume, batches, stock, weeks, `unknown`, `blocked`.

    `blocked` is the reason why no order can be worked out (null: none); `unknown` lists what was taken as
    absent: storage_cost, inbound_cost, inbound_days, size, stock, on_the_way, on_the_way_due, margin (of some market).
    """
    rows = (
        pairs.group_by("node", "sku", maintain_order=True)
        .agg(*(_per_unit_sold(name) for name in MONEY), draws=pl.col("draw").count(), markets=pl.len(),
             margins=pl.col("margin").count())
        .sort("node", "sku")
        .join(_products(inputs.products), on="sku", how="left")
        .join(_nodes(inputs.nodes, base, as_of.date(), inputs.fx), on="node", how="left")
        .join(_position(inputs.stock_position), on=["node", "sku"], how="left")
        .join(_left(inputs.left), on=["node", "sku"], how="left")
        .sort("node", "sku")
    )  # fmt: skip
    lead = pl.coalesce("supplier_lead_time_days", pl.lit(params.lead_time_days_if_unknown, pl.Float64))
    rows = _timed(rows.with_columns(lead_time_days=lead), inputs.calendar, as_of, first_week, params)
    rows = _coming(rows, inputs.deliveries, as_of, first_week, weeks)
    limited = pl.col("capacity_m3").is_not_null()
    blocked = pl.coalesce(
        *(
            pl.when(condition).then(pl.lit(reason))
            for reason, condition in (
                ("stock_no_forecast", pl.col("draws") == 0),
                ("stock_no_margin", pl.col("margin").is_null()),
                ("stock_no_cost", pl.col("product_cost").is_null()),
                ("stock_no_lead_time", pl.col("lead_time_days").is_null()),
                ("stock_too_late", pl.col("arrival_week") >= weeks),
                ("stock_no_size", limited & pl.col("volume_m3").is_null()),
            )
        )
    )
    paid = pl.col("product_cost") + pl.col("inbound_cost").fill_null(0.0)
    return rows.with_columns(
        blocked=blocked,
        unknown=_unknown(),
        unit_margin=pl.col("margin") + pl.col("capital_cost").fill_null(0.0),
        unit_paid=paid,
        unit_holding=pl.col("storage").fill_null(0.0) * pl.col("volume_m3").fill_null(0.0)
        + params.capital_rate_per_year / WEEKS_PER_YEAR * paid,
        unit_leftover_loss=paid - params.salvage_share * pl.col("product_cost"),
    )


def _per_unit_sold(name: str) -> pl.Expr:
    """Mean over the markets served, weighted by what each is expected to buy; over those where it is known."""
    weight = pl.when(pl.col(name).is_not_null()).then(pl.col("units").fill_null(0.0) + 1e-9)
    return ((pl.col(name) * weight).sum() / weight.sum()).fill_nan(None).alias(name)


def _position(stock_position: pl.DataFrame) -> pl.DataFrame:
    return stock_position.select(pl.col("node", "sku").cast(pl.String), *STOCK)


def _left(left: pl.DataFrame | None) -> pl.DataFrame:
    """node, sku and `coming_mode`, in which they are to be sold from elsewhere."""
    if left is None:
        return pl.DataFrame(schema={"node": pl.String, "sku": pl.String, "coming_mode": pl.String})
    return left.select(pl.col("node", "sku").cast(pl.String), coming_mode="mode")


def _products(products: pl.DataFrame) -> pl.DataFrame:
    volume = pl.col("length_mm") * pl.col("width_mm") * pl.col("height_mm") / MM3_PER_M3
    return products.select(
        pl.col("sku").cast(pl.String),
        "supplier_lead_time_days",
        volume_m3=volume,
        moq_units=pl.col("moq_units").fill_null(1),
        carton_units=pl.col("carton_units").fill_null(1),
    )


def _nodes(nodes: pl.DataFrame, base: str, day: date, fx: pl.DataFrame | None) -> pl.DataFrame:
    """Nodes with `storage`, the cost of a m3 for a week in the base currency; null where it or its rate is unknown."""
    quotes = Fx.create_empty() if fx is None else fx
    currencies = nodes.select(currency=pl.col("currency").cast(pl.String), day=pl.lit(day))
    rates = rates_to(base, currencies, quotes).select("currency", "rate")
    return (
        nodes.with_columns(pl.col("node", "currency").cast(pl.String))
        .join(rates, on="currency", how="left")
        .select(
            "node",
            pl.col("market").cast(pl.String).alias("node_market"),
            "capacity_m3",
            "inbound_days",
            storage=pl.col("storage_cost_per_m3_week") * pl.col("rate"),
        )
    )


def _timed(
    rows: pl.DataFrame, calendar: pl.DataFrame | None, as_of: datetime, first_week: date, params: StockParams
) -> pl.DataFrame:
    """Adds arrival_week (of an order placed now), arrives_week (its Monday), and on_the_way_week."""
    lead = rows["lead_time_days"].fill_null(0.0).to_numpy()
    inbound = rows["inbound_days"].fill_null(0.0).to_numpy()
    ready = arrival_days(np.datetime64(as_of.date(), "D"), lead, [params.supplier_market] * rows.height, calendar)
    arrives = arrival_days(ready, inbound, rows["node_market"].fill_null("ZZ").to_list(), calendar)
    arrival = week_counted_from(arrives, first_week)
    due_week = _due_week(rows["on_the_way_due_on"], arrival, as_of, first_week)
    return rows.with_columns(
        arrives_on=pl.Series(arrives),
        arrival_week=pl.Series(arrival),
        arrives_week=pl.Series(np.datetime64(first_week, "D") + WEEK.days * arrival),
        on_the_way_week=pl.Series(due_week),
    )


def _due_week(due_on: pl.Series, arrival_week: Weeks, as_of: datetime, first_week: date) -> Weeks:
    """The week from which goods on the way count.

    Goods overdue count from the next Monday; goods without a due date from when an order placed now would, since they
    were sent before it.
    """
    started = week_counted_from(np.array([as_of.date()], "datetime64[D]"), first_week)[0]
    due = due_on.cast(pl.Date).to_numpy().astype("datetime64[D]")
    known = ~np.isnat(due)
    week = week_counted_from(np.where(known, due, np.datetime64(first_week, "D")), first_week)
    return np.maximum(np.where(known, week, arrival_week), started)


def _coming(
    rows: pl.DataFrame, deliveries: pl.DataFrame | None, as_of: datetime, first_week: date, weeks: int
) -> pl.DataFrame:
    """Adds coming (units on the way by week, and after the last), their sum as on_the_way_units, and undated.

    Deliveries come on their own dates; what the stock count has on the way beyond them, on its one date.
    """
    units = np.zeros((rows.height, weeks + 1), np.int64)
    undated = np.zeros(rows.height, np.bool_)
    counted = rows["on_the_way_units"].fill_null(0).to_numpy()
    if deliveries is not None and deliveries.height:
        place = rows.select("node", "sku", "arrival_week", row=pl.int_range(pl.len(), dtype=pl.Int64))
        mine = deliveries.join(place, on=["node", "sku"], how="inner", maintain_order="left")
        week = _due_week(mine["due_on"], mine["arrival_week"].to_numpy(), as_of, first_week)
        np.add.at(units, (mine["row"].to_numpy(), np.minimum(week, weeks)), mine["units"].to_numpy())
        undated[mine.filter(pl.col("due_on").is_null())["row"].to_numpy()] = True
    rest = np.maximum(counted - units.sum(axis=1), 0)
    units[np.arange(rows.height), np.minimum(rows["on_the_way_week"].to_numpy(), weeks)] += rest
    undated |= (rest > 0) & rows["on_the_way_due_on"].is_null().to_numpy()
    known = pl.col("on_the_way_units").is_not_null() | (pl.Series(units.sum(axis=1)) > 0)
    return rows.with_columns(
        coming=pl.Series(units, dtype=pl.Array(pl.Int64, weeks + 1)),
        undated=pl.Series(undated, dtype=pl.Boolean),
        on_the_way_units=pl.when(known).then(pl.Series(units.sum(axis=1))),
    )


def _unknown() -> pl.Expr:
    absent = {
        "margin": pl.col("margins") < pl.col("markets"),
        "inbound_cost": pl.col("inbound_cost").is_null(),
        "inbound_days": pl.col("inbound_days").is_null(),
        "storage_cost": pl.col("storage").is_null(),
        "size": pl.col("volume_m3").is_null(),
        "stock": pl.col("available_units").is_null(),
        "on_the_way": pl.col("available_units").is_not_null() & pl.col("on_the_way_units").is_null(),
        "on_the_way_due": pl.col("undated"),
    }
    named = [pl.when(condition).then(pl.lit(name)) for name, condition in absent.items()]
    return pl.concat_list(named).list.drop_nulls()
