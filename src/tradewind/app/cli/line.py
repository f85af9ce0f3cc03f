"""What does a command line ask? click takes it apart; everything stays text, for the one reader of requests to read.

Names with a space ("rules list") are commands of a group; a group asked alone is its `list`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import click

from tradewind.app.cli.shared import Shared
from tradewind.app.cli.usage import unknown_command, usage_error
from tradewind.app.usecases.registry import USE_CASES, UseCase
from tradewind.app.usecases.request import Field, fields_of
from tradewind.core.errors import RequestError

ALONE: Final = "list"
"""The command of a group that is meant where none is named."""


@dataclass(frozen=True)
class Asked:
    """A use case, the fields of its request that were given, and those of `Shared`, all as text."""

    use_case: UseCase
    given: Mapping[str, Any]
    shared: Mapping[str, Any]


@dataclass(frozen=True)
class HelpPage:
    """The help of a use case, of a group by its name, or of everything."""

    about: UseCase | str | None = None


@dataclass(frozen=True)
class VersionPage:
    """Which Tradewind this is."""


Page = HelpPage | VersionPage


class _PageWanted(Exception):
    """No error: how `--help` and `--version` leave the parser."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.page = page


def parsed(args: Sequence[str]) -> Asked | Page:
    """What is asked. Raises RequestError for a command, an option or a word too many that cannot be meant."""
    try:
        found: Asked | Page = _root().main(list(args), prog_name="tradewind", standalone_mode=False)
    except _PageWanted as wanted:
        return wanted.page
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.UsageError as error:
        raise usage_error(error) from error
    return found


class _Command(click.Command):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = ctx  # the parser does not always say which command it was reading
            raise


class _Group(_Command, click.Group):
    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in self.commands:
            return args[0], self.commands[args[0]], args[1:]
        if ALONE in self.commands and args[0].startswith("-"):
            return ALONE, self.commands[ALONE], args
        raise unknown_command(f"{ctx.command_path} {args[0]}")


def _root() -> click.Group:
    root = _Group("tradewind", **_as_group(HelpPage(), HelpPage))
    root.params.append(_page_option(("--version",), VersionPage()))
    for use_case in USE_CASES:
        family, _, name = use_case.name.rpartition(" ")
        into = root if not family else root.commands.get(family) or _family(root, family)
        assert isinstance(into, click.Group)
        into.add_command(_command(use_case, name))
    return root


def _family(root: click.Group, name: str) -> click.Group:
    alone = next((u for u in USE_CASES if u.name == f"{name} {ALONE}"), None)
    group = _Group(name, **_as_group(HelpPage(name), lambda: _asked(alone) if alone else HelpPage(name)))
    group.ignore_unknown_options = True  # they are those of its `list`
    root.add_command(group)
    return group


def _as_group(page: HelpPage, alone: Callable[[], Asked | HelpPage]) -> dict[str, Any]:
    def answer(**_: Any) -> Asked | HelpPage | None:
        return None if click.get_current_context().invoked_subcommand else alone()

    return {
        "callback": answer,
        "invoke_without_command": True,
        "params": [*_shared_options(), _page_option(("--help", "-h"), page)],
        "add_help_option": False,
    }


def _command(use_case: UseCase, name: str) -> click.Command:
    params = [_parameter(field) for field in fields_of(use_case.request)]
    return _Command(
        name,
        callback=lambda **_: _asked(use_case),
        params=[*params, *_shared_options(), _page_option(("--help", "-h"), HelpPage(use_case))],
        add_help_option=False,
        context_settings={"allow_extra_args": True},
    )


def _asked(use_case: UseCase) -> Asked:
    """What the command at work was given, and its groups before it."""
    at_work = click.get_current_context()
    if at_work.args:
        raise RequestError("too_many_arguments", command=at_work.command_path, extra=" ".join(at_work.args))
    given: dict[str, Any] = {}
    context: click.Context | None = at_work
    while context is not None:
        given = {name: value for name, value in context.params.items() if value not in (None, False, ())} | given
        context = context.parent
    shared = {field.name for field in fields_of(Shared)}
    return Asked(
        use_case,
        {name: value for name, value in given.items() if name not in shared},
        {name: value for name, value in given.items() if name in shared},
    )


def _shared_options() -> list[click.Parameter]:
    return [_parameter(field) for field in fields_of(Shared)]


def _parameter(field: Field) -> click.Parameter:
    if field.positional:
        return click.Argument([field.name], required=False, nargs=-1 if field.many else 1)
    if field.kind == "flag":
        return click.Option([field.name, *field.flags], is_flag=True)
    return click.Option([field.name, *field.flags], multiple=field.many)


def _page_option(names: Sequence[str], page: Page) -> click.Option:
    def show(_: click.Context, __: click.Parameter, wanted: bool) -> None:
        if wanted:
            raise _PageWanted(page)

    return click.Option(list(names), is_flag=True, is_eager=True, expose_value=False, callback=show)
