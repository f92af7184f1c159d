"""The page on the commands (docs/commands.md)."""

from collections.abc import Iterator, Sequence
from typing import Final

from mailreader.cli.document.described import Described, Value
from mailreader.cli.program import ExitCode

_HEAD: Final = """\
# Commands

This page is made from the program's commands by `make docs`. `--help` after any command shows what it says there, and
so do the manual pages: `man mailreader-queue-list`.
"""


def page(program: Described) -> str:
    """Return the page: a list of the commands, the exit codes, and a section for each command and group."""
    parts = [_HEAD, *_contents(program), "", *_exit_codes()]
    for command in program.walk():
        parts += ["", *_section(command)]
    return "\n".join(parts) + "\n"


def _contents(program: Described) -> Iterator[str]:
    yield from ("| command | does |", "| --- | --- |")
    yield from (f"| {_link(one)} | {_cell(one.summary)}. |" for one in program.walk() if not one.commands)


def _exit_codes() -> Iterator[str]:
    yield from ("## Exit codes", "", "| code | meaning |", "| --- | --- |")
    yield from (f"| {code.value} | {code.meaning} |" for code in ExitCode)


def _section(command: Described) -> Iterator[str]:
    yield from (f"## {command.path}", "")
    yield from _block([command.usage])
    for paragraph in command.paragraphs:
        yield ""
        yield from _block(paragraph.splitlines()) if "\n" in paragraph else [paragraph]
    yield from _values("argument", command.arguments)
    yield from _values("option", command.options)
    if command.commands:
        yield from ("", "Commands:", "", *(f"- {_link(below)}: {below.summary}." for below in command.commands))
    if command.examples:
        yield from ("", "Example:", "")
        yield from _block(command.examples)


def _values(kind: str, values: Sequence[Value]) -> Iterator[str]:
    """A table of arguments or of options; a column for defaults only where there is one."""
    if not values:
        return
    defaults = any(_default(value) for value in values)
    names = [kind, "default", "meaning"] if defaults else [kind, "meaning"]
    yield from ("", _row(names), _row(["---"] * len(names)))
    for value in values:
        written = f"`{_cell(value.written)}`"
        yield _row([written, *([_default(value)] if defaults else []), _cell(value.meaning)])


def _default(value: Value) -> str:
    """What holds where nothing is given; of arguments it goes without saying that they are needed."""
    if value.default is not None:
        return f"`{_cell(value.default)}`"
    return "needed" if value.needed and value.written.startswith("-") else ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _block(lines: Sequence[str]) -> Iterator[str]:
    yield from ("```sh", *lines, "```")


def _link(command: Described) -> str:
    return f"[`{command.path}`](#{command.page})"
