"""The seller's goods: categories, boxes, costs, prices, suppliers, life cycles and the mode each is sold in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import polars as pl

from tradewind.core.tables import MODES, TABLES
from tradewind.data.simulated.campaigns import campaigns
from tradewind.data.simulated.markets import CATEGORIES
from tradewind.data.simulated.randomness import Flags, Floats, Ints, stream
from tradewind.data.simulated.scales import FUTURE_WEEKS, Scale

STOCKED, JIT, POP, OVERSEAS = (MODES.index(m) for m in ("semi_stocked", "semi_jit", "pop", "overseas"))

ELASTICITY = -1.6
_STRENGTH_SPREAD, _TASTE_SPREAD = 1.45, 0.5
_LOOK_ALIKES = 4
_GONE = 0.04
_COLOURS = ("black", "white", "rose", "sky blue", "sage", "sand", "navy", "lilac")


@dataclass(frozen=True)
class Goods:
    """One entry per SKU unless stated: `strength` (N,) and `taste` (N, M) are logs of appeal at full life,
    `campaign` (N, M, W + 26) multiple of appeal by coupons, ads and look-alikes' campaigns, `landed` (M, W + 26)
    multiple of the price a buyer pays in the end (duties).
    `life` (N, W + 26) its multiple by week (0 before launch and after the listing ended), `price_level`
    (N, W + 26) multiple of `price_cny`; `launch_week` may be negative (before the first week).
    """

    sku: list[str]
    category: Ints
    look_alike: Ints
    shop: Ints
    strength: Floats
    taste: Floats
    life: Floats
    price_level: Floats
    launch_week: Ints
    price_cny: Floats
    unit_cost: Floats
    weight_g: Floats
    box_mm: Floats
    pack_odds: Floats
    mode: Ints
    abroad: Flags
    supplier: Ints
    supplier_lead_days: Floats
    campaign: Floats
    landed: Floats
    moq_units: Ints
    carton_units: Ints

    @property
    def volume_m3(self) -> Floats:
        volume: Floats = self.box_mm.prod(axis=1) / 1e9
        return volume

    @property
    def appeal(self) -> Floats:
        """Appeal at full life and list price, (N, M)."""
        out: Floats = np.exp(self.strength[:, None] + self.taste)
        return out

    def alive(self, week: int) -> Flags:
        return self.life[:, week] > 0

    def price_pull(self, week: int) -> Floats:
        """Multiple of appeal by the week's price level and duties, (N, M)."""
        pull: Floats = (self.price_level[:, week, None] * self.landed[None, :, week]) ** ELASTICITY
        return pull


def goods(scale: Scale, seed: int) -> Goods:
    """Draw the assortment of `scale`."""
    rng = stream(seed, "goods", scale.shard)
    n = scale.skus
    kinds = CATEGORIES[: scale.categories]
    share = np.array([k.share for k in kinds])
    category = np.sort(rng.choice(len(kinds), n, p=share / share.sum()))
    strength = rng.normal(0.0, _STRENGTH_SPREAD, n)
    taste = rng.normal(0.0, _TASTE_SPREAD, (n, len(scale.markets)))
    if scale.weekly_rates:
        category = np.arange(n) % len(kinds)
        strength, taste = np.log(scale.weekly_rates), np.zeros_like(taste)
    launch, life = _life_cycles(scale, rng, strength)
    price, cost, weight, box = _physique(category, rng)
    supplier, lead = _suppliers(scale, rng)
    mode, abroad = _modes(scale, strength, rng)
    moq, carton = _lots(scale, strength, rng)
    alike, weeks = _look_alikes(category), scale.weeks + FUTURE_WEEKS
    return Goods(
        sku=_names(scale),
        category=category,
        look_alike=alike,
        shop=rng.integers(0, len(scale.shops), n),
        strength=strength,
        taste=taste,
        life=life,
        price_level=_price_levels(scale, rng),
        launch_week=launch,
        price_cny=price,
        unit_cost=cost,
        weight_g=weight,
        box_mm=box,
        pack_odds=rng.uniform(0.03, 0.16, n),
        mode=mode,
        abroad=abroad,
        supplier=supplier,
        supplier_lead_days=lead,
        campaign=campaigns(scale, seed).effect(scale, alike),
        landed=np.ones((len(scale.markets), weeks)),
        moq_units=moq,
        carton_units=carton,
    )


def products_table(goods: Goods, scale: Scale) -> pl.DataFrame:
    """The products table: everything known to the seller, nothing of appeal or life cycle."""
    n = len(goods.sku)
    kinds = [CATEGORIES[c] for c in goods.category]
    launched = [scale.first_week + timedelta(weeks=int(w)) for w in goods.launch_week]
    titles = [f"{k.name} {_COLOURS[i % len(_COLOURS)]} no. {goods.sku[i][4:].lstrip('0')}" for i, k in enumerate(kinds)]
    columns = {
        "sku": goods.sku,
        "title": titles,
        "category": [k.name for k in kinds],
        "unit_cost": goods.unit_cost,
        "currency": ["CNY"] * n,
        "weight_g": goods.weight_g,
        "length_mm": goods.box_mm[:, 0],
        "width_mm": goods.box_mm[:, 1],
        "height_mm": goods.box_mm[:, 2],
        "supplier": supplier_names(scale, goods.supplier),
        "supplier_lead_time_days": goods.supplier_lead_days,
        "moq_units": goods.moq_units,
        "carton_units": goods.carton_units,
        "hs_code": [k.hs_code for k in kinds],
        "launched_on": launched,
        "known_at": [None] * n,
    }
    return pl.DataFrame(columns, schema=TABLES["products"].empty().schema)


