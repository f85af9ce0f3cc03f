"""What went wrong, in one line and in the reader's language, with what to do about it."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from tradewind.app.commands import COMMANDS
from tradewind.core.errors import ParameterError, StorageError, TradewindError


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
    if isinstance(error, KeyboardInterrupt):
        return _said(TradewindError("cli_stopped"), lang, 130, error)
    if isinstance(error, TradewindError):
        usage = isinstance(error, ParameterError) and error.code.startswith("ask_")
        return _said(error, lang, 2 if usage else 1, error)
    if _is_usage(error):
        return _said(_usage_error(error), lang, 2, error)
    if isinstance(error, OSError):
        return _said(storage_error(error), lang, 1, error)
    if isinstance(error, MemoryError):
        return _said(TradewindError("cli_out_of_memory"), lang, 1, error)
    return _said(TradewindError("cli_fault", kind=type(error).__name__, detail=_one_line(error)), lang, 1, error)


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
        nearest = get_close_matches(wanted, [c.name for c in COMMANDS], n=1, cutoff=0.5)
        return ParameterError("cli_unknown_command", command=wanted, nearest=nearest[0] if nearest else "demo")
    if "unexpected extra argument" in message:
        return ParameterError("cli_too_many", command=command, extra=message.rsplit("(", maxsplit=1)[-1].rstrip(")."))
    return ParameterError("cli_usage", detail=_flat(message), command=command)


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{k}={v}" for k, v in values.items())


def _one_line(error: BaseException) -> str:
    return _flat(str(error))[:300]


def _flat(words: str) -> str:
    return " ".join(words.split())
