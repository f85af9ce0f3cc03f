"""Processes killed at random points of imports and runs: what is there is whole, and a repeat completes it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.seller import FILES, content_hash, work, write_exports
from tradewind.app.workspace import Workspace

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")


@dataclass
class World:
    """An undisturbed workspace: what it shows after each file, how long the work takes, in lines and seconds."""

    new: Path
    exports: Path
    after_each: list[str]
    lines: dict[str, int]
    seconds: float

    @property
    def end(self) -> str:
        return self.after_each[-1]


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    write_exports(folder / "exports")
    Workspace.create(folder / "new")
    shutil.copytree(folder / "new", folder / "calm")
    calm = Workspace(folder / "calm")
    after_each = [content_hash(calm)]
    for name in FILES:
        calm.import_file(folder / "exports" / name)
        after_each.append(content_hash(calm))
    work(calm, folder / "exports")
    after_each.append(content_hash(calm))
    lines = {}
    for where in ("anywhere", "commits"):
        shutil.copytree(folder / "new", folder / where)
        began = time.monotonic()
        lines[where] = int(start(folder / where, folder / "exports", where=where).communicate()[0])
    return World(folder / "new", folder / "exports", after_each, lines, time.monotonic() - began)


def start(folder, exports, kill_at_line=0, where="anywhere"):
    """A process that does the work, warmed up: what it does next is the work itself."""
    command = [sys.executable, "-m", "tests.crash.seller", str(folder), str(exports), str(kill_at_line), where]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def assert_whole(folder, world):
    """The workspace shows a state between two steps, and completes to what an undisturbed one shows."""
    workspace = Workspace(folder)
    assert content_hash(workspace) in world.after_each
    assert len(list((folder / "runs").iterdir())) <= 1
    work(workspace, world.exports)
    assert content_hash(workspace) == world.end
    assert [path.name for path in (folder / "runs").iterdir()] == workspace.kept_runs()["id"].to_list()
    assert not (folder / "staging").exists()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("where", ["anywhere", "commits"])
def test_killed_at_a_random_line_of_the_store(tmp_path, world, where, seed):
    folder = tmp_path / "shop"
    shutil.copytree(world.new, folder)
    child = start(folder, world.exports, random.Random(seed).randint(1, world.lines[where]), where)
    assert child.wait() == -signal.SIGKILL
    assert_whole(folder, world)


@pytest.mark.parametrize("seed", range(2))
def test_killed_at_random_moments_again_and_again(tmp_path, world, seed):
    folder = tmp_path / "shop"
    shutil.copytree(world.new, folder)
    moments = random.Random(seed)
    for _ in range(2):
        child = start(folder, world.exports)
        time.sleep(moments.uniform(0, world.seconds))
        child.kill()
        child.wait()
        assert content_hash(Workspace(folder)) in world.after_each
    assert_whole(folder, world)


def test_two_processes_importing_the_same_files_at_once_double_nothing(tmp_path, world):
    folder = tmp_path / "shop"
    shutil.copytree(world.new, folder)
    children = [start(folder, world.exports) for _ in range(2)]
    workspace = Workspace(folder)
    while any(child.poll() is None for child in children):
        assert workspace.table("order_lines").select("order_id", "line_no").is_duplicated().sum() == 0
    assert [child.wait() for child in children] == [0, 0]
    assert workspace.imports()[-1].seq == len(FILES)
    assert workspace.table("order_lines").height == 2 * 600
