"""Time zones by the letters exports write behind a time: minutes ahead of UTC.

Letters that several zones share (CST is China's or US Central time, IST India's, Israel's or Ireland's) say nothing,
unless the time zone of the file's own platform is one of them.
"""

from __future__ import annotations

from typing import Final

ZONES: Final = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "mez": 60, "cest": 120, "mesz": 120,
    "eet": 120, "eest": 180, "msk": 180, "trt": 180, "sast": 120,
    "pst": -480, "pdt": -420, "mst": -420, "mdt": -360, "cdt": -300, "est": -300, "edt": -240, "akst": -540,
    "akdt": -480, "hst": -600, "brt": -180, "art": -180, "clt": -240, "clst": -180,
    "jst": 540, "kst": 540, "hkt": 480, "sgt": 480, "myt": 480, "pht": 480, "ict": 420, "wib": 420,
    "awst": 480, "acst": 570, "acdt": 630, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
}  # fmt: skip

SHARED: Final = {
    "cst": ("Asia/Shanghai", "Asia/Taipei", "America/Chicago", "America/Mexico_City"),
    "ist": ("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"),
    "ast": ("Asia/Riyadh", "America/Halifax", "America/Puerto_Rico"),
}
"""Letters of several zones, with the time zones of files in which they are clear."""
