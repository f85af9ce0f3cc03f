"""The page in a real browser: nothing sticks out at 390 px or 1400 px, and nothing is asked of the network."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.app.report.made_up import healthy, made_up_run
from tradewind.app.report import write_report

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars")
SIZES = [("en", 390), ("en", 1400), ("zh", 390), ("zh", 1400)]

FRAME = '<iframe src="{lang}/report.html" style="width:{width}px;height:900px;border:0"></iframe>'
MEASURE = """<body>{frames}<pre id="out"></pre><script>
onload = () => {{ out.textContent = JSON.stringify([...document.querySelectorAll("iframe")].map(f => {{
  const page = f.contentDocument.documentElement;
  const letters = [...page.querySelectorAll("svg text")].map(t => t.getBoundingClientRect().height).filter(h => h > 0);
  return {{ width: page.scrollWidth, smallest: Math.min(...letters),
            asked: f.contentWindow.performance.getEntriesByType("resource").length }};
}})); }};</script>"""


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium to look at the page")
def test_the_page_fits_a_phone_and_a_desk_and_asks_for_nothing(tmp_path: Path) -> None:
    for lang in ("en", "zh"):
        write_report(made_up_run(), tmp_path / lang, lang, health=healthy())
    for (_, width), seen in zip(SIZES, looked_at(tmp_path), strict=True):
        assert seen["width"] <= width
        assert seen["smallest"] >= 11
        assert seen["asked"] == 0


def looked_at(folder: Path) -> list[dict[str, float]]:
    """The pages in frames of both widths, because a headless window has a least width of its own."""
    frames = "".join(FRAME.format(lang=lang, width=width) for lang, width in SIZES)
    (folder / "frames.html").write_text(MEASURE.format(frames=frames), encoding="utf-8")
    line = [str(CHROMIUM), *FLAGS, "--allow-file-access-from-files", "--virtual-time-budget=4000", "--dump-dom"]
    told = subprocess.run(
        [*line, f"--user-data-dir={folder}/profile", (folder / "frames.html").as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    found = re.search(r'<pre id="out">(.*?)</pre>', told.stdout, re.DOTALL)
    assert found is not None
    return json.loads(found[1])
