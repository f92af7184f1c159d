"""Output for people: tables by rich on a terminal, plain columns elsewhere and with NO_COLOR; safe to be shown."""

import os
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from rich.console import Console

Cell = object
Row = Sequence[Cell]


def is_fancy() -> bool:
    """Whether standard output is a terminal that may be drawn on."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def console() -> "Console":
    """The terminal."""
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False)


def printable(text: str, *, keep: str = "") -> str:
    """The text with every character that steers a terminal replaced, one by one, but for those to `keep`.

    What customers write is shown as it is; escape sequences and changes of direction in it must do nothing.
    """
    return "".join(letter if letter.isprintable() or letter in keep else "\N{MIDDLE DOT}" for letter in text)


def say(text: str = "") -> None:
    """Write a line for people."""
    click.echo(printable(text, keep="\n\t"))


def say_table(names: Sequence[str], rows: Sequence[Row]) -> None:
    """Write a table; cells of None stay empty."""
    cells = [[cell_text(cell) for cell in row] for row in rows]
    if is_fancy():
        _say_fancy(names, cells)
        return
    widths = [max(len(row[place]) for row in (names, *cells)) for place in range(len(names))]
    for row in (names, *cells):
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def say_facts(facts: Sequence[tuple[str, Cell]]) -> None:
    """Write names and values below each other; those that are not known are left out."""
    known = [(name, cell_text(value)) for name, value in facts if value not in (None, "", (), [])]
    width = max((len(name) for name, _ in known), default=0)
    for name, text in known:
        click.echo(f"{name.ljust(width)}  {text}".rstrip())


def cell_text(cell: Cell) -> str:
    """A value as people read it, on one line."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, (tuple, list, frozenset)):
        return ", ".join(cell_text(item) for item in cell)
    return printable(" ".join(str(cell).split()))


def counted(number: int, what: str) -> str:
    """A number with the word for what was counted: `1 message`, `2 messages`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def local(moment: datetime | None, zone: ZoneInfo) -> str:
    """An instant as people read it, in local time."""
    return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def _say_fancy(names: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in names:
        table.add_column(name, overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    console().print(table)
