"""`stats`: how the work goes."""

from pathlib import Path

import click

from mailreader.cli.kinds import Period
from mailreader.cli.program import as_json, examples
from mailreader.cli.setup import Setup, with_setup


@click.command(
    short_help="Compare a trial with what clerks entered.",
    epilog=examples("mailreader stats --shadow entered.csv --period 2026-11"),
)
@click.option(
    "--shadow",
    "entered",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="What clerks entered by hand: account, value, serial or service; also zone, and period or date.",
)
@click.option("--period", type=Period(), help="Only this billing month.")
@as_json
@with_setup
def stats(setup: Setup, *, entered: Path, period: str | None, as_json: bool) -> None:
    """Compare what was read with what clerks entered by hand: where we agree, and every difference with its message."""
    from mailreader.cli.shadow import say_comparison

    say_comparison(setup, entered, period, as_json=as_json)
