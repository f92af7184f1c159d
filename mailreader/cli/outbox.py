"""`outbox`: answers that wait, were sent, or failed."""

import click

from mailreader.cli.kinds import Word
from mailreader.cli.lines import outbox_object, say_json
from mailreader.cli.program import as_json, examples
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import counted, say_table
from models.catalogue import OutboxState


@click.group(epilog=examples("mailreader outbox list"))
def outbox() -> None:
    """Answers: waiting, sent, failed."""


@outbox.command(
    "list",
    short_help="List the answers, oldest first.",
    epilog=examples("mailreader outbox list --state failed", "mailreader outbox list --json"),
)
@click.option("--state", type=Word(OutboxState), help="Only answers in this state.")
@as_json
@with_setup
def list_(setup: Setup, *, state: OutboxState | None, as_json: bool) -> None:
    """List the answers, oldest first; --json gives each whole, with header and text.

    Answers that a limit holds are listed with --state held alone.
    """
    with setup.store() as store:
        found = store.outbox(state)
    lines = [line for line in found if state or line.state is not OutboxState.HELD]
    if len(lines) < len(found):
        held = counted(len(found) - len(lines), "answer")
        click.echo(f"A limit holds {held} more: mailreader outbox list --state held", err=True)
    if as_json:
        for line in lines:
            say_json(outbox_object(line))
        return
    say_table(
        (
            "id",
            "state",
            "kind",
            "to",
            "subject",
            "tries",
            "held because" if state is OutboxState.HELD else "last error",
        ),
        [
            (one.id, one.state, one.kind, one.to, one.subject, one.tries, one.held_because or one.last_error)
            for one in lines
        ],
    )
