"""Long work over HTTP: started, followed, one at a time, marked when it was killed."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.app.api.conftest import client
from tradewind.app.api import jobs as api_jobs
from tradewind.app.api.work import main
from tradewind.app.usecases.context import utc_now
from tradewind.app.workspace import Workspace
from tradewind.data.jobs import SILENT_S

ORDERS = (
    "platform,shop,order_id,sku,market,ordered_at,units,unit_price,currency,status\n"
    "ae,yiwu-1,o-new,SKU-001,ES,2026-10-01 10:00,1,5,EUR,paid\n"
)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Jobs that were started wait to be done by the test, in this process; a list of their ids."""
    started: list[str] = []
    monkeypatch.setattr(api_jobs, "begin", lambda folder, job: started.append(job.id))
    return started


def events(text: str) -> list[tuple[str, dict]]:
    blocks = [block.splitlines() for block in text.strip().split("\n\n")]
    return [(kind.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for kind, data in blocks]


def test_a_file_that_is_sent_is_imported_by_a_child_process(own):
    server = client(own)
    answer = server.post("/api/v1/import", files={"path": ("orders.csv", ORDERS.encode())})
    assert answer.status_code == 202, answer.text
    job = answer.headers["Location"]
    deadline = time.monotonic() + 60
    while server.get(job).json()["status"] in {"queued", "running"} and time.monotonic() < deadline:
        time.sleep(0.2)
    done = server.get(job).json()
    assert done["status"] == "done", done
    assert [(r["table"], r["rows_new"]) for r in done["result"]["imports"]] == [("order_lines", 1)]
    assert "o-new" in Workspace(own).table("order_lines")["order_id"].to_list()
    assert not list((own / "uploads").glob("*"))


def test_progress_comes_as_events_until_the_job_has_ended(own, here):
    server = client(own)
    job = server.post("/api/v1/run", json={"horizon_weeks": 5}).json()["id"]
    assert main(str(own), *here) == 0
    told = events(server.get(f"/api/v1/jobs/{job}/events").text)
    assert told[-1][0] == "done"
    assert told[-1][1]["result"]["run"] in Workspace(own).kept_runs()["id"].to_list()


def test_one_job_at_a_time(own, here):
    server = client(own)
    first = server.post("/api/v1/run").json()
    second = server.post("/api/v1/backtest", json={"weeks": 2})
    assert (second.status_code, second.json()["code"]) == (409, "job_under_way")
    assert first["id"] in second.json()["detail"]
    assert here == [first["id"]]


def test_what_cannot_be_read_starts_nothing(own, here):
    answer = client(own).post("/api/v1/run", json={"horizon_weeks": 99})
    assert (answer.status_code, answer.json()["field"]) == (422, "horizon_weeks")
    assert here == []
    assert client(own).get("/api/v1/jobs").json()["data"] == []


def test_a_job_that_fails_says_why_in_the_askers_language(own, here):
    server = client(own)
    job = server.post("/api/v1/run", json={"as_of": "1999-01-01"}, params={"lang": "zh"}).json()["id"]
    assert main(str(own), job) == 1
    failed = server.get(f"/api/v1/jobs/{job}").json()
    assert (failed["status"], failed["error"]["code"]) == ("failed", "history_none")
    assert not failed["error"]["what"].isascii()


def test_a_job_nobody_has_been_heard_of_was_killed_and_the_next_may_start(own, here):
    server = client(own)
    killed = server.post("/api/v1/run").json()["id"]
    jobs = Workspace(own).jobs()
    jobs.tell(killed, utc_now() - timedelta(seconds=SILENT_S + 1), status="running")
    assert server.get(f"/api/v1/jobs/{killed}").json()["status"] == "interrupted"
    assert server.post("/api/v1/run").status_code == 202


def test_an_unknown_job_is_not_found(asking):
    assert asking.get("/api/v1/jobs/nosuch").json()["code"] == "unknown_job"
    assert asking.get("/api/v1/jobs/nosuch/events").status_code == 404


@pytest.mark.parametrize("name", ["../../evil.csv", "/etc/evil.csv", "..\\evil.csv"])
def test_a_file_is_kept_under_a_harmless_name(own, here, name):
    answer = client(own).post("/api/v1/import", files={"path": (name, ORDERS.encode())})
    assert answer.status_code == 202
    (path,) = (Path(p) for p in Workspace(own).jobs().get(answer.json()["id"]).request["path"])
    assert path.name == "evil.csv"
    assert path.is_relative_to((own / "uploads").absolute())
    assert path.read_text() == ORDERS
