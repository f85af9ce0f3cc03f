"""What the disk refuses becomes one line that says what to do; small files are whole or absent."""

from __future__ import annotations

import errno
import os

import deltalake.exceptions
import pytest
import sqlalchemy as sa

from tradewind.core.errors import StorageError, UnknownRunError
from tradewind.data.storage import staging_folder, storage_errors, write_at_once


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EFBIG, "disk_full"),
        (errno.EACCES, "not_permitted"),
        (errno.EROFS, "not_permitted"),
        (errno.ENOENT, "data_gone"),
        (errno.ENOTDIR, "not_a_folder"),
        (errno.EISDIR, "is_a_folder"),
        (errno.EIO, "storage_failed"),
    ],
)
def test_a_refusal_of_the_system_is_named(tmp_path, number, code):
    refusals = (
        OSError(number, os.strerror(number), str(tmp_path)),
        deltalake.exceptions.DeltaError(f"Generic LocalFileSystem error: {os.strerror(number)} (os error {number})"),
    )
    for refusal in refusals:
        with pytest.raises(StorageError) as error, storage_errors(tmp_path):
            raise refusal
        assert error.value.code == code
        assert len(str(error.value).splitlines()) == 1
        assert str(tmp_path) in str(error.value)


def test_a_full_disk_of_the_ledger_is_named(tmp_path):
    full = sa.exc.OperationalError("INSERT", {}, Exception("database or disk is full"))
    with pytest.raises(StorageError, match="full"), storage_errors(tmp_path):
        raise full


@pytest.mark.parametrize("mistake", [ValueError("a fault of ours"), UnknownRunError("no_runs")])
def test_what_is_not_the_disk_is_passed_on(tmp_path, mistake):
    with pytest.raises(type(mistake)) as error, storage_errors(tmp_path):
        raise mistake
    assert error.value is mistake


def test_a_small_file_replaces_the_old_one_and_leaves_nothing_behind(tmp_path):
    path = tmp_path / "设 置.toml"
    (tmp_path / "设 置.toml.half").write_bytes(b"left by a writer that died")
    write_at_once(path, b"one")
    write_at_once(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


def test_a_staging_folder_starts_empty_and_goes_when_the_work_ends(tmp_path):
    folder = tmp_path / "staging"
    folder.mkdir()
    (folder / "left over").write_bytes(b"x")
    with staging_folder(folder) as staging:
        assert list(staging.iterdir()) == []
    assert not folder.exists()
