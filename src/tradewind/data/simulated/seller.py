"""Write a whole generated seller: the files he would export, and beside them the truth behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import polars as pl

from tradewind.data.simulated.after_sales import returns_table
from tradewind.data.simulated.assortment import (
    Naming,
    bundles_table,
    listings_table,
    named_as_sold,
    naming,
    reservations_table,
    with_reserved,
)
from tradewind.data.simulated.buyers import true_buyers
from tradewind.data.simulated.campaigns import true_campaigns, true_segments
from tradewind.data.simulated.counts import stock_table
from tradewind.data.simulated.damage import damage
from tradewind.data.simulated.events import calendar_table
from tradewind.data.simulated.exchange import fx_table
from tradewind.data.simulated.goods import products_table
from tradewind.data.simulated.lanes import services_table
from tradewind.data.simulated.orders import order_lines_table, orders
from tradewind.data.simulated.parcels import events_table, parcels_table, send
from tradewind.data.simulated.payments import fines_table, settlements_table
from tradewind.data.simulated.scales import Scale, scale_named
from tradewind.data.simulated.scenarios import NONE, Scenario, scenario_named
from tradewind.data.simulated.storing import nodes_table
from tradewind.data.simulated.suppliers import suppliers_table, true_suppliers
from tradewind.data.simulated.supplying import jit_inbounds, purchase_orders_table, stocked_inbounds
from tradewind.data.simulated.trading import Trading, trade
from tradewind.data.simulated.traffic import traffic_table
from tradewind.data.simulated.truth import (
    true_factors,
    true_goods,
    true_lanes,
    true_rates,
    true_returns,
    true_scenario,
)
from tradewind.data.simulated.world import World, world
from tradewind.data.storage import file_errors

_DAY = 86_400.0
_SHARED = ("calendar", "fx", "services", "nodes")


@dataclass(frozen=True)
class SellerFiles:
    """Where the files lie: `folder` to import, `truth_folder` (its sibling) for tests and benchmarks alone."""

    folder: Path
    truth_folder: Path


Progress = Callable[[float], None]


def write_seller(
    folder: Path | str,
    scale: str = "small",
    seed: int = 7,
    progress: Progress | None = None,
    *,
    scenario: str | None = None,
    damaged: bool = False,
) -> SellerFiles:
    """Write the seller of `scale` ("tiny", "small", "large", "huge") into `folder`, a file a table; the truth beside.

    `scenario`: one of SCENARIOS, a disturbance from a stated Monday on; before it, the world is that without it.
    `damaged`: as sellers get their exports, some rows unreadable and the last orders in a file that overlaps; what was
    damaged is in the truth. `huge` comes in shards, several files a table, its truth for the first shard alone.

    Same arguments and library versions: same bytes. `progress` is called with the share done, 0 to 1. Files of the same
    names are replaced. Raises ParameterError for an unknown scale or scenario, StorageError where the folder cannot be
    written.
    """
    chosen = scale_named(scale)
    happens = scenario_named(scenario, chosen)
    files = SellerFiles(Path(folder), Path(folder).with_name(Path(folder).name + "-truth"))
    with file_errors(files.folder):
        for where in (files.folder, files.truth_folder):
            where.mkdir(parents=True, exist_ok=True)
        shards = chosen.parts()
        for shard in shards:
            report = _share_of(progress or _silent, shard.shard, len(shards))
            for part in generate(shard, seed, report, happens):
                _write_part(part, shard, files, seed if damaged else None)
    return files


class Part(NamedTuple):
    """One table of the generated seller, or of the truth about him."""

    name: str
    table: pl.DataFrame
    is_truth: bool = False


def generate(scale: Scale, seed: int, progress: Progress | None = None, scenario: Scenario = NONE) -> Iterator[Part]:
    """The seller's tables and the truth, one at a time, so that not all are in memory at once."""
    report = progress or _silent
    drawn = world(scale, seed, scenario)
    names = naming(drawn)
    report(0.1)
    yield Part("calendar", calendar_table(drawn.events))
    yield Part("fx", fx_table(drawn.exchange))
    yield Part("products", products_table(drawn.goods, scale))
    yield Part("nodes", nodes_table(scale, drawn.places))
    yield Part("services", services_table(scale))
    yield Part("listings", listings_table(drawn, names))
    yield Part("bundles", bundles_table(drawn, names))
    yield Part("suppliers", suppliers_table(scale, drawn.goods, drawn.suppliers))
    traded = trade(drawn, lambda share: report(0.1 + 0.4 * share))
    yield from _stock_tables(drawn, traded, names)
    yield from _order_tables(drawn, traded, names)
    report(0.8)
    yield from _truth(drawn, traded)
    report(1.0)


