"""Every use case asked at a terminal: in words of both languages, and as JSON, without a fault."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import pytest

from tradewind.app.cli import main
from tradewind.app.usecases import USE_CASES

LINES = {
    "init": "init new --currency EUR",
    "import": "import {tiny}/products.csv",
    "health": "health",
    "template": "template out/templates",
    "actions": "actions --limit 3",
    "report": "report --to out",
    "show": "show order_lines --limit 3 --after 2 --where market=ES",
    "export": "export tiers --to out/tiers.csv",
    "eligibility": "eligibility sheet.yaml --template",
    "preflight": "preflight goods.csv --template",
    "explain": "explain E102",
    "quote": "quote --sku SKU-001 --market ES --price 12.90",
    "modes": "modes --sku SKU-001",
    "scenario": "scenario freight_up_20",
    "savings": "savings",
    "margin": "margin --actual --by sku",
    "fines": "fines --all --limit 3",
    "cash": "cash --weeks 4",
    "shop-health": "shop-health",
    "runs": "runs",
    "rules list": "rules --pack eu",
    "rules show": "rules show semi.late_inbound_after",
    "rules diff": "rules diff 2026-06-30 2026-07-01",
    "rules check": "rules check",
    "rules card": "rules card card.csv --template",
}
ELSEWHERE = {"demo", "run", "rerun", "backtest", "serve"}
"""Asked in test_whole.py; the server in tests/app/api."""
FAULT = re.compile(r"Traceback|program_fault|\{\w+\}|None\b|nan\b")


@pytest.fixture(scope="module")
def shop(planned: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the planned workspace, in which files may be written."""
    return shutil.copytree(planned, tmp_path_factory.mktemp("asked") / "shop")


def asked(capsys: pytest.CaptureFixture[str], line: str, tiny: Path, shop: Path | None, *more: str) -> str:
    where = () if shop is None else ("-w", str(shop))
    code = main([*shlex.split(line.format(tiny=tiny)), *where, *more])
    said = capsys.readouterr()
    assert (code, said.err) == (0, ""), said.err
    return said.out


def test_every_use_case_is_asked_here_or_elsewhere():
    assert {u.name for u in USE_CASES} == LINES.keys() | ELSEWHERE


@pytest.mark.parametrize("name", LINES)
def test_it_answers_in_words_and_as_json(capsys, monkeypatch, tmp_path, tiny, shop, name):
    where = None if name == "init" else shop
    said = []
    for how in (("--lang", "en"), ("--lang", "zh"), ("--json",)):
        (tmp_path / how[-1]).mkdir()
        monkeypatch.chdir(tmp_path / how[-1])
        said.append(asked(capsys, LINES[name], tiny, where, *how))
    words, chinese, answer = said[0], said[1], json.loads(said[2])
    assert not FAULT.search(words), FAULT.search(words)
    assert not FAULT.search(chinese), FAULT.search(chinese)
    assert re.search(r"[\u4e00-\u9fff]", chinese)
    assert answer
    assert "errors" not in answer


@pytest.mark.parametrize(
    ("line", "rows"),
    [
        ("show order_lines", "data"),
        ("fines --all", "fines"),
        ("actions", "data"),
        ("runs", "data"),
        ("modes", "modes"),
        ("savings", "data"),
        ("rules", "data"),
        ("margin --actual --by sku", "data"),
        ("scenario freight_up_20", "table"),
    ],
)
def test_json_holds_the_rows_asked_for_and_says_how_many_there_are(capsys, tiny, shop, line, rows):
    answer = json.loads(asked(capsys, f"{line} --limit 1", tiny, shop, "--json"))
    assert len(answer[rows]) == 1 <= answer["rows"]
    assert answer["next"] == (1 if answer["rows"] > 1 else None)
