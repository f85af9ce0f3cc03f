"""What the disk refuses becomes one line that says what to do; small files are whole or absent."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import deltalake.exceptions
import polars as pl
import pytest
import sqlalchemy as sa

from tradewind.core.errors import StorageError, UnknownRunError
from tradewind.data.storage import file_errors, staging_folder, storage_error, storage_errors, write_at_once


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk_full"),
        (errno.EDQUOT, "disk_full"),
        (errno.EFBIG, "disk_full"),
        (errno.EACCES, "not_permitted"),
        (errno.EPERM, "not_permitted"),
        (errno.EROFS, "not_permitted"),
        (errno.ENOENT, "data_gone"),
        (errno.ESTALE, "data_gone"),
        (errno.ENOTDIR, "not_a_folder"),
        (errno.EEXIST, "not_a_folder"),
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


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("<Code>NoSuchBucket</Code>", "bucket_none"),
        ("<Code>AccessDenied</Code> at http://169.254.169.254/latest", "bucket_refused"),
        ("The InvalidAccessKeyId you sent", "bucket_refused"),
        ("client error: 403 Forbidden", "bucket_refused"),
        ("error sending request for url (http://169.254.170.2/)", "bucket_no_keys"),
        ("error sending request for url (https://s3.example.com/shop)", "bucket_unreachable"),
        ("operation timed out", "bucket_unreachable"),
        ("a concurrent transaction deleted data", "concurrent_import"),
        ("No such file or directory", "data_gone"),
        ("something else", "storage_failed"),
    ],
)
def test_what_a_bucket_answers_is_named_where_the_work_lies_in_one(words, code):
    with pytest.raises(StorageError) as refused, storage_errors("s3://shop"):
        raise deltalake.exceptions.DeltaError(words)
    assert (refused.value.code, refused.value.values["path"]) == (code, "s3://shop")


def test_the_words_of_a_bucket_mean_nothing_for_a_folder(tmp_path):
    with pytest.raises(StorageError) as refused, storage_errors(tmp_path):
        raise deltalake.exceptions.DeltaError("operation timed out")
    assert refused.value.code == "storage_failed"


@pytest.mark.parametrize(("free", "code"), [(65_535, "disk_full"), (65_536, "storage_failed")])
def test_a_refusal_without_a_cause_is_a_full_disk_where_there_is_no_room(tmp_path, monkeypatch, free, code):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    for place, said in ((tmp_path, code), (tmp_path / "gone", "storage_failed")):
        with pytest.raises(StorageError) as refused, storage_errors(place):
            raise sa.exc.OperationalError("INSERT", {}, Exception("disk I/O error"))
        assert refused.value.code == said


def test_a_library_that_reads_tables_is_the_disks_messenger_only_where_it_speaks_of_the_disk(tmp_path):
    with pytest.raises(StorageError) as refused, file_errors(tmp_path / "x.csv"):
        raise pl.exceptions.ComputeError("No space left on device (os error 28)")
    assert (refused.value.code, refused.value.values["path"]) == ("disk_full", str(tmp_path / "x.csv"))
    with pytest.raises(pl.exceptions.ComputeError), file_errors(tmp_path / "x.csv"):
        raise pl.exceptions.ComputeError("lengths do not match")


def test_a_refusal_is_told_in_one_short_line_without_colours_and_statements():
    said = {
        "two lines here": deltalake.exceptions.DeltaError("\x1b[31mtwo\x1b[0m\n ↳  lines\there"),
        "y" * 300: deltalake.exceptions.DeltaError("y" * 301),
        "database is locked": sa.exc.OperationalError("INSERT INTO runs", {}, Exception("database is locked")),
        "Is a directory": IsADirectoryError(errno.EISDIR, "Is a directory", "/x"),
        "no number": OSError("no number"),
    }
    assert [storage_error(error).values["detail"] for error in said.values()] == list(said)


def test_a_refusal_is_of_the_file_given_or_else_of_the_one_the_system_names():
    refused = PermissionError(errno.EACCES, "Permission denied", "/data/a.csv")
    assert storage_error(refused).values["path"] == "/data/a.csv"
    assert storage_error(refused, Path("/data/b.csv")).values["path"] == "/data/b.csv"
    assert storage_error(OSError(errno.EACCES, "Permission denied")).values["path"] == "?"
    assert storage_error(OSError(errno.EBADF, "Bad file descriptor", 3)).values["path"] == "?"


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
    assert path.stat().st_mode & 0o777 == 0o644 & ~umask()


def umask() -> int:
    """What this process takes away from the rights of files it makes."""
    taken = os.umask(0)
    os.umask(taken)
    return taken


def test_a_small_file_may_be_for_its_owner_alone(tmp_path):
    write_at_once(tmp_path / "keys.toml", b"secret", mode=0o600)
    assert (tmp_path / "keys.toml").stat().st_mode & 0o777 == 0o600


def test_a_staging_folder_goes_too_when_the_work_in_it_fails(tmp_path):
    def half_the_work() -> None:
        with staging_folder(tmp_path / "staging") as staging:
            (staging / "part").write_bytes(b"x")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        half_the_work()
    assert list(tmp_path.iterdir()) == []


def test_a_staging_folder_starts_empty_and_goes_when_the_work_ends(tmp_path):
    folder = tmp_path / "staging"
    folder.mkdir()
    (folder / "left over").write_bytes(b"x")
    with staging_folder(folder) as staging:
        assert list(staging.iterdir()) == []
    assert not folder.exists()
