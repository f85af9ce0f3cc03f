"""All modes of a SKU side by side: what each brings in a month, which is chosen, what full-managed must pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Final

import polars as pl

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.requests import ModesRequest
from tradewind.app.usecases.result import Page, Provenance, Rows, paged
from tradewind.core.errors import RequestError, UnknownNameError

if TYPE_CHECKING:
    from tradewind.data.runs import Run
    from tradewind.engine.modes import ModeChoice

MOST_CLASHES: Final = 20
_OF_PAGE: Final = {
    "options": "mode_options", "full_managed": "mode_offers", "parity": "price_parity", "tiers": "tiers",
}  # fmt: skip


@dataclass(frozen=True)
class ModesResult:
    """`modes`: a page of the plan's table `modes`, most money first; of its SKUs `options` (what each mode brings),
    `full_managed` (the supply price to answer with), `parity` (prices across modes) and `tiers`.

    `clashes`: the first rows of parity, over all SKUs asked about, whose prices or channels compete. `policies`: what
    each tier is for; `control`: who decides what in which mode. `sku`: the one asked about, None for all.
    """

    provenance: Provenance
    currency: str
    on: date
    sku: str | None
    modes: Annotated[Page, Rows("modes")]
    options: Annotated[pl.DataFrame, Rows("mode_options")]
    full_managed: Annotated[pl.DataFrame, Rows("mode_offers")]
    parity: Annotated[pl.DataFrame, Rows("price_parity")]
    tiers: Annotated[pl.DataFrame, Rows("tiers")]
    clashes: pl.DataFrame
    policies: Annotated[pl.DataFrame, Rows("tier_policies")]
    control: Annotated[pl.DataFrame, Rows("mode_control")]


def compare_modes(context: Context, request: ModesRequest) -> ModesResult:
    """Full-managed, semi-managed stocked and just in time, POP and overseas, side by side, as a plan has them.

    With `supply_price`, full-managed at that price is valued beside the others. Raises UnknownRunError,
    UnknownNameError for a SKU the plan does not have, RequestError for a supply price of no SKU.
    """
    plan = context.plan(request.run)
    frames = _frames(plan, request)
    if request.supply_price is not None:
        choice = _choice_at(context, plan, str(request.sku), request.supply_price)
        frames = {**frames, "modes": choice.modes, "mode_options": choice.options}
    by_money = pl.col("monthly_margin").abs()
    modes = paged(frames["modes"].sort(by_money, descending=True, nulls_last=True), request.limit, request.after)
    of_page = {
        field: frames[table].join(modes.frame.select("sku"), on="sku", how="semi", maintain_order="left")
        for field, table in _OF_PAGE.items()
    }
    return ModesResult(
        context.provenance(plan),
        plan.currency,
        plan.as_of.date(),
        request.sku,
        modes=modes,
        **of_page,
        clashes=_clashes(frames["price_parity"]),
        policies=plan["tier_policies"],
        control=plan["mode_control"],
    )


def _frames(plan: Run, request: ModesRequest) -> Mapping[str, pl.DataFrame]:
    """The plan's tables, of the SKU asked about or all."""
    tables = {name: plan[name] for name in ("modes", *_OF_PAGE.values())}
    if request.sku is None:
        if request.supply_price is not None:
            raise RequestError("modes_supply_price_whose", field="supply_price")
        return tables
    if tables["modes"].filter(pl.col("sku") == request.sku).is_empty():
        raise UnknownNameError("modes_sku_unknown", field="sku", sku=request.sku)
    return {name: frame.filter(pl.col("sku") == request.sku) for name, frame in tables.items()}


def _clashes(parity: pl.DataFrame) -> pl.DataFrame:
    from tradewind.engine.modes import CLASHES

    return parity.filter(pl.col("reason").is_in(CLASHES)).head(MOST_CLASHES)


def _choice_at(context: Context, plan: Run, sku: str, supply_price: float) -> ModeChoice:
    """The choice among the modes of one SKU, full-managed at `supply_price` beside those the plan valued.

    Orders of the SKU are valued whole: what a piece leaves depends on what shares its parcel.
    """
    from tradewind.app.planning.mode_terms import supplied
    from tradewind.app.planning.predict import paths_of
    from tradewind.engine.modes import (
        ModeFacts,
        ModeParams,
        MonthDemand,
        choose_mode,
        delivery_days,
        present_modes,
    )
    from tradewind.engine.stock import stock_position, stocked_units

    facts, its = context.facts_of(plan), pl.col("sku") == sku
    orders = facts["order_lines"].filter(its).select("platform", "shop", "order_id").unique()
    lines = facts["order_lines"].join(orders, on=orders.columns, how="semi", maintain_order="left")
    price = pl.DataFrame({"sku": [sku], "mode": ["full"], "price": [supply_price]})
    at_price = supplied(facts, price, sold=lines).filter(its)
    usual = plan["economics"].filter(its & (pl.col("mode") != "full"))
    paths = paths_of(facts, plan["demand"].filter(its), plan["shared_shocks"], seed=plan.seed)
    month = MonthDemand.from_weeks(paths.keys, paths.draws)
    present = present_modes(lines, as_of=facts.as_of).join(month.keys, on=["sku", "market"], how="semi")
    economics = pl.concat([usual.select(at_price.columns), at_price]).sort("sku", "market", "mode")
    days = delivery_days(facts.routes, plan["promises"])
    stocked = stocked_units(
        plan["network"].filter(its), stock_position(facts["stock"].filter(its), facts.as_of), facts["nodes"]
    )
    compared = ModeFacts(economics, month, present, plan["tiers"].filter(its), facts["fx"], days, stocked)
    return choose_mode(compared, facts.rules, on=facts.as_of.date(), params=ModeParams(seed=plan.seed))
