"""One table of what an error means at each door: exit code of a terminal, HTTP status; the machine code is its id."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import metadata
from typing import Final

from tradewind.core.errors import (
    InputError,
    MissingExtraError,
    NotAWorkspaceError,
    NotEnoughDataError,
    RequestError,
    RuleError,
    StorageError,
    TradewindError,
    UnknownNameError,
    UnknownRunError,
    WorkspaceBusyError,
)
from tradewind.data.storage import storage_error


@dataclass(frozen=True)
class Meaning:
    """What an error class means: the exit code of a terminal and the status of HTTP."""

    exit_code: int
    http_status: int


ERRORS: Final[dict[type[BaseException], Meaning]] = {
    UnknownNameError: Meaning(2, 404),
    RequestError: Meaning(2, 422),
    InputError: Meaning(1, 422),
    NotAWorkspaceError: Meaning(1, 404),
    UnknownRunError: Meaning(1, 404),
    WorkspaceBusyError: Meaning(1, 409),
    StorageError: Meaning(1, 507),
    NotEnoughDataError: Meaning(1, 409),
    RuleError: Meaning(1, 409),
    MissingExtraError: Meaning(1, 501),
    TradewindError: Meaning(1, 409),
    KeyboardInterrupt: Meaning(130, 503),
    MemoryError: Meaning(1, 503),
    BaseException: Meaning(1, 500),
}
"""The first class that fits holds: a class stands before those it descends from."""


@dataclass(frozen=True)
class Explained:
    """An error as it is shown: its code, the field at fault, what is wrong, what to do, and what it means."""

    code: str
    what: str
    fix: str
    meaning: Meaning
    cause: BaseException
    field: str | None = None


def explained(error: BaseException, lang: str) -> Explained:
    """What to say of `error` at any door. Only a fault of the program itself is called one."""
    known = known_error(error)
    subject = error if type(known) is TradewindError else known
    meaning = next(m for kind, m in ERRORS.items() if isinstance(subject, kind))
    try:
        what, fix = known.what(lang), known.fix(lang)
    except (KeyError, IndexError, ValueError):
        what, fix = f"{known.code}: {', '.join(f'{k}={v}' for k, v in known.values.items())}", ""
    field = known.values.get("field")
    return Explained(known.code, _one_line(what), _one_line(fix), meaning, error, str(field) if field else None)


def known_error(error: BaseException) -> TradewindError:
    """`error` as one of ours."""
    if isinstance(error, TradewindError):
        return error
    if isinstance(error, KeyboardInterrupt):
        return TradewindError("stopped")
    if isinstance(error, OSError):
        return storage_error(error)
    if isinstance(error, ModuleNotFoundError) and not (error.name or "").startswith("tradewind"):
        return missing_package(error)
    if isinstance(error, MemoryError):
        return TradewindError("out_of_memory")
    return TradewindError("program_fault", kind=type(error).__name__, detail=_one_line(str(error))[:300])


def missing_package(error: ModuleNotFoundError) -> MissingExtraError:
    """The package that is not there, and the extra of Tradewind that brings it, where one does."""
    package = (error.name or str(error)).split(".")[0]
    for needed in metadata.requires("tradewind") or []:
        name, _, condition = needed.partition(";")
        extra = re.search(r"extra\s*==\s*['\"]([\w-]+)['\"]", condition)
        if extra and re.match(rf"{re.escape(package)}\b", name, re.IGNORECASE):
            return MissingExtraError("extra_missing", package=package, extra=extra[1])
    return MissingExtraError("package_missing", package=package)


def _one_line(words: str) -> str:
    return " ".join(words.split())
