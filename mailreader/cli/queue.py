"""`queue`: what waits for a person."""

from typing import Final

import click

from mailreader.cli.acts import commands
from mailreader.cli.kinds import Word, the_number
from mailreader.cli.lines import acts_objects, queue_object, say_json
from mailreader.cli.messages import MESSAGE_COLUMNS, message_cells, say_acts, say_text, say_trail
from mailreader.cli.program import Failed, as_json, examples
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import local, say_table
from models.catalogue import QueueStatus, Reason

_COLUMNS: Final = (*MESSAGE_COLUMNS, "queued", "status", "assigned to")


@click.group(epilog=examples("mailreader queue list", "mailreader queue show 17", "mailreader queue accept 17"))
def queue() -> None:
    """The operators' queue: what waits for a person."""


@queue.command(
    "list",
    short_help="List the items, oldest first.",
    epilog=examples("mailreader queue list", "mailreader queue list --all --json"),
)
@click.option(
    "--status",
    type=Word(QueueStatus),
    default=QueueStatus.OPEN.value,
    show_default=True,
    help="Only items of this status.",
)
@click.option("--all", "every", is_flag=True, help="Items of every status.")
@click.option("--reason", type=Word(Reason), metavar="REASON", help="Only items with this reason.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="So many items at the most, the oldest.")
@as_json
@with_setup
def list_(
    setup: Setup, *, status: QueueStatus, every: bool, reason: Reason | None, limit: int | None, as_json: bool
) -> None:
    """List the items, oldest first; an item has the number of its message."""
    with setup.store() as store:
        found = store.queue(None if every else status)
    items = [item for item in found if reason is None or reason in item.message.line.reasons][:limit]
    if as_json:
        for item in items:
            say_json(queue_object(item, setup.zone))
        return
    rows = [
        (*message_cells(item.message, setup), local(item.queued_at, setup.zone), item.status, item.assigned_to)
        for item in items
    ]
    say_table(_COLUMNS, rows)


@queue.command(epilog=examples("mailreader queue show 17", "mailreader queue show 17 --json"))
@the_number
@as_json
@with_setup
def show(setup: Setup, number: int, *, as_json: bool) -> None:
    """Show one item with the trail of its message."""
    with setup.store() as store:
        item, mail, acts = store.queue_item(number), store.mail(number), store.trail(number)
    if item is None:
        raise Failed(f"Message {number} is not in the queue.")
    if as_json:
        say_json(queue_object(item, setup.zone, trail=True) | {"acts": acts_objects(acts, setup.zone)})
        return
    queued = ("in the queue since", local(item.queued_at, setup.zone))
    say_trail(item.message, setup, queued, ("status", item.status), ("assigned to", item.assigned_to))
    say_acts(acts, setup)
    say_text(mail)


for command in commands:
    queue.add_command(command)
