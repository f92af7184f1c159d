"""The command line: `main` is the program; each family of commands has its module.

What takes long to import (the database, the network) is imported by the command that needs it, so that help and
`explain` start at once.
"""

import sys
from io import TextIOWrapper
from pathlib import Path

import click

from mailreader.cli.answers import answers
from mailreader.cli.check import check
from mailreader.cli.database import db
from mailreader.cli.explain import explain
from mailreader.cli.export import export
from mailreader.cli.ingest import ingest
from mailreader.cli.init import init
from mailreader.cli.messages import messages
from mailreader.cli.outbox import outbox
from mailreader.cli.pausing import pause, resume
from mailreader.cli.program import Program, examples, exit_codes_told
from mailreader.cli.queue import queue
from mailreader.cli.register import register
from mailreader.cli.rescan import rescan
from mailreader.cli.running import demo, run
from mailreader.cli.setup import Setup
from mailreader.cli.stats import stats

__all__ = ["main"]


@click.group(
    cls=Program,
    name="mailreader",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=examples("mailreader check", "mailreader --config /etc/mailreader/mailreader.toml run")
    + f"\n\n{exit_codes_told()}",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The configuration file (also: MAILREADER_CONFIG); else ./mailreader.toml, /etc/mailreader/mailreader.toml.",
)
@click.version_option(package_name="mailreader")
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Read customers' meter readings out of a mailbox, check them, record them and answer."""
    context.obj = Setup(config)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


for command in (
    init,
    run,
    demo,
    ingest,
    explain,
    register,
    messages,
    queue,
    outbox,
    answers,
    export,
    db,
    rescan,
    check,
    stats,
    pause,
    resume,
):
    main.add_command(command)
