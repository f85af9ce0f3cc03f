"""The server: one process on the loopback interface, for one workspace."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tradewind.app.usecases.context import Cache, Context
from tradewind.app.usecases.requests import ServeRequest
from tradewind.core.errors import RequestError

if TYPE_CHECKING:
    from fastapi import FastAPI

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class ServeResult:
    """The server has stopped: where it listened."""

    url: str


@dataclass(frozen=True)
class Service:
    """What every request shares: the workspace's folder, the token, and what has been read already."""

    folder: Path
    token: str
    plans: Cache
    facts: Cache

    @classmethod
    def of(cls, folder: Path, token: str) -> Service:
        """A service that has read nothing yet."""
        return cls(folder, token, Cache(), Cache(2))

    def context(self, lang: str) -> Context:
        """The context of one request."""
        return Context(self.folder, lang=lang, local=False, plans=self.plans, facts_cache=self.facts)


def create_app(service: Service) -> FastAPI:
    """The application: routes of every use case, jobs, errors as problem+json, and the guard in front."""
    from fastapi import FastAPI

    from tradewind import __version__
    from tradewind.app.api.guard import Guard
    from tradewind.app.api.jobs import add_jobs
    from tradewind.app.api.openapi import described
    from tradewind.app.api.problems import add_problems
    from tradewind.app.api.routes import add_use_cases

    app = FastAPI(
        title="Tradewind", version=__version__, openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None
    )
    app.add_middleware(Guard, token=service.token)
    add_problems(app)
    add_use_cases(app, service)
    add_jobs(app, service)
    app.openapi = described(app)  # type: ignore[method-assign]
    return app


def serve(context: Context, request: ServeRequest) -> ServeResult:
    """Serve the workspace until stopped. Raises RequestError for an address other machines could reach, or a
    port that is taken."""
    import uvicorn

    if request.host not in LOOPBACK:
        raise RequestError("not_loopback", field="host", host=request.host, allowed=", ".join(LOOPBACK))
    workspace = context.workspace
    token = secrets.token_urlsafe(32)
    app = create_app(Service.of(workspace.path, token))
    host = f"[{request.host}]" if ":" in request.host else request.host
    url = f"http://{host}:{request.port}"
    listening = listen(request.host, request.port)
    context.announce("serve.listening", url=url, token=token)
    uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listening])
    return ServeResult(url)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises RequestError where another program does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise RequestError("port_taken", field="port", port=port, detail=error.strerror) from error
