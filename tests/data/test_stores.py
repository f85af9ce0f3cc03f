"""Where the lake lies: a folder's files, and what a bucket is told before anything is asked of it."""

from __future__ import annotations

import errno
import shutil
from types import SimpleNamespace

import pytest

from tradewind.core.errors import ParameterError
from tradewind.data.stores import Bucket, Folder, store_at


@pytest.mark.parametrize(
    "address", ["s3://ab", "s3://Shop/lake", "s3://shop/", "s3://shop/a b", "gs://shop/lake", "s3://shop-/x", "://shop"]
)
def test_an_address_that_is_no_bucket_is_refused(address):
    with pytest.raises(ParameterError, match="s3"):
        store_at(address, {})


def test_an_address_without_a_scheme_is_a_folder_and_one_of_s3_a_bucket(tmp_path):
    assert store_at(str(tmp_path), {"AWS_REGION": "x"}) == Folder(tmp_path)
    assert store_at("s3://shop-1/lake/a_b.c", {"AWS_REGION": "x"}) == Bucket(
        "s3://shop-1/lake/a_b.c", {"AWS_REGION": "x"}
    )


def test_a_folder_lists_its_folders_and_its_files_apart_in_order(tmp_path):
    folder = Folder(tmp_path)
    for name in ("runs/b/x.txt", "runs/a/x.txt", "runs/z.txt", "runs/y.txt"):
        folder.write(name, b"1")
    assert (folder.folders("runs"), folder.files("runs")) == (["a", "b"], ["y.txt", "z.txt"])
    assert folder.folders("nowhere") == folder.files("nowhere") == []


def test_a_file_is_written_over_read_and_removed_with_its_folder(tmp_path):
    folder = Folder(tmp_path)
    folder.write("runs/r1/note", b"one")
    folder.write("runs/r1/note", b"two")
    assert folder.read("runs/r1/note") == b"two"
    assert folder.within("runs").read("r1/note") == b"two"
    folder.remove("runs/r1")
    assert folder.read("runs/r1/note") is None
    assert folder.address("runs") == str(tmp_path / "runs")
    assert folder.options == folder.delta_options == {}


@pytest.mark.parametrize(("free", "fits"), [(1_000_000 + 65_536, True), (1_000_000 + 65_535, False)])
def test_a_folder_has_room_for_what_is_written_and_a_commit_beside_it(tmp_path, monkeypatch, free, fits):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    if fits:
        Folder(tmp_path).check_room(1_000_000)
    else:
        with pytest.raises(OSError, match=str(tmp_path)) as refused:
            Folder(tmp_path).check_room(1_000_000)
        assert refused.value.errno == errno.ENOSPC


def test_a_bucket_is_asked_over_plain_http_only_where_its_endpoint_says_so():
    plain = Bucket("s3://shop", {"AWS_ENDPOINT_URL": "http://127.0.0.1:9000"})
    safe = Bucket("s3://shop", {"AWS_ENDPOINT_URL": "https://minio.example.com"})
    assert plain.options["AWS_ALLOW_HTTP"] == "true"
    assert "AWS_ALLOW_HTTP" not in safe.options | Bucket("s3://shop").options
    assert plain.delta_options["AWS_CONDITIONAL_PUT"] == "etag"
    assert plain.delta_options.items() >= plain.options.items()


def test_a_bucket_joins_names_and_keeps_its_keys_to_itself():
    bucket = Bucket("s3://shop/lake", {"AWS_SECRET_ACCESS_KEY": "secret"})
    assert (bucket.address(), bucket.address("orders")) == ("s3://shop/lake", "s3://shop/lake/orders")
    assert bucket.within("runs") == Bucket("s3://shop/lake/runs", {"AWS_SECRET_ACCESS_KEY": "secret"})
    assert "secret" not in repr(bucket)
    bucket.check_room(10**18)


def test_tables_of_a_bucket_are_opened_side_by_side_those_of_a_folder_one_by_one(tmp_path):
    assert (Folder(tmp_path).at_once, Bucket("s3://shop").at_once) == (1, 16)
