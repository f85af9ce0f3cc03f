"""How a series sells: smooth, erratic, intermittent or lumpy."""

from __future__ import annotations

import numpy as np

from tradewind.engine.demand.panel import Floats, Ints

CLASSES = ("smooth", "erratic", "intermittent", "lumpy", "new")
NEW = CLASSES.index("new")
ADI_LIMIT, CV2_LIMIT = 1.32, 0.49


def demand_class(units: Floats, exposure: Floats) -> Ints:
    """Class number per series from the weeks observed.

    ADI, observed weeks per week with a sale, splits at 1.32; CV2, the squared coefficient of variation
    of the weeks with a sale, at 0.49; fewer than two such weeks is "new". Source: Syntetos, Boylan and
    Croston (2005), On the categorization of demand patterns.
    """
    sale = units > 0
    hits = sale.sum(axis=1)
    adi = (exposure > 0).sum(axis=1) / np.maximum(hits, 1)
    mean = units.sum(axis=1) / np.maximum(hits, 1)
    variance = np.where(sale, (units - mean[:, None]) ** 2, 0.0).sum(axis=1) / np.maximum(hits - 1, 1)
    cv2 = variance / np.maximum(mean, 1e-9) ** 2
    number = 2 * (adi > ADI_LIMIT) + (cv2 > CV2_LIMIT)
    return np.where(hits < 2, NEW, number).astype(np.int64)
