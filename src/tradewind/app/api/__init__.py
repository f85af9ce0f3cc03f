"""How do other programs ask? Over HTTP: every use case of the list under /api/v1, described by OpenAPI.

    $ tradewind serve

No accounts yet: it listens on this machine alone, checks Host and Origin, and wants the token printed at its start.
"""

from __future__ import annotations

from tradewind.app.api.server import serve

__all__ = ["serve"]
