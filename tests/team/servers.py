"""Servers that live as long as the test run: PostgreSQL from its system package, object storage from moto."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

PASSWORD = "a:b@c/d%"  # every character an address has a meaning for


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def programs() -> Path | None:
    """Folder of PostgreSQL's programs; Debian keeps them off the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = str(debian[-1]) if debian else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def skip_without_postgres() -> Path:
    found = programs()
    if found is None:
        why = "no PostgreSQL server program is installed (Debian: apt-get install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    return found


def _unprivileged() -> list[str]:
    """How to run a command as somebody PostgreSQL agrees to be started by."""
    if os.geteuid() != 0:
        return []
    names = {user.pw_name for user in pwd.getpwall()}
    return ["runuser", "-u", "postgres" if "postgres" in names else "nobody", "--"]


@contextmanager
def postgres() -> Iterator[int]:
    """A server of its own, user tradewind with PASSWORD; yields its port."""
    bin_, as_user = skip_without_postgres(), _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="tradewind-pg-"))
    port = free_port()
    try:
        (folder / "password").write_text(PASSWORD)
        if as_user:
            for path in (folder, folder / "password"):
                shutil.chown(path, as_user[2])
        asked = ["-D", folder / "data", "-U", "tradewind", "-A", "scram-sha-256", f"--pwfile={folder / 'password'}"]
        initdb = [*as_user, bin_ / "initdb", *asked, "--no-sync", "-E", "UTF8", "--no-locale"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd="/")
        settings = ["fsync=off", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}"]
        started = [*as_user, bin_ / "postgres", "-D", folder / "data", "-p", str(port)]
        started += [part for setting in settings for part in ("-c", setting)]
        with open(folder / "log", "wb") as log, subprocess.Popen(started, stderr=log, stdout=log, cwd="/") as server:
            try:
                _await_postgres(port, folder / "log")
                yield port
            finally:
                _stop_postgres(bin_, as_user, folder)
                server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _stop_postgres(bin_: Path, as_user: list[str], folder: Path) -> None:
    stop = [*as_user, bin_ / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"]
    subprocess.run(stop, check=False, stdout=subprocess.DEVNULL, cwd="/")


def _await_postgres(port: int, log: Path) -> None:
    for _ in range(200):
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="tradewind", password=PASSWORD, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(log.read_text())


@contextmanager
def object_storage() -> Iterator[str]:
    """An S3 server; yields its endpoint. A process of its own: clients hold Python's lock while they wait for it."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(400):
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except OSError:
                    time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def make_bucket(endpoint: str, bucket: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{bucket}", method="PUT")).read()
