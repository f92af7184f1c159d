"""The manual pages of Unix: one for each command (section 1), and one for the configuration file (section 5)."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from config.document import Key, Table, keys
from config.places import NAMED_BY, SEARCHED
from mailreader.cli.document.described import Described, Value
from mailreader.cli.document.roff import bold, literal, marked, plain, prose
from mailreader.cli.program import ExitCode

_FILE: Final = "mailreader.toml"


def command_page(command: Described, release: str) -> str:
    """Return the page of a command; `release` is the program's name and version, of which the foot of it tells."""
    return _page(_head(command.page, 1, command.summary, release), _command_lines(command))


def file_page(about: str, tables: Iterable[Table], release: str) -> str:
    """Return the page of the configuration file: what is said `about` it, and each of its tables."""
    return _page(_head(_FILE, 5, "configuration of mailreader", release), _file_lines(about, tables))


def _page(*parts: Iterable[str]) -> str:
    return "".join(f"{line}\n" for part in parts for line in part)


def _head(name: str, section: int, summary: str, release: str) -> Iterator[str]:
    """The head has no date: the page is the same on whatever day it is made."""
    yield r".\" Made from the program itself by `make docs`."
    yield f'.TH {plain(name.upper())} {section} "" "{plain(release)}" "mailreader"'
    yield from (".nh", ".ad l", ".SH NAME", rf"{plain(name)} \- {plain(summary.replace('`', ''))}")


def _command_lines(command: Described) -> Iterator[str]:
    yield from (".SH SYNOPSIS", bold(command.path) + plain(command.usage.removeprefix(command.path)))
    yield ".SH DESCRIPTION"
    yield from _paragraphs(command.paragraphs)
    yield from _values("ARGUMENTS", command.arguments)
    yield from _values("OPTIONS", command.options)
    yield from _commands(command.commands)
    if command.examples:
        yield ".SH EXAMPLE"
        yield from literal(command.examples)
    yield from _exit_status()
    yield from _files()
    yield from _see_also(command)


def _paragraphs(paragraphs: Sequence[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        yield ".PP"
        yield from literal(paragraph.splitlines()) if "\n" in paragraph else [marked(paragraph)]


def _values(title: str, values: Sequence[Value]) -> Iterator[str]:
    if values:
        yield f".SH {title}"
    for value in values:
        default = rf" (default: {bold(value.default)})" if value.default is not None else ""
        yield from (".TP", bold(value.written), marked(value.meaning) + default)


def _commands(commands: Sequence[Described]) -> Iterator[str]:
    if commands:
        yield ".SH COMMANDS"
    for below in commands:
        yield from (".TP", rf"{bold(below.page)}(1)", f"{marked(below.summary)}.")


def _exit_status() -> Iterator[str]:
    yield ".SH EXIT STATUS"
    for code in ExitCode:
        yield from (".TP", bold(str(code.value)), f"{plain(code.meaning)}.")


def _files() -> Iterator[str]:
    """Where the configuration comes from where --config does not name it."""
    yield from (".SH FILES", ".TP", ", ".join(bold(str(file)) for file in SEARCHED))
    yield f"The configuration, see {bold(_FILE)}(5); the first that exists, unless {bold(NAMED_BY)} in the environment"
    yield f"or the option {bold('--config')} names another."


def _see_also(command: Described) -> Iterator[str]:
    above = command.page.rpartition("-")[0]
    pages = [rf"{bold(above)}(1)"] if above else []
    yield from (".SH SEE ALSO", ", ".join([*pages, rf"{bold(_FILE)}(5)"]))


def _file_lines(about: str, tables: Iterable[Table]) -> Iterator[str]:
    yield ".SH DESCRIPTION"
    yield from prose(about)
    for table in tables:
        yield from (f".SH [{plain(table.name)}]", marked(table.meaning))
        for key in keys(table):
            yield from (".TP", f"{bold(key.name)}{_default(key)}", marked(key.meaning))
    yield from (".SH SEE ALSO", f"{bold('mailreader')}(1)")


def _default(key: Key) -> str:
    if key.default is not None:
        return f" = {plain(key.default)}"
    return " (needed)" if key.needed else ""
