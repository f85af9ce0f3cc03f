"""May the shop open semi-managed, would the goods be refused, and what does a failure code mean?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.forms import written_form
from tradewind.app.usecases.requests import EligibilityRequest, ExplainRequest, PreflightRequest, ShopHealthRequest
from tradewind.app.usecases.result import FormResult, Page, Provenance, paged
from tradewind.app.usecases.rules import day_of, rules_of
from tradewind.core.errors import UnknownNameError

if TYPE_CHECKING:
    import polars as pl

    from tradewind.app.forms.consignment import Goods
    from tradewind.core.rules import RuleRow, Rules
    from tradewind.engine.compliance import Cause

_FACT_OF: Final = {
    "sell_through": "sell_through", "positive_rate": "positive_rate", "violations": "serious_violations",
}  # fmt: skip
"""Figures of the shop that are conditions as well."""


@dataclass(frozen=True)
class EligibilityResult:
    """`data`: each condition and document with what was found (see `engine.compliance.eligible`).

    `rows` are those that count now (not what is due after approval), of which so many hold, fail, or are not known.
    `from_orders`: what the sheet leaves blank and the workspace's own tables say. `readings`: see `Rules.readings`.
    """

    provenance: Provenance
    on: date
    rows: int
    holds: int
    fails: int
    unknown: int
    from_orders: Mapping[str, float]
    data: pl.DataFrame
    readings: pl.DataFrame


@dataclass(frozen=True)
class PreflightResult:
    """`page`: what would be refused or charged at a moment, worst first (see `engine.compliance.preflight`).

    The counts by severity leave out what a person has `overruled`. `money_at_risk` by currency; `unread`: cells that
    could not be read (sku, column, value); `readings`: see `Rules.readings`.
    """

    at: datetime
    skus: int
    refused: int
    charged: int
    verify: int
    not_said: int
    note: int
    overruled: int
    money_at_risk: Mapping[str, float]
    page: Page
    unread: pl.DataFrame
    readings: pl.DataFrame


@dataclass(frozen=True)
class FailureCodeResult:
    """A failure code of the platform, the id of what it stands for, and the rule that says so."""

    code: str
    cause: str
    rule: RuleRow


@dataclass(frozen=True)
class FailureCodesResult:
    """All failure codes that are known on a day."""

    data: tuple[FailureCodeResult, ...]


def check_eligibility(context: Context, request: EligibilityRequest) -> EligibilityResult | FormResult:
    """The conditions and documents of semi-managed, held against a filled-in sheet; or the empty sheet.

    Raises InputError for a sheet that cannot be read, UnknownNameError for a shop without figures of its own.
    """
    from tradewind.app.forms.eligibility import read_seller_sheet, write_seller_sheet
    from tradewind.engine.compliance import eligible

    if request.template:
        return written_form(context, "eligibility", lambda: write_seller_sheet(request.file, context.lang))
    rules, on = rules_of(context), day_of(context, request.on)
    sheet = read_seller_sheet(request.file, context.lang)
    own, provenance = _own_facts(context, request.shop)
    taken = {name: value for name, value in own.items() if name not in sheet}
    found = eligible(taken | sheet, rules, on=on)
    readings = _readings(rules, found, on)
    return EligibilityResult(provenance, on, **_verdict(found), from_orders=taken, data=found, readings=readings)


def check_consignment(context: Context, request: PreflightRequest) -> PreflightResult | FormResult:
    """What would be refused or charged when a consignment arrives; or the empty sheet.

    Raises UnknownNameError for what is neither a file nor an inbound order, InputError for a sheet that cannot be read.
    """
    import polars as pl

    from tradewind.app.forms.consignment import write_goods_sheet
    from tradewind.engine.compliance import at_stake, preflight

    if request.template:
        path = Path(request.consignment)
        return written_form(context, "consignment", lambda: write_goods_sheet(path, context.lang))
    goods, at = _goods(context, request), request.at or context.now()
    rules, parts = rules_of(context), goods.frame.partition_by("inbound_id", maintain_order=True)
    found = pl.concat([preflight(part, rules, at=at) for part in parts])
    return PreflightResult(
        at,
        goods.frame["sku"].n_unique(),
        **_severities(found),
        money_at_risk=at_stake(found),
        page=paged(found.with_columns(pl.col("market").fill_null("")), request.limit, request.after),
        unread=goods.unread,
        readings=_readings(rules, found, at.date()),
    )


def explain_code(context: Context, request: ExplainRequest) -> FailureCodeResult | FailureCodesResult:
    """What a failure code stands for; without a code, all that are known. Raises UnknownNameError."""
    from tradewind.engine.compliance import explain, known_codes

    rules, on = rules_of(context), day_of(context, request.on)
    if request.code is None:
        causes = (explain(code, rules, on=on) for code in known_codes(rules, on))
        return FailureCodesResult(tuple(_explained(cause) for cause in causes if cause is not None))
    cause = explain(request.code, rules, on=on)
    if cause is None:
        known = ", ".join(known_codes(rules, on))
        raise UnknownNameError("unknown_code", field="code", asked=request.code, known=known)
    return _explained(cause)


def _explained(cause: Cause) -> FailureCodeResult:
    return FailureCodeResult(cause.code, cause.cause, cause.row)


def _own_facts(context: Context, shop: str | None) -> tuple[dict[str, float], Provenance]:
    """What the workspace's own tables say of a shop, by the figures of `shop-health`; nothing of several shops.

    Which violations are serious no table says: that none was fined at all says enough.
    """
    import polars as pl

    from tradewind.app.usecases.finance import shop_health

    if not context.has_workspace or not context.workspace.tables().rows("order_lines"):
        return {}, Provenance()
    health = shop_health(context, ShopHealthRequest())
    figures = health.data.filter(pl.col("figure").is_in(list(_FACT_OF)) & pl.col("value").is_not_null())
    shops = figures["shop"].unique().sort().to_list()
    if shop is not None and shop not in shops:
        raise UnknownNameError("unknown_shop", field="shop", shop=shop, known=", ".join(shops) or "-")
    if shop is None and len(shops) > 1:
        return {}, Provenance()
    own = figures if shop is None else figures.filter(shop=shop)
    facts = {_FACT_OF[figure]: value for figure, value in own.select("figure", "value").iter_rows()}
    return {name: v for name, v in facts.items() if name != "serious_violations" or v == 0}, health.provenance


def _verdict(found: pl.DataFrame) -> dict[str, int]:
    """What is due only after approval counts neither way."""
    now = found.remove(part="after")
    return {
        "rows": now.height,
        "holds": int(now["holds"].sum()),
        "fails": int((~now["holds"]).sum()),
        "unknown": now["holds"].null_count(),
    }


def _goods(context: Context, request: PreflightRequest) -> Goods:
    """From the file of that name, else from the inbound order of that number; products fill in what is left blank."""
    from tradewind.app.forms.consignment import filled_in, inbound_goods, read_goods_sheet, with_products

    workspace = context.workspace if context.has_workspace else None
    sheet = _sheet(context, request.consignment)
    if sheet is not None:
        goods = read_goods_sheet(sheet)
    elif workspace is None:
        raise UnknownNameError("unknown_consignment", field="consignment", name=request.consignment)
    else:
        attributes = read_goods_sheet(request.attributes) if request.attributes else None
        goods = inbound_goods(workspace.table("inbounds"), str(request.consignment), attributes)
    frame = filled_in(goods.frame, request.service, request.markets)
    if workspace is not None:
        frame = with_products(frame, workspace.table("products"))
    return replace(goods, frame=frame)


def _sheet(context: Context, consignment: str | Path) -> Path | None:
    """The file that is meant, if it is one; a text from another machine names none here."""
    if isinstance(consignment, Path):
        return consignment
    path = Path(consignment).expanduser() if context.local else None
    return path if path is not None and path.is_file() else None


def _severities(found: pl.DataFrame) -> dict[str, int]:
    """How many findings of each severity nobody has set aside."""
    standing = found.filter(~found["overruled"])
    counts = {s: standing.filter(severity=s).height for s in ("refused", "charged", "verify", "not_said", "note")}
    return {**counts, "overruled": found.height - standing.height}


def _readings(rules: Rules, found: pl.DataFrame, on: date) -> pl.DataFrame:
    """The readings the result rests on, and what the others would say."""
    return rules.readings(on, found["rule"].drop_nulls().unique().to_list())
