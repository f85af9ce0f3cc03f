"""The suppliers: lateness, quality, capacity and closures; what they state differs from what is true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from tradewind.core.tables import TABLES
from tradewind.data.simulated.events import SPRING_FESTIVAL
from tradewind.data.simulated.goods import Goods, supplier_names
from tradewind.data.simulated.randomness import Floats, Ints, stream
from tradewind.data.simulated.scales import Scale
from tradewind.data.simulated.visits import Visits, structural_rates

RAMP_DAYS, RAMP = 14, 0.55
"""After Spring Festival a supplier makes this share of the usual for so many days."""

_REGIONS = ("Yiwu", "Shenzhen", "Guangzhou", "Ningbo", "Shantou", "Wenzhou")
_CAPACITY_OVER_SALES = 4.0


@dataclass(frozen=True)
class Suppliers:
    """One entry per supplier: `lead_days` stated, `lateness` true mean over stated, `spread` shape of the gamma around
    it, `reject_odds` of a unit, `capacity` units a week, terms of payment, days closed before and after the festival.
    """

    lead_days: Floats
    lateness: Floats
    spread: Floats
    reject_odds: Floats
    capacity: Floats
    deposit: Floats
    balance_days: Floats
    closed_before: Ints
    closed_after: Ints
    region: Ints
    biggest: int


def draw_suppliers(scale: Scale, goods: Goods, visits: Visits, seed: int) -> Suppliers:
    """Draw the suppliers' distributions; the tests' small world has punctual ones without rejects."""
    rng, n = stream(seed, "suppliers", scale.shard), scale.suppliers
    weekly = structural_rates(goods, visits, max(scale.weeks - 13, 0)).sum(axis=1)
    through: Floats = np.bincount(goods.supplier, weekly, n).astype(np.float64)
    lead = np.zeros(n)
    lead[goods.supplier] = goods.supplier_lead_days
    calm = bool(scale.weekly_rates)
    return Suppliers(
        lead_days=lead,
        lateness=np.ones(n) if calm else 0.92 + rng.gamma(1.5, 0.10, n),
        spread=np.full(n, 16.0) if calm else rng.uniform(5.0, 22.0, n),
        reject_odds=np.zeros(n) if calm else np.minimum(rng.beta(1.2, 70.0, n), 0.12),
        capacity=np.ceil(np.maximum(through * _CAPACITY_OVER_SALES, 100.0) / 50.0) * 50.0,
        deposit=rng.choice([0.0, 0.3, 0.3, 0.5], n),
        balance_days=rng.choice([0.0, 0.0, 15.0, 30.0], n),
        closed_before=rng.integers(7, 13, n),
        closed_after=rng.integers(10, 17, n),
        region=rng.integers(0, len(_REGIONS), n),
        biggest=int(np.argmax(through)),
    )


def suppliers_table(scale: Scale, goods: Goods, suppliers: Suppliers) -> pl.DataFrame:
    """The suppliers table: stated terms, and the next closure."""
    number = np.unique(goods.supplier)
    year = scale.last_day.year + 1
    festival = SPRING_FESTIVAL[year]
    columns = {
        "supplier": supplier_names(scale, number),
        "qualification": ["trial" if suppliers.reject_odds[s] > 0.04 else "qualified" for s in number],
        "region": [_REGIONS[suppliers.region[s]] for s in number],
        "lead_time_days": suppliers.lead_days[number],
        "capacity_units_per_week": suppliers.capacity[number],
        "deposit_share": suppliers.deposit[number],
        "balance_days": suppliers.balance_days[number],
        "closes_on": [festival - timedelta(days=int(suppliers.closed_before[s])) for s in number],
        "reopens_on": [festival + timedelta(days=int(suppliers.closed_after[s])) for s in number],
        "ramp_weeks": [RAMP_DAYS / 7.0] * len(number),
        "known_at": [None] * len(number),
    }
    return pl.DataFrame(columns, schema=TABLES["suppliers"].empty().schema).sort("supplier")


def true_suppliers(scale: Scale, goods: Goods, suppliers: Suppliers) -> pl.DataFrame:
    """Each supplier's lead time: true mean over stated lead time, gamma shape, odds of rejecting a unit."""
    number = np.unique(goods.supplier)
    columns = {
        "supplier": supplier_names(scale, number),
        "stated_days": suppliers.lead_days[number],
        "lateness": suppliers.lateness[number],
        "gamma_shape": suppliers.spread[number],
        "reject_odds": suppliers.reject_odds[number],
    }
    return pl.DataFrame(columns).sort("supplier")
