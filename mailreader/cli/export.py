"""`export`: recorded readings for billing."""

import csv
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, Final, TextIO

import click

from mailreader.cli.kinds import Period
from mailreader.cli.lines import export_object
from mailreader.cli.program import Failed, examples
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import counted
from models.lines import ExportLine

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


@click.command(
    short_help="Write out recorded readings.",
    epilog=examples(
        "mailreader export --period 2026-11 --format csv --output readings.csv",
        "mailreader export --since 1200 --format jsonl",
    ),
)
@click.option("--period", type=Period(), help="Only readings of this billing month.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv", show_default=True, help="How it is written."
)
@click.option(
    "--since",
    type=click.IntRange(0, 2**63 - 1),
    metavar="CURSOR",
    help="What was recorded after this cursor, also what has been replaced since.",
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Else standard output.")
@with_setup
def export(setup: Setup, *, period: str | None, form: str, since: int | None, output: Path | None) -> None:
    """Write out recorded readings: those that count now, or with --since all that is new.

    A reading that takes the place of an earlier one names its cursor in `replaces`.
    """
    with setup.store() as store:
        lines = store.readings(period, since)
    objects = [export_object(line, setup.zone) for line in lines]
    with _opened(output) as file:
        (_write_csv if form == "csv" else _write_jsonl)(file, objects)
    if output is not None:
        click.echo(f"{counted(len(objects), 'reading')} written to {output}.", err=True)


@contextmanager
def _opened(output: Path | None) -> Iterator[TextIO]:
    """The file to write to, which takes its name only once it is whole; else standard output."""
    if output is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    if not output.parent.is_dir():
        raise Failed(f"There is no folder {output.parent}.")
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with part.open("x", encoding="utf-8", newline="") as file:
            yield file
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)


def _write_jsonl(file: TextIO, objects: Sequence[dict[str, Any]]) -> None:
    file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in objects)


def _write_csv(file: TextIO, objects: Sequence[dict[str, Any]]) -> None:
    """Columns named like the fields of JSON."""
    names = [field.name for field in fields(ExportLine)]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(names)
    for one in objects:
        writer.writerow([_cell(one[name]) for name in names])


def _cell(value: object) -> object:
    """A value that a spreadsheet takes as what it is: text that it would run as a formula begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULAS) else value
