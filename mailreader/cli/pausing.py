"""`pause` and `resume`: a mailbox left alone, and worked with again."""

import click

from mailreader.cli.actor import by
from mailreader.cli.program import Failed, examples
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import local, say

_mailbox = click.argument(
    "mailbox", metavar="MAILBOX", help="Its name in the configuration: main for [mailboxes.main]."
)


@click.command(short_help="Leave a mailbox alone.", epilog=examples("mailreader pause main"))
@_mailbox
@by
@with_setup
def pause(setup: Setup, mailbox: str, *, actor: str) -> None:
    """Leave a mailbox alone until `mailreader resume`, also over a restart of the daemon.

    Nothing is fetched from it, handled or filed; the daemon takes notice within one poll. Other mailboxes go on, and
    answers that wait are sent.
    """
    _refuse_unknown(setup, mailbox)
    with setup.store() as store:
        earlier = store.pause(mailbox, actor, setup.app.clock())
    if earlier is None:
        say(f"{mailbox} is paused; `mailreader resume {mailbox}` ends that.")
    else:
        say(f"{mailbox} was paused already, {local(earlier.since, setup.zone)} by {earlier.actor}.")


@click.command(short_help="End the pause of a mailbox.", epilog=examples("mailreader resume main"))
@_mailbox
@by
@with_setup
def resume(setup: Setup, mailbox: str, *, actor: str) -> None:
    """Let the daemon work with a mailbox again; it takes notice within one poll."""
    _refuse_unknown(setup, mailbox)
    with setup.store() as store:
        ended = store.resume(mailbox, actor, setup.app.clock())
    if ended is None:
        say(f"{mailbox} was not paused.")
    else:
        say(f"{mailbox} goes on; it was paused {local(ended.since, setup.zone)} by {ended.actor}.")


def _refuse_unknown(setup: Setup, mailbox: str) -> None:
    known = ", ".join(setup.settings.mailboxes)
    if mailbox not in setup.settings.mailboxes:
        there = f"The mailboxes are: {known}." if known else "The configuration has none."
        raise Failed(f"There is no mailbox {mailbox}. {there}")
