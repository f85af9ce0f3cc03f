"""Two workers on one workspace: ledger on a server, lake in a bucket or a shared folder."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import psycopg
import pytest

from tests.crash.seller import keep_small_plan
from tradewind.app.workspace import Workspace
from tradewind.core.errors import NotAWorkspaceError, WorkspaceBusyError, WorkspaceError

ROOT = Path(__file__).parents[2]
HEADINGS = "platform,shop,order_id,line_no,sku,market,ordered_at,units,unit_price,currency,status,buyer_key"


def orders(folder, name, *numbers, units=1):
    path = folder / name
    lines = [f"aliexpress,main,o{n},1,mug,DE,2026-03-0{n}T10:00:00Z,{units},9.9,USD,paid,Li Na" for n in numbers]
    path.write_text("\n".join([HEADINGS, *lines]) + "\n", encoding="utf-8")
    return path


def plan(workspace):
    return keep_small_plan(workspace, seed=2**40)


def colleague(workspace, folder):
    """Another worker's folder on the same workspace."""
    folder.mkdir()
    for name in ("workspace.toml", "buyer.key"):
        shutil.copy(workspace.path / name, folder / name)
    return Workspace(folder)


@pytest.fixture
def share(tmp_path):
    return str(tmp_path / "share" / "义乌")


@pytest.fixture(params=["bucket", "share"])
def lake(request):
    return request.getfixturevalue(request.param)


def test_what_one_worker_brings_and_plans_the_other_sees(tmp_path, ledger_url, lake):
    mine = Workspace.create(tmp_path / "mine", ledger=ledger_url, lake=lake)
    theirs = colleague(mine, tmp_path / "theirs")
    mine.import_file(orders(tmp_path, "a.csv", 1, 2))
    theirs.import_file(orders(tmp_path, "b.csv", 2, 3, units=2))
    kept = plan(theirs)
    seen = Workspace(mine.path)
    assert seen.table("order_lines")["units"].to_list() == [1, 2, 2]
    assert [row.note["file"] for row in seen.imports()] == ["a.csv", "b.csv"]
    assert seen.load_run(kept.id)["sold"].equals(pl.DataFrame({"sku": ["mug"], "status": ["paid"], "units": [5]}))
    assert seen.load_run().seed == 2**40
    assert sorted(path.name for path in mine.path.iterdir()) == ["buyer.key", "workspace.toml"]
    assert mine.import_file(orders(tmp_path, "b.csv", 2, 3, units=2))[0].rows_same == 2


def test_a_run_folder_of_nobody_is_swept_and_those_listed_stay(tmp_path, ledger_url, bucket):
    shop = Workspace.create(tmp_path / "shop", ledger=ledger_url, lake=bucket)
    shop.import_file(orders(tmp_path, "a.csv", 1))
    first = plan(shop)
    shop._runs.write("20260101-half/actions.parquet", b"half")
    second = plan(shop)
    assert shop._runs.folders("") == sorted([first.id, second.id])


def test_the_password_is_written_nowhere(tmp_path, ledger_url, share):
    shop = Workspace.create(tmp_path / "shop", ledger=ledger_url + "?password=twice&application_name=me", lake=share)
    written = (shop.path / "workspace.toml").read_text(encoding="utf-8")
    assert "postgresql://tradewind@127.0.0.1" in written
    assert "a%3Ab" not in written
    assert "twice" not in written
    assert "@" not in shop.places[0]


def test_workspaces_in_one_database_do_not_meet(tmp_path, ledger_url):
    shops = [Workspace.create(tmp_path / name, ledger=ledger_url) for name in ("one", "two")]
    shops[0].import_file(orders(tmp_path, "a.csv", 1))
    kept = plan(shops[0])
    assert Workspace(shops[1].path).imports() == []
    assert Workspace(shops[1].path).kept_runs().is_empty()
    shops[1].import_file(orders(tmp_path, "a.csv", 1))
    plan(shops[1])
    assert Workspace(shops[0].path).kept_runs()["id"].to_list() == [kept.id]


def test_a_place_that_is_another_workspaces_is_refused(tmp_path, ledger_url, share):
    Workspace.create(tmp_path / "one", lake=share)
    with pytest.raises(WorkspaceError) as error:
        Workspace.create(tmp_path / "two", ledger=ledger_url, lake=share)
    assert error.value.code == "lake_taken"


def test_a_creation_that_was_cut_short_is_taken_up_again(tmp_path, ledger_url, share):
    shop = Workspace.create(tmp_path / "shop", ledger=ledger_url, lake=share)
    (shop.path / "workspace.toml").unlink()
    again = Workspace.create(tmp_path / "shop", ledger=ledger_url, lake=share)
    again.import_file(orders(tmp_path, "a.csv", 1))
    assert again.table("order_lines").height == 1


