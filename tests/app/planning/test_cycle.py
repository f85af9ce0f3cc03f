"""One plan from one snapshot: complete, the same for the same seed, blind to the future and to the truth."""

import dataclasses
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from tradewind.app.planning import cycle
from tradewind.app.planning.facts import Facts
from tradewind.app.planning.observe import network_in_use, observed_sales
from tradewind.app.planning.predict import lanes_in_use
from tradewind.app.planning.value import recent_lines
from tradewind.app.python import Workspace
from tradewind.core.errors import NotEnoughDataError, ParameterError
from tradewind.core.tables import TABLES
from tradewind.core.text import text
from tradewind.data.rules import load_rules
from tradewind.data.runs import differences
from tradewind.data.simulated.scales import scale_named
from tradewind.data.simulated.seller import generate
from tradewind.engine.margin import landed_margin

EARLIER = datetime(2026, 9, 28, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    ws = Workspace.create(tmp_path_factory.mktemp("cycle") / "shop")
    ws.import_file(tiny)
    return ws


@pytest.fixture(scope="module")
def tables(shop: Workspace) -> dict[str, pl.DataFrame]:
    return cycle.plan(cycle.gather(shop.snapshot()), seed=1)


def test_a_plan_speaks_of_demand_money_modes_stock_and_promises(tables):
    assert tables["demand"].select("sku", "market").n_unique() >= 6
    assert tables["demand"]["mean"].min() > 0
    assert tables["margin_by"]["margin"].null_count() == 0
    assert set(tables["modes"]["sku"]) == set(tables["tiers"]["sku"])
    assert tables["orders"].height > 0
    assert tables["promises"].height > 0
    assert tables["actions"]["rank"].to_list() == list(range(1, tables["actions"].height + 1))


def test_what_a_piece_is_expected_to_leave_is_what_pieces_left_lately(shop, tables):
    """The figure modes, stock and cash rest on, over what was sold in the last 13 weeks, beside the waterfall of it."""
    facts = cycle.gather(shop.snapshot())
    earned = landed_margin(recent_lines(facts), facts.rules, facts.costing).drop_nulls("margin")
    sold = earned.group_by("sku", "market", "mode").agg(pl.col("units", "revenue", "freight", "margin").sum())
    both = tables["economics"].join(sold, on=["sku", "market", "mode"], suffix="_left")
    assert both.height > 5
    for column in ("freight", "margin"):
        assert (both[column] * both["units"]).sum() == pytest.approx(both[f"{column}_left"].sum(), rel=0.05), column


def test_a_plan_keeps_what_stands_beside_its_modes(tables):
    assert set(tables["mode_offers"]["sku"]) <= set(tables["modes"]["sku"])
    assert tables["mode_offers"].filter(pl.col("walk_away_price") < pl.col("floor_price")).is_empty()
    assert tables["tier_policies"]["tier"].to_list() == ["hot", "potential", "long_tail"]
    assert tables["mode_control"].filter(decision="retail_price", mode="full")["decided_by"].to_list() == ["platform"]
    assert tables["price_parity"].columns[:3] == ["sku", "market", "mode"]
    for name in ("mode_offers", "price_parity"):
        for row in tables[name].iter_rows(named=True):
            assert text(row["reason"], "en", **row)


def test_every_action_says_why_in_both_languages(tables):
    for row in tables["actions"].iter_rows(named=True):
        for lang in ("en", "zh"):
            assert text(row["reason"], lang, **json.loads(row["args"]))


def test_the_evidence_of_an_action_selects_rows(tables):
    for row in tables["actions"].iter_rows(named=True):
        wanted = json.loads(row["evidence"])
        rows = tables[row["evidence_table"]]
        held = pl.all_horizontal(pl.col(c).cast(pl.String) == str(v) for c, v in wanted.items())
        assert rows.filter(held).height > 0, row


def test_a_stock_out_at_a_node_that_does_not_serve_a_market_censors_nothing_there(shop):
    """SKU-001 is sold as goods lying in Hangzhou and was sent from the store: only the store's shelf counts."""
    facts = cycle.gather(shop.snapshot())
    hangzhou = facts["stock"].filter(sku="SKU-001", node="HZ-PREFERRED")
    full = hangzhou.with_columns(node=pl.lit("YIWU-STORE"), available_units=pl.lit(500))
    empty = hangzhou.with_columns(
        available_units=pl.when(pl.col("taken_at") < EARLIER - timedelta(days=2)).then(500).otherwise(0)
    )
    stock = pl.concat([full.cast(hangzhou.schema), empty.cast(hangzhou.schema)])
    shares = {}
    for sent_from in ("HZ-PREFERRED", "YIWU-STORE"):
        parcels = facts["parcels"].with_columns(node=pl.lit(sent_from))
        told = dataclasses.replace(facts, tables={**facts.tables, "stock": stock, "parcels": parcels})
        network = network_in_use(told, first_week=facts.first_week)
        sales = observed_sales(told, first_week=facts.first_week, network=network)
        shares[sent_from] = sales.filter(sku="SKU-001", week=EARLIER.date())["in_stock_share"].to_list()
    assert shares == {"HZ-PREFERRED": [0.0, 0.0], "YIWU-STORE": [1.0, 1.0]}


def test_a_promise_is_asked_for_on_every_lane_of_a_freight_card_and_on_every_lane_parcels_took(shop):
    facts = cycle.gather(shop.snapshot())
    card = facts["services"].head(1).with_columns(service=pl.lit("new post"), node=pl.lit("YIWU-STORE"))
    went = facts["parcels"].head(1).with_columns(region=pl.lit("MD")).select(pl.all().repeat_by(2).explode())
    told = dataclasses.replace(facts, tables={**facts.tables, "services": card, "parcels": went})
    on_card, taken = card.row(0, named=True), went.row(0, named=True)
    assert sorted(lanes_in_use(told).rows(), key=lambda lane: lane[3] or "") == [
        ("new post", "YIWU-STORE", on_card["market"], None),
        (taken["service"], taken["node"], taken["market"], "MD"),
    ]


def test_the_same_seed_gives_the_same_plan_to_the_last_bit(shop, tables):
    again = cycle.plan(cycle.gather(shop.snapshot()), seed=1)
    assert differences(tables, again) == []


def test_another_seed_draws_other_scenarios(shop, tables):
    other = cycle.plan(cycle.gather(shop.snapshot()), seed=2)
    assert "demand_totals" in differences(tables, other)
    assert "demand" not in differences(tables, other)


def test_what_came_later_does_not_change_an_earlier_plan(shop, tiny, tmp_path):
    """The same seller with everything after the moment cut away plans the same."""
    then = Workspace.create(tmp_path / "then")
    folder = tmp_path / "cut"
    folder.mkdir()
    moment = {
        "order_lines": "ordered_at",
        "stock": "taken_at",
        "parcels": "created_at",
        "events": "happened_at",
        "returns": "opened_at",
        "fx": "on_date",
    }
    for file in tiny.iterdir():
        rows = pl.read_csv(file, infer_schema=False)
        if file.stem in moment:
            column = moment[file.stem]
            day = pl.col(column).str.slice(0, 10)
            # a day's rate is known from its midnight on, which is the moment itself
            rows = rows.filter(day <= "2026-09-28" if file.stem == "fx" else day < "2026-09-28")
        if "cancelled_at" in rows.columns:
            later = pl.col("cancelled_at").str.slice(0, 10) >= "2026-09-28"
            rows = rows.with_columns(
                status=pl.when(later).then(pl.lit("paid")).otherwise("status"),
                cancelled_at=pl.when(~later).then("cancelled_at"),
            )
        rows.write_csv(folder / file.name)
    then.import_file(folder)
    cut = cycle.plan(cycle.gather(then.snapshot(EARLIER)))
    whole = cycle.plan(cycle.gather(shop.snapshot(EARLIER)))
    assert differences(cut, whole) == []


def test_deleting_the_truth_changes_no_plan(tiny, tiny_truth, tables, tmp_path):
    """The truth folder beside the files is read by tests and benchmarks only."""
    bare = tmp_path / "files"
    shutil.copytree(tiny, bare)
    assert tiny_truth.exists()
    ws = Workspace.create(tmp_path / "shop")
    ws.import_file(bare)
    assert differences(cycle.plan(cycle.gather(ws.snapshot()), seed=1), tables) == []


def test_orders_alone_give_a_forecast_and_say_what_is_missing(tiny, tmp_path):
    ws = Workspace.create(tmp_path / "shop")
    ws.import_file(tiny / "order_lines.csv")
    run = ws.run()
    assert run["demand"].height > 0
    assert run["orders"].height == 0
    assert run["promises"].height == 0
    assert run["margin_by"]["margin"].null_count() == run["margin_by"].height
    assert set(run["actions"]["action"]) == {"complete_costs"}
    health = ws.health()
    switched_on = {row["capability"] for row in health.capabilities.to_dicts() if row["on"]}
    assert "forecast" in switched_on
    assert "stock_plan" not in switched_on


def test_a_run_is_kept_and_runs_again_to_the_last_bit(shop):
    run = shop.run(seed=3, horizon_weeks=8)
    kept = shop.load_run(run.id)
    assert kept["demand"]["week"].n_unique() == 8
    assert kept["actions"].equals(run["actions"])
    assert shop.rerun(run.id).changed == ()


def test_a_plan_in_the_middle_of_a_week_starts_with_that_week(shop):
    wednesday = EARLIER + timedelta(days=2)
    plan = cycle.plan(cycle.gather(shop.snapshot(wednesday)))
    assert plan["demand"]["week"].min() == EARLIER.date()
    assert plan["sales"]["week"].max() < EARLIER.date()


@pytest.mark.parametrize("weeks", [4, 53])
def test_a_horizon_out_of_range_is_refused(shop, weeks):
    with pytest.raises(ParameterError, match="horizon_weeks"):
        shop.run(horizon_weeks=weeks)


def test_an_empty_workspace_says_what_to_import(tmp_path):
    with pytest.raises(NotEnoughDataError):
        Workspace.create(tmp_path / "shop").run()


def test_a_seller_of_the_first_week_is_told_that_nothing_can_be_forecast_yet(shop):
    with pytest.raises(NotEnoughDataError, match="no complete week of orders"):
        shop.run(as_of=datetime(2026, 7, 28, tzinfo=UTC))


def test_a_plan_far_after_the_newest_order_says_so(shop):
    late = cycle.plan(cycle.gather(shop.snapshot(datetime(2026, 12, 28, tzinfo=UTC))))
    assert "import_orders" in late["actions"]["action"].to_list()
    assert late["summary"].filter(metric="order_age")["value"].item() > 60


def test_a_plan_of_many_rows_is_the_same_to_the_last_bit(shop):
    """Enough rows for Polars to share a sum among threads, which must not come back in an order of their own."""
    scale = dataclasses.replace(scale_named("small"), skus=200, weeks=40, lines_per_week=1500.0)
    made = {p.name: p.table for p in generate(scale, 7) if not p.is_truth}
    tables = {name: made.get(name, TABLES[name].empty()) for name in TABLES}
    corrections = shop.snapshot().corrections
    facts = Facts(datetime(2026, 10, 19, tzinfo=UTC), tables, corrections, load_rules(), "CNY")
    first, *again = (cycle.plan(dataclasses.replace(facts), horizon_weeks=6) for _ in range(3))
    assert [differences(first, other) for other in again] == [[], []]
