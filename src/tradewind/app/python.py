"""Every use case by name, in Python: typed arguments in, frames back.

    import tradewind as tw

    ws = tw.Workspace("shop")
    ws.import_file("exports/")
    ws.run(seed=1)
    ws.cash(weeks=8).weeks

`tradewind.app.wording` makes results readable: `view_of(result, "zh")`, `as_data(result, "zh")`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tradewind.app.usecases.context import Context, Progress, silent
from tradewind.app.usecases.registry import use_case
from tradewind.app.usecases.request import read
from tradewind.app.usecases.requests import ModeName, RunRequest
from tradewind.app.workspace import Workspace as Store

if TYPE_CHECKING:
    from tradewind.app.demo import DemoResult
    from tradewind.app.report.result import ReportResult
    from tradewind.app.usecases.actions import ActionsResult
    from tradewind.app.usecases.compliance import (
        EligibilityResult,
        FailureCodeResult,
        FailureCodesResult,
        PreflightResult,
    )
    from tradewind.app.usecases.data import DraftResult, HealthResult, ImportResult, TemplatesResult
    from tradewind.app.usecases.finance import CashResult, FineResult, FinesResult, ShopHealthResult
    from tradewind.app.usecases.margins import ActualMarginResult, ExpectedMarginResult, SavingsResult
    from tradewind.app.usecases.modes import ModesResult
    from tradewind.app.usecases.plans import BacktestResult, PlansResult
    from tradewind.app.usecases.quote import QuoteResult
    from tradewind.app.usecases.result import FormResult
    from tradewind.app.usecases.rules import (
        FreightCardResult,
        RuleChangesResult,
        RuleResult,
        RulesCheckResult,
        RulesResult,
    )
    from tradewind.app.usecases.scenarios import ScenarioResult, ScenariosResult
    from tradewind.app.usecases.tables import ExportResult, TableResult, TablesResult
    from tradewind.data.runs import Run

Moment = datetime | date | str
"""A day counts from its midnight UTC, a time without a zone is UTC; text as ISO 8601."""


class Workspace(Store):
    """The workspace in folder `path`. Raises NotAWorkspaceError where there is none.

    `busy_timeout_s`: how long `import_file` waits for another writer before WorkspaceBusyError. `lang`: the language of
    what is written to files, "en" or "zh". Each method is a use case; it raises RequestError for a value out of its
    bounds, and what the use case raises.
    """

    def __init__(self, path: str | Path, *, busy_timeout_s: float = 30.0, lang: str = "en") -> None:
        super().__init__(path, busy_timeout_s=busy_timeout_s)
        self.lang = lang

    @staticmethod
    def demo(
        dir: str | Path = "tradewind-demo",
        *,
        scale: Literal["tiny", "small", "large"] = "small",
        seed: int = 7,
        progress: Progress = silent,
    ) -> DemoResult:
        """Make a generated seller, import it, plan, and write the report: everything in one go."""
        return _answer(Context(Path(dir), progress=progress), "demo", dir=dir, scale=scale, seed=seed)

    def import_files(
        self,
        path: Sequence[str | Path],
        *,
        layout: str | None = None,
        map: str | Path | None = None,
        shop: str | None = None,
        currency: str | None = None,
        sheet: str | None = None,
        hidden: bool = False,
        encoding: str | None = None,
        wait: int = 30,
        progress: Progress = silent,
    ) -> ImportResult | DraftResult:
        """Import files, folders or zips of exports; a file may be imported again, nothing doubles."""
        said = {"layout": layout, "map": map, "shop": shop, "currency": currency, "sheet": sheet, "hidden": hidden}
        return self._ask("import", progress, path=path, wait=wait, encoding=encoding, **said)

    def health(self, *, export: str | Path | None = None) -> HealthResult:
        """What is loaded and how fresh, which rows to correct, and what each missing file would switch on."""
        return self._ask("health", export=export)

    def template(self, dir: str | Path = "templates") -> TemplatesResult:
        """Write Tradewind's own templates: one file a table, with an example row and the columns explained."""
        return self._ask("template", dir=dir)

    def run(
        self,
        *,
        as_of: Moment | None = None,
        horizon_weeks: int = 13,
        seed: int = 0,
        wait: int = 30,
        progress: Progress = silent,
    ) -> Run:
        """Make a plan and keep it: demand, arrival odds, margin, modes, orders, promises, and what to do first."""
        from tradewind.app.usecases.plans import kept_plan

        given = {"as_of": as_of, "horizon_weeks": horizon_weeks, "seed": seed, "wait": wait}
        return kept_plan(replace(self._context, progress=progress), read(RunRequest, given))

    def rerun(self, run_id: str, *, progress: Progress = silent) -> Run:
        """Make an earlier plan again from the data it saw; `changed` names the tables that came out different."""
        from tradewind.app.planning.rerun import rerun

        return rerun(self, run_id, progress)

    def backtest(
        self,
        *,
        weeks: int = 13,
        unit_margin: float = 1.0,
        lost_sale_cost: float = 0.0,
        holding_cost: float = 0.2,
        lead_time_weeks: int = 2,
        progress: Progress = silent,
    ) -> BacktestResult:
        """Replay the past with what was known then, and compare with simple rules, in error and in money."""
        return self._ask(
            "backtest",
            progress,
            weeks=weeks,
            unit_margin=unit_margin,
            lost_sale_cost=lost_sale_cost,
            holding_cost=holding_cost,
            lead_time_weeks=lead_time_weeks,
        )

    def actions(self, *, limit: int = 10, after: int = 0, run: str | None = None) -> ActionsResult:
        """What to do today, most money first, each with its reason."""
        return self._ask("actions", limit=limit, after=after, run=run)

    def report(self, *, run: str | None = None, to: str | Path | None = None) -> ReportResult:
        """Write the latest plan as one page (report.html) and one workbook (plan.xlsx)."""
        return self._ask("report", run=run, to=to)

    def show(
        self,
        table: str | None = None,
        *,
        limit: int = 20,
        after: int = 0,
        where: Sequence[str] = (),
        columns: str | None = None,
        run: str | None = None,
    ) -> TableResult | TablesResult:
        """Show a table: what was imported, or a table of the latest plan; without `table` the list of tables."""
        return self._ask("show", table=table, limit=limit, after=after, where=where, columns=columns, run=run)

    def export(
        self,
        table: str,
        *,
        to: str | Path,
        where: Sequence[str] = (),
        columns: str | None = None,
        run: str | None = None,
    ) -> ExportResult:
        """Write a whole table to a file: xlsx, csv or parquet, by its ending."""
        return self._ask("export", table=table, to=to, where=where, columns=columns, run=run)

    def eligibility(
        self,
        file: str | Path,
        *,
        template: bool = False,
        shop: str | None = None,
        on: Moment | None = None,
    ) -> EligibilityResult | FormResult:
        """Which conditions of semi-managed hold, which fail and by how much, which documents are missing."""
        return self._ask("eligibility", file=file, template=template, shop=shop, on=on)

    def preflight(
        self,
        consignment: str,
        *,
        template: bool = False,
        attributes: str | Path | None = None,
        service: str | None = None,
        markets: str | None = None,
        at: Moment | None = None,
        limit: int = 60,
        after: int = 0,
    ) -> PreflightResult | FormResult:
        """Everything that would be refused or charged when a consignment arrives, before it leaves."""
        return self._ask(
            "preflight",
            consignment=consignment,
            template=template,
            attributes=attributes,
            service=service,
            markets=markets,
            at=at,
            limit=limit,
            after=after,
        )

    def explain(self, code: str | None = None, *, on: Moment | None = None) -> FailureCodeResult | FailureCodesResult:
        """What a failure code of the platform means, and what to do; without `code` all that are known."""
        return self._ask("explain", code=code, on=on)

    def quote(
        self,
        *,
        market: str,
        price: float,
        sku: str = "-",
        mode: ModeName = "semi_jit",
        currency: str | None = None,
        units: int = 1,
        on: Moment | None = None,
        cost: float | None = None,
        weight_g: float | None = None,
        size_cm: str | None = None,
        hs_code: str | None = None,
        battery: bool = False,
        card: str | None = None,
        per_kg: float | None = None,
        per_parcel: float | None = None,
        divisor: float | None = None,
        inbound: float | None = None,
        fx: Sequence[str] = (),
        duty_rate: float | None = None,
        returns_rate: float | None = None,
        ad_cost: float | None = None,
        conversion: float | None = None,
    ) -> QuoteResult:
        """What one sale leaves, line by line, with the rule behind each amount."""
        return self._ask(
            "quote",
            market=market,
            price=price,
            sku=sku,
            mode=mode,
            currency=currency,
            units=units,
            on=on,
            cost=cost,
            weight_g=weight_g,
            size_cm=size_cm,
            hs_code=hs_code,
            battery=battery,
            card=card,
            per_kg=per_kg,
            per_parcel=per_parcel,
            divisor=divisor,
            inbound=inbound,
            fx=fx,
            duty_rate=duty_rate,
            returns_rate=returns_rate,
            ad_cost=ad_cost,
            conversion=conversion,
        )

    def modes(
        self,
        *,
        sku: str | None = None,
        supply_price: float | None = None,
        limit: int = 20,
        after: int = 0,
        run: str | None = None,
    ) -> ModesResult:
        """All modes of a SKU side by side: profit, spread, fines, capital, and what a wrong choice would cost."""
        return self._ask("modes", sku=sku, supply_price=supply_price, limit=limit, after=after, run=run)

    def scenario(
        self,
        name: str | None = None,
        *,
        set: Sequence[str] = (),
        limit: int = 20,
        after: int = 0,
        run: str | None = None,
    ) -> ScenariosResult | ScenarioResult:
        """The whole margin table before and after a change of rules, rates or services."""
        return self._ask("scenario", name=name, set=set, limit=limit, after=after, run=run)

    def savings(self, *, limit: int = 20, after: int = 0, run: str | None = None) -> SavingsResult:
        """Changes that lower fulfilment cost, most money first, each in money per month."""
        return self._ask("savings", limit=limit, after=after, run=run)

    def margin(
        self,
        *,
        actual: bool = False,
        by: Literal["all", "mode", "market", "sku", "order"] = "mode",
        since: Moment | None = None,
        until: Moment | None = None,
        limit: int = 20,
        after: int = 0,
        as_of: Moment | None = None,
    ) -> ExpectedMarginResult | ActualMarginResult:
        """What sales were expected to earn, and with `actual` what they really earned, with the difference by cause."""
        return self._ask(
            "margin", actual=actual, by=by, since=since, until=until, limit=limit, after=after, as_of=as_of
        )

    def fines(
        self,
        *,
        fine: str | None = None,
        all: bool = False,
        limit: int = 20,
        after: int = 0,
        as_of: Moment | None = None,
    ) -> FinesResult | FineResult:
        """Fines that can still be appealed: until when, and what the record says of each."""
        return self._ask("fines", fine=fine, all=all, limit=limit, after=after, as_of=as_of)

    def cash(self, *, run: str | None = None, weeks: int = 13, fx_spread: float | None = None) -> CashResult:
        """Cash week by week with its odds: payouts, purchases, freight, and when it is lowest."""
        return self._ask("cash", run=run, weeks=weeks, fx_spread=fx_spread)

    def shop_health(self, *, as_of: Moment | None = None) -> ShopHealthResult:
        """The shop's figures against the platform's thresholds: what is broken, and what would break next and when."""
        return self._ask("shop-health", as_of=as_of)

    def runs(self, *, limit: int = 20, after: int = 0) -> PlansResult:
        """The plans kept, newest first."""
        return self._ask("runs", limit=limit, after=after)

    def rules_list(
        self,
        *,
        pack: str | None = None,
        find: str | None = None,
        on: Moment | None = None,
        limit: int = 1000,
        after: int = 0,
    ) -> RulesResult:
        """The rules in force: value, unit, since when, how sure, and the source of each."""
        return self._ask("rules list", pack=pack, find=find, on=on, limit=limit, after=after)

    def rules_show(self, rule: str) -> RuleResult:
        """Every row of one rule, with source, confidence and readings."""
        return self._ask("rules show", rule=rule)

    def rules_diff(self, first: Moment, second: Moment) -> RuleChangesResult:
        """What changes from one day to another."""
        return self._ask("rules diff", first=first, second=second)

    def rules_check(self, *, on: Moment | None = None, within: int = 30) -> RulesCheckResult:
        """Look over the rule packs and the workspace's own rules.yaml: mistakes, doubts, and what changes soon."""
        return self._ask("rules check", on=on, within=within)

    def rules_card(self, sheet: str | Path, *, template: bool = False) -> FreightCardResult | FormResult:
        """Put your own freight card, tier by tier, into the workspace's rules.yaml."""
        return self._ask("rules card", sheet=sheet, template=template)

    @cached_property
    def _context(self) -> Context:
        return Context(self.path, lang=self.lang)

    def _ask(self, name: str, progress: Progress = silent, /, **given: Any) -> Any:
        return _answer(replace(self._context, progress=progress), name, **given)


def _answer(context: Context, name: str, /, **given: Any) -> Any:
    asked = use_case(name)
    return asked.function(context, read(asked.request, given, example=f"workspace.{asked.id}(...)"))
