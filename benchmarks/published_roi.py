"""What would a factory seller's goods have to cost for the returns that were published? See docs/published-roi.md.

    python -m benchmarks.published_roi

A survey of 2,147 sellers (first quarter of 2024) gave a return on what was spent of 18.2 % in full-managed, 20.1 % in
semi-managed and 22.5 % self-operated. `tradewind quote` takes a sale of 100 CNY apart (89 g to Spain, rules of
2024-05-01); what is left falls by the cost of the goods, so the cost that leaves the published return is read off two
quotes: once as the rules stand, once with the advertising and returns a shop really has.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import tempfile
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import report

PRICE = 100.0
SALE = ("--sku", "cup", "--market", "ES", "--price", "100", "--currency", "CNY", "--weight-g", "89")
SIZE = ("--size-cm", "12x8x5")
ON = ("--on", "2024-05-01")
USUAL = ("--returns-rate", "0.06", "--ad-cost", "10")


@dataclass(frozen=True)
class Published:
    mode: str
    roi: float


PUBLISHED = (
    Published("full", 0.182),
    Published("semi_stocked", 0.201),
    Published("pop", 0.225),
)


def goods_cost(one: Published, how: tuple[str, ...]) -> tuple[float, float]:
    """The cost of the goods that leaves the published return, and all other costs then, of a sale of 100."""
    left = [_left(one.mode, cost, how) for cost in (10.0, 60.0)]
    slope = (left[1] - left[0]) / 50.0
    wanted = PRICE * one.roi / (1 + one.roi)  # left / (price - left) = return
    cost = 10.0 + (wanted - left[0]) / slope
    return cost, PRICE - wanted - cost


def _left(mode: str, cost: float, how: tuple[str, ...]) -> float:
    from tradewind.app.cli import main

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = main(["quote", *SALE, *SIZE, *ON, "--mode", mode, "--cost", str(cost), *how, "--json"])
    if code:
        raise RuntimeError(said.getvalue())
    quote: dict[str, Any] = json.loads(said.getvalue())
    return float(quote["margin"])


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as nowhere:
        os.chdir(nowhere)  # away from any workspace: rules alone
        rows = [
            {
                "mode": one.mode,
                "published_return": one.roi,
                "assumptions": name,
                "goods_cost": round(cost, 1),
                "other_costs": round(other, 1),
            }
            for one in PUBLISHED
            for name, how in (("rules alone", ()), ("10 % advertising, 6 % returns", USUAL))
            for cost, other in (goods_cost(one, how),)
        ]
        os.chdir("/")
    report("published_roi", rows)


if __name__ == "__main__":
    main()
