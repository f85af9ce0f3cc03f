"""Scenarios as they read."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from tradewind.app.usecases.result import Page, Provenance
from tradewind.app.usecases.scenarios import ScenarioResult, ScenariosResult
from tradewind.app.wording import view_of

ROW = {
    "sku": "SKU-1", "market": "BR", "mode": "pop", "margin": 1048.974, "margin_after": None, "contribution": 23943.0,
    "contribution_after": 14809.0, "change": -9134.0,
}  # fmt: skip
COMPONENTS = pl.DataFrame(
    {"component": ["freight", "tax"], "before": [1062.0, 5.0], "after": [1274.0, 5.001], "change": [212.0, 0.001]}
)
FOUND = ScenarioResult(
    Provenance(), "CNY", "freight_up_20", ["service.*=*1.2"], 319.0, 106.0, -213.0, 2, 1, COMPONENTS,
    Page(pl.DataFrame([ROW], schema_overrides={"margin_after": pl.Float64}), 1707, 1),
)  # fmt: skip


def test_a_scenario_reads_from_the_sum_to_the_rows():
    head, changed, components, table, worse = view_of(FOUND, "en")
    assert head == (
        "Freight rises by a fifth: contribution a month 319 CNY before, 106 CNY after (-213 CNY); "
        "stock-outs, leftovers and storage are not counted"
    )
    assert "service.*=*1.2" in changed
    assert components.rows == [["Freight", "1,062 CNY", "1,274 CNY", "212 CNY"]]
    assert table.rows[0][2:] == ["POP", "1,048.97 CNY", "unknown", "23,943 CNY", "14,809 CNY", "-9,134 CNY"]
    assert ("2" in worse, "1707" in worse) == (True, True)


@pytest.mark.parametrize("scenario", [None, "mine"])
def test_changes_of_ones_own_have_a_title_of_their_own(scenario):
    assert not view_of(replace(FOUND, scenario=scenario), "en")[0].startswith("Freight")


@pytest.mark.parametrize(("lang", "title"), [("en", "Freight rises by a fifth"), ("zh", "运费")])
def test_the_scenarios_there_are_stand_with_what_they_change(lang, title):
    (table,) = view_of(ScenariosResult({"freight_up_20": ["a=1", "b=2"], "own": ["c=3"]}), lang)
    assert table.rows[0][1].startswith(title)
    assert (table.rows[0][0], table.rows[0][2]) == ("freight_up_20", "a=1; b=2")
    assert table.rows[1][1] == "own"
