"""What can anyone ask for, and what comes back? One request, one result, for every door.

    result = use_case("cash").function(Context(Path("shop")), CashRequest(weeks=8))

Results hold frames and ids, no words: `app.wording` makes them readable in a language.
"""

from __future__ import annotations

from tradewind.app.usecases.context import Context
from tradewind.app.usecases.registry import USE_CASES, UseCase, use_case

__all__ = ["USE_CASES", "Context", "UseCase", "use_case"]
