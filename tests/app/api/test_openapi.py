"""The description: every use case in it, and no request it allows makes the server fail."""

from __future__ import annotations

import shutil

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.app.api.conftest import ASKS
from tradewind.app.api import jobs
from tradewind.app.api.openapi import openapi
from tradewind.app.api.routes import SERVED, by_get, offered, path_of
from tradewind.app.api.server import Service, create_app

DOCUMENT = openapi("Tradewind", "0")
HEADERS = {"Host": "127.0.0.1", **ASKS}


@pytest.mark.parametrize("one", SERVED, ids=lambda u: u.name)
def test_every_use_case_is_described_with_all_its_fields(one):
    described = DOCUMENT["paths"][path_of(one)]["get" if by_get(one) else "post"]
    if by_get(one):
        names = [p["name"] for p in described["parameters"]]
    else:
        (content,) = described["requestBody"]["content"].values()
        names = [*content["schema"]["properties"], "lang"]
    assert set(names) >= {f.name for f in offered(one)} | {"lang"}
    assert described["summary"]


def test_bounds_units_and_defaults_are_described():
    described = {p["name"]: p for p in DOCUMENT["paths"]["/api/v1/cash"]["get"]["parameters"]}
    assert described["weeks"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 52, "default": 13}
    assert described["weeks"]["description"].endswith("[weeks]")
    assert not described["weeks"]["required"]


@pytest.fixture(scope="module")
def described(planned, tmp_path_factory):
    """The description of a server of a workspace of its own, whose jobs are accepted and never done."""
    folder = shutil.copytree(planned, tmp_path_factory.mktemp("open") / "shop")
    app = create_app(Service.of(folder, "the-token"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "begin", lambda folder, job: None)
        yield schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers=HEADERS)


@pytest.mark.parametrize("one", SERVED, ids=lambda u: u.name)
def test_no_request_the_description_allows_makes_the_server_fail(described, one):
    operation = described[path_of(one)]["GET" if by_get(one) else "POST"]
    examples = 4 if one.name in {"scenario", "health"} else 12

    @given(case=operation.as_strategy())
    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def ask(case):
        response = case.call(headers=HEADERS)
        assert response.status_code < 500, response.text

    ask()


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/jobs/{job}", "/api/v1/jobs/{job}/events"])
def test_jobs_are_described_and_asked_for_without_a_failure(described, path):
    @given(case=described[path]["GET"].as_strategy())
    @settings(max_examples=5, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    def ask(case):
        assert case.call(headers=HEADERS).status_code < 500

    ask()