def test_the_key_of_another_workspace_is_refused(tmp_path, ledger_url):
    shop = Workspace.create(tmp_path / "shop", ledger=ledger_url)
    (shop.path / "buyer.key").write_bytes(b"x" * 32)
    with pytest.raises(NotAWorkspaceError) as error:
        Workspace(shop.path).import_file(orders(tmp_path, "a.csv", 1))
    assert error.value.code == "workspace_key"


def test_an_import_killed_half_way_is_invisible_and_a_repeat_completes_it(tmp_path, ledger_url, bucket):
    shop = Workspace.create(tmp_path / "shop", ledger=ledger_url, lake=bucket)
    shop.import_file(orders(tmp_path, "a.csv", 1))
    kill = (
        "import os, signal, sys\n"
        "from tradewind.app.workspace import Workspace\n"
        "from tradewind.data.lake import Lake\n"
        "append = Lake.append\n"
        "def die(self, name, parts, **said):\n"
        "    if name == 'corrections': os.kill(os.getpid(), signal.SIGKILL)\n"
        "    append(self, name, parts, **said)\n"
        "Lake.append = die\n"
        "Workspace(sys.argv[1]).import_file(sys.argv[2])\n"
    )
    more = orders(tmp_path, "b.csv", 1, 2, 3, units=5)
    killed = subprocess.run([sys.executable, "-c", kill, str(shop.path), str(more)], cwd=ROOT, check=False)
    assert killed.returncode == -9
    assert pl.DataFrame(shop._lake._latest("order_lines").get_add_actions()).height == 2  # it had got so far
    assert Workspace(shop.path).table("order_lines")["units"].to_list() == [1]
    Workspace(shop.path).import_file(more)
    assert Workspace(shop.path).table("order_lines")["units"].to_list() == [5, 5, 5]
    assert Workspace(shop.path).imports()[-1].seq == 3


HOLD = (
    "import sys\n"
    "from tradewind.app.workspace import Workspace\n"
    "with Workspace(sys.argv[1])._writing(None):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.read()\n"
)


@pytest.fixture(params=["server", "file"])
def held(request, tmp_path):
    """A workspace that another process is writing to."""
    ledger = request.getfixturevalue("ledger_url") if request.param == "server" else None
    shop = Workspace.create(tmp_path / "shop", ledger=ledger)
    command = [sys.executable, "-c", HOLD, str(shop.path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "held\n"
        yield shop, writer
        writer.kill()


def test_a_second_writer_says_that_it_waits_then_who_is_writing_and_readers_never_wait(held, tmp_path):
    shop, writer = held
    told = []
    began = time.monotonic()
    with pytest.raises(WorkspaceBusyError) as error:
        Workspace(shop.path, busy_timeout_s=0.3).import_file(
            orders(tmp_path, "a.csv", 1), progress=lambda step, *_: told.append(step)
        )
    assert told == ["another_writer"]
    assert time.monotonic() - began < 10
    assert error.value.code.startswith("workspace_busy")
    if error.value.code == "workspace_busy_by":
        assert f":{writer.pid}" in str(error.value)
    assert Workspace(shop.path).table("order_lines").is_empty()
    assert Workspace(shop.path).imports() == []


def test_the_lock_goes_with_the_process_that_held_it(held, tmp_path):
    shop, writer = held
    writer.kill()
    writer.wait()
    assert Workspace(shop.path, busy_timeout_s=10).import_file(orders(tmp_path, "a.csv", 1))[0].rows_new == 1


def test_a_writer_whose_lock_was_lost_commits_nothing(tmp_path, ledger_url):
    shop = Workspace.create(tmp_path / "shop", ledger=ledger_url)
    path = orders(tmp_path, "a.csv", 1)

    def cut(step, *_):
        if step == "import_write":
            with psycopg.connect(ledger_url, autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND datname = current_database()"
                )

    with pytest.raises(WorkspaceBusyError) as error:
        shop.import_file(path, progress=cut)
    assert error.value.code == "workspace_lock_lost"
    assert Workspace(shop.path).table("order_lines").is_empty()
    assert shop.import_file(path)[0].rows_new == 1


def test_two_processes_importing_at_once_double_nothing(tmp_path, ledger_url, share):
    shop = Workspace.create(tmp_path / "shop", ledger=ledger_url, lake=share)
    theirs = colleague(shop, tmp_path / "theirs")
    path = orders(tmp_path, "a.csv", *range(1, 10))
    code = "import sys; from tradewind.app.workspace import Workspace; Workspace(sys.argv[1]).import_file(sys.argv[2])"
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(folder), str(path)], cwd=ROOT)
        for folder in (shop.path, theirs.path)
    ]
    assert [process.wait() for process in both] == [0, 0]
    assert Workspace(shop.path).table("order_lines").height == 9
    assert len(Workspace(shop.path).imports()) == 1
