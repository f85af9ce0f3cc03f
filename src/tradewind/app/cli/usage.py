"""What the parser of a command line refuses, in our words, with what may have been meant."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Final

import click

from tradewind.app.usecases.registry import USE_CASES
from tradewind.core.errors import RequestError

ALIKE: Final = 0.6
"""How much a name must resemble a known one to be offered for it: "shwo" is show (0.75), "pizza" is no command."""


def usage_error(error: click.UsageError) -> RequestError:
    """What the parser refused, in our words."""
    assert error.ctx is not None
    command, params = error.ctx.command_path, error.ctx.command.params
    if isinstance(error, click.NoSuchOption):
        return _unknown_option(error.option_name, command, params)
    if isinstance(error, click.BadOptionUsage):
        flags = {name for p in params if isinstance(p, click.Option) and p.is_flag for name in p.opts}
        code = "option_takes_no_value" if error.option_name in flags else "option_needs_value"
        return RequestError(code, option=error.option_name, command=command)
    return RequestError("unreadable_line", detail=error.format_message(), command=command)


def unknown_command(line: str) -> RequestError:
    """No command begins as `line` does, up to the word that is none."""
    wanted = line.removeprefix("tradewind ")
    near = get_close_matches(wanted, [u.name for u in USE_CASES], n=1, cutoff=ALIKE)
    if near:
        return RequestError("unknown_command", command=wanted, near=near[0])
    return RequestError("unknown_command_far", command=wanted)


def _unknown_option(option: str, command: str, params: Sequence[click.Parameter]) -> RequestError:
    known = [name for p in params for name in p.opts if name.startswith("--")]
    near = get_close_matches(option, known, n=1, cutoff=ALIKE)
    if near:
        return RequestError("unknown_option", option=option, command=command, near=near[0])
    return RequestError("unknown_option_far", option=option, command=command)
