"""The tiny shared world: 4 SKUs, 2 markets, 2 warehouses, 12 weeks to Sunday 2026-10-18.

SKU-001 Phone case, hot, stocked in HZ-PREFERRED; SKU-002 LED lamp, steady, just in time from YIWU-STORE;
SKU-003 Phone case, a slow mover, own shipping; SKU-004 LED lamp, launched three weeks before the end, just in time.
Markets ES and SA, one shop yiwu-1.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tradewind.app.python import Workspace
from tradewind.data.simulated import SellerFiles, write_seller

# The same examples each time, on a slow machine too: a red test is a broken one, not a busy computer.
settings.register_profile("tradewind", deadline=None, derandomize=True)
settings.load_profile("tradewind")


@pytest.fixture(scope="session")
def _tiny_seller(tmp_path_factory: pytest.TempPathFactory) -> SellerFiles:
    return write_seller(tmp_path_factory.mktemp("world") / "tiny", scale="tiny", seed=7)


@pytest.fixture(scope="session")
def tiny(_tiny_seller: SellerFiles) -> Path:
    """Folder with the tiny seller's files, one CSV a table, headings as in core/tables.py. Read only."""
    return _tiny_seller.folder


@pytest.fixture(scope="session")
def tiny_truth(_tiny_seller: SellerFiles) -> Path:
    """Folder with the truth behind them: rates, lanes, factors, returns, goods, buyers … (Parquet)."""
    return _tiny_seller.truth_folder


@pytest.fixture(scope="session")
def planned(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a workspace in which the tiny seller is imported and planned (seed 1). Read only."""
    shop = Workspace.create(tmp_path_factory.mktemp("planned") / "shop")
    shop.import_file(tiny)
    shop.run(seed=1)
    return shop.path
