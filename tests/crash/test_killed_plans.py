"""The real planning run, killed at random moments: no half plan is ever there, and the next is the undisturbed one."""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tradewind.app.python import Workspace
from tradewind.data.runs import differences

RUN = "from tradewind.app.cli import main; raise SystemExit(main(['run', '--json', '--seed', '4', '-w', {path!r}]))"


@pytest.fixture(scope="module")
def undisturbed(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    shop = Workspace.create(tmp_path_factory.mktemp("whole") / "shop")
    shop.import_file(tiny)
    shop.run(seed=4)
    return shop


def planning(shop: Path) -> subprocess.Popen[bytes]:
    line = [sys.executable, "-c", RUN.format(path=str(shop))]
    return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_killed_run_leaves_no_half_plan_and_the_next_one_is_the_same(undisturbed, tmp_path):
    shop = tmp_path / "shop"
    shutil.copytree(undisturbed.path, shop)
    before = Workspace(shop).kept_runs().height
    started = time.perf_counter()
    planning(shop).wait(timeout=120)
    whole = time.perf_counter() - started
    moments = random.Random(11)
    for _ in range(6):
        process = planning(shop)
        time.sleep(whole * moments.uniform(0.3, 1.0))
        process.kill()
        process.wait()
        for run_id in Workspace(shop).kept_runs()["id"]:
            kept = Workspace(shop).load_run(run_id)
            assert differences(kept.tables, undisturbed.load_run().tables) == []
    last = Workspace(shop).run(seed=4)
    assert differences(last.tables, undisturbed.load_run().tables) == []
    assert Workspace(shop).kept_runs().height >= before + 2
    listed = set(Workspace(shop).kept_runs()["id"])
    assert {folder.name for folder in (shop / "runs").iterdir()} == listed
