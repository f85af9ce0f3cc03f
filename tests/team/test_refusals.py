"""What a server or a bucket refuses is said in one line that names what to do, and never the password."""

from __future__ import annotations

import re
import sys
import time
import urllib.request
from urllib.parse import quote

import psycopg
import pytest

from tests.team.servers import PASSWORD
from tradewind.app.workspace import Workspace
from tradewind.core.errors import MissingExtraError, ParameterError, StorageError, TradewindError
from tradewind.data.databases import Postgres, server_url
from tradewind.data.ledger import Ledger
from tradewind.data.schema import REVISION


def refused(make):
    with pytest.raises(TradewindError) as error:
        make()
    for lang in ("en", "zh"):
        said = f"{error.value.what(lang)} {error.value.fix(lang)}"
        assert len(said.splitlines()) == 1
        assert PASSWORD not in said
        assert quote(PASSWORD, safe="") not in said
        assert "\x1b" not in said
    return error.value.code


@pytest.mark.parametrize(
    "address",
    [
        "mysql://tradewind:a%3Ab%40c%2Fd%25@db/x",
        "postgresql://db",
        "db.example.com",
        "postgresql://u:a%3Ab%40c%2Fd%25@db:port/x",
    ],
)
def test_an_address_of_no_database(tmp_path, address):
    assert refused(lambda: Workspace.create(tmp_path / "shop", ledger=address)) == "ledger_url"


def test_a_server_that_is_not_there(tmp_path, ledger_url):
    gone = re.sub(r":\d+/", ":9/", ledger_url)
    assert refused(lambda: Workspace.create(tmp_path / "shop", ledger=gone)) == "ledger_unreachable"
    assert refused(lambda: Ledger(Postgres(server_url("postgresql://no.such.invalid/x"), "s")).open()) == (
        "ledger_unreachable"
    )


def test_a_wrong_password_a_missing_database_and_a_user_without_rights(tmp_path, ledger_url, monkeypatch):
    shop = Workspace.create(tmp_path / "shop", ledger=ledger_url)
    host = ledger_url.rpartition("@")[2]
    monkeypatch.setenv("TRADEWIND_LEDGER", f"postgresql://tradewind:wrong@{host}")
    assert refused(Workspace(shop.path).kept_runs) == "ledger_login"
    monkeypatch.delenv("TRADEWIND_LEDGER")
    assert refused(Workspace(shop.path).kept_runs) == "ledger_login"
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert Workspace(shop.path).kept_runs().is_empty()
    monkeypatch.setenv("TRADEWIND_LEDGER", ledger_url)
    assert refused(lambda: Workspace.create(tmp_path / "b", ledger=ledger_url + "_not")) == "ledger_no_database"
    with psycopg.connect(ledger_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'guest'")
    guest = f"postgresql://guest:guest@{host}"
    monkeypatch.setenv("TRADEWIND_LEDGER", guest)
    assert refused(lambda: Workspace.create(tmp_path / "c", ledger=guest)) == "ledger_refused"


def test_a_ledger_that_is_not_there_or_of_a_newer_program(tmp_path, ledger_url):
    shop = Workspace.create(tmp_path / "shop", ledger=ledger_url)
    schema = shop._location.database.schema
    with psycopg.connect(ledger_url, autocommit=True) as connection:
        connection.execute(f"UPDATE {schema}.alembic_version SET version_num = '9999'")
        assert refused(Workspace(shop.path).kept_runs) == "ledger_newer"
        connection.execute(f"DROP SCHEMA {schema} CASCADE")
    assert refused(Workspace(shop.path).kept_runs) == "ledger_none"


def test_a_ledger_on_a_server_is_upgraded_in_one_transaction(tmp_path, ledger_url):
    shop = Workspace.create(tmp_path / "shop", ledger=ledger_url)
    schema = shop._location.database.schema
    with psycopg.connect(ledger_url, autocommit=True) as connection:
        connection.execute(f"DROP TABLE {schema}.alembic_version, {schema}.jobs")  # as the first version made it
        assert Workspace(shop.path).kept_runs().is_empty()
        assert connection.execute(f"SELECT count(*) FROM {schema}.jobs").fetchall() == [(0,)]
        assert connection.execute(f"SELECT version_num FROM {schema}.alembic_version").fetchall() == [(REVISION,)]


def test_without_psycopg_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtraError, match=r"tradewind\[postgres\]"):
        Workspace.create(tmp_path / "shop", ledger="postgresql://db/x")


@pytest.mark.parametrize("address", ["s3://", "s3://Team/x", "gs://team/x", "s3://team/义乌", "s3://team/a b"])
def test_an_address_of_no_lake(tmp_path, address):
    with pytest.raises(ParameterError) as error:
        Workspace.create(tmp_path / "shop", lake=address)
    assert error.value.code == "lake_address"


def test_a_bucket_that_is_not_there(tmp_path, bucket):
    assert refused(lambda: Workspace.create(tmp_path / "shop", lake="s3://no-such-bucket/x")) == "bucket_none"


def test_a_storage_that_does_not_answer(tmp_path, bucket, monkeypatch):
    shop = Workspace.create(tmp_path / "shop", lake=bucket)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    began = time.monotonic()
    assert refused(lambda: Workspace(shop.path).table("products")) == "bucket_unreachable"
    assert refused(lambda: Workspace.create(tmp_path / "two", lake=bucket)) == "bucket_unreachable"
    assert time.monotonic() - began < 60


def let_in(endpoint, requests):
    """From so many requests on, the server looks at keys; it knows none."""
    said = {"Content-Type": "text/plain"}
    asked = urllib.request.Request(f"{endpoint}/moto-api/reset-auth", data=requests, headers=said, method="POST")
    urllib.request.urlopen(asked).read()


def test_keys_that_are_not_allowed(tmp_path, bucket, endpoint):
    let_in(endpoint, b"0")
    try:
        assert refused(lambda: Workspace.create(tmp_path / "shop", lake=bucket)) == "bucket_refused"
    finally:
        let_in(endpoint, b"inf")


@pytest.mark.parametrize(
    "said", ["format = ", "format = 1", 'format = 1\ncurrency = "CNY"\nledger = "postgresql://db/x"']
)
def test_a_workspace_file_that_cannot_be_followed(tmp_path, said):
    (tmp_path / "workspace.toml").write_text(said, encoding="utf-8")
    assert refused(lambda: Workspace(tmp_path)) == "workspace_file_invalid"


def test_a_failed_creation_is_no_workspace(tmp_path, bucket):
    with pytest.raises(StorageError):
        Workspace.create(tmp_path / "shop", lake="s3://no-such-bucket/x")
    assert not (tmp_path / "shop" / "workspace.toml").exists()
