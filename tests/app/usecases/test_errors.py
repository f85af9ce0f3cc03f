"""Every error is one line that says what is wrong and what to do, with a code, an exit code and an HTTP status."""

from __future__ import annotations

import errno

import pytest

import tradewind.core.errors as tree
from tradewind.app.usecases.errors import ERRORS, explained
from tradewind.core.errors import (
    NotEnoughDataError,
    ParameterError,
    RequestError,
    TradewindError,
    UnknownNameError,
    UnknownRunError,
    UnreadableFileError,
    WorkspaceBusyError,
)
from tradewind.core.text import LANGUAGES


@pytest.mark.parametrize(
    ("error", "code", "exit_code", "http_status"),
    [
        (RequestError("missing_value", option="--to", field="to", example="x"), "missing_value", 2, 422),
        (UnknownNameError("unknown_table_far", table="x", known="y"), "unknown_table_far", 2, 404),
        (ParameterError("parameter_range", name="a", value=1, allowed="2"), "parameter_range", 1, 422),
        (UnreadableFileError("file_empty", file="x"), "file_empty", 1, 422),
        (UnknownRunError("run_unknown", run="x", latest="y"), "run_unknown", 1, 404),
        (WorkspaceBusyError("workspace_busy", path="x"), "workspace_busy", 1, 409),
        (NotEnoughDataError("facts_none", path="x"), "facts_none", 1, 409),
        (KeyboardInterrupt(), "stopped", 130, 503),
        (MemoryError(), "out_of_memory", 1, 503),
        (ModuleNotFoundError("No module named 'pandas'", name="pandas"), "extra_missing", 1, 501),
        (ModuleNotFoundError("No module named 'polars.x'", name="polars.x"), "package_missing", 1, 501),
        (ModuleNotFoundError("No module named 'tradewind.x'", name="tradewind.x"), "program_fault", 1, 500),
        (ZeroDivisionError("division by zero"), "program_fault", 1, 500),
        (TradewindError("nobody_wrote_this", path="x"), "nobody_wrote_this", 1, 409),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_an_error_means_at_each_door(error, code, exit_code, http_status, lang):
    said = explained(error, lang)
    assert (said.code, said.meaning.exit_code, said.meaning.http_status) == (code, exit_code, http_status)
    assert said.cause is error
    assert said.what
    assert "\n" not in said.what + said.fix


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENOENT, errno.EISDIR, errno.ENOTDIR, errno.EIO]
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_the_disk_refuses_names_the_place(number, lang):
    said = explained(OSError(number, "refused", "/d/x"), lang)
    assert (said.meaning.exit_code, said.meaning.http_status) == (1, 507)
    assert "/d/x" in said.what
    assert said.fix


def test_the_field_at_fault_is_named():
    assert explained(RequestError("missing_value", option="--to", field="to", example="x"), "en").field == "to"
    assert explained(UnknownRunError("run_unknown", run="x", latest="y"), "en").field is None


def test_an_error_that_breaks_off_in_several_lines_is_told_in_one():
    said = explained(ValueError("first\n  second\nthird"), "en")
    assert "first second third" in said.what


def test_the_table_holds_no_class_behind_one_it_descends_from():
    classes = list(ERRORS)
    for i, kind in enumerate(classes):
        assert not any(issubclass(kind, earlier) for earlier in classes[:i]), kind


def test_every_error_of_the_tree_has_a_meaning():
    ours = [e for e in vars(tree).values() if isinstance(e, type) and issubclass(e, TradewindError)]
    assert len(ours) > 10
    assert all(explained(kind("nobody_wrote_this"), "en").meaning.http_status < 600 for kind in ours)
