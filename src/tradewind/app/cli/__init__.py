"""What can I ask in a terminal? Every use case, in English and Chinese.

    $ tradewind demo

`main` parses, asks, prints, and returns the exit code: 0 done, 1 it could not be done, 2 asked wrongly,
3 done in part (an import that passed files over), 130 stopped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tradewind.app.cli.console import chosen_language, prepare_streams
from tradewind.app.cli.output import print_error, print_json, print_view
from tradewind.app.cli.place import workspace_folder
from tradewind.app.cli.progress import shown_progress
from tradewind.app.cli.shared import Shared
from tradewind.app.usecases.context import Announce, Context
from tradewind.app.usecases.errors import explained
from tradewind.app.usecases.request import Field, read
from tradewind.core.text import text

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Answer the command line; returns the exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
    prepare_streams()
    lang = chosen_language(args)
    as_json = "--json" in args
    try:
        return _answered(args or ["--help"], lang, as_json)
    except (BrokenPipeError, SystemExit):
        # the reader of our output has gone (`| head`): nothing is left to say, not even at the interpreter's end
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        return 1
    except BaseException as error:
        said = explained(error, lang)
        print_error(said, as_json)
        return said.meaning.exit_code


def _answered(args: Sequence[str], lang: str, as_json: bool) -> int:
    from tradewind.app.cli.line import Asked, parsed
    from tradewind.app.wording import as_data, view_of

    asked = parsed(args)
    if not isinstance(asked, Asked):
        from tradewind.app.cli.help import print_page

        print_page(asked, lang)
        return 0
    shared = read(Shared, asked.shared, _flag)
    request = read(asked.use_case.request, asked.given, _flag, f"tradewind {asked.use_case.example}")
    with shown_progress(lang, quiet=as_json) as progress:
        folder = workspace_folder(shared.workspace)
        named = shared.workspace is not None
        context = Context(folder, named=named, lang=lang, progress=progress, announce=_announcer(lang))
        result = asked.use_case.function(context, request)
    failures = getattr(result, "failures", ())
    if as_json:
        print_json(as_data(result, lang))
    else:
        print_view(view_of(result, lang), lang)
        for failure in failures:
            print_error(explained(failure, lang), as_json=False)
    if getattr(result, "partly", False):
        return 3
    return 1 if failures else 0


def _announcer(lang: str) -> Announce:
    def announce(message: str, **values: object) -> None:
        sys.stdout.write(text(message, lang, **values) + "\n")
        sys.stdout.flush()

    return announce


def _flag(field: Field) -> str:
    return field.flag
