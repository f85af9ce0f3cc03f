"""Where a workspace keeps its things: what its file says, and what the environment adds.

`workspace.toml` names the currency and, where they are not in the workspace's own folder, the ledger's server and the
lake's place. Passwords and keys are never written there: the server's password comes from TRADEWIND_LEDGER (where it
names the same server and database) or from PostgreSQL's own places (PGPASSWORD, ~/.pgpass), the keys of object
storage from AWS_*.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from tradewind.core.errors import NotAWorkspaceError, ParameterError, WorkspaceError
from tradewind.data.databases import Database, Postgres, Sqlite, server_url, without_password
from tradewind.data.storage import write_at_once
from tradewind.data.stores import Folder, Store, store_at
from tradewind.data.write_lock import file_lock, server_lock

MARK: Final = "workspace.toml"
KEY: Final = "buyer.key"
SHOP_FILE: Final = "shop.yaml"
"""What only the seller can state (`forms.shop_profile`)."""
LEDGER: Final = "TRADEWIND_LEDGER"
LAKE: Final = "TRADEWIND_LAKE"
_IN_ONE_FOLDER: Final = 1
_ELSEWHERE: Final = 2
_TAKEN: Final = "workspace-id"


@dataclass(frozen=True)
class Site:
    """A workspace's folder, currency, and the places it uses; `ledger` without password, None for its own folder."""

    folder: Path
    currency: str
    id: str | None = None
    ledger: str | None = None
    lake: str | None = None

    @classmethod
    def read(cls, folder: Path) -> Site:
        """What the workspace's file says. Raises NotAWorkspaceError."""
        try:
            said = tomllib.loads((folder / MARK).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise NotAWorkspaceError("workspace_none", path=folder) from None
        except OSError as error:
            raise NotAWorkspaceError("workspace_unreadable", path=folder, detail=error.strerror) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise NotAWorkspaceError("workspace_unreadable", path=folder / MARK, detail=str(error)) from error
        if said.get("format") not in {_IN_ONE_FOLDER, _ELSEWHERE}:
            raise NotAWorkspaceError("workspace_format", path=folder, format=said.get("format"), known=_ELSEWHERE)
        if (said.get("ledger") or said.get("lake")) and not said.get("id"):
            raise NotAWorkspaceError("workspace_unreadable", path=folder / MARK, detail="ledger or lake without an id")
        return cls(folder, said["currency"], said.get("id"), said.get("ledger"), said.get("lake"))

    @classmethod
    def asked(cls, folder: Path, currency: str, ledger: str | None, lake: str | None) -> Site:
        """A site to be made; its key is made at once, and its id follows from the key."""
        if lake and "://" not in lake:
            lake = str(Path(lake).expanduser().absolute())
        address = without_password(server_url(ledger)) if ledger else None
        if lake:
            store_at(lake, {})
        _secret_key(folder / KEY)
        id_ = _id_of((folder / KEY).read_bytes()) if address or lake else None
        return cls(folder, currency, id_, address, lake or None)

    def write(self) -> None:
        """The workspace's file; it comes last and at once: a folder that has it is a whole workspace."""
        said = {"currency": self.currency, "id": self.id, "ledger": self.ledger, "lake": self.lake}
        form = _ELSEWHERE if self.id else _IN_ONE_FOLDER
        lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in said.items() if value]
        write_at_once(self.folder / MARK, "\n".join([f"format = {form}", *lines, ""]).encode())

    @cached_property
    def store(self) -> Store:
        """Where the lake and the runs lie."""
        if self.lake is None:
            return Folder(self.folder)
        return store_at(self.lake, {name: value for name, value in os.environ.items() if name.startswith("AWS_")})

    @cached_property
    def database(self) -> Database:
        """Where the ledger lies."""
        if self.ledger is None:
            return Sqlite(self.folder / "ledger.db")
        return Postgres(_with_password(server_url(self.ledger)), f"tradewind_{self.id}")

    def write_lock(self, wait_s: float, on_wait: Callable[[], None]) -> AbstractContextManager[Callable[[], None]]:
        """The lock of the one who writes: on the ledger's server, else a file beside what is written."""
        if isinstance(self.database, Postgres):
            return server_lock(self.database, wait_s, on_wait)
        beside = self.store.path if isinstance(self.store, Folder) else self.folder
        return file_lock(beside / "lock", wait_s, on_wait)

    def claim(self) -> None:
        """Mark the lake's place as this workspace's. Raises WorkspaceError where it is another's."""
        if self.lake is None:
            return
        holder = self.store.read(_TAKEN)
        if holder is None:
            self.store.write(_TAKEN, str(self.id).encode())
        elif holder.decode() != self.id:
            raise WorkspaceError("lake_taken", place=self.lake)

    def key(self) -> bytes:
        """The secret that buyers' hashes are keyed with. Raises NotAWorkspaceError where it is another workspace's."""
        key = (self.folder / KEY).read_bytes()
        if self.id is not None and _id_of(key) != self.id:
            raise NotAWorkspaceError("workspace_key", path=self.folder / KEY)
        return key


def check_name(folder: Path) -> None:
    """Delta reads paths as addresses: these characters it cannot tell apart from an address's own."""
    awkward = re.search(r"[\[\]^|#?\\]|%[0-9A-Fa-f]{2}", folder.absolute().as_posix())
    if awkward:
        raise WorkspaceError("workspace_name", path=folder.absolute(), characters=awkward.group())


def _with_password(url: sa.URL) -> sa.URL:
    """The address with the user and password of TRADEWIND_LEDGER, where that is the same server and database."""
    try:
        told = server_url(os.environ.get(LEDGER, ""))
    except ParameterError:
        return url
    same = (told.host, told.port or 5432, told.database) == (url.host, url.port or 5432, url.database)
    return url.set(username=told.username or url.username, password=told.password) if same else url


def _id_of(key: bytes) -> str:
    """The workspace's name on servers: of the key, so that a creation that was cut short is taken up again."""
    return hashlib.sha256(b"tradewind workspace" + key).hexdigest()[:16]


def _secret_key(path: Path) -> None:
    if not path.exists():
        write_at_once(path, secrets.token_bytes(32), mode=0o600)
