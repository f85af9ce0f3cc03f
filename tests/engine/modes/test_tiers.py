from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tradewind.core.errors import ParameterError
from tradewind.core.text import render_rows
from tradewind.engine.modes import TierParams, rank_tiers


def facts(rows: list[tuple[str, float | None, float]], sales: list[float] | None = None) -> pl.DataFrame:
    frame = pl.DataFrame(
        rows, schema={"sku": pl.String, "contribution": pl.Float64, "predictability": pl.Float64}, orient="row"
    )
    return frame.with_columns(sales=pl.Series(sales or [0.0] * len(rows), dtype=pl.Float64), currency=pl.lit("CNY"))


def tiers(frame: pl.DataFrame, previous: dict[str, str] | None = None) -> dict[str, str]:
    before = pl.DataFrame({"sku": list(previous), "tier": list(previous.values())}) if previous else None
    ranked = rank_tiers(frame, previous=before)
    return dict(ranked.select("sku", "tier").iter_rows())


PARETO = [("a", 400.0, 0.8), ("b", 300.0, 0.8), ("c", 200.0, 0.8), ("d", 90.0, 0.8), ("e", 10.0, 0.8)]


def test_the_goods_that_bring_the_first_half_are_hot_and_the_last_share_is_long_tail():
    assert tiers(facts(PARETO)) == {"a": "hot", "b": "hot", "c": "potential", "d": "long_tail", "e": "long_tail"}


def test_hot_goods_must_also_sell_steadily():
    rows = [("a", 400.0, 0.4), *PARETO[1:]]
    ranked = rank_tiers(facts(rows))
    assert ranked.filter(sku="a").select("tier", "reason").row(0) == ("potential", "tier_reason.potential_unsteady")


def test_goods_nobody_can_foresee_are_long_tail_however_much_they_bring():
    rows = [("a", 400.0, 0.1), *PARETO[1:]]
    ranked = rank_tiers(facts(rows))
    assert ranked.filter(sku="a").select("tier", "reason").row(0) == ("long_tail", "tier_reason.long_tail_unsteady")


def test_near_a_line_a_sku_stays_where_it_was():
    rows = [("a", 550.0, 0.8), ("b", 250.0, 0.8), ("c", 200.0, 0.8)]  # b stands at 55 %, c at 80 %
    assert tiers(facts(rows))["b"] == "potential"
    assert tiers(facts(rows), {"b": "hot"})["b"] == "hot"
    assert tiers(facts(rows), {"b": "potential"})["b"] == "potential"


def test_beyond_the_leave_line_it_goes():
    rows = [("a", 650.0, 0.8), ("b", 250.0, 0.8), ("c", 100.0, 0.8)]  # b stands at 65 %
    assert tiers(facts(rows), {"b": "hot"})["b"] == "potential"


def test_the_same_facts_again_change_nothing():
    rows = [("a", 550.0, 0.5), ("b", 250.0, 0.5), ("c", 200.0, 0.25)]
    first = tiers(facts(rows))
    assert tiers(facts(rows), first) == first


def test_a_bestseller_that_loses_money_is_a_bestseller_that_loses_money():
    ranked = rank_tiers(facts([("a", 10.0, 0.8), ("z", -50.0, 0.9)], sales=[100.0, 900.0]))
    assert ranked.filter(sku="z").select("tier", "standing", "reason").row(0) == ("hot", 0.0, "tier_reason.hot_loses")


def test_goods_that_lose_money_are_ranked_by_their_sales():
    rows = [("x", -1.0, 0.8), ("y", 0.0, 0.8), ("z", -9.0, 0.8)]
    ranked = rank_tiers(facts(rows, sales=[700.0, 200.0, 100.0]))
    assert ranked.select("tier", "reason").rows() == [
        ("hot", "tier_reason.hot_loses"), ("potential", "tier_reason.potential_loses"),
        ("long_tail", "tier_reason.long_tail_loses"),
    ]  # fmt: skip


def test_where_profit_is_unknown_sales_rank_and_the_reason_says_so():
    rows = [("a", None, 0.8), ("b", None, 0.8), ("c", None, 0.8)]
    ranked = rank_tiers(facts(rows, sales=[700.0, 200.0, 100.0]))
    assert ranked["tier"].to_list() == ["hot", "potential", "long_tail"]
    assert ranked["contribution"].to_list() == [None] * 3
    assert ranked["reason"][0] == "tier_reason.hot_by_sales"


def test_equal_skus_are_ranked_by_name_whatever_their_order():
    rows = [(sku, 100.0, 0.8) for sku in "abcd"]
    assert tiers(facts(rows)) == tiers(facts(rows[::-1]))


