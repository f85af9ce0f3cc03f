"""Questions over HTTP: the same figures as everywhere, errors that name the field, files both ways."""

from __future__ import annotations

import io

import polars as pl
import pytest

from tests.app.api.conftest import client
from tradewind.app.api.routes import SERVED, by_get, path_of
from tradewind.app.usecases import USE_CASES, Context, use_case
from tradewind.app.usecases.request import read
from tradewind.app.wording import as_data

NEEDED = {
    "quote": {"market": "ES", "price": "12.90", "sku": "SKU-001"},
    "rules show": {"rule": "semi.late_inbound_after"},
    "rules diff": {"first": "2026-01-01", "second": "2026-11-01"},
}


def test_everything_but_what_sets_up_a_machine_is_served():
    assert {one.name for one in USE_CASES} - {one.name for one in SERVED} == {"demo", "init", "serve"}


@pytest.mark.parametrize("one", [u for u in SERVED if by_get(u)], ids=lambda u: u.name)
def test_a_question_gives_the_same_data_as_asked_in_python(asking, planned, one):
    given = NEEDED.get(one.name, {})
    answer = asking.get(path_of(one), params=given)
    assert answer.status_code == 200, answer.text
    assert answer.json() == as_data(one.function(Context(planned), read(one.request, given)), "en")


def test_sentences_come_in_the_language_asked(asking):
    said = {lang: asking.get("/api/v1/actions", params={"lang": lang}).json()["data"][0] for lang in ("en", "zh")}
    assert said["en"]["reason"] == said["zh"]["reason"]
    assert said["en"]["sentence"] != said["zh"]["sentence"]
    chosen = asking.get("/api/v1/actions", headers={"Accept-Language": "zh-CN,zh;q=0.9"}).json()["data"][0]
    assert chosen["sentence"] == said["zh"]["sentence"]


def test_a_table_is_read_page_by_page(asking):
    whole = asking.get("/api/v1/show", params={"table": "orders", "limit": 100}).json()
    rows, after = [], 0
    while after is not None:
        page = asking.get("/api/v1/show", params={"table": "orders", "limit": 2, "after": after}).json()
        rows += page["data"]
        after = page["next"]
    assert rows == whole["data"]
    assert whole["next"] is None


@pytest.mark.parametrize(
    ("path", "given", "status", "code", "field"),
    [
        ("cash", {"weeks": "90"}, 422, "invalid_integer", "weeks"),
        ("cash", {"weaks": "8"}, 422, "unknown_field", None),
        ("quote", {"market": "ES"}, 422, "missing_value", "price"),
        ("quote", {"market": "ES", "price": "nan"}, 422, "invalid_number", "price"),
        ("margin", {"by": "moon"}, 422, "invalid_choice", "by"),
        ("margin", {"as_of": "soon"}, 422, "invalid_date", "as_of"),
        ("show", {"table": "ordres"}, 404, "unknown_table", None),
        ("actions", {"run": "nosuch"}, 404, "run_unknown", None),
    ],
)
def test_a_request_that_cannot_be_answered_says_which_field_and_what_to_do(asking, path, given, status, code, field):
    answer = asking.get(f"/api/v1/{path}", params=given)
    said = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, said["status"], said["code"]) == (status, status, code)
    assert said["fix"]
    assert field is None or said["field"] == field


def test_an_unknown_path_and_a_wrong_method_are_problems_too(asking):
    assert asking.get("/api/v1/nothing").json()["code"] == "unknown_path"
    assert asking.delete("/api/v1/cash").status_code == 405
    assert asking.delete("/api/v1/cash").headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet"])
def test_a_table_is_exported_as_a_file(asking, ending):
    answer = asking.post("/api/v1/export", json={"table": "orders", "format": ending})
    assert answer.status_code == 200, answer.text
    readers = {"xlsx": pl.read_excel, "csv": pl.read_csv, "parquet": pl.read_parquet}
    rows = asking.get("/api/v1/show", params={"table": "orders", "limit": 1}).json()["rows"]
    assert readers[ending](io.BytesIO(answer.content)).height == rows
    assert answer.headers["content-disposition"] == f'attachment; filename="data.{ending}"'


@pytest.mark.parametrize("body", [{"to": "/etc/cron.d/x"}, {"format": "exe"}, {"table": "../../etc/passwd"}])
def test_no_request_chooses_where_on_the_machine_a_file_is_written(asking, body):
    answer = asking.post("/api/v1/export", json={"table": "orders", **body})
    assert answer.status_code in {404, 422}


@pytest.mark.parametrize("body", [b"[1]", b"{", b"\xff", b"1" * 20])
def test_a_body_that_is_no_json_object_is_refused(asking, body):
    answer = asking.post("/api/v1/export", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_json")


def test_a_file_must_be_sent_a_path_of_the_servers_machine_is_refused(asking, tmp_path):
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text("sell_through: 0.5\n")
    refused = asking.post("/api/v1/eligibility", json={"file": str(sheet)})
    assert (refused.status_code, refused.json()["code"]) == (422, "file_not_sent")
    taken = asking.post("/api/v1/eligibility", files={"file": ("sheet.yaml", sheet.read_bytes())})
    assert taken.status_code == 200, taken.text


def test_a_fault_of_the_program_is_said_as_one_and_hides_nothing(asking, monkeypatch):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("tradewind.app.usecases.actions.list_actions", broken)
    answer = asking.get("/api/v1/actions")
    assert (answer.status_code, answer.json()["code"]) == (500, "program_fault")


def test_facts_and_plans_are_read_once_per_server(own):
    server = client(own)
    first = server.get("/api/v1/actions").json()
    (own / "runs" / first["run"] / "actions.parquet").unlink()
    assert server.get("/api/v1/actions").json() == first


def test_the_use_case_of_a_path_is_found_by_its_name():
    assert path_of(use_case("rules list")) == "/api/v1/rules/list"
    assert path_of(use_case("shop-health")) == "/api/v1/shop-health"
