"""What went wrong, in one line and in the reader's language, with what to do about it."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import metadata
from typing import Any

from tradewind.app.commands import COMMANDS
from tradewind.core.errors import MissingExtraError, ParameterError, RequestError, StorageError, TradewindError


@dataclass(frozen=True)
class Explained:
    """An error as it is shown: its code, what is wrong, what to do, and the exit code it means."""

    code: str
    what: str
    fix: str
    exit_code: int
    cause: BaseException


def explained(error: BaseException, lang: str) -> Explained:
    """The one line for `error`. Only a fault of the program itself is called one."""
    known, exit_code = _known(error)
    return _said(known, lang, exit_code, error)


def _known(error: BaseException) -> tuple[TradewindError, int]:
    """`error` as one of ours, and the exit code it means."""
    known: TradewindError
    exit_code = 1
    if isinstance(error, KeyboardInterrupt):
        known, exit_code = TradewindError("cli_stopped"), 130
    elif isinstance(error, TradewindError):
        usage = isinstance(error, RequestError)
        known, exit_code = error, 2 if usage else 1
    elif _is_usage(error):
        known, exit_code = _usage_error(error), 2
    elif isinstance(error, OSError):
        known = storage_error(error)
    elif isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("tradewind"):
        known = missing_package(error)
    elif isinstance(error, MemoryError):
        known = TradewindError("cli_out_of_memory")
    else:
        known = TradewindError("cli_fault", kind=type(error).__name__, detail=_one_line(error))
    return known, exit_code


def storage_error(error: OSError) -> StorageError:
    """The disk's refusal in a user's words."""
    path = os.fspath(error.filename) if isinstance(error.filename, (str, os.PathLike)) else "?"
    known = {
        errno.ENOSPC: "cli_disk_full",
        errno.EDQUOT: "cli_disk_full",
        errno.EACCES: "cli_not_permitted",
        errno.EPERM: "cli_not_permitted",
        errno.EROFS: "cli_not_permitted",
        errno.ENOENT: "cli_no_such_file",
        errno.ENOTDIR: "cli_file_in_the_way",
        errno.EEXIST: "cli_file_in_the_way",
        errno.EISDIR: "cli_is_a_folder",
    }
    code = known.get(error.errno or 0, "cli_storage_refused")
    return StorageError(code, path=path, detail=error.strerror or str(error))


def missing_package(error: ModuleNotFoundError) -> MissingExtraError:
    """The package that is not there, and the extra of Tradewind that brings it, where one does."""
    package = (error.name or str(error)).split(".")[0]
    for needed in metadata.requires("tradewind") or []:
        name, _, condition = needed.partition(";")
        extra = re.search(r"extra\s*==\s*['\"]([\w-]+)['\"]", condition)
        if extra and re.match(rf"{re.escape(package)}\b", name, re.IGNORECASE):
            return MissingExtraError("extra_missing", package=package, extra=extra[1])
    return MissingExtraError("package_missing", package=package)


def _said(error: TradewindError, lang: str, exit_code: int, cause: BaseException) -> Explained:
    try:
        what, fix = error.what(lang), error.fix(lang)
    except (KeyError, IndexError, ValueError):
        what, fix = f"{error.code}: {_pairs(error.values)}", ""
    return Explained(error.code, _flat(what), _flat(fix), exit_code, cause)


def _is_usage(error: BaseException) -> bool:
    """Whether the parser refused the line. It is known by what it offers: its class moved between versions of typer."""
    return hasattr(error, "format_message") and getattr(error, "exit_code", None) == 2


def _usage_error(error: BaseException) -> TradewindError:
    detail: Any = error
    message = str(detail.format_message())
    command = getattr(getattr(detail, "ctx", None), "info_name", None) or "tradewind"
    if name := getattr(detail, "option_name", None):
        code = "cli_unknown_option" if type(error).__name__ == "NoSuchOption" else "cli_option_needs_value"
        return ParameterError(code, option=name, command=command)
    if "No such command" in message:
        wanted = message.split("'")[1] if "'" in message else message
        # polars, which choosing.py needs, must not slow an error down
        near = get_close_matches(wanted, [c.name for c in COMMANDS], n=1, cutoff=0.6)
        if not near:
            return ParameterError("cli_unknown_command_far", command=wanted)
        return ParameterError("cli_unknown_command", command=wanted, nearest=near[0])
    if "unexpected extra argument" in message:
        return ParameterError("cli_too_many", command=command, extra=message.rsplit("(", maxsplit=1)[-1].rstrip(")."))
    return ParameterError("cli_usage", detail=_flat(message), command=command)


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{k}={v}" for k, v in values.items())


def _one_line(error: BaseException) -> str:
    return _flat(str(error))[:300]


def _flat(words: str) -> str:
    return " ".join(words.split())
