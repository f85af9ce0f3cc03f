"""What one decision hands to the next."""

from __future__ import annotations

import polars as pl

from tradewind.app.planning.decide import coming_modes
from tradewind.engine.modes import ModeChoice


def test_a_market_that_the_chosen_mode_does_not_reach_stays_as_it_is():
    sold_in = pl.DataFrame(
        [("cup", "ES", "semi_stocked"), ("cup", "US", "semi_jit"), ("mug", "ES", "pop"), ("new", "ES", "overseas")],
        schema=["sku", "market", "mode"],
        orient="row",
    )
    modes = pl.DataFrame(
        [("cup", "overseas", "semi_stocked"), ("mug", "pop", "pop"), ("new", "overseas", None)],
        schema={"sku": pl.String, "mode": pl.String, "previous_mode": pl.String},
        orient="row",
    )
    options = pl.DataFrame(
        [("cup", "overseas", "US, CA"), ("cup", "semi_stocked", None), ("mug", "pop", None), ("new", "overseas", None)],
        schema={"sku": pl.String, "mode": pl.String, "elsewhere": pl.String},
        orient="row",
    )
    assert coming_modes(ModeChoice(modes, options, sold_in)).rows() == [
        ("cup", "ES", "overseas"), ("cup", "US", "semi_jit"), ("mug", "ES", "pop"), ("new", "ES", "overseas"),
    ]  # fmt: skip
