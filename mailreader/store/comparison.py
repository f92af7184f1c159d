"""What a trial is compared by: readings of some periods, each with its message, and accounts as in the register."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Engine, and_, func
from sqlmodel import Session, col, or_, select

from mailreader.store.engine import reading
from mailreader.store.intake import source_of
from mailreader.store.lookup import chunks
from models.catalogue import ReadingStatus
from models.comparison import Read
from models.history import ReadingState
from models.register import bare_key, identifier_key
from models.tables import AccountRow, EmailRow, FindingRow, JudgedReadingRow, MessageRow, ReadingRow


def account_numbers(engine: Engine, stated: Iterable[str]) -> dict[str, str]:
    """Return the number in the register for each account as written: by its key, or without zeros if one alone fits."""
    wanted = {text: identifier_key(text) for text in stated}
    exact, bare = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    with reading(engine) as session:
        for keys in chunks(sorted(set(wanted.values()))):
            for number, key, without_zeros in _accounts(session, keys):
                exact[key].append(number)
                bare[without_zeros].append(number)
    found = {text: exact.get(key) or bare.get(bare_key(text), []) for text, key in wanted.items()}
    return {text: numbers[0] for text, numbers in found.items() if len(set(numbers)) == 1}


def _accounts(session: Session, keys: list[str]) -> Iterable[tuple[str, str, str]]:
    without_zeros = [key.lstrip("0") for key in keys if key.strip("0")]
    named = or_(col(AccountRow.key).in_(keys), col(AccountRow.bare_key).in_(without_zeros))
    return session.exec(select(AccountRow.number, AccountRow.key, AccountRow.bare_key).where(named))


def newest_period(engine: Engine) -> str | None:
    """Return the newest billing period (YYYY-MM) of which a reading was recorded; None where there is none."""
    with reading(engine) as session:
        return session.exec(select(func.max(ReadingRow.period))).one()


def read_in(engine: Engine, periods: Collection[str]) -> list[Read]:
    """Return what was recorded and counts, and what was refused, of some periods (YYYY-MM).

    A message that was refused as a whole is told for each account that its sender's address is registered for.
    """
    wanted = sorted(periods)
    with reading(engine) as session:
        return [*_recorded(session, wanted), *_refused(session, wanted), *_refused_messages(session, wanted)]


def _recorded(session: Session, periods: list[str]) -> Iterator[Read]:
    row, judged = ReadingRow, JudgedReadingRow
    same: Any = and_(
        col(judged.message_id) == col(row.message_id),
        col(judged.account) == col(row.account),
        col(judged.serial) == col(row.serial),
        col(judged.zone) == col(row.zone),
        col(judged.status) == ReadingStatus.RECORDED,
    )
    query = (
        select(row, MessageRow, judged.evidence)
        .join(MessageRow, col(MessageRow.id) == col(row.message_id))
        .join(judged, same, isouter=True)
        .where(col(row.period).in_(periods), row.state == ReadingState.CURRENT)
        .order_by(col(row.id))
    )
    found = {recorded.id: (recorded, message, evidence) for recorded, message, evidence in session.exec(query)}
    for recorded, message, evidence in found.values():
        yield Read(
            period=recorded.period, account=recorded.account, serial=recorded.serial, service=recorded.service,
            zone=recorded.zone, value=Decimal(recorded.stated), reason=None, message=message.id,
            source=_source(message), evidence=evidence, received=message.received,
        )  # fmt: skip


def _refused(session: Session, periods: list[str]) -> Iterator[Read]:
    row = JudgedReadingRow
    query = (
        select(row, MessageRow)
        .join(MessageRow, col(MessageRow.id) == col(row.message_id))
        .where(col(MessageRow.period).in_(periods), col(row.account).is_not(None), col(row.reason).is_not(None))
        .order_by(col(row.message_id), col(row.place))
    )
    for judged, message in session.exec(query):
        yield Read(
            period=message.period or "", account=judged.account or "", serial=judged.serial, service=judged.service,
            zone=judged.zone, value=_decimal(judged.value), reason=judged.reason, message=message.id,
            source=_source(message), evidence=judged.evidence, received=message.received,
        )  # fmt: skip


def _refused_messages(session: Session, periods: list[str]) -> Iterator[Read]:
    query = (
        select(MessageRow, FindingRow, AccountRow.number)
        .join(FindingRow, col(FindingRow.message_id) == col(MessageRow.id))
        .join(EmailRow, col(EmailRow.address) == col(MessageRow.sender))
        .join(AccountRow, col(AccountRow.id) == col(EmailRow.account_id))
        .where(col(MessageRow.period).in_(periods))
        .order_by(col(MessageRow.id), col(FindingRow.place), col(AccountRow.id))
    )
    for message, finding, number in session.exec(query):
        yield Read(
            period=message.period or "", account=number, serial=None, service=None, zone=None, value=None,
            reason=finding.reason, message=message.id, source=_source(message), evidence=None,
            received=message.received,
        )  # fmt: skip


def _source(message: MessageRow) -> str:
    return source_of(message.mailbox, message.folder, message.uidvalidity, message.uid)


def _decimal(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None