def _stock_tables(drawn: World, traded: Trading, names: Naming) -> Iterator[Part]:
    reserved = reservations_table(drawn, names)
    yield Part("reservations", reserved)
    yield Part("stock", with_reserved(stock_table(drawn, traded), reserved))
    yield Part("purchase_orders", purchase_orders_table(drawn, traded))


def _order_tables(drawn: World, traded: Trading, names: Naming) -> Iterator[Part]:
    sold = traded.sold
    placed = orders(drawn, sold)
    sent = send(drawn, sold, placed)
    bare = order_lines_table(drawn, sold, placed, sent.created_day * _DAY, sent.delivered_day * _DAY)
    lines = named_as_sold(drawn, names, bare)
    yield Part("order_lines", lines)
    yield Part("traffic", traffic_table(drawn, sold, placed, bare))
    came_back = returns_table(drawn, sold, placed, sent, lines)
    yield Part("returns", came_back)
    on_order, consigned = jit_inbounds(drawn, sold, placed, sent)
    inbounds = pl.concat([stocked_inbounds(drawn, traded), on_order]).sort("platform", "shop", "inbound_id", "sku")
    yield Part("inbounds", inbounds)
    fines = fines_table(drawn, placed, sent, inbounds, consigned, came_back)
    yield Part("fines", fines)
    yield Part("settlements", settlements_table(drawn, placed, sent, lines, came_back, fines))
    yield Part("parcels", parcels_table(drawn.scale, placed, sent))
    yield Part("events", events_table(drawn.scale, placed, sent))


def _truth(drawn: World, traded: Trading) -> Iterator[Part]:
    scale, goods = drawn.scale, drawn.goods
    tables = {
        "rates": true_rates(drawn, traded),
        "lanes": true_lanes(drawn),
        "factors": true_factors(),
        "returns": true_returns(scale),
        "goods": true_goods(drawn),
        "campaigns": true_campaigns(scale, drawn.seed, goods.sku),
        "segments": true_segments(scale),
        "buyers": true_buyers(drawn.buyers),
        "suppliers": true_suppliers(scale, goods, drawn.suppliers),
        "scenario": true_scenario(drawn),
    }
    for name, table in tables.items():
        yield Part(name, table, is_truth=True)


def _write_part(part: Part, scale: Scale, files: SellerFiles, damaged: int | None) -> None:
    """One table of one shard; `damaged`: the seed of the damage, None: none. What all shards share is written once."""
    if scale.shard and (part.is_truth or part.name in _SHARED):
        return
    number = "" if scale.shards == 1 or part.is_truth or part.name in _SHARED else f"-{scale.shard:03d}"
    if part.is_truth:
        part.table.write_parquet(files.truth_folder / f"{part.name}.parquet")
    elif damaged is None:
        _write(part.table, files.folder / f"{part.name}{number}.{scale.file_format}")
    else:
        spoiled, damages = damage(part.name, part.table, scale, damaged)
        for file in spoiled:
            file.table.write_csv(files.folder / f"{file.name}{number}.csv")
        if damages.height:
            damages.write_parquet(files.truth_folder / f"damage-{part.name}{number}.parquet")


def _write(table: pl.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        table.write_parquet(path)
    else:
        table.write_csv(path, datetime_format="%Y-%m-%dT%H:%M:%SZ", date_format="%Y-%m-%d")


def _share_of(report: Progress, shard: int, shards: int) -> Progress:
    return lambda share: report((shard + share) / shards)


def _silent(_share: float) -> None:
    pass
