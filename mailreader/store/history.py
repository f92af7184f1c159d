"""Recorded readings: what was there before, and where a new one takes its place (rules, section 4)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlmodel import Session, col, select, true

from mailreader.store.lookup import chunks
from models.catalogue import ReadingStatus
from models.history import History, PastReading, PastRefusal, ReadingSource, ReadingState
from models.tables import AccountRow, EmailRow, JudgedReadingRow, MessageRow, ReadingRow
from models.verdict import JudgedReading


class UnfinishedReadingError(ValueError):
    """A reading was called recorded although it names no register or no value."""


def load_history(session: Session, accounts: Sequence[str], period: str, besides: int | None = None) -> History:
    """Return what was recorded and refused for `accounts`, as the rules for a message of `period` need it.

    What the message `besides` was refused for is left out: it is being judged again.
    """
    recorded: list[PastReading] = []
    refused: list[PastRefusal] = []
    for part in chunks(accounts):
        recorded.extend(_recorded(session, part, period))
        refused.extend(_refused(session, part, period, besides))
    recorded.sort(key=lambda past: (past.received, past.uid))
    refused.sort(key=lambda past: past.received)
    return History(tuple(recorded), tuple(refused))


def past_reading(row: ReadingRow) -> PastReading:
    """Return a row as plain data."""
    return PastReading(
        account=row.account, serial=row.serial, service=row.service, zone=row.zone, value=Decimal(row.stated),
        period=row.period, received=row.received, sender=row.sender, message_id=row.message_id, uid=row.uid,
        read_on=row.read_on, state=row.state, last_received=row.last_received, last_uid=row.last_uid,
    )  # fmt: skip


def record_readings(
    session: Session,
    message: MessageRow,
    readings: Iterable[JudgedReading],
    registered_at: datetime,
    period: str,
    *,
    source: ReadingSource = ReadingSource.MAIL,
    prevails: bool = False,
) -> bool:
    """Write the recorded readings of a message into the history of their registers; return whether all of them count.

    `registered_at` is local, so that its date is the day as of which the reading counts. `prevails` puts them behind
    what is there, whenever that was received.
    """
    counts = True
    for judged in readings:
        if judged.status is ReadingStatus.RECORDED:
            row = _row(message, judged, registered_at, period)
            row.source = source
            counts &= _record(session, row, prevails=prevails)
    return counts


def _record(session: Session, new: ReadingRow, *, prevails: bool) -> bool:
    """Put one reading where it belongs: later means by the received instant, then by UID, in whatever order handled.

    Return whether its value counts now.
    """
    current = session.exec(
        select(ReadingRow)
        .where(
            ReadingRow.account == new.account,
            ReadingRow.serial == new.serial,
            ReadingRow.zone == new.zone,
            ReadingRow.period == new.period,
            ReadingRow.state == ReadingState.CURRENT,
        )
        .with_for_update()
    ).first()
    if current is not None and prevails:
        new.last_received, new.last_uid, new.last_message = max(_order(new), _order(current))
    later = current is None or _order(new) >= _order(current)
    if current is not None and Decimal(current.stated) == Decimal(new.stated):
        if later:
            current.last_received, current.last_uid, current.last_message = _order(new)
        if current.sender != new.sender and _is_registered(session, new):
            current.sender = new.sender  # a stranger said it first: from now on it is what the owner gave
        return True
    if not later:
        new.state = ReadingState.LATE
    elif current is not None:
        current.state = ReadingState.REPLACED
        new.replaces = current.id
        session.flush()
    session.add(new)
    session.flush()
    return later


def _is_registered(session: Session, new: ReadingRow) -> bool:
    """Whether the sender's address is one that the register holds for the account."""
    query = (
        select(EmailRow.address)
        .join(AccountRow, col(AccountRow.id) == col(EmailRow.account_id))
        .where(AccountRow.number == new.account, EmailRow.address == new.sender)
    )
    return session.exec(query).first() is not None


def _order(row: ReadingRow) -> tuple[datetime, int, int]:
    return row.last_received, row.last_uid, row.last_message


def _row(message: MessageRow, judged: JudgedReading, registered_at: datetime, period: str) -> ReadingRow:
    service, zone = judged.service, judged.zone
    if service is None or zone is None or None in {judged.account, judged.serial, judged.value}:
        raise UnfinishedReadingError(f"message {message.id}: a recorded reading lacks its register or its value")
    stated = Decimal(str(judged.value))
    return ReadingRow(
        account=str(judged.account), serial=str(judged.serial), service=service, zone=zone,
        period=period, value=stated, stated=f"{stated:f}", message_id=message.id, sender=message.sender,
        received=message.received, uid=message.uid, registered_at=registered_at, read_on=registered_at.date(),
        state=ReadingState.CURRENT, last_received=message.received, last_uid=message.uid, last_message=message.id,
    )  # fmt: skip


def _recorded(session: Session, accounts: Sequence[str], period: str) -> list[PastReading]:
    row = ReadingRow
    counts = (row.period == period) | (row.state == ReadingState.CURRENT)
    query = select(row).where(col(row.account).in_(accounts), col(row.period) <= period, counts)
    return [past_reading(found) for found in session.exec(query)]


def _refused(session: Session, accounts: Sequence[str], period: str, besides: int | None) -> list[PastRefusal]:
    row = JudgedReadingRow
    query = (
        select(row, MessageRow.received)
        .join(MessageRow, col(MessageRow.id) == col(row.message_id))
        .where(
            col(row.account).in_(accounts),
            MessageRow.period == period,
            row.status != ReadingStatus.RECORDED,
            col(row.reason).is_not(None),
            true() if besides is None else col(row.message_id) != besides,
        )
    )
    return [
        PastRefusal(
            account=found.account or "", serial=found.serial, service=found.service, zone=found.zone,
            value=_decimal(found.value), period=period, reason=found.reason, received=received,
        )
        for found, received in session.exec(query)
        if found.reason
    ]  # fmt: skip


def _decimal(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None
