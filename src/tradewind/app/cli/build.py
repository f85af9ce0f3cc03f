"""The command line built from the list of commands: typer parses and prints help, nothing more."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

import tradewind
from tradewind.app.asking import Command, Option
from tradewind.app.commands import COMMANDS, EVERY
from tradewind.core.text import catalogue, text

Asked = tuple[Command, Mapping[str, Any]]


def parsed(args: Sequence[str], lang: str) -> Asked | int:
    """The command asked and what was typed for it; or the exit code where help was all that was wanted."""
    result = build(lang)(list(args), standalone_mode=False, prog_name="tradewind")
    return result if isinstance(result, tuple) else int(result or 0)


def build(lang: str) -> typer.Typer:
    """The typer application whose commands hand back what was asked."""
    app = typer.Typer(
        help=text("cli_help.about", lang),
        cls=_group(lang),
        add_completion=False,
        no_args_is_help=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings=_NO_OWN_HELP,
    )
    app.callback(invoke_without_command=True)(_root(lang))
    for command in COMMANDS:
        app.command(
            command.name,
            help=_breakable(_long_help(command, lang)),
            short_help=_breakable(text(f"request.{_id(command)}.help", lang)),
            cls=_single(lang),
            rich_help_panel=text(f"cli_heading.{command.heading}", lang),
            context_settings=_NO_OWN_HELP,
        )(_callback(command, lang))
    return app


_NO_OWN_HELP: dict[str, Any] = {"help_option_names": [], "max_content_width": 120}
"""Typer's own --help speaks English only; ours is an option like the others."""


def _long_help(command: Command, lang: str) -> str:
    more = catalogue(lang).get(f"request.{_id(command)}.more", "")
    example = text("cli_help.example", lang, example=command.example)
    return "\n\n".join(p for p in (text(f"request.{_id(command)}.help", lang), more, example) if p)


def _callback(command: Command, lang: str) -> Callable[..., Asked]:
    def asked(**given: Any) -> Asked:
        given.pop("help")
        return command, given

    parameters = [_parameter(o, f"request.{_id(command)}", lang) for o in command.options]
    parameters += [_parameter(o, "every", lang) for o in EVERY]
    return _with_signature(asked, [*parameters, _help_parameter(lang)])


def _root(lang: str) -> Callable[..., int | None]:
    def root(**given: Any) -> int | None:
        if given["version"]:
            typer.echo(f"tradewind {tradewind.__version__}")
            raise typer.Exit
        return None

    version = typer.Option(
        False,
        "--version",
        metavar=" ",
        help=text("cli_help.version", lang),
        rich_help_panel=text("cli_heading.options", lang),
    )
    spoken = _parameter(EVERY[1], "every", lang)
    return _with_signature(root, [_of("version", bool, version), spoken, _help_parameter(lang)])


def _parameter(option: Option, prefix: str, lang: str) -> inspect.Parameter:
    """Everything is taken as text: the option reads itself, so that each door refuses in the same words."""
    described = _described(option, prefix, lang)
    many = option.kind in {"texts", "paths"}
    kind: Any = list[str] if many else bool if option.kind == "switch" else str
    default: Any = False if option.kind == "switch" else None
    if option.argument:
        panel = text("cli_heading.arguments", lang)
        info = typer.Argument(default, metavar=option.flag, help=described, show_default=False, rich_help_panel=panel)
        return _of(option.name, kind, info)
    names = [n for n in (option.flag, option.short) if n]
    info = typer.Option(
        default,
        *names,
        metavar=_metavar(option),
        help=described,
        show_default=False,
        rich_help_panel=text("cli_heading.options", lang),
    )
    return _of(option.name, kind, info)


def _described(option: Option, prefix: str, lang: str) -> str:
    words = text(f"{prefix}.{option.name}", lang)
    if option.default is not None:
        words += " " + text("cli_help.default", lang, value=str(option.default))
    return _breakable(words)


def _breakable(words: str) -> str:
    """Chinese has no spaces, and the help table cuts what it cannot wrap: a space after each full-width mark."""
    return re.sub(r"([\uff0c\uff1b\u3002\uff1a\u3001])(?=\S)", r"\1 ", words)


def _metavar(option: Option) -> str:
    if option.kind == "choice":
        return "|".join(option.choices)
    return {"switch": " ", "whole": "N", "amount": "X", "moment": "DATE", "path": "PATH", "texts": "COLUMN=VALUE"}.get(
        option.kind, "TEXT"
    )


def _help_parameter(lang: str) -> inspect.Parameter:
    def show(context: typer.Context, wanted: bool) -> None:
        if wanted:
            typer.echo(context.get_help(), nl=False)
            raise typer.Exit

    info = typer.Option(
        False,
        "--help",
        "-h",
        is_eager=True,
        callback=show,
        help=text("cli_help.help", lang),
        metavar=" ",
        rich_help_panel=text("cli_heading.options", lang),
    )
    return _of("help", bool, info)


def _of(name: str, kind: Any, info: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=info, annotation=kind)


def _with_signature(function: Callable[..., Any], parameters: list[inspect.Parameter]) -> Callable[..., Any]:
    """typer reads names, types and help off a function's signature."""
    described: Any = function
    described.__signature__ = inspect.Signature(parameters)
    described.__annotations__ = {p.name: p.annotation for p in parameters}
    return function


def _group(lang: str) -> type[TyperGroup]:
    class Group(TyperGroup):
        def get_usage(self, ctx: Any) -> str:
            return _usage_in(super().get_usage(ctx), lang)

        def list_commands(self, ctx: Any) -> list[str]:
            return [c.name for c in COMMANDS]

    return Group


def _single(lang: str) -> type[TyperCommand]:
    class Single(TyperCommand):
        def get_usage(self, ctx: Any) -> str:
            return _usage_in(super().get_usage(ctx), lang)

        def get_params(self, ctx: Any) -> list[Any]:
            params: list[Any] = super().get_params(ctx)
            for param in params:
                if isinstance(param, TyperArgument):
                    # what is given by place is shown by its name alone: "list[str]" helps no seller
                    param.display_type_rich = lambda ctx: None  # type: ignore[method-assign]
            return params

    return Single


def _usage_in(usage: str, lang: str) -> str:
    return usage.replace("Usage:", text("cli_help.usage", lang), 1)


def _id(command: Command) -> str:
    return command.name.replace("-", "_")
