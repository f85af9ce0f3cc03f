"""How does a result read? Sentences and tables of each result, in a language; no figure is made here.

    view = view_of(result, "zh")
    data = as_data(result, "zh")

`view_of` is for people; `as_data` for programs: plain values, each reason with its sentence beside its id.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from tradewind.app.wording.data import as_data

if TYPE_CHECKING:
    from tradewind.app.wording.view import View

__all__ = ["as_data", "view_of"]

_VIEWS: Final[dict[str, str]] = {
    "ActionsResult": "actions:actions_view",
    "ActualMarginResult": "margins:actual_view",
    "BacktestResult": "plans:backtest_view",
    "CashResult": "finance:cash_view",
    "DemoResult": "demo:demo_view",
    "DraftResult": "imported:draft_view",
    "EligibilityResult": "compliance:eligibility_view",
    "ExpectedMarginResult": "margins:expected_view",
    "ExportResult": "tables:export_view",
    "FailureCodeResult": "compliance:failure_code_view",
    "FailureCodesResult": "compliance:failure_codes_view",
    "FineResult": "finance:fine_view",
    "FinesResult": "finance:fines_view",
    "FormResult": "forms:form_view",
    "FreightCardResult": "rules:freight_card_view",
    "HealthResult": "data_health:health_view",
    "ImportResult": "imported:import_view",
    "ModesResult": "modes:modes_view",
    "PlanResult": "plans:plan_view",
    "PlansResult": "plans:plans_view",
    "PreflightResult": "compliance:preflight_view",
    "QuoteResult": "quote:quote_view",
    "ReportResult": "report:report_view",
    "RerunResult": "plans:rerun_view",
    "RuleChangesResult": "rules:rule_changes_view",
    "RuleResult": "rules:rule_view",
    "RulesCheckResult": "rules:rules_check_view",
    "RulesResult": "rules:rules_view",
    "SavingsResult": "margins:savings_view",
    "ScenarioResult": "scenarios:scenario_view",
    "ScenariosResult": "scenarios:scenarios_view",
    "ServeResult": "serve:serve_view",
    "ShopHealthResult": "finance:health_view",
    "TableResult": "tables:table_view",
    "TablesResult": "tables:tables_view",
    "TemplatesResult": "imported:templates_view",
    "WorkspaceResult": "imported:workspace_view",
}
"""Result class -> the function (result, lang) -> View that words it, imported when it is needed."""


def view_of(result: Any, lang: str) -> View:
    """The result in words. Raises KeyError for a result nobody has words for."""
    module, function = _VIEWS[type(result).__name__].split(":")
    view: View = getattr(import_module(f"{__name__}.{module}"), function)(result, lang)
    return view
