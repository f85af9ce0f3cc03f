"""The options every command takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from tradewind.app.usecases.request import Flags


@dataclass(frozen=True, kw_only=True)
class Shared:
    workspace: Annotated[Path | None, Flags(("--workspace", "-w"))] = None
    lang: Literal["en", "zh"] | None = None
    json: bool = False
