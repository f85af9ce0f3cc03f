"""Who asks, where, and what is known already: everything a use case has beside its request."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from tradewind.app.planning.facts import Facts
    from tradewind.app.usecases.result import Provenance
    from tradewind.app.workspace import Workspace
    from tradewind.data.runs import Run

T = TypeVar("T")


class Progress(Protocol):
    """Told how far long work has come: a catalogue id or words, steps done, steps in all (None: unknown)."""

    def __call__(self, step: str, done: float = 0, total: float | None = None) -> None: ...


def silent(step: str, done: float = 0, total: float | None = None) -> None:
    """The progress of a door that shows none."""


class Announce(Protocol):
    """Told something while work goes on: a catalogue id and its values."""

    def __call__(self, message: str, **values: object) -> None: ...


def unheard(message: str, **values: object) -> None:
    """The announcements of a door that shows none."""


def utc_now() -> datetime:
    """The clock of every door."""
    return datetime.now(UTC)


class Cache:
    """What one process has read already, the latest few by their keys; several threads may ask."""

    def __init__(self, size: int = 4) -> None:
        self._size = size
        self._kept: dict[Hashable, Any] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under `key`, else what `make` gives, made by one thread alone."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
                for oldest in list(self._kept)[: -self._size]:
                    del self._kept[oldest]
            else:
                self._kept[key] = self._kept.pop(key)
            found: T = self._kept[key]
            return found


@dataclass(frozen=True)
class Context:
    """`folder`: the workspace meant; `named`: whether the asker named it (else it may be absent, where a use case can
    do without). `lang` is for what is written to files; results hold no words. `local`: paths in a request are those of
    this machine's user, not of a caller elsewhere. The caches outlive a request in a
    server.
    """

    folder: Path
    named: bool = True
    lang: str = "en"
    now: Callable[[], datetime] = utc_now
    progress: Progress = silent
    announce: Announce = unheard
    actor: str = "owner"
    local: bool = True
    plans: Cache = field(default_factory=Cache)
    facts_cache: Cache = field(default_factory=Cache)

    def __post_init__(self) -> None:
        """Whatever is asked, what a killed import left of its file goes first, also where no workspace is opened."""
        if (self.folder / "staging").is_dir():
            from tradewind.app.workspace.leftovers import sweep

            sweep(self.folder)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace, opened when it is first needed. Raises NotAWorkspaceError."""
        from tradewind.app.workspace import Workspace

        return Workspace(self.folder)

    @property
    def has_workspace(self) -> bool:
        """Whether there is a workspace, or one was named (and must then be there)."""
        return self.named or (self.folder / "workspace.toml").is_file()

    def today(self) -> datetime:
        """Midnight UTC of today."""
        return self.now().replace(hour=0, minute=0, second=0, microsecond=0)

    def plan(self, run_id: str | None = None) -> Run:
        """A kept plan by its id, or the latest. Raises UnknownRunError."""
        known = self.workspace.plan_id(run_id)
        return self.plans.get((self.folder, known), lambda: self.workspace.load_run(known))

    def current_plan(self) -> Run | None:
        """The latest plan, if it was made from all the data, rules and the shop profile as they are now."""
        from tradewind.core.errors import UnknownRunError

        try:
            run = self.plan()
        except UnknownRunError:
            return None
        return run if self.workspace.is_current(run) else None

    def kept(self, *tables: str, as_of: datetime | None = None) -> Run | None:
        """The latest plan, where it answers for all there is now and kept these tables; None at another moment."""
        plan = self.current_plan() if as_of is None else None
        return plan if plan is not None and all(name in plan.tables for name in tables) else None

    def provenance(self, run: Run) -> Provenance:
        """What an answer read from a kept plan rests on."""
        from tradewind.app.usecases.result import Provenance

        return Provenance.of_plan(run, newer_data=not self.workspace.is_current(run))

    def facts(self, as_of: datetime | None = None) -> Facts:
        """What a plan as of then is made from, read once per state of the workspace."""
        return self.known(as_of)[0]

    def facts_of(self, run: Run) -> Facts:
        """The facts a kept plan was made from, with its own estimates; each table is read when it is asked for."""
        from tradewind.app.planning.kept import kept_facts

        key = (self.folder, "plan", run.id)
        return self.facts_cache.get(key, lambda: kept_facts(self.workspace.snapshot_of(run), run))

    def known(self, as_of: datetime | None = None) -> tuple[Facts, Provenance]:
        """The facts as of then, and what an answer computed from them rests on."""
        from tradewind.app.planning.cycle import gather
        from tradewind.app.usecases.result import Provenance

        snapshot = self.workspace.snapshot(as_of)
        key = (self.folder, as_of, tuple(sorted(snapshot.versions.items())), snapshot.own_rules, snapshot.shop_profile)
        facts = self.facts_cache.get(key, lambda: gather(snapshot))
        return facts, Provenance(snapshot.as_of, versions=snapshot.versions)
