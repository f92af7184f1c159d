"""Statistics: counted by the database, over the mail that was received in a span of time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Engine, func, union
from sqlmodel import Session, col, select

from config.words import language_codes
from mailreader.store.engine import reading
from models.catalogue import UNDECIDED, OutboxState, Outcome, QueueStatus, Reason, Request, Service
from models.history import ReadingSource
from models.statistics import Counts, DayCounts, QueueCounts, Statistics
from models.tables import FindingRow, JudgedReadingRow, MessageRow, OutboxRow, QueueRow, ReadingRow

_FIRST = col(MessageRow.duplicate_of).is_(None)


@dataclass(frozen=True, slots=True)
class Span:
    """Local days, the first and the last of which count."""

    first: date
    last: date
    zone: ZoneInfo

    def start(self, day: date) -> datetime:
        """The instant at which a day begins."""
        return datetime.combine(day, time(), self.zone)

    def received(self, first: date | None = None, last: date | None = None) -> ColumnElement[bool]:
        """Whether a message was received on these days, or on all of the span."""
        start, end = self.start(first or self.first), self.start((last or self.last) + timedelta(days=1))
        row = MessageRow
        return (col(row.received) >= start) & (col(row.received) < end) & col(row.vanished).is_(False)


def statistics(engine: Engine, span: Span) -> Statistics:
    """Count the mail of a span, as of one moment."""
    with reading(engine) as session:
        counting = _Counting(session, span)
        row = MessageRow
        read = col(row.outcome).is_not(None) & (col(row.outcome) != Outcome.IGNORED)
        return Statistics(
            messages=counting.messages(),
            waiting=counting.messages(col(row.outcome).is_(None)),
            duplicates=counting.duplicates(),
            outcomes=counting.by(row.outcome, Outcome),
            reasons=counting.reasons(),
            requests=counting.by(row.request, Request),
            languages=counting.by(func.coalesce(row.language, UNDECIDED), language_codes(), read),
            days=tuple(counting.days()),
            readings=sum(counting.readings_by(ReadingRow.source, ReadingSource).values()),
            services=counting.readings_by(ReadingRow.service, Service),
            sources=counting.readings_by(ReadingRow.source, ReadingSource),
            ignored=counting.by(row.ignored_because),
            ignored_with_reading=counting.messages(row.outcome == Outcome.IGNORED, col(row.holds_reading)),
            silences=counting.by(row.silence),
            held_back=counting.by(row.held_back),
            outbox=counting.of_messages(OutboxRow, OutboxRow.state, OutboxState),
            queue=counting.queue(),
        )


class _Counting:
    """The queries of one session over one span."""

    def __init__(self, session: Session, span: Span) -> None:
        self._session = session
        self._span = span

    def messages(self, *conditions: Any) -> int:  # noqa: ANN401 -- conditions on messages
        query = select(func.count()).select_from(MessageRow).where(self._span.received(), _FIRST, *conditions)
        return self._session.exec(query).one()

    def duplicates(self) -> int:
        query = select(func.count()).select_from(MessageRow).where(self._span.received(), ~_FIRST)
        return self._session.exec(query).one()

    def by(self, code: Any, kind: Iterable[str] = (), *conditions: Any) -> Counts:  # noqa: ANN401 -- a column
        """Count messages by a code of theirs."""
        return self._grouped(select(code, func.count()).where(self._span.received(), _FIRST, *conditions), code, kind)

    def of_messages(self, table: Any, code: Any, kind: Iterable[str]) -> Counts:  # noqa: ANN401 -- a table and a column of it
        """Count the rows that hang on messages by a code of theirs."""
        query = select(code, func.count()).join(MessageRow, col(MessageRow.id) == table.message_id)
        return self._grouped(query.where(self._span.received()), code, kind)

    def readings_by(self, code: Any, kind: Iterable[str]) -> Counts:  # noqa: ANN401 -- a column
        return self.of_messages(ReadingRow, code, kind)

    def reasons(self) -> Counts:
        """Count the messages that have each reason, for themselves or for a reading."""
        given = union(
            select(FindingRow.message_id, FindingRow.reason),
            select(JudgedReadingRow.message_id, JudgedReadingRow.reason),
        ).subquery()
        query = select(given.c.reason, func.count()).join(MessageRow, col(MessageRow.id) == given.c.message_id)
        return self._grouped(query.where(self._span.received()), given.c.reason, Reason)

    def days(self) -> Iterator[DayCounts]:
        """Count each day on which something came."""
        day = self._next_day(self._span.first)
        while day is not None:
            received = self._span.received(day, day)
            outcomes = self._grouped(
                select(MessageRow.outcome, func.count()).where(received, _FIRST), MessageRow.outcome, Outcome
            )
            query = select(func.count()).select_from(MessageRow).where(received, _FIRST)
            yield DayCounts(day, self._session.exec(query).one(), outcomes)
            day = self._next_day(day + timedelta(days=1))

    def _next_day(self, day: date) -> date | None:
        if day > self._span.last:
            return None
        query = select(func.min(MessageRow.received)).where(self._span.received(first=day), _FIRST)
        earliest: datetime | None = self._session.exec(query).one()
        return None if earliest is None else earliest.astimezone(self._span.zone).date()

    def queue(self) -> QueueCounts:
        is_open = QueueRow.status == QueueStatus.OPEN
        number, oldest = self._session.exec(select(func.count(), func.min(QueueRow.queued_at)).where(is_open)).one()
        return QueueCounts(number, oldest, self.of_messages(QueueRow, QueueRow.status, QueueStatus))

    def _grouped(self, query: Any, code: Any, kind: Iterable[str]) -> Counts:  # noqa: ANN401 -- a query of codes and numbers
        rows: Sequence[tuple[Any, int]] = self._session.exec(query.group_by(code).order_by(code)).all()
        found = {str(name): number for name, number in rows if name is not None}
        return dict.fromkeys(map(str, kind), 0) | found
