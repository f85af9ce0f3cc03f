"""Write a whole generated seller: the files he would export, and beside them the truth behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import polars as pl

from tradewind.core.errors import StorageError
from tradewind.core.weeks import start_of_day
from tradewind.data.simulated.after_sales import returns_table
from tradewind.data.simulated.assortment import bundles_table, reservations_table
from tradewind.data.simulated.counts import stock_table
from tradewind.data.simulated.exchange import fx_table
from tradewind.data.simulated.goods import products_table
from tradewind.data.simulated.lanes import services_table
from tradewind.data.simulated.looking import traffic_table
from tradewind.data.simulated.occasions import calendar_table
from tradewind.data.simulated.orders import listings_table, order_lines_table, orders
from tradewind.data.simulated.parcels import events_table, parcels_table, send
from tradewind.data.simulated.payments import fines_table, settlements_table
from tradewind.data.simulated.scales import Scale, scale_named
from tradewind.data.simulated.storing import nodes_table
from tradewind.data.simulated.supplying import inbounds_table, purchase_orders_table, suppliers_table
from tradewind.data.simulated.trading import trade
from tradewind.data.simulated.truth import true_factors, true_lanes, true_rates, true_returns
from tradewind.data.simulated.world import world

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
    Files of the same names are replaced. Raises ParameterError for an unknown scale, StorageError where
    the folder cannot be written.
    """
    chosen = scale_named(scale)
    files = SellerFiles(Path(folder), Path(folder).with_name(Path(folder).name + "-truth"))
    try:
        for where in (files.folder, files.truth_folder):
            where.mkdir(parents=True, exist_ok=True)
        for part in generate(chosen, seed, progress):
            where, suffix = (files.truth_folder, "parquet") if part.is_truth else (files.folder, chosen.file_format)
            _write(part.table, where / f"{part.name}.{suffix}")
    except (OSError, pl.exceptions.ComputeError) as cause:
        raise StorageError("seller_not_written", path=files.folder, cause=cause) from cause
    return files


class Part(NamedTuple):
    """One table of the generated seller, or of the truth about him."""

    name: str
    table: pl.DataFrame
    is_truth: bool = False


def generate(scale: Scale, seed: int, progress: Progress | None = None) -> Iterator[Part]:
    """The seller's tables and the truth, one at a time, so that the large ones need not live together."""
    tell = progress or _silent
    drawn = world(scale, seed)
    tell(0.1)
    yield Part("calendar", calendar_table(drawn.listed))
    yield Part("fx", fx_table(drawn.exchange))
    yield Part("products", products_table(drawn.goods, scale))
    yield Part("nodes", nodes_table(scale, drawn.places))
    yield Part("services", services_table(scale))
    yield Part("listings", listings_table(drawn))
    yield Part("bundles", bundles_table(drawn))
    yield Part("reservations", reservations_table())
    yield Part("suppliers", suppliers_table(drawn))
    traded = trade(drawn, lambda share: tell(0.1 + 0.4 * share))
    yield Part("stock", stock_table(drawn, traded))
    yield Part("purchase_orders", purchase_orders_table(drawn, traded))
    inbounds = inbounds_table(drawn, traded)
    yield Part("inbounds", inbounds)
    yield Part("fines", fines_table(inbounds))
    placed = orders(drawn, traded.sold)
    sent = send(drawn, traded.sold, placed)
    lines = order_lines_table(drawn, traded.sold, placed, sent.created_day * _DAY, sent.delivered_day * _DAY)
    yield Part("order_lines", lines)
    tell(0.6)
    came_back = returns_table(drawn, traded.sold, placed, sent, lines)
    yield Part("returns", came_back)
    end = pl.lit(start_of_day(scale.last_day + timedelta(days=1)))
    yield Part("settlements", settlements_table(lines, came_back, end))
    yield Part("traffic", traffic_table(drawn, lines))
    del lines
    yield Part("parcels", parcels_table(scale, placed, sent))
    yield Part("events", events_table(scale, placed, sent))
    tell(0.8)
    yield Part("rates", true_rates(drawn, traded), is_truth=True)
    yield Part("lanes", true_lanes(drawn), is_truth=True)
    yield Part("factors", true_factors(), is_truth=True)
    yield Part("returns", true_returns(scale), is_truth=True)
    tell(1.0)


def _write(table: pl.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        table.write_parquet(path)
    else:
        table.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%SZ", date_format="%Y-%m-%d")


def _silent(_share: float) -> None:
    pass
