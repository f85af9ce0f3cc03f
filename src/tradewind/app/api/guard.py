"""Who may ask: programs on this machine that know the token. Pages of other sites in the user's browser may not.

Host is checked against DNS rebinding, Origin against requests a foreign page sends; the token against everybody else.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from tradewind.core.errors import TradewindError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

HOSTS: Final = {"127.0.0.1", "localhost", "::1"}
_OPEN: Final = {"/api/v1/openapi.json"}
"""What may be read without the token: it says nothing of the workspace."""


class Guard:
    """ASGI middleware in front of every route."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = {name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]}
            refusal = self._refusal(headers, scope["path"])
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _refusal(self, headers: Mapping[str, str], path: str) -> ASGIApp | None:
        from tradewind.app.api.problems import problem, wanted_language

        lang = wanted_language(headers.get("accept-language"))
        if hostname(headers.get("host", "")) not in HOSTS:
            return problem(TradewindError("foreign_host", host=headers.get("host", "-")), lang, status=421)
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers["host"]:
            return problem(TradewindError("foreign_origin", origin=origin), lang, status=403)
        given = headers.get("authorization", "").removeprefix("Bearer ").strip()
        if path not in _OPEN and not secrets.compare_digest(given.encode(), self._token.encode()):
            refused = problem(TradewindError("token_missing"), lang, status=401)
            refused.headers["WWW-Authenticate"] = "Bearer"
            return refused
        return None


def hostname(host: str) -> str | None:
    """The name in a Host header, without its port; None where it is malformed."""
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
