"""`db purge`: retention."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import click

from mailreader.cli.actor import by
from mailreader.cli.lines import say_json
from mailreader.cli.program import as_json, examples
from mailreader.cli.progress import progress
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import say, say_facts

if TYPE_CHECKING:
    from mailreader.store import Limits

_NAMES: Final = {
    "messages": "messages stripped",
    "raw_mail": "mails deleted",
    "judged_readings": "judged values deleted",
    "answers": "answers deleted",
    "queue_items": "closed queue items deleted",
    "acts": "acts of people deleted",
    "readings": "recorded readings without a sender now",
}


@click.command(
    short_help="Delete what is older than the configuration keeps.",
    epilog=examples("mailreader db purge --dry-run", "mailreader db purge"),
)
@click.option("--dry-run", is_flag=True, help="Count what would go; delete nothing.")
@by
@as_json
@with_setup
def purge(setup: Setup, *, dry_run: bool, actor: str, as_json: bool) -> None:
    """Delete mail older than retention.raw_mail_days, and what is known of messages older than retention.messages_days.

    Recorded readings stay, and as much of a message as keeps it from being taken in or answered twice. What waits stays
    whole: open queue items, answers that are held, wait or may not have arrived, mail that is not judged or filed. May
    run beside the daemon.
    """
    limits = _limits(setup)
    with setup.store() as store:
        counts = store.purgeable(limits)
        if not dry_run:
            with progress("purged", counts["messages"] + counts["raw_mail"]) as advance:
                counts = store.purge(limits, setup.app.clock(), actor, advance)
    if as_json:
        say_json({name: counts[name] for name in _NAMES})
        return
    if limits.raw_mail is None and limits.messages is None:
        say("retention.raw_mail_days and retention.messages_days are 0: everything is kept for ever.")
        return
    if dry_run:
        say("Nothing was deleted. A purge would do this:")
    say_facts([(text, str(counts[name])) for name, text in _NAMES.items()])


def _limits(setup: Setup) -> "Limits":
    from mailreader.store import Limits

    now, kept = setup.app.clock(), setup.settings.retention
    raw_mail, messages = (
        now - timedelta(days=days) if days else None for days in (kept.raw_mail_days, kept.messages_days)
    )
    return Limits(raw_mail, messages)
