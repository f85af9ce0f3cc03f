"""Who asks in the tests: of a new workspace, of one with three order lines and a made-up plan, of the tiny seller's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from tests.app.report.made_up import made_up_run
from tradewind.app.usecases import Context
from tradewind.app.workspace import Workspace

NOW = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
"""The clock of the tests."""

ORDER_LINES = """\
platform,shop,order_id,sku,market,ordered_at,units,unit_price,currency,status
aliexpress,main,A1,MUG,US,2026-11-01 08:00,1,9.50,USD,paid
aliexpress,main,A2,=HYPERLINK(1),DE,2026-11-01 09:00,2,4.00,EUR,paid
aliexpress,main,A3,灯 L,US,2026-11-02 08:00,3,3.00,USD,paid
"""


@pytest.fixture(scope="session")
def small_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with ORDER_LINES and the plan of `made_up`, which has seen them. Read only."""
    home = tmp_path_factory.mktemp("small")
    (home / "orders.csv").write_text(ORDER_LINES, encoding="utf-8")
    shop = Workspace.create(home / "shop")
    shop.import_file(home / "orders.csv")
    tables = {**made_up_run().tables, "shop_file": pl.DataFrame({"said": [""]})}
    shop.save_run(tables, snapshot=shop.snapshot(), seed=7, horizon_weeks=13)
    return shop.path


@pytest.fixture
def empty(tmp_path: Path) -> Context:
    """Who asks of a new workspace."""
    return Context(Workspace.create(tmp_path / "new" / "shop").path, now=lambda: NOW)


@pytest.fixture
def small(small_shop: Path) -> Context:
    """Who asks of `small_shop`."""
    return Context(small_shop, now=lambda: NOW)


@pytest.fixture
def seller(planned: Path) -> Context:
    """Who asks of the tiny seller's workspace, planned. Read only."""
    return Context(planned, now=lambda: NOW)
