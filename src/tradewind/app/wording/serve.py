"""A server's end in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tradewind.core.text import text

if TYPE_CHECKING:
    from tradewind.app.api.server import ServeResult
    from tradewind.app.wording.view import View


def serve_view(result: ServeResult, lang: str) -> View:
    """That it has stopped."""
    return [text("serve.stopped", lang, url=result.url)]
