"""`rescan`: mail that lies in the folders of outcomes and that a restored database does not know."""

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import click

from mailreader.cli.kinds import Since, in_zone
from mailreader.cli.program import ExitCode, Failed, examples
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import counted, say
from models.catalogue import OutboxState, Outcome

if TYPE_CHECKING:
    from mailreader.pipeline import Handled
    from mailreader.rescan import Rescanned


@click.command(
    short_help="Take in what a restored database does not know.",
    epilog=examples("mailreader rescan", "mailreader rescan --since 2026-11-18"),
)
@click.option(
    "--since",
    type=Since(),
    help="Take in mail received on this day or later; else: since the mailbox was first attached.",
)
@with_setup
def rescan(setup: Setup, *, since: datetime | None) -> None:
    """Look through the folders of outcomes for mail that the database does not know, while the daemon is stopped.

    For a database that was restored from a backup: what was handled since the backup lies there. It is judged by the
    instant it was received, and its readings are recorded. Its customers have had their answers, so none goes out by
    itself: they are held (rescanned), to be released by hand; so are answers that waited when the backup was made.
    Running it again changes nothing.
    """
    from mailreader.store import RESCANNED

    setup.require_live()
    if not setup.settings.mailboxes:
        raise Failed("There is no mailbox to look through; see `mailboxes.main`.", ExitCode.CONFIGURATION)
    outcomes = Counter[Outcome]()

    def notice(handled: "Handled") -> None:
        outcomes[handled.decision.verdict.outcome] += 1

    with setup.store() as store:
        store.check_pages()
        for name, done in setup.app.rescan(store, notice, since=in_zone(since, setup.zone)).items():
            _tell(name, done)
        held = sum(line.held_because == RESCANNED for line in store.outbox(OutboxState.HELD))
    counts = ", ".join(f"{outcome} {outcomes[outcome]}" for outcome in Outcome if outcomes[outcome])
    say(f"{counted(outcomes.total(), 'message')} handled{': ' if counts else ''}{counts}.")
    if held:
        click.echo(f"{counted(held, 'answer')} held: mailreader outbox list --state held", err=True)


def _tell(name: str, done: "Rescanned") -> None:
    say(
        f"{name}: {counted(done.seen, 'message')} in {counted(done.folders, 'folder')}; {done.new} not known, "
        f"{done.found} known and moved since the backup."
    )
    if done.earlier:
        say(f"{name}: {counted(done.earlier, 'message')} of before that time left alone; see --since.")
    if done.missing:
        click.echo(f"{name}: the server did not give {counted(done.missing, 'message')}: run the same again.", err=True)
