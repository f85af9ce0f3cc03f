"""Money that is contested, to come, or at risk: fines and their evidence, the cash calendar, the shop's figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Final

import polars as pl

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.requests import CashRequest, FinesRequest, ShopHealthRequest
from tradewind.app.usecases.result import Page, Provenance, Rows, paged
from tradewind.core.errors import UnknownNameError

_CLAIMED: Final = "fee_back.claim"


@dataclass(frozen=True)
class FinesResult:
    """`fines`: a page of those asked for, the nearest deadline first; `loaded`: how many there are in all.

    `against`: open fines the record contradicts, `against_money` their sum. `fees_claimed`: operation fees of returns
    that should have come back and did not, `fees_rest` their sum; `fees_back`: as many rows of that table as of fines,
    of `fees_rows` in all, largest rest first. Money in `currency`.
    """

    provenance: Provenance
    currency: str
    fines: Annotated[Page, Rows("fines")]
    loaded: int
    against: int
    against_money: float
    fees_claimed: int
    fees_rest: float
    fees_rows: int
    fees_back: Annotated[pl.DataFrame, Rows("fees_back")]


@dataclass(frozen=True)
class FineResult:
    """`fine`: the row of one fine; `evidence`: every dated fact on record that bears on it, by time."""

    provenance: Provenance
    currency: str
    fine: pl.DataFrame
    evidence: pl.DataFrame


@dataclass(frozen=True)
class CashResult:
    """`weeks`, `low`, `notes`: tables cash_weeks, cash_low, cash_notes of a plan, for the weeks asked; `payout_lags`:
    how long payouts take, in days; `fx_spread`: the share a bank keeps of a conversion."""

    provenance: Provenance
    currency: str
    fx_spread: float
    weeks: Annotated[pl.DataFrame, Rows("cash_weeks")]
    low: Annotated[pl.DataFrame, Rows("cash_low")]
    notes: Annotated[pl.DataFrame, Rows("cash_notes")]
    payout_lags: Annotated[pl.DataFrame, Rows("payout_lags")]


@dataclass(frozen=True)
class ShopHealthResult:
    """`data`: the table shop_health of a plan, what is broken first."""

    provenance: Provenance
    rows: int
    data: Annotated[pl.DataFrame, Rows("shop_health")]


def list_fines(context: Context, request: FinesRequest) -> FinesResult | FineResult:
    """The fines that can still be appealed (`all`: every one), or one with its evidence. Raises UnknownNameError."""
    tables, currency, provenance = _record(context, request.as_of, "fines", "fees_back", "fine_evidence")
    fines = tables["fines"]
    if request.fine is None:
        return _listed(fines, tables["fees_back"], request, currency, provenance)
    named = pl.col("fine_id") == request.fine
    if fines.filter(named).is_empty():
        raise UnknownNameError("unknown_fine", field="fine", fine=request.fine)
    return FineResult(provenance, currency, fines.filter(named), tables["fine_evidence"].filter(named))


def _listed(
    fines: pl.DataFrame, fees: pl.DataFrame, request: FinesRequest, currency: str, provenance: Provenance
) -> FinesResult:
    against = fines.filter(pl.col("open") & (pl.col("verdict") == "against"))
    claimed = fees.filter(pl.col("reason") == _CLAIMED)
    return FinesResult(
        provenance,
        currency,
        fines=paged(fines if request.all else fines.filter("open"), request.limit, request.after),
        loaded=fines.height,
        against=against.height,
        against_money=float(against["money"].sum()),
        fees_claimed=claimed.height,
        fees_rest=float(claimed["rest"].sum()),
        fees_rows=fees.height,
        fees_back=fees.slice(request.after, request.limit),
    )


def shop_health(context: Context, request: ShopHealthRequest) -> ShopHealthResult:
    """The shop's figures against the platform's thresholds."""
    tables, _, provenance = _record(context, request.as_of, "shop_health")
    return ShopHealthResult(provenance, tables["shop_health"].height, tables["shop_health"])


def _record(
    context: Context, as_of: datetime | None, *names: str
) -> tuple[Mapping[str, pl.DataFrame], str, Provenance]:
    """These tables of the latest plan where it answers for all there is, else computed when first asked for."""
    plan = context.kept(*names, as_of=as_of)
    if plan is not None:
        return plan.tables, plan.currency, Provenance.of_plan(plan)
    from tradewind.app.planning import account
    from tradewind.app.planning.observe import with_histories
    from tradewind.data.frames import Frames

    facts, provenance = context.known(as_of)
    facts = with_histories(facts)
    make = {
        "fines": account.fines,
        "fine_evidence": account.fine_evidence,
        "fees_back": account.fees_back,
        "shop_health": account.shop_health,
    }
    return Frames(names, lambda name: make[name](facts)), facts.base, provenance


def cash_calendar(context: Context, request: CashRequest) -> CashResult:
    """The cash calendar of a plan, under what shop.yaml and the rules say now. Raises UnknownRunError.

    Nothing is drawn anew: fewer weeks are the first of the plan's.
    """
    from tradewind.app.planning.cash import cash_terms
    from tradewind.engine.cash import CashPaths, calendar_of

    plan = context.plan(request.run)
    now = context.workspace.snapshot(plan.as_of, plan.versions)
    terms = cash_terms(now.shop_profile, now.rules(), plan.as_of.date())
    if request.fx_spread is not None:
        terms = replace(terms, fx_spread=request.fx_spread)
    weeks, low = plan["cash_weeks"].clear(), plan["cash_low"].clear()
    if not plan["cash_weeks"].is_empty():
        weeks, low = calendar_of(CashPaths.from_frame(plan["cash_paths"]), terms, request.weeks)
    return CashResult(
        context.provenance(plan), plan.currency, terms.fx_spread, weeks, low, plan["cash_notes"], plan["payout_lags"]
    )
