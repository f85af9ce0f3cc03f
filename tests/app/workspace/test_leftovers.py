"""An import that is killed while it reads leaves plain text; whoever opens the workspace next removes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile

import pytest
from filelock import FileLock

from tests.app.workspace.exports import line, orders
from tradewind.app.usecases.context import Context
from tradewind.app.workspace import Workspace

KILLED_WHILE_READING = """
import os, signal, sys
from tradewind.app.workspace import Workspace
from tradewind.data.intake import sheets
sheets._csv_rows = lambda *asked: os.kill(os.getpid(), signal.SIGKILL)
Workspace(sys.argv[1]).import_file(sys.argv[2])
"""
EXPORT = "platform,shop,order_id,sku,market,ordered_at,units,unit_price,currency,status,buyer_name\n" + "".join(
    f"a,m,o{n},LAMP,ES,2026-03-01,1,5,EUR,paid,买家张三丰\n" for n in range(5)
)


def plain_text(folder) -> bool:
    names = ["买家张三丰".encode(code) for code in ("utf-8", "gb18030")]
    return any(name in path.read_bytes() for path in folder.rglob("*") if path.is_file() for name in names)


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("kind", ["gbk", "zip"])
@pytest.mark.parametrize("command", [Workspace, Context])
def test_the_next_command_of_any_kind_removes_what_a_killed_import_was_reading(shop, tmp_path, kind, command):
    export = tmp_path / f"orders.{'zip' if kind == 'zip' else 'csv'}"
    if kind == "zip":
        with zipfile.ZipFile(export, "w") as packed:
            packed.writestr("orders.csv", EXPORT)
    else:
        export.write_bytes(EXPORT.encode("gb18030"))
    asked = [sys.executable, "-c", KILLED_WHILE_READING, str(shop.path), str(export)]
    assert subprocess.run(asked, check=False).returncode == -signal.SIGKILL
    assert plain_text(shop.path)
    command(shop.path)
    assert not plain_text(shop.path)


def test_what_an_import_at_work_is_reading_stays(shop):
    staging = shop.path / "staging"
    staging.mkdir()
    (staging / "half.csv").write_text("at work")
    with FileLock(shop.path / "lock"):
        Workspace(shop.path)
        assert (staging / "half.csv").exists()
    Workspace(shop.path)
    assert not (staging / "half.csv").exists()


def test_a_writer_still_sees_that_a_commit_may_have_been_broken_off(shop, tmp_path):
    (shop.path / "staging").mkdir()
    (shop.path / "staging" / "half.csv").write_text("left")
    again = Workspace(shop.path)
    assert (shop.path / "staging").is_dir()
    again.import_file(orders(tmp_path, "o.csv", line("1", 1)))
    assert not (shop.path / "staging").exists()


def test_a_folder_that_may_not_be_written_to_is_read_all_the_same(shop, monkeypatch):
    (shop.path / "staging").mkdir()
    (shop.path / "staging" / "half.csv").write_text("left")

    def refused(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("tradewind.app.workspace.leftovers._remove", refused)
    assert Workspace(shop.path).corrections().is_empty()