def test_every_reason_is_a_sentence_in_both_languages():
    losing = [("z", -50.0, 0.9), ("y", None, 0.9), ("x", -5.0, 0.9), ("w", -5.0, 0.9)]
    ranked = rank_tiers(facts([*PARETO, *losing], sales=[0.0] * 5 + [700.0, 10.0, 200.0, 90.0]))
    for lang in ("en", "zh"):
        assert all(render_rows(ranked, "reason", lang).to_list())
    assert render_rows(ranked, "reason", "en")[0] == (
        "Hot: a contribution of 400 CNY a month before stock risk, and steady (80%). "
        "The goods ahead of it bring 0% of the profit."
    )


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-100, 1000), st.floats(0, 1)), max_size=8))
def test_every_sku_gets_one_tier_and_scaling_the_money_changes_none(values):
    rows = [(f"s{i}", money, steady) for i, (money, steady) in enumerate(values)]
    doubled = [(sku, 2 * money, steady) for sku, money, steady in rows]
    assert len(tiers(facts(rows))) == len(rows)
    assert tiers(facts(rows)) == tiers(facts(doubled))


def test_a_band_that_is_easier_to_enter_than_to_keep_is_refused():
    with pytest.raises(ParameterError, match="hot_share"):
        TierParams(hot_share=(0.6, 0.5))


@pytest.mark.parametrize(
    ("steady", "before", "tier"),
    [
        (0.55, None, "hot"), (0.54, None, "potential"), (0.45, "hot", "hot"), (0.44, "hot", "potential"),
        (0.30, None, "potential"), (0.29, None, "long_tail"), (0.22, "potential", "potential"),
        (0.22, "hot", "potential"), (0.21, "potential", "long_tail"), (0.22, "long_tail", "long_tail"),
    ],
)  # fmt: skip
def test_how_steady_a_sku_must_be_to_enter_and_to_stay(steady, before, tier):
    assert tiers(facts([("a", 100.0, steady)]), {"a": before} if before else None) == {"a": tier}


@pytest.mark.parametrize(
    ("ahead", "before", "tier"),
    [
        (49.0, None, "hot"), (50.0, None, "potential"), (59.0, "hot", "hot"), (60.0, "hot", "potential"),
        (84.0, None, "potential"), (85.0, None, "long_tail"), (91.0, "potential", "potential"),
        (92.0, "potential", "long_tail"), (91.0, "hot", "potential"), (86.0, "long_tail", "long_tail"),
    ],
)  # fmt: skip
def test_how_much_of_the_profit_others_may_bring_before_it(ahead, before, tier):
    """One SKU in per cent of the profit, behind others that bring `ahead` per cent."""
    rows = [(f"n{i:03d}", 50.0, 0.1) for i in range(int(ahead))] + [("z", 50.0, 0.9)]
    rows += [(f"zz{i:03d}", 50.0, 0.1) for i in range(99 - int(ahead))]
    assert tiers(facts(rows), {"z": before} if before else None)["z"] == tier


def test_sales_stand_in_only_where_profit_is_unknown_and_nothing_known_is_said_so():
    ranked = rank_tiers(facts([("a", 10.0, 0.8), ("b", None, 0.8)], sales=[1.0, 99.0]))
    assert ranked.select("sku", "standing", "reason").rows() == [
        ("a", 0.0, "tier_reason.hot"), ("b", 0.0, "tier_reason.hot_by_sales"),
    ]  # fmt: skip
    bare = facts([("a", None, 0.8)]).drop("sales", "currency")
    assert rank_tiers(bare).select("tier", "standing", "sales", "reason").rows() == [
        ("long_tail", None, None, "tier_reason.unknown")
    ]
    assert rank_tiers(facts([("a", 0.0, 0.9)]))["reason"].to_list() == ["tier_reason.long_tail_loses"]


@pytest.mark.parametrize(
    "band",
    [
        {"hot_share": (-0.1, 0.5)}, {"hot_share": (0.5, 1.1)}, {"potential_share": (0.9, 0.8)},
        {"hot_steady": (0.4, 0.5)}, {"hot_steady": (1.1, 0.5)}, {"potential_steady": (0.3, -0.1)},
    ],
)  # fmt: skip
def test_bands_outside_nought_to_one_or_the_wrong_way_round_are_refused(band):
    with pytest.raises(ParameterError, match=next(iter(band))):
        TierParams(**band)


def test_bands_may_be_as_wide_or_as_narrow_as_the_whole():
    """Nobody enters a tier of no share, and nobody leaves one of all."""
    widest = TierParams(
        hot_share=(0.0, 1.0), hot_steady=(1.0, 0.0), potential_share=(0.5, 0.5), potential_steady=(0.5, 0.5)
    )
    rows = facts([("a", 60.0, 0.9), ("b", 40.0, 0.1)])
    was_hot = pl.DataFrame({"sku": ["b"], "tier": ["hot"]})
    assert rank_tiers(rows, params=widest)["tier"].to_list() == ["potential", "long_tail"]
    assert rank_tiers(rows, previous=was_hot, params=widest)["tier"].to_list() == ["potential", "hot"]
