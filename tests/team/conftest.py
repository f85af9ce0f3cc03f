"""The servers, and an environment that knows them."""

from __future__ import annotations

from urllib.parse import quote

import psycopg
import pytest

from tests.team.servers import PASSWORD, make_bucket, object_storage, postgres


@pytest.fixture(scope="session")
def postgres_port():
    with postgres() as port:
        yield port


@pytest.fixture
def ledger_url(postgres_port, request, monkeypatch):
    """The address of an empty database, with its password; the environment knows no other."""
    name = f"db{abs(hash(request.node.nodeid)) % 10**9}"
    with psycopg.connect(
        host="127.0.0.1", port=postgres_port, user="tradewind", password=PASSWORD, dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    url = f"postgresql://tradewind:{quote(PASSWORD, safe='')}@127.0.0.1:{postgres_port}/{name}"
    monkeypatch.setenv("TRADEWIND_LEDGER", url)
    return url


@pytest.fixture(scope="session")
def endpoint():
    with object_storage() as endpoint:
        make_bucket(endpoint, "team")
        yield endpoint


@pytest.fixture
def bucket(endpoint, request, monkeypatch):
    """An empty prefix in a bucket, whose keys the environment knows."""
    known = {"ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret", "REGION": "us-east-1", "ENDPOINT_URL": endpoint}
    for name, value in known.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return f"s3://team/{abs(hash(request.node.nodeid)) % 10**9}"
