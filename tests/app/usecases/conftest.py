"""The tiny seller, asked with a plan and without one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tradewind.app.usecases.context import Context
from tradewind.app.workspace import Workspace


@pytest.fixture(scope="session")
def unplanned(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Context:
    """The same seller imported, and no plan made. Read only."""
    workspace = Workspace.create(tmp_path_factory.mktemp("unplanned") / "shop")
    workspace.import_file(tiny)
    return Context(workspace.path)


@pytest.fixture
def own_shop(planned: Path, tmp_path: Path) -> Context:
    """A copy of the planned seller, to be written to."""
    return Context(Path(shutil.copytree(planned, tmp_path / "shop")))
