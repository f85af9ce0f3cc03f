"""Who may ask the server: programs of this machine that know the token, and no page of another site."""

from __future__ import annotations

import pytest

from tests.app.api.conftest import TOKEN
from tradewind.app.api.guard import hostname


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", f"Bearer {TOKEN}x", "Bearer töken"])
def test_without_the_token_nothing_is_answered(asking, given):
    answer = asking.get("/api/v1/actions", headers={"Authorization": given.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "[", ""])
def test_a_name_that_is_not_this_machines_is_refused_before_anything_is_read(asking, host):
    answer = asking.get("/api/v1/actions", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (421, "foreign_host")


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost:8765", "[::1]:8765", "LOCALHOST"])
def test_every_name_of_this_machine_will_do(asking, host):
    assert asking.get("/api/v1/actions", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:8765"])
def test_a_page_of_another_origin_is_refused_even_with_the_token(asking, origin):
    answer = asking.get("/api/v1/actions", headers={"Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")


def test_a_page_of_the_server_itself_may_ask(asking):
    answer = asking.get("/api/v1/actions", headers={"Origin": "http://127.0.0.1:8765"})
    assert answer.status_code == 200


def test_the_description_is_open_and_says_nothing_of_the_workspace(asking):
    answer = asking.get("/api/v1/openapi.json", headers={"Authorization": ""})
    assert answer.status_code == 200
    assert "yiwu" not in answer.text


@pytest.mark.parametrize(("host", "name"), [("a.b:80", "a.b"), ("[::1]:80", "::1"), ("[", None), ("", None)])
def test_the_name_in_a_host_header(host, name):
    assert hostname(host) == name
