"""What can I ask in a terminal? Every command of app/commands.py, in English and Chinese.

    $ tradewind demo

`main` parses, answers, prints, and returns the exit code: 0 done, 1 it could not be done, 2 asked wrongly, 130 stopped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from tradewind.app.asking import Ask, Command
from tradewind.app.cli.console import chosen_language, prepare_streams, print_answer, print_error
from tradewind.app.cli.errors import explained
from tradewind.app.cli.place import workspace_folder
from tradewind.app.cli.progress import shown_progress
from tradewind.app.commands import EVERY
from tradewind.core.errors import RequestError

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Answer the command line; returns the exit code."""
    args = list(sys.argv[1:] if argv is None else argv)
    prepare_streams()
    lang = chosen_language(args)
    as_json = "--json" in args
    try:
        from tradewind.app.cli.build import parsed

        asked = parsed(args or ["--help"], lang)
        return asked if isinstance(asked, int) else _answered(*asked, lang, as_json)
    except (BrokenPipeError, SystemExit):
        # the reader of our output has gone (`| head`): nothing is left to say, not even at the interpreter's end
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        return 1
    except BaseException as error:
        said = explained(error, lang)
        print_error(said, as_json)
        return said.exit_code


def _answered(command: Command, given: Mapping[str, Any], lang: str, as_json: bool) -> int:
    options = {o.name: o.read(given.get(o.name)) for o in (*command.options, *EVERY)}
    for option in command.options:
        if option.required and options[option.name] in (None, []):
            raise RequestError("missing_value", option=option.flag, example=command.example)
    module, function = command.answer.split(":")
    with shown_progress(lang, quiet=as_json) as progress:
        ask = Ask(options, workspace_folder(options["workspace"]), lang, progress)
        answer = getattr(import_module(module), function)(ask)
    print_answer(answer, lang, as_json)
    return 1 if answer.failures else 0