def supplier_names(scale: Scale, supplier: Ints) -> list[str]:
    """Suppliers' names; each shard has its own."""
    return [f"SUP-{s * scale.shards + scale.shard + 1:03d}" for s in supplier.tolist()]


def _names(scale: Scale) -> list[str]:
    everything = scale.skus * scale.shards
    width = max(3, len(str(everything)))
    return [f"SKU-{i + 1:0{width}d}" for i in range(scale.shard, everything, scale.shards)]


def _life_cycles(scale: Scale, rng: np.random.Generator, strength: Floats) -> tuple[Ints, Floats]:
    """Launch, growth, decline, end. No decline begins after the last day: that could not be known by then."""
    n, weeks = scale.skus, scale.weeks
    launch = np.where(rng.random(n) < 0.68, rng.integers(-150, 0, n), rng.integers(0, max(weeks - 8, 1), n))
    ramp = rng.uniform(3.0, 7.0, n)
    growth = rng.uniform(-0.25, 0.35, n)
    decline_from = launch + rng.integers(30, 200, n)
    half_life = rng.uniform(8.0, 22.0, n)
    declines = (rng.random(n) < 0.6) & (decline_from < weeks)
    newest = rng.permutation(n)[: scale.new_skus]
    if scale.weekly_rates:
        launch, declines, growth = np.full(n, -60), np.zeros(n, bool), np.zeros(n)
        newest = np.array([n - 1])
    launch[newest] = weeks - 1 - np.arange(2, 2 + scale.new_skus) % 4
    declines[newest] = False
    age = np.arange(weeks + FUTURE_WEEKS)[None, :] - launch[:, None]
    life = -np.expm1(-(age + 1.0) / ramp[:, None]) * np.exp(growth[:, None] * np.clip(age, 0, 52) / 52.0)
    since = np.maximum(np.arange(weeks + FUTURE_WEEKS)[None, :] - decline_from[:, None], 0)
    fading = np.where(declines[:, None], 0.5 ** (since / half_life[:, None]), 1.0)
    ended = (fading < _GONE) & (np.minimum.accumulate(fading, axis=1) < _GONE)
    return launch, np.where((age >= 0) & ~ended, life * fading, 0.0)


def _physique(category: Ints, rng: np.random.Generator) -> tuple[Floats, Floats, Floats, Floats]:
    """Price and cost in CNY, weight in g, box in mm; big pieces of a kind are heavier too."""
    n = len(category)
    kinds = [CATEGORIES[c] for c in category]
    z = rng.normal(size=(n, 3))
    price = np.clip(np.array([k.price for k in kinds]) * np.exp(0.32 * z[:, 0]), 28.0, 190.0)
    cost = price * rng.uniform(0.17, 0.43, n)
    weight = np.array([k.weight_g for k in kinds]) * np.exp(0.35 * z[:, 1] + 0.1 * z[:, 0])
    box = np.array([k.box_mm for k in kinds]) * np.exp(0.12 * z[:, [1]] + 0.08 * rng.normal(size=(n, 3)))
    return price.round(1), cost.round(2), weight.round(0), box.round(0)


def _suppliers(scale: Scale, rng: np.random.Generator) -> tuple[Ints, Floats]:
    lead = rng.integers(3, 15, scale.suppliers).astype(float)
    supplier = rng.integers(0, scale.suppliers, scale.skus)
    return supplier, lead[supplier]


def _modes(scale: Scale, strength: Floats, rng: np.random.Generator) -> tuple[Ints, Flags]:
    """Hot goods lie stocked, the middle is mixed, the long tail is sent on order; the hottest also lie abroad."""
    n = scale.skus
    if scale.weekly_rates:
        return np.array([STOCKED, JIT, POP, JIT]), np.zeros(n, bool)
    rank = np.argsort(np.argsort(-(strength + rng.normal(0.0, 0.4, n)))) / n
    coin = rng.random(n)
    middle = np.where(coin < 0.55, STOCKED, JIT)
    tail = np.where(coin < 0.45, JIT, POP)
    mode = np.where(rank < 0.12, STOCKED, np.where(rank < 0.35, middle, tail))
    return mode, (mode == STOCKED) & (rank < 0.10)


def _lots(scale: Scale, strength: Floats, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Minimum order and carton by what usually sells in a week: small lots of the tail, whole cartons of hot goods."""
    weekly = scale.lines_per_week * np.exp(strength) / np.exp(strength).sum()
    carton = np.where(weekly > 20, 20, np.where(weekly > 5, 10, 5)).astype(np.int64)
    most = np.where(weekly > 1, 4, 2)
    return carton * rng.integers(1, most + 1), carton


def _look_alikes(category: Ints) -> Ints:
    """Groups of about four goods of a category among which buyers switch when their first choice is out."""
    order = np.argsort(category, kind="stable")
    place = np.empty(len(category), np.int64)
    starts = np.searchsorted(category[order], category[order], side="left")
    place[order] = np.arange(len(category)) - starts
    group: Ints = category.astype(np.int64) * 10_000 + place // _LOOK_ALIKES
    return np.unique(group, return_inverse=True)[1].astype(np.int64)


def _price_levels(scale: Scale, rng: np.random.Generator) -> Floats:
    """A third of the goods changed price once in the history; prices then stay."""
    n, weeks = scale.skus, scale.weeks
    changed = rng.random(n) < 0.33
    step = np.where(rng.random(n) < 0.5, rng.uniform(0.86, 0.95, n), rng.uniform(1.05, 1.14, n))
    at = rng.integers(0, weeks, n)
    after = np.arange(weeks + FUTURE_WEEKS)[None, :] >= at[:, None]
    return np.where(changed[:, None] & after, step[:, None], 1.0)
