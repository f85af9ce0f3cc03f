"""Everything that can go wrong in a way a user can fix, one class per cause.

    TradewindError
    ├── InputError                what a user handed in
    │   ├── UnreadableFileError       empty, truncated, encrypted, wrong encoding, too large
    │   ├── UnknownLayoutError        no layout fits the headings
    │   ├── MappingError              a mapping that says something it cannot mean
    │   ├── MissingColumnError        a frame lacks a column that is needed
    │   └── ParameterError            a parameter outside its range
    │       └── RequestError              a request that cannot be read: a field missing, unknown, or out of bounds
    │           └── UnknownNameError          a table, column, SKU, rule ... that is not there
    ├── WorkspaceError            the folder or server the work is kept in
    │   ├── NotAWorkspaceError        there is none at that path
    │   ├── WorkspaceBusyError        another process is writing to it
    │   ├── StorageError              disk full, folder not writable, file vanished
    │   └── UnknownRunError           no plan with that id
    ├── NotEnoughDataError        the tables loaded do not allow what was asked
    ├── RuleError                 a rule pack is missing a value, or contradicts itself
    ├── MissingRateError          no exchange rate for that currency and day
    └── MissingExtraError         an optional package is not installed

An error names a message of the catalogue (`code`) and carries its values. The message's `what` says
what was wrong with which value and why it matters, its `fix` what to do. Rows of an import that cannot
be used are not errors: they are collected as rows to correct.
"""

from __future__ import annotations

from tradewind.core.text import text


class TradewindError(Exception):
    """Base of all errors a caller may want to catch.

    `code` is the message's id in the catalogue, `values` fill its placeholders.

    >>> print(MissingExtraError("extra_missing", package="psycopg", extra="postgres"))
    The package psycopg is not installed. Install it with: pip install "tradewind[postgres]"
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def what(self, lang: str = "en") -> str:
        """What is wrong, where, and why it matters: one line."""
        return text(
            f"{self.code}.what", lang, **{name: _shown_value(value, lang) for name, value in self.values.items()}
        )

    def fix(self, lang: str = "en") -> str:
        """What to do about it."""
        return text(
            f"{self.code}.fix", lang, **{name: _shown_value(value, lang) for name, value in self.values.items()}
        )

    def __str__(self) -> str:
        return f"{self.what()} {self.fix()}"


def _shown_value(value: object, lang: str) -> object:
    """A value as a message shows it; errors among them say what is wrong, in the message's language."""
    if isinstance(value, tuple):
        return " ".join(str(_shown_value(one, lang)) for one in value)
    return value.what(lang) if isinstance(value, TradewindError) else value


class InputError(TradewindError):
    """What a user handed in cannot be used."""


class UnreadableFileError(InputError):
    """A file that cannot be opened as what it claims to be."""


class UnknownLayoutError(InputError):
    """No known layout fits a file's headings; the message names the nearest and what they lack."""


class MappingError(InputError):
    """A user's own mapping says something it cannot mean; the message names the place."""


class MissingColumnError(InputError):
    """A frame lacks columns that are needed."""


class ParameterError(InputError):
    """A parameter is outside its range."""


class RequestError(ParameterError):
    """A request cannot be read; where one field is at fault, `values["field"]` names it."""


class UnknownNameError(RequestError):
    """A request names something that is not there; the message says what is, or what may have been meant."""


class WorkspaceError(TradewindError):
    """The place the work is kept in cannot be used."""


class NotAWorkspaceError(WorkspaceError):
    """There is no workspace at that path."""


class WorkspaceBusyError(WorkspaceError):
    """Another process is writing; readers never get this."""


class StorageError(WorkspaceError):
    """The disk or folder refuses: full, read-only, gone."""


class UnknownRunError(WorkspaceError):
    """There is no run with that id."""


class NotEnoughDataError(TradewindError):
    """The loaded tables do not allow what was asked; the fix names the file that would."""


class RuleError(TradewindError):
    """A rule pack lacks a value that is needed, or contradicts itself."""


class MissingRateError(TradewindError):
    """No exchange rate is known for a currency on a day."""


class MissingExtraError(TradewindError):
    """An optional package is needed; `extra` names it in `pip install tradewind[extra]`."""
