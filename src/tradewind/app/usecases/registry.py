"""What can anyone ask for? One list of use cases; the terminal, Python and REST are built from it.

Words stand in the catalogue: `request.<id>.help`, `.more`, and `.<field>` for each field (`every.<field>` where it
means the same everywhere).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Literal

from tradewind.app.usecases import requests as ask

Effect = Literal["read", "write", "job", "local"]
Heading = Literal["start", "plan", "look", "tend"]


@dataclass(frozen=True)
class UseCase:
    """A question or an order. `answer` is "module:function" in this package, imported when it is asked
    ("..module" one floor up). `example` is how a terminal asks, after `tradewind`.

    `effect`: read changes nothing; write writes files or rules, at once; job takes long, and changes the workspace;
    local sets up the machine it is asked on, so that no door on a network has it.
    """

    name: str
    request: type[Any]
    answer: str
    heading: Heading
    example: str
    effect: Effect = "read"

    @property
    def id(self) -> str:
        """The name as part of a message id, of a URL and of a Python name: `shop_health`, `rules_list`."""
        return self.name.replace("-", "_").replace(" ", "_")

    @property
    def function(self) -> Callable[..., Any]:
        """(context, request) -> result."""
        module, name = self.answer.split(":")
        found: Callable[..., Any] = getattr(
            import_module(module if module.startswith(".") else f".{module}", __package__), name
        )
        return found


USE_CASES: Final[tuple[UseCase, ...]] = (
    UseCase("demo", ask.DemoRequest, "..demo:make_demo", "start", "demo", "local"),
    UseCase(
        "init",
        ask.InitRequest,
        "data:create_workspace",
        "start",
        "init shop --currency CNY",
        "local",
    ),
    UseCase(
        "import",
        ask.ImportRequest,
        "data:import_files",
        "start",
        "import orders.xlsx parcels.csv",
        "job",
    ),
    UseCase("health", ask.HealthRequest, "data:data_health", "start", "health --export fixes.xlsx"),
    UseCase(
        "template",
        ask.TemplateRequest,
        "data:write_templates",
        "start",
        "template templates",
        "write",
    ),
    UseCase("serve", ask.ServeRequest, "..api:serve", "start", "serve --port 8765", "local"),
    UseCase("run", ask.RunRequest, "plans:make_plan", "plan", "run --as-of 2026-11-02", "job"),
    UseCase("rerun", ask.RerunRequest, "plans:remake_plan", "plan", "rerun 3f2a91", "job"),
    UseCase("backtest", ask.BacktestRequest, "plans:backtest_plan", "plan", "backtest --weeks 13", "job"),
    UseCase("actions", ask.ActionsRequest, "actions:list_actions", "look", "actions --limit 20"),
    UseCase("report", ask.ReportRequest, "..report:answer", "look", "report --to out --lang zh", "write"),
    UseCase("show", ask.ShowRequest, "tables:show_table", "look", "show orders --limit 5 --where node=HZ"),
    UseCase(
        "export",
        ask.ExportRequest,
        "tables:export_table",
        "look",
        "export orders --to orders.xlsx",
        "write",
    ),
    UseCase(
        "eligibility",
        ask.EligibilityRequest,
        "compliance:check_eligibility",
        "look",
        "eligibility sheet.yaml --template",
    ),
    UseCase(
        "preflight",
        ask.PreflightRequest,
        "compliance:check_consignment",
        "look",
        "preflight goods.xlsx --service CAINIAO_STANDARD --markets ES,FR",
    ),
    UseCase("explain", ask.ExplainRequest, "compliance:explain_code", "look", "explain E102"),
    UseCase(
        "quote",
        ask.QuoteRequest,
        "quote:quote_sale",
        "look",
        "quote --sku SKU-001 --market ES --mode semi_jit --price 12.90",
    ),
    UseCase("modes", ask.ModesRequest, "modes:compare_modes", "look", "modes --sku SKU-001"),
    UseCase(
        "scenario",
        ask.ScenarioRequest,
        "scenarios:compare_scenario",
        "look",
        "scenario freight_up_20",
    ),
    UseCase("savings", ask.SavingsRequest, "margins:find_savings", "look", "savings"),
    UseCase("margin", ask.MarginRequest, "margins:margin", "look", "margin --actual --by market"),
    UseCase("fines", ask.FinesRequest, "finance:list_fines", "look", "fines --all"),
    UseCase("cash", ask.CashRequest, "finance:cash_calendar", "look", "cash --weeks 13"),
    UseCase("shop-health", ask.ShopHealthRequest, "finance:shop_health", "look", "shop-health"),
    UseCase("runs", ask.RunsRequest, "plans:list_plans", "tend", "runs"),
    UseCase("rules list", ask.RulesListRequest, "rules:list_rules", "tend", "rules list --find battery"),
    UseCase(
        "rules show",
        ask.RulesShowRequest,
        "rules:show_rule",
        "tend",
        "rules show semi.late_inbound_after",
    ),
    UseCase(
        "rules diff",
        ask.RulesDiffRequest,
        "rules:rule_changes",
        "tend",
        "rules diff 2026-01-01 2026-11-01",
    ),
    UseCase("rules check", ask.RulesCheckRequest, "rules:check_own_rules", "tend", "rules check"),
    UseCase(
        "rules card",
        ask.RulesCardRequest,
        "rules:add_freight_card",
        "tend",
        "rules card card.xlsx",
        "write",
    ),
)
"""In the order help lists them."""


def use_case(name: str) -> UseCase:
    """The use case of that name. Raises KeyError where there is none."""
    return {one.name: one for one in USE_CASES}[name]
