"""The requests: what each use case can be asked, with bounds, units, choices and defaults.

Apart from their answers, so that listing them (help, OpenAPI) loads no heavy library.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from tradewind.app.usecases.request import Between, Flags, Input, Output, Positional, Unit

Limit = Annotated[int, Between(0), Unit("rows")]
After = Annotated[int, Between(0), Unit("rows")]
"""Rows to pass over: what the page before this one gave as `next`."""
Seconds = Annotated[int, Between(0, 86_400), Unit("seconds")]
Share = Annotated[float | None, Between(0, 1), Unit("share")]
ModeName = Literal["semi_stocked", "semi_jit", "pop", "overseas", "full", "own"]


@dataclass(frozen=True, kw_only=True)
class DemoRequest:
    dir: Annotated[Path, Positional(), Output()] = Path("tradewind-demo")
    scale: Literal["tiny", "small", "large"] = "small"
    seed: Annotated[int, Between(0)] = 7


@dataclass(frozen=True, kw_only=True)
class InitRequest:
    dir: Annotated[Path, Positional(), Output()] = Path("shop")
    currency: str = "CNY"
    ledger: str | None = None
    lake: str | None = None


@dataclass(frozen=True, kw_only=True)
class ImportRequest:
    path: Annotated[tuple[Path, ...], Positional(), Input()]
    layout: Annotated[str | None, Flags(("--as",))] = None
    map: Annotated[Path | None, Input()] = None
    shop: str | None = None
    currency: str | None = None
    sheet: str | None = None
    hidden: bool = False
    encoding: str | None = None
    wait: Seconds = 30


@dataclass(frozen=True, kw_only=True)
class HealthRequest:
    export: Annotated[Path | None, Output()] = None


@dataclass(frozen=True, kw_only=True)
class TemplateRequest:
    dir: Annotated[Path, Positional(), Output()] = Path("templates")


@dataclass(frozen=True, kw_only=True)
class ServeRequest:
    port: Annotated[int, Between(1024, 65535)] = 8765
    host: str = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class RunRequest:
    as_of: datetime | None = None
    horizon_weeks: Annotated[int, Between(5, 52), Unit("weeks")] = 13
    seed: Annotated[int, Between(0)] = 0
    wait: Seconds = 30


@dataclass(frozen=True, kw_only=True)
class RerunRequest:
    run_id: Annotated[str, Positional()]


@dataclass(frozen=True, kw_only=True)
class BacktestRequest:
    weeks: Annotated[int, Between(1, 520), Unit("weeks")] = 13
    unit_margin: Annotated[float, Unit("money")] = 1.0
    lost_sale_cost: Annotated[float, Unit("money")] = 0.0
    holding_cost: Annotated[float, Unit("money")] = 0.2
    lead_time_weeks: Annotated[int, Between(0, 52), Unit("weeks")] = 2


@dataclass(frozen=True, kw_only=True)
class ActionsRequest:
    limit: Limit = 10
    after: After = 0
    run: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReportRequest:
    run: str | None = None
    to: Annotated[Path | None, Output()] = None


@dataclass(frozen=True, kw_only=True)
class ShowRequest:
    table: Annotated[str | None, Positional()] = None
    limit: Limit = 20
    after: After = 0
    where: tuple[str, ...] = ()
    columns: str | None = None
    run: str | None = None


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    table: Annotated[str, Positional()]
    to: Annotated[Path, Output()]
    where: tuple[str, ...] = ()
    columns: str | None = None
    run: str | None = None


@dataclass(frozen=True, kw_only=True)
class EligibilityRequest:
    file: Annotated[Path, Positional(), Input()]
    template: bool = False
    shop: str | None = None
    on: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PreflightRequest:
    consignment: Annotated[str | Path, Positional(), Input()]
    template: bool = False
    attributes: Annotated[Path | None, Input()] = None
    service: str | None = None
    markets: str | None = None
    at: datetime | None = None
    limit: Limit = 60
    after: After = 0


@dataclass(frozen=True, kw_only=True)
class ExplainRequest:
    code: Annotated[str | None, Positional()] = None
    on: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class QuoteRequest:
    market: str
    price: Annotated[float, Unit("price currency")]
    sku: str = "-"
    mode: ModeName = "semi_jit"
    currency: str | None = None
    units: Annotated[int, Between(1, 1_000_000_000), Unit("units")] = 1
    on: datetime | None = None
    cost: Annotated[float | None, Unit("base currency")] = None
    weight_g: Annotated[float | None, Unit("g")] = None
    size_cm: str | None = None
    hs_code: str | None = None
    battery: bool = False
    card: str | None = None
    per_kg: Annotated[float | None, Unit("base currency")] = None
    per_parcel: Annotated[float | None, Unit("base currency")] = None
    divisor: Annotated[float | None, Unit("cm3/kg")] = None
    inbound: Annotated[float | None, Unit("base currency")] = None
    fx: tuple[str, ...] = ()
    duty_rate: Annotated[float | None, Unit("share")] = None
    returns_rate: Share = None
    ad_cost: Annotated[float | None, Unit("base currency")] = None
    conversion: Share = None


@dataclass(frozen=True, kw_only=True)
class ModesRequest:
    sku: str | None = None
    supply_price: Annotated[float | None, Unit("base currency")] = None
    limit: Limit = 20
    after: After = 0
    run: str | None = None


@dataclass(frozen=True, kw_only=True)
class ScenarioRequest:
    name: Annotated[str | None, Positional()] = None
    set: tuple[str, ...] = ()
    limit: Limit = 20
    after: After = 0
    run: str | None = None


@dataclass(frozen=True, kw_only=True)
class SavingsRequest:
    limit: Limit = 20
    after: After = 0
    run: str | None = None


@dataclass(frozen=True, kw_only=True)
class MarginRequest:
    actual: bool = False
    by: Literal["all", "mode", "market", "sku", "order"] = "mode"
    since: Annotated[datetime | None, Flags(("--from",))] = None
    until: Annotated[datetime | None, Flags(("--to",))] = None
    limit: Limit = 20
    after: After = 0
    as_of: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class FinesRequest:
    fine: str | None = None
    all: bool = False
    limit: Limit = 20
    after: After = 0
    as_of: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CashRequest:
    run: str | None = None
    weeks: Annotated[int, Between(1, 52), Unit("weeks")] = 13
    fx_spread: Annotated[float | None, Between(0, 1), Unit("share"), Flags(("--fx-spread", "--spread"))] = None


@dataclass(frozen=True, kw_only=True)
class ShopHealthRequest:
    as_of: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RunsRequest:
    limit: Limit = 20
    after: After = 0


@dataclass(frozen=True, kw_only=True)
class RulesListRequest:
    pack: str | None = None
    find: str | None = None
    on: datetime | None = None
    limit: Limit = 1000
    after: After = 0


@dataclass(frozen=True, kw_only=True)
class RulesShowRequest:
    rule: Annotated[str, Positional()]


@dataclass(frozen=True, kw_only=True)
class RulesDiffRequest:
    first: Annotated[datetime, Positional()]
    second: Annotated[datetime, Positional()]


@dataclass(frozen=True, kw_only=True)
class RulesCheckRequest:
    on: datetime | None = None
    within: Annotated[int, Between(0, 3650), Unit("days")] = 30


@dataclass(frozen=True, kw_only=True)
class RulesCardRequest:
    sheet: Annotated[Path, Positional(), Input()]
    template: bool = False
