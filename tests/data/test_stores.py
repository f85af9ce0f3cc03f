"""Where the lake lies: a folder's files, and what a bucket is told before anything is asked of it."""

from __future__ import annotations

import errno
import shutil
from datetime import timedelta
from types import SimpleNamespace

import obstore.store
import pytest

from tradewind.core.errors import ParameterError, StorageError
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


class Server:
    """Object storage in memory: what a bucket tells it, and what lies there."""

    def __init__(self) -> None:
        self.told: list[dict] = []
        self.objects = obstore.store.MemoryStore()

    def from_url(self, url: str, **told) -> obstore.store.MemoryStore:
        self.told.append({"url": url, **told})
        return self.objects


@pytest.fixture
def server(monkeypatch):
    server = Server()
    monkeypatch.setattr(obstore.store, "S3Store", server)
    return server


def test_a_bucket_lists_what_lies_right_in_a_folder_and_reads_and_removes_it(server):
    bucket = Bucket("s3://shop")
    for name in ("runs/b/x.txt", "runs/a/x.txt", "runs/a/deep/y.txt", "runs/z.txt", "runs/y.txt", "top.txt"):
        bucket.write(name, name.encode())
    assert (bucket.folders("runs"), bucket.files("runs")) == (["a", "b"], ["y.txt", "z.txt"])
    assert (bucket.folders(""), bucket.files("")) == (["runs"], ["top.txt"])
    assert bucket.folders("nowhere") == bucket.files("nowhere") == []
    assert bucket.read("runs/z.txt") == b"runs/z.txt"
    assert bucket.read("runs/none.txt") is None
    bucket.remove("runs/a")
    bucket.remove("nowhere")
    assert (bucket.folders("runs"), bucket.read("runs/a/deep/y.txt")) == (["b"], None)
    assert len(server.told) == 1  # connected once


def test_a_bucket_that_is_not_there_is_not_taken_for_a_file_that_is_not_there(server, monkeypatch):
    def no_bucket(store, name):
        raise FileNotFoundError("<Code>NoSuchBucket</Code>")

    monkeypatch.setattr(obstore, "get", no_bucket)
    with pytest.raises(FileNotFoundError, match="NoSuchBucket"):
        Bucket("s3://shop").read("note.txt")


@pytest.mark.parametrize(("endpoint", "plain"), [("http://127.0.0.1:9000", True), ("https://minio.example.com", False)])
def test_a_server_is_told_the_keys_it_knows_how_long_to_try_and_whether_over_plain_http(server, endpoint, plain):
    settings = {"AWS_REGION": "eu-1", "AWS_ENDPOINT_URL": endpoint, "AWS_CONDITIONAL_PUT": "etag", "COLOUR": "red"}
    Bucket("s3://shop/lake", settings).files("runs")
    assert server.told == [
        {
            "url": "s3://shop/lake",
            "config": {"aws_region": "eu-1", "aws_endpoint_url": endpoint},
            "client_options": {
                "allow_http": plain, "connect_timeout": timedelta(seconds=5), "timeout": timedelta(seconds=120)
            },
            "retry_config": {"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
        }
    ]  # fmt: skip


def test_what_a_place_refuses_is_said_with_its_address(tmp_path):
    for place, shown in ((Folder(tmp_path), str(tmp_path)), (Bucket("s3://shop/lake"), "s3://shop/lake")):
        with pytest.raises(StorageError) as refused, place.errors():
            raise OSError(errno.ENOSPC, "No space left on device")
        assert (refused.value.code, str(refused.value.values["path"])) == ("disk_full", shown)


def test_tables_of_a_bucket_are_opened_side_by_side_those_of_a_folder_one_by_one(tmp_path):
    assert (Folder(tmp_path).at_once, Bucket("s3://shop").at_once) == (1, 16)
