"""A disk that fills up stops an import with one line; what was there stays, and a repeat completes it."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.seller import content_hash
from tradewind.app.workspace import Workspace

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a limit on the size of files")

# Writing past the limit fails as on a full disk: the same place in the code, another number.
IMPORT_WITH_LITTLE_ROOM = """
import resource, sys
from tradewind.app.workspace import Workspace
from tradewind.core.errors import StorageError
shop = Workspace(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    shop.import_file(sys.argv[2])
except StorageError as error:
    print(error.code, "|", error)
"""


def write_products(path, count):
    digits = random.Random(7)
    lines = [f"sku{n},{digits.getrandbits(400):x}" for n in range(count)]
    path.write_text("\n".join(["sku,title", *lines]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("room_bytes", [50_000, 100_000, 400_000])
def test_a_full_disk_stops_the_import_with_one_line_and_loses_nothing(tmp_path, room_bytes):
    shop = Workspace.create(tmp_path / "shop")
    shop.import_file(write_products(tmp_path / "few.csv", 10))
    before = content_hash(shop)
    many = write_products(tmp_path / "many.csv", 10_000)
    command = [sys.executable, "-c", IMPORT_WITH_LITTLE_ROOM, str(shop.path), str(many), str(room_bytes)]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.startswith("disk_full | "), said
    assert len(said.splitlines()) == 1
    assert content_hash(Workspace(shop.path)) == before
    shop.import_file(many)
    assert shop.table("products").height == 10_000
    assert not (shop.path / "staging").exists()
