"""Where a workspace stores its data: the folder's settings file, and what the environment adds.

`workspace.toml` has the currency and, where they are not in the workspace's folder, the addresses of the ledger's
server and of the lake. Passwords and keys are never written there: the server's password comes from
TRADEWIND_LEDGER (where it names the same server and database) or from PostgreSQL's own places (PGPASSWORD,
~/.pgpass), the keys of object storage from AWS_*.
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
from typing import Any, Final

import sqlalchemy as sa

from tradewind.core.errors import NotAWorkspaceError, ParameterError, WorkspaceError
from tradewind.data.databases import Database, Postgres, Sqlite, server_url, without_password
from tradewind.data.storage import storage_error, write_at_once
from tradewind.data.stores import Folder, Store, store_at
from tradewind.data.write_lock import file_lock, server_lock

WORKSPACE_FILE: Final = "workspace.toml"
KEY_FILE: Final = "buyer.key"
SHOP_FILE: Final = "shop.yaml"
"""What only the seller can state (`forms.shop_profile`)."""
LEDGER: Final = "TRADEWIND_LEDGER"
LAKE: Final = "TRADEWIND_LAKE"
_IN_ONE_FOLDER: Final = 1
_ELSEWHERE: Final = 2
_OWNER_FILE: Final = "workspace-id"


@dataclass(frozen=True)
class Location:
    """A workspace's folder and currency, and the addresses of its ledger and lake (None: in the folder).

    `ledger` is without password; `id` is the workspace's name on servers, None where all is in the folder.
    """

    folder: Path
    currency: str
    id: str | None = None
    ledger: str | None = None
    lake: str | None = None

    @classmethod
    def read(cls, folder: Path) -> Location:
        """Read `workspace.toml`. Raises NotAWorkspaceError, StorageError."""
        try:
            settings = tomllib.loads((folder / WORKSPACE_FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise NotAWorkspaceError("workspace_none", path=folder) from None
        except OSError as error:
            raise storage_error(error, folder) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise NotAWorkspaceError(
                "workspace_file_invalid", path=folder / WORKSPACE_FILE, detail=str(error)
            ) from error
        if settings.get("format") not in {_IN_ONE_FOLDER, _ELSEWHERE}:
            raise NotAWorkspaceError("workspace_format", path=folder, format=settings.get("format"), known=_ELSEWHERE)
        if lack := _missing_setting(settings):
            raise NotAWorkspaceError("workspace_file_invalid", path=folder / WORKSPACE_FILE, detail=lack)
        return cls(folder, settings["currency"], settings.get("id"), settings.get("ledger"), settings.get("lake"))

    @classmethod
    def new(cls, folder: Path, currency: str, ledger: str | None, lake: str | None) -> Location:
        """The location of a new workspace; its key is created at once, and its id is derived from the key."""
        if lake and "://" not in lake:
            lake = str(Path(lake).expanduser().absolute())
        address = without_password(server_url(ledger)) if ledger else None
        if lake:
            store_at(lake, {})
        _secret_key(folder / KEY_FILE)
        id_ = _id_of((folder / KEY_FILE).read_bytes()) if address or lake else None
        return cls(folder, currency, id_, address, lake or None)

    def write(self) -> None:
        """Write `workspace.toml`, atomically and last: a folder that has it is a complete workspace."""
        settings = {"currency": self.currency, "id": self.id, "ledger": self.ledger, "lake": self.lake}
        version = _ELSEWHERE if self.id else _IN_ONE_FOLDER
        lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in settings.items() if value]
        write_at_once(self.folder / WORKSPACE_FILE, "\n".join([f"format = {version}", *lines, ""]).encode())

    @cached_property
    def store(self) -> Store:
        """The store of the lake and the runs."""
        if self.lake is None:
            return Folder(self.folder)
        return store_at(self.lake, {name: value for name, value in os.environ.items() if name.startswith("AWS_")})

    @cached_property
    def database(self) -> Database:
        """The database of the ledger."""
        if self.ledger is None:
            return Sqlite(self.folder / "ledger.db")
        return Postgres(_with_password(server_url(self.ledger)), f"tradewind_{self.id}")

    def write_lock(self, wait_s: float, on_wait: Callable[[], None]) -> AbstractContextManager[Callable[[], None]]:
        """The write lock: on the ledger's server, else a file beside the lake."""
        if isinstance(self.database, Postgres):
            return server_lock(self.database, wait_s, on_wait)
        beside = self.store.path if isinstance(self.store, Folder) else self.folder
        return file_lock(beside / "lock", wait_s, on_wait)

    def claim(self) -> None:
        """Mark the lake's place as owned by this workspace. Raises WorkspaceError where another one owns it."""
        if self.lake is None:
            return
        holder = self.store.read(_OWNER_FILE)
        if holder is None:
            self.store.write(_OWNER_FILE, str(self.id).encode())
        elif holder.decode() != self.id:
            raise WorkspaceError("lake_taken", place=self.lake)

    def key(self) -> bytes:
        """The secret that buyers' hashes are keyed with. Raises NotAWorkspaceError where it is another workspace's."""
        key = (self.folder / KEY_FILE).read_bytes()
        if self.id is not None and _id_of(key) != self.id:
            raise NotAWorkspaceError("workspace_key", path=self.folder / KEY_FILE)
        return key


def check_name(folder: Path) -> None:
    """Refuse characters in the path that Delta would read as parts of a URL. Raises WorkspaceError."""
    found = re.search(r"[\[\]^|#?\\]|%[0-9A-Fa-f]{2}", folder.absolute().as_posix())
    if found:
        raise WorkspaceError("workspace_name", path=folder.absolute(), characters=found.group())


def _missing_setting(settings: dict[str, Any]) -> str | None:
    if not settings.get("currency"):
        return "no currency"
    elsewhere = settings.get("ledger") or settings.get("lake")
    return "ledger or lake without an id" if elsewhere and not settings.get("id") else None


def _with_password(url: sa.URL) -> sa.URL:
    """The address with the user and password of TRADEWIND_LEDGER, where that is the same server and database."""
    try:
        given = server_url(os.environ.get(LEDGER, ""))
    except ParameterError:
        return url
    same = (given.host, given.port or 5432, given.database) == (url.host, url.port or 5432, url.database)
    return url.set(username=given.username or url.username, password=given.password) if same else url


def _id_of(key: bytes) -> str:
    """The workspace's name on servers: derived from the key, so that an interrupted creation can be resumed."""
    return hashlib.sha256(b"tradewind workspace" + key).hexdigest()[:16]


def _secret_key(path: Path) -> None:
    if not path.exists():
        write_at_once(path, secrets.token_bytes(32), mode=0o600)
