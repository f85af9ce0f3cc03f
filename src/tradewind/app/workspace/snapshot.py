"""What is read for a plan: the state of a workspace at one moment, apart from how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from tradewind.data.ledger import RunRow

if TYPE_CHECKING:
    from tradewind.core.rules import Rules


@dataclass(frozen=True)
class Snapshot:
    """Everything a plan is made from, as known at `as_of`.

    `asked_as_of` is None where everything loaded is visible; `as_of` is then midnight UTC after the newest fact.
    `base` is the currency of sums; `versions` is the version of each table that is read; `tables` are in own SKUs (see
    `data.sku_mapping`). `own_rules` and `shop_profile` are the texts of rules.yaml and shop.yaml, empty where there is
    no such file. Tables, corrections and tiers are read when they are first asked for.
    """

    as_of: datetime
    asked_as_of: datetime | None
    base: str
    versions: dict[str, int]
    tables: Mapping[str, pl.DataFrame]
    own_rules: str
    shop_profile: str
    read_corrections: Callable[[], pl.DataFrame]
    read_previous_tiers: Callable[[], pl.DataFrame | None]

    def __getitem__(self, table: str) -> pl.DataFrame:
        return self.tables[table]

    @cached_property
    def corrections(self) -> pl.DataFrame:
        """Rows that waited for a correction in the versions read; where a moment was asked, no facts from after it.

        A row whose time cannot be read has no moment to go by, and stays.
        """
        return self.read_corrections()

    @cached_property
    def previous_tiers(self) -> pl.DataFrame | None:
        """The tiers of the last plan made from an earlier moment, None without one."""
        return self.read_previous_tiers()

    def rules(self) -> Rules:
        """The rule packs, overlaid by the own rules. Raises RuleError."""
        from tradewind.data.rules import load_rules

        return load_rules(overrides=self.own_rules)


def predecessor(runs: Iterable[RunRow], before: datetime) -> RunRow | None:
    """Of `runs`, oldest first, the one that planned from the latest moment before `before`; of equals the newest."""
    earlier = [(row.as_of, number, row) for number, row in enumerate(runs) if row.as_of < before]
    return max(earlier, key=lambda found: found[:2])[2] if earlier else None
