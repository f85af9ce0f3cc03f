"""Forms to fill in are written on the machine of whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.result import Form, FormResult
from tradewind.core.errors import RequestError


def written_form(context: Context, form: Form, write: Callable[[], Path]) -> FormResult:
    """An empty form, written by `write`. Raises RequestError where the asker is on another machine."""
    if not context.local:
        raise RequestError("form_elsewhere", field="template")
    return FormResult(write(), form)
