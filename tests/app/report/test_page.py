"""The page: self-contained, harmless whatever a cell holds, and frank about what is missing."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import polars as pl
import pytest

from tests.app.report.made_up import HOSTILE, healthy, made_up_run, orders_alone, tables
from tradewind.app.report.charts import draw
from tradewind.app.report.page import page
from tradewind.app.wording.charts import CapacityChart, CapacityWords
from tradewind.app.wording.plan import page_sections
from tradewind.app.wording.plan.actions import actions
from tradewind.app.wording.plan.capacity import capacity
from tradewind.app.wording.plan.demand import demand
from tradewind.app.wording.plan.margins import COSTS, _waterfall, margins
from tradewind.app.wording.plan.modes import modes
from tradewind.app.wording.plan.orders import orders
from tradewind.app.wording.plan.plan import Plan
from tradewind.app.wording.plan.promises import five_day_shares

JARGON = ("shadow price", "quarantine", "pinball", "quantile", "None", "nan", "影子价格", "分位")


@pytest.fixture(scope="module")
def english() -> str:
    return page(Plan(made_up_run(), "en", healthy()))


@pytest.fixture(scope="module")
def chinese() -> str:
    return page(Plan(made_up_run(), "zh", healthy()))


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def words_of(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.DOTALL))


def test_a_hostile_title_is_shown_as_text_everywhere(english):
    assert HOSTILE not in english
    assert "&lt;script&gt;alert" in english
    scripts = [a for t, a in Tags(english).seen if t == "script"]
    assert len(scripts) == 1


def test_nothing_is_asked_of_the_network(english):
    for tag, attributes in Tags(english).seen:
        for name in ("src", "href", "xlink:href", "action", "data", "poster"):
            value = attributes.get(name) or ""
            assert value.startswith(("#", "data:")) or not value, (tag, value)
    style = re.findall(r"url\(([^)]*)\)", english)
    assert all(u.startswith("#") for u in style)
    assert "@import" not in english


def test_no_jargon_and_no_raw_nulls(english, chinese):
    said = words_of(english) + words_of(chinese)
    assert [j for j in JARGON if re.search(rf"\b{j}\b", said)] == []


def test_every_chart_is_drawn_for_both_sizes(english):
    sizes = [a.get("class") for t, a in Tags(english).seen if t == "svg"]
    assert sizes.count("wide") == sizes.count("narrow") == 6


def test_ids_on_the_page_are_unique(english):
    ids = [a["id"] for _, a in Tags(english).seen if a.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("volume", [0.0004, 0.03, 0.7, 3.0, 900.0])
def test_the_figures_on_an_axis_differ_however_small_they_are(volume):
    weeks = pl.DataFrame(
        {"week": [date(2026, 11, 2)], "demand_m3": [volume], "stock_m3": [0.0], "capacity_m3": [None]},
        schema_overrides={"capacity_m3": pl.Float64},
    )
    chart = draw(CapacityChart("capacity", "alt", [("HZ", weeks)], CapacityWords("out", "in", "capacity", "no limit")))
    figures = re.findall(r">([\d.,]+)</text>", chart.wide)
    assert len(figures) >= 3
    assert len(set(figures)) == len(figures)


def test_letters_of_charts_stay_letters_and_no_font_is_embedded(english):
    assert "每" not in english
    assert "1 week in 10 is above this" in english
    assert "@font-face" not in english


def test_each_action_has_its_sentence_its_money_and_the_rows_behind_it():
    section = actions(Plan(made_up_run(), "en", healthy()))
    first, second, third = section.items
    assert second.sentence == "义乌仓 HZ is full in the week of 2026-12-14: one more cubic metre is worth 212 CNY."
    assert second.rows is not None
    assert second.rows.rows[0][:2] == ("义乌仓 HZ", "2026-12-14")
    assert first.money == "16,800 CNY"
    assert (third.money, third.rows) == ("no figure", None)


def test_fifty_actions_stand_on_the_page_and_the_count_of_all_is_said():
    one = tables()["actions"].head(1)
    many = pl.concat([one.with_columns(rank=pl.lit(i, dtype=pl.Int64)) for i in range(1, 61)])
    section = actions(Plan(made_up_run(actions=many), "en", healthy()))
    assert len(section.items) == 50
    assert "50 of 60" in section.lead[0]


def test_orders_alone_give_a_forecast_and_say_what_is_missing():
    loaded = pl.DataFrame({"table": ["order_lines"], "rows": [10]})
    sections = {s.id: s for s in page_sections(Plan(orders_alone(), "en", {"loaded": loaded}))}
    assert len(sections["demand"].figures) == 2
    assert "not loaded yet: parcels, tracking events" in sections["promises"].missing
    assert "not loaded yet: stock, warehouses, products" in sections["orders"].missing
    empty = [s for s in sections.values() if s.missing]
    assert all(not (s.figures or s.tables or s.items) for s in empty)
    books = {"cash", "fines", "shop_health"}
    assert {s.id for s in empty} == {"actions", "capacity", "orders", "promises", "margins", "modes"} | books


def test_all_loaded_but_nothing_to_order_says_so():
    nothing = tables()["orders"].with_columns(order_units=pl.lit(0, dtype=pl.Int64))
    assert orders(Plan(made_up_run(orders=nothing), "en", healthy())).missing == "Nothing needs ordering this week."


def test_beside_the_best_mode_stand_policies_wrong_choices_offers_and_clashes():
    shown = {t.title: [list(row) for row in t.rows] for t in modes(Plan(made_up_run(), "en", healthy())).tables}
    assert shown["What each tier is for"][0][:2] == ["hot", "stock ahead"]
    assert shown["What another mode would cost a month"] == [["MUG-RED", "POP", "2,800 CNY", "15 %", "1.20"]]
    offers = shown["Full-managed: where to walk away, and what to answer"]
    assert offers[0] == ["MUG-RED", "27.25 CNY", "33.13 CNY", "39.00 CNY", "semi-managed, stocked"]
    assert offers[1][2] == "-"
    (clash,) = shown["One SKU, prices or channels that clash"]
    assert clash[:3] == ["MUG-RED", "ES", "50 %"]
    assert "sold at 90.00 CNY in one mode and 60.00 in another" in clash[3]


def test_frames_full_of_nulls_say_what_is_not_known_and_draw_nothing():
    made = tables()
    unknown = {n: pl.lit(None, dtype=pl.Float64).alias(n) for n in ("margin", "contribution", "monthly_margin")}
    hollow = {
        "capacity": made["capacity"].with_columns(demand_m3=pl.lit(0.0), stock_m3=pl.lit(None, dtype=pl.Float64)),
        "margin_by": made["margin_by"].with_columns(unknown["margin"], known_revenue=pl.lit(0.0)),
        "tiers": made["tiers"].with_columns(unknown["contribution"]),
        "modes": made["modes"].with_columns(unknown["monthly_margin"], mode=pl.lit(None, dtype=pl.String)),
        **{n: made[n].clear() for n in ("mode_options", "mode_offers", "price_parity", "tier_policies")},
    }
    loaded = {"loaded": pl.DataFrame({"table": ["order_lines", "products", "nodes"], "rows": [10, 5, 2]})}
    plan = Plan(made_up_run(**hollow), "en", loaded)
    assert capacity(plan).missing.startswith("Whether the goods fit in the warehouses is not known yet.")
    assert "not known" in margins(plan).lead[0]
    assert margins(plan).figures == []
    assert [t.title for t in modes(plan).tables] == ["Tiers"]
    assert {r[2] for r in modes(plan).tables[0].rows} == {"unknown"}


def test_a_run_without_any_table_still_makes_a_page():
    class Bare:
        id, as_of, seed, horizon_weeks, currency = "x", made_up_run().as_of, 0, 13, "CNY"
        versions, tables = {}, {}

    assert page(Plan(Bare(), "zh", {})).count('class="missing"') == 12


def test_the_total_band_is_the_plans_own_and_not_the_sum_of_bands():
    chart = demand(Plan(made_up_run(), "en", healthy())).figures[0].chart
    totals = tables()["demand_totals"].filter(group="total")
    assert chart.outlook.ahead["p90"].to_list() == totals["p90"].to_list()


def test_the_five_day_share_weighs_lines_by_their_parcels():
    lines = pl.DataFrame({"market": ["US", "US", "DE"], "odds_5_days": [0.9, 0.1, None], "parcels": [300, 100, 50]})
    assert five_day_shares(lines).rows() == [("US", pytest.approx(0.7), 400)]


def test_the_waterfall_explains_the_whole_of_what_was_paid():
    row = {
        "mode": "pop",
        "paid": 100.0,
        "margin": 30.0,
        **dict.fromkeys(COSTS, 0.0),
        "freight": 49.0,
        "oversize_fee": 0.2,
    }
    shown = _waterfall(Plan(made_up_run(), "en"), row, list(COSTS))
    assert [name for name, _ in shown.costs] == ["Freight", "Small costs", "Not explained"]
    assert [amount for _, amount in shown.costs] == pytest.approx([49.0, 0.2, 20.8])


def test_the_same_plan_gives_the_same_page(english):
    assert page(Plan(made_up_run(), "en", healthy())) == english


def test_finance_tells_the_low_what_was_earned_and_what_to_appeal():
    for lang in ("en", "zh"):
        sections = {s.id: s for s in page_sections(Plan(made_up_run(), lang))}
        low = sections["cash"].lead[0]
        assert "2026" in low
        assert "-500 CNY" in low
        assert len(sections["cash"].tables) == 2
        assert sections["fines"].tables[0].rows[0][0] == "F1"
        assert "70.0 %" in sections["shop_health"].tables[0].rows[0][2]
