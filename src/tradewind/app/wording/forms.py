"""A form that was written, in words."""

from __future__ import annotations

from tradewind.app.usecases.result import FormResult
from tradewind.app.wording.view import View
from tradewind.core.text import text


def form_view(result: FormResult, lang: str) -> View:
    """Where the form is and how to hand it back."""
    return [text(f"form.{result.form}", lang, file=result.file)]
