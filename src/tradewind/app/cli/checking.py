"""May the shop open semi-managed, would the goods be refused, and what does a failure code mean?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from tradewind.app.asking import Answer, Ask, Grid
from tradewind.app.cli.console import words
from tradewind.app.cli.place import looks_like_workspace
from tradewind.app.cli.ruling import day_of, own_text, row_data
from tradewind.app.forms.workbook import without_hint
from tradewind.app.wording.figures import money
from tradewind.core.errors import InputError, ParameterError
from tradewind.core.rules import Rules
from tradewind.core.text import catalogue, render_rows, text
from tradewind.data.rules import load_rules
from tradewind.engine.compliance import at_stake, eligible, explain, known_codes, preflight

_FIGURE_OF = {
    "sell_through": "sell_through", "positive_rate": "positive_rate", "violations": "serious_violations",
}  # fmt: skip
"""Figures of the shop that are conditions as well."""
_WORDS = ("requirement", "hazard", "goods_column")


def eligibility(ask: Ask) -> Answer:
    """The conditions and documents of semi-managed, held against a filled-in sheet."""
    from tradewind.app.forms.eligibility import read_seller_sheet, write_seller_sheet

    say = words(ask.lang)
    if ask["template"]:
        path = write_seller_sheet(ask["file"], ask.lang)
        return Answer({"file": str(path)}, [say("eligible_said.template", file=path)])
    rules, day = load_rules(overrides=own_text(ask)), day_of(ask)
    sheet, own = read_seller_sheet(ask["file"], ask.lang), _own_figures(ask)
    taken = {name: value for name, value in own.items() if name not in sheet}
    found = eligible(taken | sheet, rules, on=day)
    found = found.with_columns(render_rows(found, "reason", ask.lang).alias("sentence"))
    counts = _verdict(found)
    data = {
        "on": day, **counts, "data": found.to_dicts(), "readings": _readings(rules, found, day), "from_orders": taken,
    }  # fmt: skip
    line = "verdict_all" if not counts["fails"] and not counts["unknown"] else "verdict"
    parts: list[str | Grid] = [say(f"eligible_said.{line}", **counts)]
    if taken:
        names = say("report_word.comma").join(without_hint(say(f"eligible_fact.{name}")) for name in taken)
        parts.append(say("eligible_said.from_orders", names=names))
    return Answer(
        data, [*parts, *(_checks(found.filter(part=p), p, ask.lang) for p in ("condition", "document", "after"))]
    )


def _own_figures(ask: Ask) -> dict[str, float]:
    """What the workspace's own tables say of a shop and the sheet leaves blank, by the figures of `shop-health`.

    Which violations are serious no table says: that none was fined at all says enough.
    """
    if ask.options.get("workspace") is None and not looks_like_workspace(ask.folder):
        return {}
    from tradewind.app.planning.account import shop_health
    from tradewind.app.planning.cycle import gather
    from tradewind.app.planning.observe import with_histories
    from tradewind.app.workspace import Workspace

    workspace = Workspace(ask.folder)
    if workspace.table("order_lines").is_empty():
        return {}
    facts = with_histories(gather(workspace.snapshot()))
    figures = shop_health(facts).filter(pl.col("figure").is_in(list(_FIGURE_OF)) & pl.col("value").is_not_null())
    shops = figures["shop"].unique().sort().to_list()
    if ask["shop"] is not None and ask["shop"] not in shops:
        raise ParameterError("eligible_shop_unknown", shop=ask["shop"], known=", ".join(shops))
    if ask["shop"] is None and len(shops) > 1:
        return {}
    own = figures.filter(pl.col("shop") == (ask["shop"] or (shops or [""])[0]))
    known = {_FIGURE_OF[figure]: value for figure, value in own.select("figure", "value").iter_rows()}
    return {name: value for name, value in known.items() if name != "serious_violations" or value == 0}


def _verdict(found: pl.DataFrame) -> dict[str, int]:
    """What is due only after approval counts neither way."""
    now = found.filter(pl.col("part") != "after")
    return {
        "rows": now.height,
        "holds": int(now["holds"].sum()),
        "fails": int((~now["holds"]).sum()),
        "unknown": now["holds"].null_count(),
    }


def _checks(found: pl.DataFrame, part: str, lang: str) -> str | Grid:
    if found.is_empty():
        return ""
    known, say = catalogue(lang), words(lang)
    named = {c: known.get(f"eligible_check.{c}", known.get(f"eligible_fact.{c}", c)) for c in found["check"]}
    marks = {True: known["report_word.yes"], False: known["report_word.no"], None: "?"}
    cells = [
        [
            without_hint(named[r["check"]]),
            marks[r["holds"]],
            r["sentence"],
            r["rule"] + (f" ({r['reading']})" if r["reading"] else ""),
        ]
        for r in found.iter_rows(named=True)
    ]
    headings = [say(f"eligible_said.headings_{h}") for h in ("check", "holds", "found", "rule")]
    return Grid(headings, cells, say(f"eligible_part.{part}"))


def explain_code(ask: Ask) -> Answer:
    """What a failure code means and what to do; without a code, all that are known."""
    rules, day, say = load_rules(overrides=own_text(ask)), day_of(ask), words(ask.lang)
    if ask["code"] is None:
        codes = known_codes(rules, day)
        told = [_cause(code, rules, ask) for code in codes]
        headings = [say(f"explain_head.{h}") for h in ("code", "what", "fix")]
        grid = Grid(headings, [[t["code"], t["what"], t["fix"]] for t in told], say("explain_said.all"))
        return Answer({"data": told}, [grid])
    told = [_cause(ask["code"], rules, ask)]
    source = say(
        "explain_said.source",
        source=told[0]["rule"]["source"],
        confidence=say(f"confidence.{told[0]['rule']['confidence']}"),
    )
    lines = [say("explain_said.means", **told[0]), say("explain_said.fix", fix=told[0]["fix"]), source]
    return Answer(told[0], lines)


def _cause(code: str, rules: Rules, ask: Ask) -> dict[str, Any]:
    cause = explain(code, rules, on=day_of(ask))
    if cause is None:
        raise InputError("code_unknown", asked=code, known=", ".join(known_codes(rules, day_of(ask))))
    what, fix = (text(f"{group}.{cause.cause}", ask.lang) for group in ("failure_cause", "failure_fix"))
    return {"code": cause.code, "cause": cause.cause, "what": what, "fix": fix, "rule": row_data(cause.row, ask.lang)}


def preflight_check(ask: Ask) -> Answer:
    """What would be refused or charged when a consignment arrives."""
    from tradewind.app.forms.consignment import write_goods_sheet

    say = words(ask.lang)
    if ask["template"]:
        path = write_goods_sheet(Path(ask["consignment"]), ask.lang)
        return Answer({"file": str(path)}, [say("preflight_said.template", file=path)])
    goods, unread = _goods(ask)
    rules, at = load_rules(overrides=own_text(ask)), ask["at"] or datetime.now(UTC)
    parts = [preflight(part, rules, at=at) for part in goods.partition_by("inbound_id", maintain_order=True)]
    found = _told(pl.concat(parts), ask.lang)
    stake = at_stake(found)
    counts = _counts(found) | {"skus": goods["sku"].n_unique()}
    data = {
        "at": at, **counts, "money_at_risk": stake, "data": found.drop("told").to_dicts(), "unread": unread.to_dicts(),
        "readings": _readings(rules, found, at.date()),
    }  # fmt: skip
    column = catalogue(ask.lang)["goods_column.overruled"]
    lines: list[str | Grid] = [
        say(
            "preflight_said.unread",
            sku=r["sku"],
            column=catalogue(ask.lang)[f"goods_column.{r['column']}"],
            value=r["value"],
        )
        for r in unread.iter_rows(named=True)
    ]
    if not found.height:
        return Answer(data, [*lines, say("preflight_said.nothing", skus=counts["skus"])])
    shown = ", ".join(money(amount, currency, ask.lang) for currency, amount in stake.items())
    risk = say("preflight_said.at_stake", money=shown) if stake else say("preflight_said.at_stake_unknown")
    return Answer(
        data,
        [
            *lines,
            say("preflight_said.verdict", **counts),
            risk,
            *_shown(found, ask),
            say("preflight_said.evidence", column=column),
        ],
    )


def _goods(ask: Ask) -> tuple[pl.DataFrame, pl.DataFrame]:
    """From the file of that name, else from the inbound order of that number; products fill in what is left blank."""
    from tradewind.app.forms.consignment import filled_in, inbound_goods, read_goods_sheet, with_products
    from tradewind.app.workspace import Workspace

    path = Path(ask["consignment"]).expanduser()
    told = ask.options.get("workspace") is not None or looks_like_workspace(ask.folder)
    workspace = Workspace(ask.folder) if told else None
    if path.is_file():
        goods = read_goods_sheet(path)
    elif workspace is None:
        raise InputError("preflight_no_such", name=ask["consignment"])
    else:
        attributes = read_goods_sheet(ask["attributes"]) if ask["attributes"] else None
        goods = inbound_goods(workspace.table("inbounds"), ask["consignment"], attributes)
    frame = filled_in(goods.frame, ask["service"], ask["markets"])
    if workspace is not None:
        frame = with_products(frame, workspace.table("products"))
    return frame, goods.unread


def _told(found: pl.DataFrame, lang: str) -> pl.DataFrame:
    """`found` with its sentence and fix in words: codes of marks, attributes and hazards by what they are called."""
    known = catalogue(lang)

    def called(codes: str | None) -> str:
        named = [next((known[f"{g}.{c}"] for g in _WORDS if f"{g}.{c}" in known), c) for c in (codes or "").split(", ")]
        return ("、" if lang == "zh" else ", ").join(map(without_hint, named))

    said = found.with_columns(
        told=pl.Series([called(w) for w in found["what"]], dtype=pl.String), market=pl.col("market").fill_null("")
    )
    shown = said.select("reason", "market", "sku", what="told")
    fixes = shown.with_columns(reason=pl.col("reason").str.replace("preflight_reason.", "preflight_fix.", literal=True))
    return said.with_columns(
        render_rows(shown, "reason", lang).alias("sentence"), render_rows(fixes, "reason", lang).alias("fix")
    )


def _counts(found: pl.DataFrame) -> dict[str, int]:
    open_ = found.filter(~pl.col("overruled"))
    counted = {s: open_.filter(severity=s).height for s in ("refused", "charged", "verify", "not_said", "note")}
    return {"rows": found.height, **counted, "overruled": found.height - open_.height}


def _shown(found: pl.DataFrame, ask: Ask) -> list[str | Grid]:
    top = found.head(ask["limit"])
    parts: list[str | Grid] = [_grid(top, ask.lang)]
    if found.height > top.height:
        parts.append(text("said.more_rows", ask.lang, shown=top.height, rows=f"{found.height:,}"))
    return parts


def _grid(found: pl.DataFrame, lang: str) -> Grid:
    say = words(lang)
    cells = [
        [
            say(f"preflight_severity.{r['severity']}"),
            r["sku"] or "",
            r["sentence"] + (say("preflight_said.aside", why=r["overruled_why"]) if r["overruled"] else ""),
            r["fix"],
            money(r["money_at_risk"], r["currency"], lang) if r["money_at_risk"] is not None and r["currency"] else "",
            r["check"],
            r["trigger"] or "",
        ]
        for r in found.iter_rows(named=True)
    ]
    heads = ("severity", "sku", "finding", "fix", "money", "check", "trigger")
    return Grid([say(f"preflight_head.{h}") for h in heads], cells, "", frozenset({4}))


def _readings(rules: Rules, found: pl.DataFrame, day: Any) -> list[dict[str, Any]]:
    """The readings the result rests on, and what the others would say."""
    return rules.readings(day, found["rule"].drop_nulls().unique().to_list()).to_dicts()
