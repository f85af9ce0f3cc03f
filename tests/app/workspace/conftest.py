"""An empty workspace, made once and copied for each test."""

from __future__ import annotations

import shutil

import pytest

from tradewind.app.python import Workspace


@pytest.fixture(scope="module")
def new_shop(tmp_path_factory):
    return Workspace.create(tmp_path_factory.mktemp("new") / "义乌 小店", currency="CNY").path


@pytest.fixture
def shop(tmp_path, new_shop):
    shutil.copytree(new_shop, tmp_path / new_shop.name)
    return Workspace(tmp_path / new_shop.name)
