"""Write a whole generated seller: the files he would export, and beside them the truth behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import polars as pl

from tradewind.data.simulated.after_sales import returns_table
from tradewind.data.simulated.counts import stock_table
from tradewind.data.simulated.exchange import exchange, fx_table
from tradewind.data.simulated.goods import goods, products_table
from tradewind.data.simulated.lanes import services_table
from tradewind.data.simulated.occasions import calendar_table, occasions
from tradewind.data.simulated.orders import listings_table, order_lines_table, orders
from tradewind.data.simulated.parcels import events_table, parcels_table, send
from tradewind.data.simulated.scales import FUTURE_WEEKS, Scale, scale_named
from tradewind.data.simulated.storing import nodes_table, storing
from tradewind.data.simulated.trading import trade
from tradewind.data.simulated.truth import true_factors, true_lanes, true_rates, true_returns
from tradewind.data.simulated.visits import visits

_DAY = 86_400.0


@dataclass(frozen=True)
class SellerFiles:
    """Where the files lie: `folder` to import, `truth_folder` (its sibling) for tests and benchmarks alone."""

    folder: Path
    truth_folder: Path


Progress = Callable[[float], None]


def write_seller(
    folder: Path | str, scale: str = "small", seed: int = 7, progress: Progress | None = None
) -> SellerFiles:
    """Write the seller of `scale` ("tiny", "small", "large") into `folder`, one file a table, and the truth beside it.

    Same scale, seed and library versions: same bytes. `progress` is told the share done, 0 to 1.
    Files of the same names are replaced. Raises ParameterError for an unknown scale.
    """
    chosen = scale_named(scale)
    files = SellerFiles(Path(folder), Path(folder).with_name(Path(folder).name + "-truth"))
    for where in (files.folder, files.truth_folder):
        where.mkdir(parents=True, exist_ok=True)
    for name, table, is_truth in _tables(chosen, seed, progress or _silent):
        if is_truth:
            table.write_parquet(files.truth_folder / f"{name}.parquet")
        else:
            _write(table, files.folder / f"{name}.{chosen.file_format}")
    return files


def seller_tables(scale: str = "tiny", seed: int = 7) -> Mapping[str, pl.DataFrame]:
    """The same tables in memory, without the truth."""
    return {name: table for name, table, is_truth in _tables(scale_named(scale), seed, _silent) if not is_truth}


def _tables(scale: Scale, seed: int, progress: Progress):  # type: ignore[no-untyped-def]  # noqa: ANN202
    listed = occasions(scale.first_week, scale.last_day + timedelta(weeks=FUTURE_WEEKS), scale.markets)
    paths = exchange(scale, seed)
    assortment = goods(scale, seed)
    drawn = visits(scale, assortment, listed, seed)
    places = storing(scale, assortment, drawn)
    progress(0.1)
    yield "calendar", calendar_table(listed), False
    yield "fx", fx_table(paths), False
    yield "products", products_table(assortment, scale), False
    yield "nodes", nodes_table(scale, places), False
    yield "services", services_table(scale), False
    yield "listings", listings_table(scale, assortment, places, paths), False
    traded = trade(scale, assortment, drawn, places, seed, lambda share: progress(0.1 + 0.4 * share))
    yield "stock", stock_table(scale, assortment, places, traded), False
    bought = traded.purchases
    placed = orders(scale, assortment, drawn, places, bought, seed)
    sent = send(scale, assortment, bought, placed, listed, seed)
    lines = order_lines_table(
        scale, assortment, bought, placed, listed, paths, sent.created_day * _DAY, sent.delivered_day * _DAY, seed
    )
    yield "order_lines", lines, False
    progress(0.6)
    yield "returns", returns_table(scale, assortment, bought, placed, sent, lines, seed), False
    del lines
    yield "parcels", parcels_table(scale, placed, sent), False
    yield "events", events_table(scale, placed, sent), False
    progress(0.8)
    yield "rates", true_rates(scale, assortment, drawn, places, traded, seed), True
    yield "lanes", true_lanes(scale, listed, seed), True
    yield "factors", true_factors(), True
    yield "returns", true_returns(scale), True
    progress(1.0)


def _write(table: pl.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        table.write_parquet(path)
    else:
        table.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%SZ", date_format="%Y-%m-%d")


def _silent(_share: float) -> None:
    pass
