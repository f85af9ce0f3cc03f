"""SKU mapping: from platform listings and bundles to the seller's own SKUs, with one stock for all channels.

    lines = map_skus(tables)["order_lines"]    # in own SKUs
    unmatched(tables)                          # what no product, listing or bundle explains, with the best guess

Facts are stored as the source gave them and mapped again for every plan, so that a listing or a bundle described
today also explains the orders of last year.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from tradewind.core.tables import TABLES

MAPPED_TABLES: Final = ("order_lines", "returns", "settlements", "traffic", "stock")
_LISTING: Final = ["platform", "shop", "listing_id"]
_SPLIT_AMOUNTS: Final = {"order_lines": ("discount", "paid_amount"), "returns": ("refund_amount",)}


def map_skus(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Order lines, returns, settlements, traffic and stock of `tables` (as in core.tables), in own SKUs.

    A line is a listing's if it names the listing, or if its SKU is the listing's number on that platform and shop and
    no product's. Bundles become their components: units times the components', amounts split by what the components
    cost (equally per unit where a cost is not known), to the last cent. Stock counted for a bundle is left out,
    because a bundle is taken from its components' stock; what other channels reserve is not available.
    """
    return {name: map_table(name, tables) for name in MAPPED_TABLES}


def map_table(name: str, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """One table of `map_skus`; beside it only listings, products, bundles and reservations are read."""
    if name == "stock":
        bundles = components(tables["bundles"]).select(sku="bundle_sku")
        counted = tables["stock"].join(bundles, on="sku", how="anti", maintain_order="left")
        return _without_reserved(counted, tables["reservations"])
    named = _in_own_skus(tables[name], tables["listings"], tables["products"])
    if name not in _SPLIT_AMOUNTS:
        return named
    shares = _value_shares(components(tables["bundles"]), tables["products"])
    return _split_bundles(named, shares, TABLES[name].group, _SPLIT_AMOUNTS[name])


def components(bundles: pl.DataFrame) -> pl.DataFrame:
    """bundle_sku, sku, units: what each bundle holds, bundles within it resolved to their components.

    Bundles that contain themselves over others are left out: see `circular`.
    """
    parts = bundles.select("bundle_sku", "sku", "units")
    parts = parts.filter(~pl.col("bundle_sku").is_in(circular(bundles).implode()))
    inner_parts = parts.select(inner="bundle_sku", part="sku", part_units="units")
    while not parts.join(inner_parts, left_on="sku", right_on="inner", how="semi").is_empty():
        parts = parts.join(inner_parts, left_on="sku", right_on="inner", how="left").select(
            "bundle_sku",
            sku=pl.coalesce("part", "sku"),
            units=pl.col("units") * pl.col("part_units").fill_null(1),
        )
    return parts.group_by("bundle_sku", "sku").agg(pl.col("units").sum()).sort("bundle_sku", "sku")


def circular(bundles: pl.DataFrame) -> pl.Series:
    """SKUs of bundles that contain themselves, directly or over other bundles, and of those that contain them."""
    inner = bundles.select("bundle_sku", "sku")
    # A bundle of SKUs that are no open bundle is resolved; what is never resolved is circular.
    while True:
        unresolved = inner.join(inner, left_on="sku", right_on="bundle_sku", how="semi").select("bundle_sku").unique()
        left = inner.join(unresolved, on="bundle_sku", how="semi")
        if left.height == inner.height:
            return unresolved["bundle_sku"].sort()
        inner = left


def unmatched(tables: Mapping[str, pl.DataFrame], *, guesses_for: int = 500) -> pl.DataFrame:
    """What was sold under a name that no product, listing or bundle explains; most units first.

    Columns platform, shop, listing_id (as the platform says it), lines, units, last_sold_on, guess (own SKU whose
    letters and digits come nearest, null where none is near), alike (0 to 100). Empty without products. Guesses are
    made for the first `guesses_for` rows. They are for a person to confirm: nothing is matched by likeness.
    """
    lines, products = tables["order_lines"], tables["products"]
    if products.is_empty():
        lines = lines.clear()
    sold_as = lines.with_columns(listing_id=pl.coalesce("listing_id", "sku"), name="sku")
    named = _in_own_skus(sold_as, tables["listings"], products)
    known = pl.concat([products["sku"], tables["bundles"]["bundle_sku"]])
    unknown_names = (
        named.filter(~pl.col("sku").is_in(known.implode()))
        .group_by("platform", "shop", "listing_id")
        .agg(
            lines=pl.len().cast(pl.Int64),
            units=pl.col("units").sum(),
            last_sold_on=pl.col("ordered_at").max().dt.date(),
            name=pl.col("name").min(),
        )
        .sort("units", "platform", "shop", "listing_id", descending=[True, False, False, False])
    )
    return unknown_names.hstack(_guesses(unknown_names["name"].head(guesses_for), known, unknown_names.height)).drop(
        "name"
    )


def _in_own_skus(frame: pl.DataFrame, listings: pl.DataFrame, products: pl.DataFrame) -> pl.DataFrame:
    """`frame` with the seller's own `sku`, and the listing's mode where a line has none."""
    if frame.is_empty() or listings.is_empty():
        return frame
    unknown = ~pl.col("sku").is_in(products["sku"].unique().implode())
    name: pl.Expr = pl.when(unknown).then("sku")
    if "listing_id" in frame.columns:
        name = pl.coalesce("listing_id", name)
    own = listings.select(*_LISTING, own_sku="sku", own_mode=pl.col("mode"))
    named = frame.with_columns(_name=name).join(
        own, left_on=["platform", "shop", "_name"], right_on=_LISTING, how="left", maintain_order="left"
    )
    if (
        "listing_id" in frame.columns and named["own_sku"].null_count()
    ):  # a line may name a listing nobody has described, and the listing's variant in its SKU
        own = own.rename({"own_sku": "own_sku_2", "own_mode": "own_mode_2"})
        named = (
            named.with_columns(_name=pl.when(unknown).then("sku"))
            .join(own, left_on=["platform", "shop", "_name"], right_on=_LISTING, how="left", maintain_order="left")
            .with_columns(own_sku=pl.coalesce("own_sku", "own_sku_2"), own_mode=pl.coalesce("own_mode", "own_mode_2"))
        )
    columns = [pl.coalesce("own_sku", "sku").alias("sku")]
    if "mode" in frame.columns:
        columns.append(pl.coalesce("mode", "own_mode").alias("mode"))
    return named.with_columns(columns).select(frame.columns)


def _value_shares(parts: pl.DataFrame, products: pl.DataFrame) -> pl.DataFrame:
    """`parts` with `share`, of a bundle's money: by cost; per unit unless all costs are known in one currency."""
    costs = products.select("sku", "unit_cost", cost_currency="currency")
    worth = parts.join(costs, on="sku", how="left", maintain_order="left")
    known = (pl.col("unit_cost").is_not_null().all() & (pl.col("cost_currency").n_unique() == 1)).over("bundle_sku")
    value = pl.col("units") * pl.when(known).then("unit_cost").otherwise(1.0)
    total = value.sum().over("bundle_sku")
    share = pl.when(total > 0).then(value / total).otherwise(1.0 / pl.len().over("bundle_sku"))
    return worth.with_columns(share=share).select("bundle_sku", "sku", "units", "share")


def _split_bundles(
    frame: pl.DataFrame, parts: pl.DataFrame, group: tuple[str, ...], amounts: tuple[str, ...]
) -> pl.DataFrame:
    """Lines of bundles split by component: the first keeps its line number, others follow the order's last."""
    bundles = frame.join(parts, left_on="sku", right_on="bundle_sku", how="semi")
    if bundles.is_empty():
        return frame
    last = frame.group_by(group).agg(_last=pl.col("line_no").max())
    key = [*group, "line_no"]
    split = bundles.join(
        parts.rename({"sku": "part", "units": "part_units"}), left_on="sku", right_on="bundle_sku", how="inner"
    ).sort(*key, "part")
    nth = pl.int_range(pl.len()).over(key)
    is_last = nth == pl.len().over(key) - 1
    each = [pl.col(c) * pl.col("share") / pl.col("part_units") for c in ("unit_price",) if c in frame.columns]
    split = split.with_columns(
        *each,
        *(_shared(amount, is_last, key) for amount in amounts),
        sku="part",
        units=pl.col("units") * pl.col("part_units"),
        _extra=nth > 0,
    ).join(last, on=list(group), how="left", maintain_order="left")
    counted_on = pl.col("_last") + pl.col("_extra").cum_sum().over(group)
    split = split.with_columns(line_no=pl.when("_extra").then(counted_on).otherwise("line_no").cast(pl.Int64))
    unsplit = frame.join(bundles.select(key), on=key, how="anti", maintain_order="left")
    return pl.concat([unsplit, split.select(frame.columns)]).sort(key)


def _shared(amount: str, is_last: pl.Expr, key: list[str]) -> pl.Expr:
    """Each part's share in cents; the last takes what rounding leaves."""
    cents = (pl.col(amount) * pl.col("share")).round(2)
    rest = (pl.col(amount) - (cents.sum().over(key) - cents)).round(2)
    return pl.when(is_last).then(rest).otherwise(cents).alias(amount)


def _without_reserved(stock: pl.DataFrame, reservations: pl.DataFrame) -> pl.DataFrame:
    """Stock with what other channels had reserved when it was counted moved from available to locked."""
    if stock.is_empty() or reservations.is_empty():
        return stock
    place = ["node", "sku"]
    channels = reservations.select(*place, "channel").unique()
    kept = reservations.select(*place, "channel", "taken_at", "units", "expires_on").sort("taken_at")
    counts = stock.select(*place, "taken_at").join(channels, on=place).sort("taken_at")
    reserved = (
        counts.join_asof(kept, on="taken_at", by=[*place, "channel"], check_sortedness=False)
        .filter(pl.col("expires_on").is_null() | (pl.col("expires_on") > pl.col("taken_at").dt.date()))
        .group_by(*place, "taken_at")
        .agg(reserved=pl.col("units").sum())
    )
    taken = pl.min_horizontal(pl.col("reserved").fill_null(0), "available_units")
    return (
        stock.join(reserved, on=[*place, "taken_at"], how="left", maintain_order="left")
        .with_columns(
            available_units=pl.col("available_units") - taken,
            locked_units=pl.when(taken > 0).then(pl.col("locked_units").fill_null(0) + taken).otherwise("locked_units"),
        )
        .drop("reserved")
    )


def _guesses(names: pl.Series, known: pl.Series, height: int) -> pl.DataFrame:
    """The known SKU nearest to each name by its letters and digits (rapidfuzz's ratio), from 60 of 100 on."""
    from rapidfuzz import fuzz, process

    letters = {sku: _letters(sku) for sku in sorted(known)}
    guesses: list[tuple[str | None, float | None]] = []
    for name in names:
        best = process.extractOne(_letters(name), letters, scorer=fuzz.ratio, score_cutoff=60)
        guesses.append((best[2], best[1]) if best else (None, None))
    guesses += [(None, None)] * (height - len(guesses))
    return pl.DataFrame(guesses, schema={"guess": pl.String, "alike": pl.Float64}, orient="row")


def _letters(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
