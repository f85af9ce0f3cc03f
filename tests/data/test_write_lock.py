"""One writer at a time, by a file: the second one waits, is told so, and gives up by name."""

from __future__ import annotations

import threading
import time

import pytest

from tradewind.core.errors import WorkspaceBusyError
from tradewind.data.write_lock import file_lock


def told(calls: list[str]):
    return lambda: calls.append("waiting")


def test_who_is_alone_is_not_told_to_wait_and_leaves_the_lock_free(tmp_path):
    calls: list[str] = []
    for _ in range(2):
        with file_lock(tmp_path / "lock", 0.1, told(calls)) as check_held:
            check_held()
    assert calls == []


def test_a_second_writer_is_told_to_wait_and_then_that_the_workspace_is_busy(tmp_path):
    calls: list[str] = []
    with (
        file_lock(tmp_path / "lock", 0, told([])),
        pytest.raises(WorkspaceBusyError) as busy,
        file_lock(tmp_path / "lock", 0.05, told(calls)),
    ):
        calls.append("never")
    assert calls == ["waiting"]
    assert str(tmp_path) in str(busy.value)
    assert "0.05" in str(busy.value)


def test_a_second_writer_goes_on_as_soon_as_the_first_is_done(tmp_path):
    free, order = threading.Event(), []

    def first() -> None:
        with file_lock(tmp_path / "lock", 0, told([])):
            free.set()
            time.sleep(0.1)
            order.append("first")

    other = threading.Thread(target=first)
    other.start()
    free.wait()
    with file_lock(tmp_path / "lock", 30, told(order)):
        order.append("second")
    other.join()
    assert order == ["waiting", "first", "second"]


def test_a_writer_that_fails_frees_the_lock(tmp_path):
    with pytest.raises(ValueError, match="stop"), file_lock(tmp_path / "lock", 0, told([])):
        raise ValueError("stop")
    with file_lock(tmp_path / "lock", 0, told([])):
        pass
