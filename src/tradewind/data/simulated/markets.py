"""The generated world's markets, categories and nodes: invented figures of a plausible size.

Nothing here is a rule or a tariff of anybody; they only make a seller whose numbers look like a seller's.
"""

from __future__ import annotations

from typing import NamedTuple


class Market(NamedTuple):
    """`size` share of visits, `growth` a year, `price` level, `utc_hours` clock,
    `sale` strength of sales events, `freight` level, legs as multiples, `returns` as a multiple.
    """

    code: str
    currency: str
    size: float
    growth: float
    price: float
    utc_hours: int
    sale: float
    freight: float
    transport: float
    customs: float
    last_mile: float
    returns: float


MARKETS = {
    m.code: m
    for m in (
        Market("ES", "EUR", 1.00, 0.15, 1.00, 1, 1.10, 1.00, 1.00, 1.0, 1.00, 1.0),
        Market("FR", "EUR", 0.90, 0.10, 1.05, 1, 1.00, 1.08, 1.00, 1.0, 0.95, 1.2),
        Market("PL", "PLN", 0.60, 0.25, 0.92, 1, 1.15, 1.00, 1.05, 1.1, 1.10, 0.8),
        Market("SA", "SAR", 0.45, 0.35, 1.15, 3, 0.70, 1.35, 0.80, 2.0, 1.20, 0.9),
        Market("BR", "BRL", 0.80, 0.30, 1.05, -3, 1.20, 1.12, 1.60, 3.0, 1.80, 0.7),
        Market("US", "USD", 0.70, 0.05, 1.20, -5, 0.85, 1.28, 1.20, 1.4, 1.30, 1.3),
        Market("DE", "EUR", 0.55, 0.10, 1.05, 1, 0.95, 1.05, 1.00, 1.0, 0.90, 1.5),
        Market("KR", "KRW", 0.65, 0.20, 1.00, 9, 1.00, 0.60, 0.40, 0.6, 0.60, 0.8),
    )
}


class Category(NamedTuple):
    """Medians of a category: `price` CNY paid a unit, `weight_g`, box in mm; `season` amplitude of the log season
    with its top in week `top_week` of the year; `sale` exponent on the lift of sales events.
    """

    name: str
    share: float
    price: float
    weight_g: float
    box_mm: tuple[float, float, float]
    return_odds: float
    season: float
    top_week: int
    sale: float
    hs_code: str


CATEGORIES = (
    Category("Phone cases", 0.16, 46, 75, (180, 110, 20), 0.025, 0.08, 38, 1.05, "392690"),
    Category("LED lamps", 0.11, 128, 420, (230, 160, 110), 0.045, 0.25, 48, 1.10, "940521"),
    Category("Jewellery", 0.18, 58, 45, (110, 90, 35), 0.020, 0.20, 49, 0.95, "711719"),
    Category("Dresses", 0.12, 132, 280, (300, 240, 40), 0.110, 0.35, 22, 1.00, "620443"),
    Category("Kitchen storage", 0.12, 92, 340, (260, 190, 130), 0.030, 0.10, 4, 1.05, "392410"),
    Category("Pet leads and toys", 0.10, 76, 210, (220, 150, 60), 0.030, 0.08, 26, 0.90, "420100"),
    Category("Toys", 0.08, 98, 330, (260, 200, 90), 0.035, 0.45, 48, 1.10, "950300"),
    Category("Home textiles", 0.06, 146, 620, (340, 270, 110), 0.060, 0.30, 46, 1.00, "630260"),
    Category("Beauty tools", 0.04, 64, 120, (180, 90, 50), 0.025, 0.10, 18, 1.00, "961620"),
    Category("Garden", 0.03, 110, 480, (320, 180, 120), 0.035, 0.55, 19, 0.85, "820190"),
)


class Node(NamedTuple):
    """`cover_weeks`: its volume, in weeks of an average week's sales through it (0: no limit)."""

    name: str
    kind: str
    market: str
    serves: tuple[str, ...]
    cover_weeks: float
    storage_cost_per_m3_week: float
    inbound_cost_per_unit: float
    inbound_days: float
    currency: str


NODES = {
    n.name: n
    for n in (
        Node("YIWU-STORE", "seller", "CN", (), 0.0, 6.0, 0.15, 1.0, "CNY"),
        Node("HZ-PREFERRED", "preferred", "CN", (), 3.4, 14.0, 0.60, 3.0, "CNY"),
        Node("DG-PREFERRED", "preferred", "CN", (), 3.4, 13.0, 0.60, 4.0, "CNY"),
        Node("YW-PREFERRED", "preferred", "CN", (), 3.4, 14.0, 0.60, 2.0, "CNY"),
        Node("EC-PREFERRED", "preferred", "CN", (), 3.6, 12.5, 0.55, 3.0, "CNY"),
        Node("SZ-PREFERRED", "preferred", "CN", (), 3.6, 13.5, 0.65, 4.0, "CNY"),
        Node("CD-ORIGIN", "origin", "CN", (), 3.8, 10.0, 0.50, 5.0, "CNY"),
        Node("QD-ORIGIN", "origin", "CN", (), 3.8, 10.5, 0.50, 4.0, "CNY"),
        Node("ES-OVERSEAS", "overseas", "ES", ("ES", "FR"), 9.0, 6.5, 1.60, 42.0, "EUR"),
        Node("US-OVERSEAS", "overseas", "US", ("US",), 9.0, 8.0, 1.90, 38.0, "USD"),
    )
}
