"""Where the output of a command goes: standard output, or a file that takes its name only once it is whole."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, TextIO

from mailreader.cli.program import Failed

_FORMULAS: Final = frozenset(
    "=+-@\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
)
_LINE_ENDS: Final = ("\t", "\r", "\n")


@contextmanager
def opened_text(output: Path | None) -> Iterator[TextIO]:
    """Give the file to write text to; else standard output."""
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    with _part_of(output) as part, part.open("x", encoding="utf-8", newline="") as file:
        yield file


@contextmanager
def opened_bytes(output: Path | None) -> Iterator[BinaryIO]:
    """Give the file to write bytes to; else standard output."""
    if output is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with _part_of(output) as part, part.open("xb") as file:
        yield file


@contextmanager
def _part_of(output: Path) -> Iterator[Path]:
    """Give the path to write to beside `output`; what stands there takes the name at the end, or is removed."""
    if not output.parent.is_dir():
        raise Failed(f"There is no folder {output.parent}.")
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def plain_cell(value: object) -> object:
    """A value that a spreadsheet takes as what it is: text that it would run as a formula begins with an apostrophe."""
    if not isinstance(value, str):
        return value
    value = value.replace("\r", "\n")  # which the writer does not quote before Python 3.13, and others end a line at
    # Programs skip spaces and what is not seen before they look for a formula.
    first = next((letter for letter in value if letter.isprintable() and not letter.isspace()), "")
    return f"'{value}" if first in _FORMULAS or value.startswith(_LINE_ENDS) else value
