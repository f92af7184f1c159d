"""Retention: what is old goes, but for what keeps a message from being taken in, and answered, a second time."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Engine, delete, false, func, update
from sqlmodel import Session, col, or_, select

from mailreader.store.audit import note_act
from mailreader.store.engine import reading, writing
from mailreader.store.intake import FILE_MAILBOX
from models.catalogue import Act, OutboxState, QueueStatus
from models.tables import (
    AuditRow,
    FindingRow,
    JudgedReadingRow,
    MessageRow,
    OutboxRow,
    QueueRow,
    RawMailRow,
    ReadingRow,
)

_BATCH: Final = 500
_UNSETTLED: Final = (OutboxState.HELD, OutboxState.WAITING, OutboxState.SENDING, OutboxState.UNKNOWN)
_COUNTED: Final[tuple[tuple[str, Any], ...]] = (
    ("raw_mail", RawMailRow),
    ("judged_readings", JudgedReadingRow),
    ("answers", OutboxRow),
    ("queue_items", QueueRow),
    ("acts", AuditRow),
)
_EMPTIED: Final = {
    "sender": None, "subject": "", "language": None, "request": None, "period": None, "registered_at": None,
    "ignored_because": None, "holds_reading": False, "silence": None, "held_back": None, "last_error": None,
}  # fmt: skip
_TOTAL: Final = "messages"
_RAW: Final = "raw_mail"

Counts = Counter[str]
"""`messages` that were stripped; `raw_mail`, `judged_readings`, `answers`, `queue_items` and `acts` that were deleted;
recorded `readings` that lost their sender."""
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """Raw mail and messages received and handled before these instants go; None keeps them for ever."""

    raw_mail: datetime | None
    messages: datetime | None


def purgeable(engine: Engine, limits: Limits) -> Counts:
    """Return what a purge would do."""
    old = select(MessageRow.id).where(_is_old(limits.messages), col(MessageRow.purged_at).is_(None))
    counts = Counts()
    with reading(engine) as session:
        counts[_TOTAL] = _count(session, select(MessageRow.id).where(col(MessageRow.id).in_(old)))
        for name, table in _COUNTED:
            counts[name] = _count(session, select(table.message_id).where(col(table.message_id).in_(old)))
        raw = or_(_is_old(limits.raw_mail), _is_old(limits.messages))
        counts[_RAW] = _count(session, select(RawMailRow.message_id).join(MessageRow).where(raw))
        counts["readings"] = _count(session, select(ReadingRow.id).where(_names_sender(), _of(ReadingRow, old)))
    return counts


def purge(engine: Engine, limits: Limits, now: datetime, actor: str, progress: Progress) -> Counts:
    """Delete what is older than `limits`, in batches, each a transaction of its own; return what was done.

    Mail that waits (to be judged, to be filed, for a person, for its answer) is left alone. `progress` is told how many
    mails and messages are done. The audit trail keeps who did it, also where it was cut short.
    """
    done = Counts()
    try:
        for batch in _batches(engine, limits, now):
            done += batch
            progress(done[_TOTAL] + done[_RAW])
    finally:
        if done:
            with writing(engine) as session:
                note_act(session, Act.PURGE, actor, now, None, done)
    return done


def _batches(engine: Engine, limits: Limits, now: datetime) -> Iterator[Counts]:
    while raw := _purge_raw_mail(engine, limits):
        yield Counts({_RAW: raw})
    while stripped := _strip_messages(engine, limits, now):
        yield stripped


def _purge_raw_mail(engine: Engine, limits: Limits) -> int:
    old = select(MessageRow.id).join(RawMailRow).where(_is_old(limits.raw_mail))
    with writing(engine) as session:
        return _delete(session, RawMailRow, _batch(session, old))


def _strip_messages(engine: Engine, limits: Limits, now: datetime) -> Counts:
    """Empty some messages: what stays is their place, their content's digest, their outcome and when they were filed.

    The acts upon a message go last: the database lets go of them only after it was purged.
    """
    row = MessageRow
    done = Counts()
    with writing(engine) as session:
        ids = _batch(session, select(row.id).where(_is_old(limits.messages), col(row.purged_at).is_(None)))
        if not ids:
            return done
        connection = session.connection()
        connection.execute(update(row).where(col(row.id).in_(ids)).values(_EMPTIED | {"purged_at": now}))
        nameless = update(ReadingRow).where(_names_sender(), _of(ReadingRow, ids)).values(sender=None)
        done["readings"] = connection.execute(nameless).rowcount
        _delete(session, FindingRow, ids)
        for name, table in _COUNTED:
            done[name] = _delete(session, table, ids)
        done[_TOTAL] = len(ids)
    return +done


def _batch(session: Session, old: Any) -> Sequence[int]:  # noqa: ANN401 -- a query of numbers of messages
    """Take some messages; those that another transaction works on are left for the next purge."""
    taken = old.order_by(col(MessageRow.id)).limit(_BATCH).with_for_update(skip_locked=True, of=MessageRow)
    return session.exec(taken).all()  # type: ignore[no-any-return]


def _is_old(before: datetime | None) -> ColumnElement[bool]:
    """Whether a message was received and handled before an instant, and nothing about it waits."""
    row = MessageRow
    if before is None:
        return false()
    waits = select(QueueRow.message_id).where(QueueRow.status == QueueStatus.OPEN)
    unsettled = select(OutboxRow.message_id).where(col(OutboxRow.state).in_(_UNSETTLED))
    handled = or_(col(row.decided_at) < before, col(row.duplicate_of).is_not(None), col(row.vanished))
    filed = or_(col(row.filed_at).is_not(None), row.mailbox == FILE_MAILBOX, col(row.vanished))
    return (
        (col(row.received) < before) & handled & filed & col(row.id).not_in(waits) & col(row.id).not_in(unsettled)
    )  # fmt: skip


def _names_sender() -> ColumnElement[bool]:
    return col(ReadingRow.sender).is_not(None)


def _of(table: Any, ids: Any) -> ColumnElement[bool]:  # noqa: ANN401 -- a table that hangs on messages; numbers, or a query of them
    return col(table.message_id).in_(ids)


def _delete(session: Session, table: Any, ids: Sequence[int]) -> int:  # noqa: ANN401 -- see `_of`
    return session.connection().execute(delete(table).where(_of(table, ids))).rowcount if ids else 0


def _count(session: Session, query: Any) -> int:  # noqa: ANN401 -- a query of any rows
    return session.exec(select(func.count()).select_from(query.subquery())).one()
