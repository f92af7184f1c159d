"""`export`: recorded readings for billing."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import click

from mailreader.cli.kinds import Period
from mailreader.cli.lines import export_object
from mailreader.cli.output import opened_bytes, opened_text, plain_cell
from mailreader.cli.program import Failed, examples
from mailreader.cli.progress import progress
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import counted
from models.lines import ExportLine

_NAMES: Final = tuple(field.name for field in fields(ExportLine))

Objects = Iterable[Mapping[str, Any]]


@click.command(
    short_help="Write out recorded readings.",
    epilog=examples(
        "mailreader export --period 2026-11 --format xlsx --output readings.xlsx",
        "mailreader export --since 1200 --limit 5000 --format jsonl",
    ),
)
@click.option("--period", type=Period(), help="Only readings of this billing month.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "xlsx"]),
    default="csv",
    show_default=True,
    help="How it is written.",
)
@click.option(
    "--since",
    type=click.IntRange(0, 2**63 - 1),
    metavar="CURSOR",
    help="What was recorded after this cursor, also what has been replaced since.",
)
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="At most so many readings; --since gives those after them."
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Else standard output.")
@with_setup
def export(
    setup: Setup, *, period: str | None, form: str, since: int | None, limit: int | None, output: Path | None
) -> None:
    """Write out recorded readings: those that count now, or with --since all that is new.

    A reading that takes the place of an earlier one names its cursor in `replaces`. The last cursor is told on standard
    error: it is what --since takes next time.
    """
    setup.require_live()
    if form == "xlsx" and output is None and sys.stdout.isatty():
        raise Failed("A spreadsheet cannot be shown on a terminal: give --output FILE.xlsx.")
    told = _Told(since or 0)
    with setup.store() as store, progress("readings") as advance:
        lines = store.readings(period, since, limit)
        objects = (export_object(line, setup.zone) for line in told.counting(lines, advance))
        _WRITERS[form](objects, output, period or "readings")
    where = "" if output is None else f" to {output}"
    next_time = f" Next time: --since {told.cursor}" if told.cursor else ""
    click.echo(f"{counted(told.number, 'reading')} written{where}.{next_time}", err=True)


class _Told:
    """What is told at the end: how many lines there were, and the cursor of the last."""

    def __init__(self, cursor: int) -> None:
        self.number = 0
        self.cursor = cursor

    def counting(self, lines: Iterable[ExportLine], advance: Callable[[int], None]) -> Iterator[ExportLine]:
        """Yield the lines, noting each."""
        for self.number, line in enumerate(lines, 1):
            self.cursor = line.cursor
            advance(self.number)
            yield line


def _write_jsonl(objects: Objects, output: Path | None, _period: str) -> None:
    with opened_text(output) as file:
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)


def _write_csv(objects: Objects, output: Path | None, _period: str) -> None:
    """Columns named like the fields of JSON."""
    with opened_text(output) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_NAMES)
        writer.writerows([plain_cell(one[name]) for name in _NAMES] for one in objects)


def _write_xlsx(objects: Objects, output: Path | None, period: str) -> None:
    """The same columns; values are numbers, instants the same text."""
    from mailreader.cli.spreadsheet import write_spreadsheet

    rows = ([Decimal(one[name]) if name == "value" else one[name] for name in _NAMES] for one in objects)
    with opened_bytes(output) as file:
        write_spreadsheet(file, period, _NAMES, rows)


_WRITERS: Final[Mapping[str, Callable[[Objects, Path | None, str], None]]] = {
    "csv": _write_csv,
    "jsonl": _write_jsonl,
    "xlsx": _write_xlsx,
}
