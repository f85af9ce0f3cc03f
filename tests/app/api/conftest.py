"""A server of the tiny seller's plan, asked without a network."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tradewind.app.api.server import Service, create_app

TOKEN = "the-token"
ASKS = {"Authorization": f"Bearer {TOKEN}"}


def client(folder: Path) -> TestClient:
    return TestClient(
        create_app(Service.of(folder, TOKEN)),
        base_url="http://127.0.0.1:8765",
        headers=ASKS,
        raise_server_exceptions=False,
    )


@pytest.fixture(scope="session")
def asking(planned: Path) -> TestClient:
    """Questions only: the workspace is shared."""
    return client(planned)


@pytest.fixture
def own(planned: Path, tmp_path: Path) -> Path:
    """A copy of the planned workspace that may be changed."""
    return Path(shutil.copytree(planned, tmp_path / "shop"))
