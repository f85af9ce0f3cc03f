"""What a user can ask for: one list of commands, from which every door is built.

A command names its options and the function that answers it (`module:function`, imported only when
the command is asked). Help texts are catalogue ids: `ask.<command>.help`, `ask.<command>.<option>`, and
`every.<option>` for the options all commands share.
"""

from __future__ import annotations

from typing import Final

from tradewind.app.asking import Command, Option

_CLI = "tradewind.app.cli"
_TABLE = Option("table", argument=True)
_RUN = Option("run")
_WAIT = Option("wait", "whole", 30, least=0)
_MODES: Final = ("semi_stocked", "semi_jit", "pop", "overseas", "full", "own")
_LIMIT = Option("limit", "whole", 20, least=0)

COMMANDS: Final[tuple[Command, ...]] = (
    Command(
        "demo",
        f"{_CLI}.demo:demo",
        "start",
        (
            Option("dir", "path", "tradewind-demo", argument=True),
            Option("scale", "choice", "small", choices=("tiny", "small", "large")),
            Option("seed", "whole", 7, least=0),
        ),
        "tradewind demo",
    ),
    Command(
        "init",
        f"{_CLI}.loading:init",
        "start",
        (
            Option("dir", "path", "shop", argument=True),
            Option("currency", default="CNY"),
            Option("ledger"),
            Option("lake"),
        ),
        "tradewind init shop --currency CNY",
    ),
    Command(
        "import",
        f"{_CLI}.loading:import_files",
        "start",
        (
            Option("path", "paths", argument=True, required=True),
            Option("layout", written="as"),
            Option("map", "path"),
            Option("shop"),
            _WAIT,
        ),
        "tradewind import orders.xlsx parcels.csv",
    ),
    Command(
        "health",
        f"{_CLI}.loading:health",
        "start",
        (Option("export", "path"),),
        "tradewind health --export fixes.xlsx",
    ),
    Command(
        "template",
        f"{_CLI}.loading:template",
        "start",
        (Option("dir", "path", "templates", argument=True),),
        "tradewind template templates",
    ),
    Command(
        "run",
        f"{_CLI}.planning:run",
        "plan",
        (
            Option("as_of", "moment"),
            Option("horizon_weeks", "whole", 13, least=5, most=52),
            Option("seed", "whole", 0, least=0),
            _WAIT,
        ),
        "tradewind run --as-of 2026-11-02",
    ),
    Command(
        "rerun",
        f"{_CLI}.planning:rerun",
        "plan",
        (Option("run_id", argument=True, required=True),),
        "tradewind rerun 3f2a91",
    ),
    Command(
        "backtest",
        f"{_CLI}.planning:backtest",
        "plan",
        (
            Option("weeks", "whole", 13, least=1, most=520),
            Option("unit_margin", "amount", 1.0),
            Option("lost_sale_cost", "amount", 0.0),
            Option("holding_cost", "amount", 0.2),
            Option("lead_time_weeks", "whole", 2, least=0, most=52),
        ),
        "tradewind backtest --weeks 13",
    ),
    Command(
        "actions",
        f"{_CLI}.looking:actions",
        "look",
        (Option("limit", "whole", 10, least=0), _RUN),
        "tradewind actions --limit 20",
    ),
    Command(
        "report",
        f"{_CLI}.planning:report",
        "look",
        (_RUN, Option("to", "path")),
        "tradewind report --to out --lang zh",
    ),
    Command(
        "show",
        f"{_CLI}.looking:show",
        "look",
        (_TABLE, _LIMIT, Option("where", "texts"), Option("columns"), _RUN),
        "tradewind show orders --limit 5 --where node=HZ",
    ),
    Command(
        "export",
        f"{_CLI}.looking:export",
        "look",
        (
            Option("table", argument=True, required=True),
            Option("to", "path", required=True),
            Option("where", "texts"),
            Option("columns"),
            _RUN,
        ),
        "tradewind export orders --to orders.xlsx",
    ),
    Command(
        "eligibility",
        f"{_CLI}.checking:eligibility",
        "look",
        (
            Option("file", "path", argument=True, required=True),
            Option("template", "switch"),
            Option("shop"),
            Option("on", "moment"),
        ),
        "tradewind eligibility sheet.yaml --template",
    ),
    Command(
        "preflight",
        f"{_CLI}.checking:preflight_check",
        "look",
        (
            Option("consignment", argument=True, required=True),
            Option("template", "switch"),
            Option("attributes", "path"),
            Option("service"),
            Option("markets"),
            Option("at", "moment"),
            Option("limit", "whole", 60, least=0),
        ),
        "tradewind preflight goods.xlsx --service CAINIAO_STANDARD --markets ES,FR",
    ),
    Command(
        "explain",
        f"{_CLI}.checking:explain_code",
        "look",
        (Option("code", argument=True), Option("on", "moment")),
        "tradewind explain E102",
    ),
    Command(
        "quote",
        f"{_CLI}.pricing:quote",
        "look",
        (
            Option("sku", default="-"),
            Option("market", required=True),
            Option("mode", "choice", "semi_jit", choices=_MODES),
            Option("price", "amount", required=True),
            Option("currency"),
            Option("units", "whole", 1, least=1),
            Option("on", "moment"),
            Option("cost", "amount"),
            Option("weight_g", "amount"),
            Option("size_cm"),
            Option("hs_code"),
            Option("battery", "switch"),
            Option("card"),
            Option("per_kg", "amount"),
            Option("per_parcel", "amount"),
            Option("divisor", "amount"),
            Option("inbound", "amount"),
            Option("fx", "texts"),
            Option("duty_rate", "amount"),
            Option("returns_rate", "amount", most=1),
            Option("ad_cost", "amount"),
            Option("conversion", "amount", most=1),
        ),
        "tradewind quote --sku SKU-001 --market ES --mode semi_jit --price 12.90",
    ),
    Command(
        "modes",
        f"{_CLI}.moding:modes",
        "look",
        (Option("sku"), Option("supply_price", "amount"), _RUN),
        "tradewind modes --sku SKU-001",
    ),
    Command(
        "scenario",
        f"{_CLI}.what_if:scenario",
        "look",
        (Option("name", argument=True), Option("set", "texts"), _RUN),
        "tradewind scenario freight_up_20",
    ),
    Command(
        "savings",
        f"{_CLI}.what_if:savings",
        "look",
        (_LIMIT, _RUN),
        "tradewind savings",
    ),
    Command(
        "margin",
        f"{_CLI}.keeping:margin",
        "look",
        (
            Option("actual", "switch"),
            Option("by", "choice", "mode", choices=("all", "mode", "market", "sku", "order")),
            Option("since", "moment", written="from"),
            Option("until", "moment", written="to"),
            _LIMIT,
            Option("as_of", "moment"),
        ),
        "tradewind margin --actual --by market",
    ),
    Command(
        "fines",
        f"{_CLI}.keeping:fines",
        "look",
        (Option("fine"), Option("all", "switch"), _LIMIT, Option("as_of", "moment")),
        "tradewind fines --all",
    ),
    Command(
        "cash",
        f"{_CLI}.keeping:cash",
        "look",
        (Option("weeks", "whole", 13, least=1, most=52), Option("spread", "amount", most=1), _RUN),
        "tradewind cash --weeks 13",
    ),
    Command(
        "shop-health",
        f"{_CLI}.keeping:shop_health",
        "look",
        (Option("as_of", "moment"),),
        "tradewind shop-health",
    ),
    Command("runs", f"{_CLI}.looking:runs", "tend", (), "tradewind runs"),
    Command(
        "rules",
        f"{_CLI}.ruling:rules",
        "tend",
        (
            Option("what", "choice", "list", argument=True, choices=("list", "show", "diff", "check", "card")),
            Option("first", argument=True),
            Option("second", argument=True),
            Option("on", "moment"),
            Option("pack"),
            Option("find"),
            Option("within", "whole", 30, least=0),
            Option("template", "switch"),
        ),
        "tradewind rules show semi.late_inbound_after",
    ),
)

EVERY: Final = (
    Option("workspace", "path", short="-w"),
    Option("lang", "choice", choices=("en", "zh")),
    Option("json", "switch"),
)
"""The options every command takes."""


def command(name: str) -> Command:
    """The command of that name. Raises KeyError where there is none."""
    return {c.name: c for c in COMMANDS}[name]
