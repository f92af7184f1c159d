"""`queue`: what waits for a person."""

from typing import Final

import click

from mailreader.cli.kinds import Word
from mailreader.cli.lines import queue_object, say_json
from mailreader.cli.messages import MESSAGE_COLUMNS, message_cells, say_text, say_trail
from mailreader.cli.program import NUMBER, Failed, as_json, examples
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import local, say_table
from models.catalogue import QueueStatus

_COLUMNS: Final = (*MESSAGE_COLUMNS, "queued", "status", "assigned to")


@click.group(epilog=examples("mailreader queue list", "mailreader queue show 17"))
def queue() -> None:
    """The operators' queue: what waits for a person."""


@queue.command("list", epilog=examples("mailreader queue list", "mailreader queue list --all --json"))
@click.option("--status", type=Word(QueueStatus), default=QueueStatus.OPEN.value, show_default=True)
@click.option("--all", "every", is_flag=True, help="Items of every status.")
@as_json
@with_setup
def list_(setup: Setup, *, status: QueueStatus, every: bool, as_json: bool) -> None:
    """List the items, oldest first; an item has the number of its message."""
    with setup.store() as store:
        items = store.queue(None if every else status)
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
@click.argument("number", metavar="ID", type=NUMBER)
@as_json
@with_setup
def show(setup: Setup, number: int, *, as_json: bool) -> None:
    """Show one item with the trail of its message."""
    with setup.store() as store:
        item, mail = store.queue_item(number), store.mail(number)
    if item is None:
        raise Failed(f"Message {number} is not in the queue.")
    if as_json:
        say_json(queue_object(item, setup.zone, trail=True))
        return
    queued = ("in the queue since", local(item.queued_at, setup.zone))
    say_trail(item.message, setup, queued, ("status", item.status), ("assigned to", item.assigned_to))
    say_text(mail)
