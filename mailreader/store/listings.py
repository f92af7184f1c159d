"""What people read: messages, queue, outbox, accounts (interface, Other listings)."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Engine, func, or_
from sqlalchemy.orm import aliased
from sqlalchemy.orm.util import AliasedClass
from sqlmodel import Session, col, select

from mailreader.store.decisions import stored_verdict
from mailreader.store.engine import reading
from mailreader.store.history import load_history, past_reading
from mailreader.store.intake import source_of
from mailreader.store.lookup import accounts_named, chunks, excerpt, load_accounts
from mailreader.store.outbox import queued_reply, reply_of
from models.catalogue import UNDECIDED, OutboxState, QueueStatus
from models.history import PastReading
from models.lines import MessageLine, OutboxLine, QueueLine, Selection, StoredLine
from models.register import Account, RegisterExcerpt, identifier_key
from models.tables import (
    AccountRow,
    FindingRow,
    JudgedReadingRow,
    MessageRow,
    OutboxRow,
    QueueRow,
    ReadingRow,
)


def messages(engine: Engine, selection: Selection) -> list[StoredLine]:
    """Return the selected messages, oldest first; a second delivery shows the verdict of the first."""
    row = MessageRow
    first: Any = aliased(row)
    query: Any = (
        select(row, first)
        .join(first, first.id == func.coalesce(row.duplicate_of, row.id))
        .where(col(row.vanished).is_(False))
        .order_by(col(row.received), col(row.uid), col(row.id))
    )
    for condition in _conditions(selection, first):
        query = query.where(condition)
    if selection.since is not None:
        query = query.where(col(row.received) >= selection.since)
    if selection.ids is not None:
        query = query.where(col(row.id).in_(selection.ids))
    with reading(engine) as session:
        return [_stored_line(session, *found) for found in session.exec(query.limit(selection.limit)).all()]


def queue(engine: Engine, status: QueueStatus | None, message_id: int | None = None) -> list[QueueLine]:
    """Return the items of the operators' queue, oldest first; `status` None asks for all."""
    query = select(QueueRow, MessageRow).join(MessageRow, col(MessageRow.id) == col(QueueRow.message_id))
    if status is not None:
        query = query.where(QueueRow.status == status)
    if message_id is not None:
        query = query.where(QueueRow.message_id == message_id)
    with reading(engine) as session:
        found = session.exec(query.order_by(col(QueueRow.queued_at), col(QueueRow.message_id))).all()
        return [
            QueueLine(_stored_line(session, message, message), item.queued_at, item.status, item.assigned_to)
            for item, message in found
        ]


def outbox(engine: Engine, state: OutboxState | None, message_id: int | None = None) -> list[OutboxLine]:
    """Return the replies of the outbox, oldest first; None asks for those in any state, to any message."""
    query = select(OutboxRow).order_by(col(OutboxRow.id))
    if state is not None:
        query = query.where(OutboxRow.state == state)
    if message_id is not None:
        query = query.where(OutboxRow.message_id == message_id)
    with reading(engine) as session:
        return [_outbox_line(row) for row in session.exec(query)]


def reply(engine: Engine, number: int) -> OutboxLine | None:
    """Return one reply of the outbox."""
    with reading(engine) as session:
        row = session.get(OutboxRow, number)
        return None if row is None else _outbox_line(row)


def account(engine: Engine, number: str) -> tuple[Account, tuple[PastReading, ...]] | None:
    """Return one account as billing exported it, with all that was recorded for it, oldest first."""
    with reading(engine) as session:
        rows = session.exec(select(AccountRow).where(AccountRow.key == identifier_key(number))).all()
        exact = [row for row in rows if row.number == number] or list(rows)
        if len(exact) != 1:
            return None
        recorded = select(ReadingRow).where(ReadingRow.account == exact[0].number)
        history = session.exec(recorded.order_by(col(ReadingRow.received), col(ReadingRow.uid)))
        return load_accounts(session, exact)[0], tuple(past_reading(row) for row in history)


def accounts_in(engine: Engine, sender: str | None, identifiers: Iterable[str], period: str) -> RegisterExcerpt:
    """Return the accounts that a message can concern, as the rules see them in `period`."""
    with reading(engine) as session:
        ids = accounts_named(session, sender, identifiers)
        queries = (select(AccountRow).where(col(AccountRow.id).in_(part)) for part in chunks(ids))
        rows = [row for query in queries for row in session.exec(query)]
        history = load_history(session, [row.number for row in rows], period)
        return excerpt(session, rows, history.recorded, period)


def register_size(engine: Engine) -> int:
    """Return how many accounts the register has."""
    with reading(engine) as session:
        return session.exec(select(func.count()).select_from(AccountRow)).one()


def _conditions(selection: Selection, first: AliasedClass[MessageRow]) -> Sequence[Any]:
    conditions: list[Any] = []
    if selection.outcome is not None:
        conditions.append(first.outcome == selection.outcome)
    if selection.reason is not None:
        of_message = select(FindingRow.message_id).where(FindingRow.reason == selection.reason)
        of_reading = select(JudgedReadingRow.message_id).where(JudgedReadingRow.reason == selection.reason)
        conditions.append(or_(first.id.in_(of_message), first.id.in_(of_reading)))
    if selection.account is not None:
        named = select(JudgedReadingRow.message_id).where(JudgedReadingRow.account == selection.account)
        conditions.append(first.id.in_(named))
    if selection.held_back:
        conditions.append(first.held_back.is_not(None))
    return conditions


def _stored_line(session: Session, row: MessageRow, first: MessageRow) -> StoredLine:
    verdict = None if first.outcome is None else stored_verdict(session, first)
    line = MessageLine.of(
        verdict,
        reply_of(session, first.id),
        source=source_of(row.mailbox, row.folder, row.uidvalidity, row.uid),
        message_id=row.message_id or None,
        received=row.received,
        sender=first.sender,
        duplicate=row.duplicate_of is not None,
    )
    return StoredLine(
        id=row.id, line=line, subject=first.subject, period=first.period, registered_at=first.registered_at,
        decided_at=first.decided_at, filed_at=row.filed_at, held_back=first.held_back, silence=first.silence,
        holds_reading=first.holds_reading,
        ignored_because=first.ignored_because, tries=first.tries, last_error=first.last_error,
    )  # fmt: skip


def _outbox_line(row: OutboxRow) -> OutboxLine:
    queued = queued_reply(row)
    reply = queued.reply
    return OutboxLine(
        id=queued.id, message_id=queued.reply_id, in_reply_to=reply.in_reply_to, message=queued.message_id,
        to=reply.to, subject=reply.subject, kind=reply.kind, language=reply.language or UNDECIDED, state=queued.state,
        tries=queued.tries, last_error=queued.last_error, held_because=row.held_because,
        is_address_bounced=row.bounced_at is not None, headers=reply.headers, text=reply.text,
    )  # fmt: skip
