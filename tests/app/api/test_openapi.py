"""The description: every use case in it, and no request it allows makes the server fail."""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error

from tests.app.api.conftest import ASKS
from tradewind.app.api.openapi import openapi
from tradewind.app.api.routes import SERVED, by_get, offered, path_of
from tradewind.app.api.server import Service, create_app

DOCUMENT = openapi("Tradewind", "0")


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
def described(planned):
    app = create_app(Service.of(planned, "the-token"))
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers={"Host": "127.0.0.1", **ASKS})


schema = schemathesis.pytest.from_fixture("described")
QUESTIONS = [path_of(one) for one in SERVED if by_get(one)]


@schema.include(path=QUESTIONS).parametrize()
@settings(
    max_examples=12, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_no_question_makes_the_server_fail(case):
    response = case.call(headers={"Host": "127.0.0.1", **ASKS})
    case.validate_response(response, checks=[not_a_server_error])
