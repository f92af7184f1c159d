"""The operators' queue: which messages get an item, and which items a later good message closes (rules, section 6)."""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, or_, select, tuple_

from models.catalogue import Outcome, QueueStatus, ReadingStatus, Reason
from models.history import ReadingState
from models.tables import AccountRow, JudgedReadingRow, MessageRow, QueueRow, ReadingRow
from models.verdict import Verdict

_MENDABLE = (Outcome.PARTIAL, Outcome.REJECTED)


def needs_item(verdict: Verdict) -> bool:
    """Whether a person should look at the message (rules, table of section 6)."""
    if verdict.outcome is Outcome.IGNORED:
        return False
    if verdict.outcome is Outcome.REJECTED and set(verdict.reasons) == {Reason.OUTSIDE_WINDOW}:
        return verdict.request is not None
    return verdict.outcome is not Outcome.ACCEPTED or verdict.request is not None


def queue_message(session: Session, message: MessageRow, now: datetime) -> None:
    """Give a judged message its item; closed at once where a later good message was handled before this one."""
    status = QueueStatus.SUPERSEDED if is_mended(session, message) else QueueStatus.OPEN
    session.add(QueueRow(message_id=message.id, queued_at=now, status=status))


def close_mended(session: Session, message: MessageRow, accounts: Iterable[str]) -> None:
    """Close the open items that `message`, which recorded readings of `accounts`, has mended.

    They are held in their order: two messages that mend the same items wait for each other only one way.
    """
    row = MessageRow
    named = select(JudgedReadingRow.message_id).where(col(JudgedReadingRow.account).in_(list(accounts)))
    concerned = or_(col(row.id).in_(named), col(row.sender).is_not(None) & (row.sender == message.sender))
    query = (
        select(QueueRow, row)
        .join(row, col(row.id) == col(QueueRow.message_id))
        .where(QueueRow.status == QueueStatus.OPEN, row.id != message.id, concerned)
    )
    held = query.order_by(col(row.id)).with_for_update(of=QueueRow)
    for item, older in session.exec(held).all():
        if is_mended(session, older):
            item.status = QueueStatus.SUPERSEDED


def is_mended(session: Session, message: MessageRow) -> bool:
    """Whether everything that a message failed to bring has been recorded from a later one.

    Only what the customer can mend: outcome `partial` or `rejected`, no request, no reading that waits for a person.
    Each refused reading needs a later recorded one of the same account (where the register does not have the account
    that was stated, of the same sender), service and zone, as far as they were known. A message without any reading
    needs a later recorded one of the same sender.
    """
    if message.outcome not in _MENDABLE or message.request is not None:
        return False
    refused = session.exec(
        select(JudgedReadingRow).where(
            JudgedReadingRow.message_id == message.id, JudgedReadingRow.status != ReadingStatus.RECORDED
        )
    ).all()
    if any(reading.status is ReadingStatus.REVIEW for reading in refused):
        return False
    if not refused:
        return _recorded_later(session, message, None)
    return all(_recorded_later(session, message, reading) for reading in refused)


def _recorded_later(session: Session, message: MessageRow, refused: JudgedReadingRow | None) -> bool:
    row = ReadingRow
    moment = tuple_(col(row.last_received), col(row.last_uid), col(row.last_message))
    query = select(row.id).where(
        row.state == ReadingState.CURRENT, moment > tuple_(message.received, message.uid, message.id)
    )
    if refused is not None and _is_registered(session, refused.account):
        query = query.where(row.account == refused.account)
    else:
        query = query.where(col(row.sender).is_not(None), row.sender == message.sender)
    if refused is not None and refused.service is not None:
        query = query.where(row.service == refused.service)
    if refused is not None and refused.zone is not None:
        query = query.where(row.zone == refused.zone)
    return session.exec(query).first() is not None


def _is_registered(session: Session, account: str | None) -> bool:
    known = select(AccountRow.id).where(AccountRow.number == account)
    return account is not None and session.exec(known).first() is not None
