"""`messages`: every message, its outcome and its trail."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from mailreader.cli.kinds import Since, Word, in_zone, the_number
from mailreader.cli.lines import acts_objects, say_json, sent_object, stored_object, trail_object
from mailreader.cli.program import Failed, as_json, examples
from mailreader.cli.setup import Setup, with_setup
from mailreader.cli.tables import Cell, local, say, say_facts, say_table
from models.catalogue import Outcome, Reason
from models.lines import AuditLine, OutboxLine, ReadingLine, Selection, StoredLine

if TYPE_CHECKING:
    from mailreader.store import StoredMail


@click.group(epilog=examples("mailreader messages list --outcome review", "mailreader messages show 17"))
def messages() -> None:
    """Every message, its outcome and its trail."""


@messages.command("list", epilog=examples("mailreader messages list --reason outside_window --since 2026-11-01 --json"))
@click.option("--outcome", type=Word(Outcome), help="Only messages with this outcome.")
@click.option("--reason", type=Word(Reason), metavar="REASON", help="Only messages with this reason.")
@click.option("--since", type=Since(), help="Only messages received on this day or later.")
@click.option("--account", help="Only messages with readings for this account.")
@click.option("--held-back", is_flag=True, help="Only messages whose answer a limit holds back.")
@click.option("--limit", type=click.IntRange(min=1), help="So many messages at the most, the oldest.")
@as_json
@with_setup
def list_(
    setup: Setup,
    *,
    outcome: Outcome | None,
    reason: Reason | None,
    since: datetime | None,
    account: str | None,
    held_back: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """List messages, oldest first."""
    selection = Selection(outcome, reason, in_zone(since, setup.zone), account, limit=limit, held_back=held_back)
    with setup.store() as store:
        found = store.messages(selection)
    if as_json:
        for stored in found:
            say_json(stored_object(stored, setup.zone))
        return
    say_table(MESSAGE_COLUMNS, [message_cells(stored, setup) for stored in found])


@messages.command(epilog=examples("mailreader messages show 17", "mailreader messages show 17 --as-fixture"))
@the_number
@click.option(
    "--as-fixture",
    is_flag=True,
    help="Instead, the message and its accounts as YAML for a test, with all that names people and meters invented.",
)
@as_json
@with_setup
def show(setup: Setup, number: int, *, as_fixture: bool, as_json: bool) -> None:
    """Show what became of one message, and why."""
    if as_fixture:
        from mailreader.cli.as_fixture import say_fixture

        say_fixture(setup, number)
        return
    with setup.store() as store:
        stored, mail, acts = store.message(number), store.mail(number), store.trail(number)
        replies = store.replies_to(number)
    if stored is None:
        raise Failed(f"There is no message {number}.")
    if as_json:
        answers = {"answers": [sent_object(reply) for reply in replies]}
        say_json(trail_object(stored, setup.zone) | answers | {"acts": acts_objects(acts, setup.zone)})
        return
    say_trail(stored, setup)
    say_replies(replies)
    say_acts(acts, setup)
    say_text(mail)


MESSAGE_COLUMNS = ("id", "received", "sender", "outcome", "reasons", "subject")


def message_cells(stored: StoredLine, setup: Setup) -> tuple[Cell, ...]:
    """The row of one message; a request stands among the reasons, for it brings a message to the queue as they do."""
    line = stored.line
    outcome = line.outcome or "waiting"
    held = stored.held_back and f"answer held back: {stored.held_back}"
    because = (*line.reasons, line.request and f"request: {line.request}", stored.ignored_because, held)
    told = [why for why in because if why]
    return stored.id, local(line.received, setup.zone), line.sender, outcome, told, stored.subject


def say_trail(stored: StoredLine, setup: Setup, *more: tuple[str, Cell]) -> None:
    """Write what is known of one message, with `more` facts at the end, and its readings."""
    line, zone = stored.line, setup.zone
    say_facts(
        [
            ("message", stored.id),
            ("source", line.source),
            ("message-id", line.message_id),
            ("sender", line.sender),
            ("subject", stored.subject),
            ("received", local(line.received, zone)),
            ("outcome", line.outcome or "waiting to be judged"),
            ("seen before", line.duplicate or None),
            ("reasons", line.reasons),
            ("ignored because", stored.ignored_because),
            ("holds a reading", "yes, which was not recorded" if stored.holds_reading else None),
            ("language", line.language),
            ("request", line.request),
            ("period", stored.period),
            ("registered as of", local(stored.registered_at, zone)),
            ("handled", local(stored.decided_at, zone)),
            ("filed", local(stored.filed_at, zone)),
            ("answer", f"{line.reply.kind} to {line.reply.to}: {line.reply.subject}" if line.reply else None),
            ("no answer because", stored.silence or stored.held_back),
            ("tries that failed", stored.tries or None),
            ("last fault", stored.last_error),
            *more,
        ]
    )
    if line.readings:
        say()
        say_readings(line.readings)


def say_replies(replies: Sequence[OutboxLine]) -> None:
    """Write where the answers to a message stand; nothing where it has none."""
    if replies:
        say()
        say_table(
            ("answer", "kind", "to", "state", "tries", "because"),
            [(one.id, one.kind, one.to, one.state, one.tries, one.held_because or one.last_error) for one in replies],
        )


def say_acts(acts: Sequence[AuditLine], setup: Setup) -> None:
    """Write what people did to a message; nothing where nobody did anything."""
    if acts:
        say()
        say_table(
            ("act", "by", "on", "remark"),
            [(act.act, act.actor, local(act.at, setup.zone), act.details.get("note")) for act in acts],
        )


def say_text(mail: "StoredMail | None") -> None:
    """Write what the customer wrote this time, indented; nothing where there is no text."""
    from config.words import load_mail_marks
    from parsers.mail import parse_mail
    from parsers.newest import QuoteMarks, parse_newest

    newest = parse_newest(parse_mail(mail.raw), QuoteMarks.build(load_mail_marks())) if mail and mail.raw else None
    text = (newest.text or newest.forwarded).strip() if newest else ""
    if text:
        say()
        say("\n".join(f"    {line}" for line in text.splitlines()))


def say_readings(readings: tuple[ReadingLine, ...]) -> None:
    """Write the readings of a message."""
    say_table(
        ("account", "meter", "service", "zone", "value", "status", "reason", "evidence"),
        [
            (one.account, one.serial, one.service, one.zone, one.value, one.status, one.reason, one.evidence)
            for one in readings
        ],
    )
