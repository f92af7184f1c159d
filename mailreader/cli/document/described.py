"""What each command says of itself, taken from click: the one source of its page and of its manual page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc
from typing import Final

from click import Argument, Command, Context, Group, Option, Parameter

from mailreader.cli.program import examples_in

_LONG: Final = 1000
"""No summary is cut off."""
_AS_IT_STANDS: Final = "\b\n"
"""What click has before a paragraph whose lines are kept."""


@dataclass(frozen=True, slots=True)
class Value:
    """An argument or an option: how it is written, its default (None: it has none), whether it is needed, its help."""

    written: str
    default: str | None
    needed: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Described:
    """A command or a group; `path` is what is typed for it, a paragraph of several lines stands as it is."""

    path: str
    summary: str
    usage: str
    paragraphs: tuple[str, ...]
    arguments: tuple[Value, ...]
    options: tuple[Value, ...]
    examples: tuple[str, ...]
    commands: tuple["Described", ...]

    @property
    def page(self) -> str:
        """The name of its manual page."""
        return self.path.replace(" ", "-")

    def walk(self) -> Iterator["Described"]:
        """Yield this and everything below it."""
        yield self
        for command in self.commands:
            yield from command.walk()


def described(command: Command, parent: Context | None = None) -> Described:
    """Return what a command says of itself, and all below it but for what is hidden."""
    context = Context(command, parent, info_name=command.name, show_default=True, **command.context_settings)
    parameters = [parameter for parameter in command.get_params(context) if not _is_known(parameter, context)]
    return Described(
        path=context.command_path,
        summary=command.get_short_help_str(_LONG).rstrip("."),
        usage=" ".join([context.command_path, *command.collect_usage_pieces(context)]),
        paragraphs=tuple(_paragraphs(command)),
        arguments=tuple(_value(one, context) for one in parameters if isinstance(one, Argument)),
        options=tuple(_value(one, context) for one in parameters if isinstance(one, Option)),
        examples=tuple(examples_in(command.epilog)),
        commands=tuple(described(below, context) for below in _below(command, context)),
    )


def _below(command: Command, context: Context) -> Iterator[Command]:
    if isinstance(command, Group):
        found = (command.get_command(context, name) for name in command.list_commands(context))
        yield from (below for below in found if below is not None and not below.hidden)


def _is_known(parameter: Parameter, context: Context) -> bool:
    """Whether it need not be told: it is hidden, or the --help that the program as a whole tells of."""
    if getattr(parameter, "hidden", False):
        return True
    return context.parent is not None and parameter is context.command.get_help_option(context)


def _paragraphs(command: Command) -> Iterator[str]:
    for paragraph in re.split(r"\n{2,}", cleandoc(command.help or "").partition("\f")[0].strip()):
        if paragraph.startswith(_AS_IT_STANDS):
            yield paragraph.removeprefix(_AS_IT_STANDS)
        else:
            yield " ".join(paragraph.split())


def _value(parameter: Parameter, context: Context) -> Value:
    written, _ = parameter.get_help_record(context) or ("", "")
    extra = parameter.get_help_extra(context) if isinstance(parameter, Option) else {}
    span = f" ({extra['range']})" if "range" in extra else ""
    meaning = " ".join((getattr(parameter, "help", None) or "").split()) + span
    return Value(written, extra.get("default"), parameter.required, meaning)
