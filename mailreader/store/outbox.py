"""Replies on their way out: claimed one by one, each with the same Message-ID on every try."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, func, or_, update
from sqlmodel import Session, col, select

from mailreader.store.bounces import mark_bounced, tag_of
from mailreader.store.breaker import BREAKER
from mailreader.store.engine import reading, writing
from mailreader.store.intake import StoredMail, has_run_out, stored_mail
from models.catalogue import OutboxState, Reason, ReplyKind, ReplyOrigin
from models.columns import clean_text
from models.decision import Reply
from models.tables import FindingRow, JudgedReadingRow, MessageRow, OutboxRow, RawMailRow, SettingRow

CLAIM: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class QueuedReply:
    """A reply of the outbox; `reply_id` is its Message-ID, `message_id` the number of the message that it answers.

    `tag` marks its envelope, once it is claimed for its delivery.
    """

    id: int
    message_id: int
    reply_id: str
    reply: Reply
    state: OutboxState
    tries: int
    not_before: datetime
    last_error: str | None
    created_at: datetime
    tag: str = ""

    @property
    def to(self) -> str:
        """The one recipient."""
        return self.reply.to

    @property
    def text(self) -> str:
        """The body."""
        return self.reply.text

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """All fields but Message-ID and Date, not yet encoded."""
        return self.reply.headers


def put_reply(
    session: Session,
    message: MessageRow,
    reply: Reply,
    now: datetime,
    domain: str,
    *,
    origin: ReplyOrigin = ReplyOrigin.AUTOMATIC,
    held_because: str | None = None,
) -> int:
    """Put a reply to a message into the outbox, within the transaction that decides the message; return its number.

    With `held_because` it is kept there and goes out only by hand.
    """
    token = session.get_one(SettingRow, "reply_token").value
    row = OutboxRow(
        message_id=message.id, reply_id="", kind=reply.kind, to=reply.to, subject=reply.subject, origin=origin,
        language=reply.language, text=reply.text, in_reply_to=reply.in_reply_to, not_before=now, created_at=now,
        headers=[[clean_text(name), clean_text(value)] for name, value in reply.headers],
        state=OutboxState.HELD if held_because else OutboxState.WAITING, held_because=held_because,
    )  # fmt: skip
    session.add(row)
    session.flush()
    # The instant is there because numbers come again in a database that was restored from a backup.
    row.reply_id = f"<reply.{row.id}.{now:%y%m%d%H%M%S%f}.{token}@{domain}>"
    return row.id


def automatic_reply_of(session: Session, message_id: int) -> Reply | None:
    """Return the automatic reply that was composed for a message, be it held back."""
    row = OutboxRow
    found = session.exec(select(row).where(row.message_id == message_id, row.origin == ReplyOrigin.AUTOMATIC)).first()
    return None if found is None else queued_reply(found).reply


def reply_of(session: Session, message_id: int) -> Reply | None:
    """Return the newest reply to the sender of a message that is not held back."""
    row = OutboxRow
    query = select(row).where(
        row.message_id == message_id, row.origin != ReplyOrigin.COPY, row.state != OutboxState.HELD
    )
    found = session.exec(query.order_by(col(row.id).desc())).first()
    return None if found is None else queued_reply(found).reply


def queued_reply(row: OutboxRow) -> QueuedReply:
    """Return a row as plain data."""
    reply = Reply(
        kind=row.kind, to=row.to, subject=row.subject, language=row.language, text=row.text,
        headers=tuple((name, value) for name, value in row.headers), in_reply_to=row.in_reply_to,
    )  # fmt: skip
    return QueuedReply(
        id=row.id, message_id=row.message_id, reply_id=row.reply_id, reply=reply, state=row.state,
        tries=row.tries, not_before=row.not_before, last_error=row.last_error, created_at=row.created_at,
    )  # fmt: skip


def claim_reply(engine: Engine, now: datetime) -> QueuedReply | None:
    """Claim the reply that has waited longest and is due; a claim runs out after `CLAIM`."""
    row = OutboxRow
    due = (
        select(row.id)
        .where(
            row.state == OutboxState.WAITING,
            col(row.not_before) <= now,
            has_run_out(col(row.claimed_until), now, CLAIM),
        )
        .order_by(col(row.not_before), col(row.id))
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("due")
        .prefix_with("MATERIALIZED")
    )
    claim = (
        update(row).where(col(row.id).in_(select(due.c.id))).values(claimed_until=now + CLAIM).returning(col(row.id))
    )
    with writing(engine) as session:
        number = session.connection().execute(claim).scalar()
        if number is None:
            return None
        found = session.get_one(row, number)
        return replace(queued_reply(found), tag=tag_of(session, found))


def mark(
    engine: Engine,
    reply: int,
    state: OutboxState,
    error: str | None = None,
    *,
    not_before: datetime | None = None,
    sent_at: datetime | None = None,
    bounced_at: datetime | None = None,
) -> None:
    """Note where a reply stands. Its tries are counted when it goes `sending` or fails before that.

    Going `sending` keeps the claim; every other state gives it up. With `bounced_at` its address does not exist.
    """
    with writing(engine) as session:
        row = session.get_one(OutboxRow, reply, with_for_update=True)
        was_sending = row.state is OutboxState.SENDING
        row.tries += not was_sending
        row.state, row.last_error = state, error
        row.not_before = not_before or row.not_before
        row.sent_at = sent_at or row.sent_at
        if state is not OutboxState.SENDING:
            row.claimed_until = None
        if bounced_at is not None:
            mark_bounced(session, row, bounced_at)


def recover_sending(engine: Engine, now: datetime) -> int:
    """Call `unknown` what was left `sending` by a process whose claim has run out; return how many there were."""
    error = "The program stopped before the server answered to the end of the message."
    lost = (
        update(OutboxRow)
        .where(col(OutboxRow.state) == OutboxState.SENDING, has_run_out(col(OutboxRow.claimed_until), now, CLAIM))
        .values(state=OutboxState.UNKNOWN, last_error=error, claimed_until=None)
        .returning(col(OutboxRow.id))
    )
    with writing(engine) as session:
        return len(session.connection().execute(lost).all())


_LET_OUT: Final = or_(col(OutboxRow.state) != OutboxState.HELD, col(OutboxRow.held_because) == BREAKER)
"""What the limits count: an answer that was held back is none, but what only the breaker holds may still go out."""


def answers_since(engine: Engine, address: str, since: datetime, origin: ReplyOrigin = ReplyOrigin.AUTOMATIC) -> int:
    """Return how many replies of one origin to `address` were let out since an instant."""
    row = OutboxRow
    query = select(func.count()).where(row.to == address, row.created_at >= since, row.origin == origin, _LET_OUT)
    with reading(engine) as session:
        return session.exec(query).one()


def rejections_since(engine: Engine, address: str, since: datetime, reasons: Collection[Reason]) -> int:
    """Return how many rejections to `address` since an instant gave just these reasons."""
    query = select(OutboxRow.message_id).where(
        OutboxRow.to == address,
        OutboxRow.created_at >= since,
        OutboxRow.kind == ReplyKind.REJECTION,
        OutboxRow.origin == ReplyOrigin.AUTOMATIC,
        _LET_OUT,
    )
    wanted = frozenset(reasons)
    with reading(engine) as session:
        return sum(_reasons(session, number) == wanted for number in session.exec(query).all())


def answered(engine: Engine, reply_ids: Collection[str]) -> StoredMail | None:
    """Return the message that one of our replies answered, by the Message-IDs that an answer to it refers to."""
    query = (
        select(MessageRow, RawMailRow.raw)
        .join(OutboxRow, col(OutboxRow.message_id) == col(MessageRow.id))
        .join(RawMailRow, col(RawMailRow.message_id) == col(MessageRow.id))
        .where(col(OutboxRow.reply_id).in_(list(reply_ids)))
        .order_by(col(OutboxRow.id).desc())
    )
    with reading(engine) as session:
        found = session.exec(query).first()
        return None if found is None else stored_mail(*found)


def _reasons(session: Session, message_id: int) -> frozenset[Reason]:
    of_message = select(FindingRow.reason).where(FindingRow.message_id == message_id)
    of_readings = select(JudgedReadingRow.reason).where(JudgedReadingRow.message_id == message_id)
    found = (*session.exec(of_message), *session.exec(of_readings))
    return frozenset(reason for reason in found if reason is not None)
