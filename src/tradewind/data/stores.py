"""Where the lake and the plans lie: a folder, or a bucket of object storage. What differs between the two, no more.

    store = store_at("s3://bucket/yiwu", options)
    store.write("runs/r1/note.txt", b"…"); store.folders("runs")

Delta tables and Parquet files are read and written at `address(name)` with `options` by the libraries themselves.
Names are relative, parts joined by "/".
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from tradewind.core.errors import ParameterError
from tradewind.data.storage import storage_errors

if TYPE_CHECKING:
    from obstore.store import S3Store

_COMMIT_BYTES: Final = 65_536
_BUCKET: Final = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*")
# What obstore takes; it refuses any other name.
_KNOWN: Final = {
    f"AWS_{name}"
    for name in (
        "ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "REGION", "DEFAULT_REGION", "ENDPOINT_URL",
        "VIRTUAL_HOSTED_STYLE_REQUEST", "SKIP_SIGNATURE", "UNSIGNED_PAYLOAD", "WEB_IDENTITY_TOKEN_FILE", "ROLE_ARN",
        "CONTAINER_CREDENTIALS_RELATIVE_URI", "CONTAINER_CREDENTIALS_FULL_URI",
    )
}  # fmt: skip
_RETRIES: Final = {"max_retries": "3", "retry_timeout": "20s", "connect_timeout": "5s", "timeout": "120s"}


class Store(Protocol):
    """A place for files. `at_once` is how many tables are worth opening side by side."""

    @property
    def at_once(self) -> int: ...

    @property
    def options(self) -> dict[str, str]:
        """What Polars needs to read an `address`; empty for a folder."""
        ...

    @property
    def delta_options(self) -> dict[str, str]:
        """What Delta needs to open an `address`; empty for a folder."""
        ...

    def within(self, name: str) -> Store:
        """A folder of it, as a store of its own."""
        ...

    def address(self, name: str = "") -> str:
        """The address of a file or table, as Polars and Delta take it."""
        ...

    def check_room(self, needed_bytes: int) -> None:
        """Raise OSError where it is known that so much will not fit."""
        ...

    def folders(self, name: str) -> list[str]:
        """Names of the folders right in folder `name`, sorted."""
        ...

    def files(self, name: str) -> list[str]:
        """Names of the files right in folder `name`, sorted; none where there is no such folder."""
        ...

    def read(self, name: str) -> bytes | None:
        """A small file; None where there is none."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """Write a file, over one that is there."""
        ...

    def remove(self, name: str) -> None:
        """Delete a folder and what is in it."""
        ...

    def errors(self) -> AbstractContextManager[None]:
        """What this place refuses, as StorageError."""
        ...


def store_at(address: str, options: Mapping[str, str]) -> Store:
    """The folder or bucket at `address`; `options` are for a bucket. Raises ParameterError for any other address."""
    if "://" not in address:
        return Folder(Path(address))
    if not _BUCKET.fullmatch(address):
        raise ParameterError("lake_address", address=address)
    return Bucket(address, dict(options))


@dataclass(frozen=True)
class Folder:
    """A folder of this machine, or one that several machines share."""

    path: Path
    at_once: int = 1

    @property
    def options(self) -> dict[str, str]:
        return {}

    @property
    def delta_options(self) -> dict[str, str]:
        return {}

    def within(self, name: str) -> Folder:
        return Folder(self.path / name)

    def address(self, name: str = "") -> str:
        return str(self.path / name)

    def check_room(self, needed_bytes: int) -> None:
        # Delta's writer, run into the end of the disk, would print pages about its own fate.
        if shutil.disk_usage(self.path).free < needed_bytes + _COMMIT_BYTES:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))

    def folders(self, name: str) -> list[str]:
        return self._names(name, folders=True)

    def files(self, name: str) -> list[str]:
        return self._names(name, folders=False)

    def read(self, name: str) -> bytes | None:
        path = self.path / name
        return path.read_bytes() if path.exists() else None

    def write(self, name: str, content: bytes) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def remove(self, name: str) -> None:
        shutil.rmtree(self.path / name)

    def errors(self) -> AbstractContextManager[None]:
        return storage_errors(self.path)

    def _names(self, name: str, *, folders: bool) -> list[str]:
        folder = self.path / name
        if not folder.is_dir():
            return []
        return sorted(path.name for path in folder.iterdir() if path.is_dir() == folders)


@dataclass(frozen=True)
class Bucket:
    """A prefix in a bucket of S3-style object storage.

    `settings` are its keys, region and endpoint by their usual names (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL, …). The
    server must know conditional puts (S3 does since 2024): two commits of one version of a table must not both succeed.
    """

    url: str
    settings: dict[str, str] = field(default_factory=dict, repr=False)
    at_once: int = 16

    @property
    def options(self) -> dict[str, str]:
        plain = self.settings.get("AWS_ENDPOINT_URL", "").startswith("http://")
        return {**self.settings, **({"AWS_ALLOW_HTTP": "true"} if plain else {})}

    @property
    def delta_options(self) -> dict[str, str]:
        return {**_RETRIES, "AWS_CONDITIONAL_PUT": "etag", **self.options}

    def within(self, name: str) -> Bucket:
        return Bucket(f"{self.url}/{name}", self.settings)

    def address(self, name: str = "") -> str:
        return f"{self.url}/{name}" if name else self.url

    def check_room(self, needed_bytes: int) -> None:
        """A bucket has room."""

    def folders(self, name: str) -> list[str]:
        import obstore

        found = obstore.list_with_delimiter(self._objects, name)["common_prefixes"]
        return sorted(prefix.rstrip("/").rpartition("/")[2] for prefix in found)

    def files(self, name: str) -> list[str]:
        import obstore

        found = obstore.list_with_delimiter(self._objects, name)["objects"]
        return sorted(str(meta["path"]).rpartition("/")[2] for meta in found)

    def read(self, name: str) -> bytes | None:
        import obstore

        try:
            return bytes(obstore.get(self._objects, name).bytes())
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise
            return None

    def write(self, name: str, content: bytes) -> None:
        import obstore

        obstore.put(self._objects, name, content)

    def remove(self, name: str) -> None:
        import obstore

        found = [str(meta["path"]) for batch in obstore.list(self._objects, name) for meta in batch]
        if found:
            obstore.delete(self._objects, found)

    def errors(self) -> AbstractContextManager[None]:
        return storage_errors(self.url)

    @cached_property
    def _objects(self) -> S3Store:
        from obstore.store import S3Store

        return S3Store.from_url(
            self.url,
            config={name.lower(): value for name, value in self.settings.items() if name in _KNOWN},  # type: ignore[arg-type]
            client_options={
                "allow_http": "AWS_ALLOW_HTTP" in self.options,
                "connect_timeout": timedelta(seconds=5),
                "timeout": timedelta(seconds=120),
            },
            retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
        )
