"""Recorded readings for billing, one by one, in batches that a cursor tells apart (interface, `export`)."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import ColumnElement, Engine, func, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_, select, true

from mailreader.store.engine import reading, writing
from models.history import ReadingState
from models.lines import ExportLine
from models.tables import MessageRow, ReadingRow, SettingRow

_AT_ONCE: Final = 1000
"""Rows that are fetched at once: all that is held in memory of an export."""
_OLDER: Any = aliased(ReadingRow)
_NEWER: Any = aliased(ReadingRow)


def _given_before() -> Any:  # noqa: ANN401 -- a column of numbers
    """The cursor of the line that a reading takes the place of: what billing never saw is passed over.

    Of a register and month that is the last line before it. They follow each other in the order of their cursors, for
    each is recorded after what it replaces was.
    """
    row = ReadingRow
    same = [getattr(_OLDER, name) == getattr(row, name) for name in ("account", "serial", "zone", "period")]
    before = col(row.replaces).is_not(None) & _OLDER.exported & (_OLDER.cursor < row.cursor)
    newest = select(_OLDER.cursor).where(before, *same).order_by(_OLDER.id.desc()).limit(1)
    return newest.correlate(row).scalar_subquery()


_COLUMNS: Final[Any] = (
    ReadingRow.cursor, ReadingRow.period, ReadingRow.account, ReadingRow.serial, ReadingRow.service, ReadingRow.zone,
    ReadingRow.stated, ReadingRow.registered_at, ReadingRow.received, ReadingRow.source, MessageRow.message_id,
    _given_before().label("replaces"),
)  # fmt: skip


class CursorAhead(LookupError):
    """A cursor is asked from that was never given out: whoever trusts in it would read nothing for a long time."""


def export(
    engine: Engine, period: str | None = None, since: int | None = None, limit: int | None = None
) -> Iterator[ExportLine]:
    """Give out new readings, then return the lines that were asked for, by cursor.

    Without `since`: each reading that counts. With it: every reading that was given out after that cursor, also one
    that another has replaced meanwhile; the next line of its register and month names it in `replaces`. Of them at
    most `limit`.

    Cursors are given in one short transaction at a time: commits come out of order, cursors do not. What is read then
    is what counted as of the last of them, however long the reader takes: the daemon never waits for it.
    """
    upto = _give_out(engine, period, since, limit)
    if since is not None and since > upto:
        raise CursorAhead(
            f"The last cursor that was given out is {upto}: {since} is another database's, or from before a restore. "
            "Ask from the last one that you had before the backup."
        )
    return _lines(engine, _chosen(period, since, upto).limit(limit))


def _give_out(engine: Engine, period: str | None, since: int | None, limit: int | None) -> int:
    """Give a cursor to the readings that have none and are asked for; return the last cursor that was given out."""
    with writing(engine) as session:
        last = session.get_one(SettingRow, "export_cursor", with_for_update=True)
        given_out = int(last.value)
        chosen = _fresh(period)
        if limit is not None:
            at_hand = _count(session, _chosen(period, since, given_out).limit(limit))
            chosen &= _first_of(session, chosen, limit - at_hand)
        last.value = str(given_out + _mark(session, chosen, given_out))
        return int(last.value)


def _fresh(period: str | None) -> ColumnElement[bool]:
    """The readings that ever counted and have no cursor."""
    row = ReadingRow
    return col(row.cursor).is_(None) & (col(row.state) != ReadingState.LATE) & (_of_period(period))


def _of_period(period: str | None) -> ColumnElement[bool]:
    return true() if period is None else col(ReadingRow.period) == period


def _first_of(session: Session, chosen: ColumnElement[bool], wanted: int) -> ColumnElement[bool]:
    """Leave only as many of the chosen readings as make `wanted` lines, with those before them that make none."""
    row = ReadingRow
    if wanted <= 0:
        return ~true()
    lines = select(row.id).where(chosen, row.state == ReadingState.CURRENT).order_by(col(row.id))
    last = session.exec(lines.offset(wanted - 1).limit(1)).first()
    return true() if last is None else col(row.id) <= last


def _mark(session: Session, chosen: ColumnElement[bool], given_out: int) -> int:
    """Number the chosen readings from the cursor given out last; only those that count now become lines."""
    row = ReadingRow
    place = func.row_number().over(order_by=col(row.id)).label("place")
    numbered = select(col(row.id).label("id"), place).where(chosen).subquery()
    marked = (
        update(row)
        .where(col(row.id) == numbered.c.id)
        .values(cursor=given_out + numbered.c.place, exported=col(row.state) == ReadingState.CURRENT)
    )
    return session.connection().execute(marked).rowcount


def _count(session: Session, query: Any) -> int:  # noqa: ANN401 -- a query of any rows
    return session.exec(select(func.count()).select_from(query.subquery())).one()


def _chosen(period: str | None, since: int | None, upto: int) -> Any:  # noqa: ANN401 -- a query of `_COLUMNS`
    row = ReadingRow
    query: Any = (
        select(*_COLUMNS)
        .join(MessageRow, col(MessageRow.id) == col(row.message_id))
        .where(col(row.exported), col(row.cursor) <= upto, _of_period(period))
        .order_by(col(row.cursor))
    )
    return query.where(_counts_at(upto) if since is None else col(row.cursor) > since)


def _counts_at(cursor: int) -> ColumnElement[bool]:
    """Whether a reading counted when a cursor was the last: what took its place has none yet, or a later one."""
    row = ReadingRow
    given_later = _NEWER.cursor.is_(None) | (_NEWER.cursor > cursor)
    return or_(
        col(row.state) == ReadingState.CURRENT,
        select(_NEWER.id).where(_NEWER.replaces == row.id, given_later).exists(),
    )


def _lines(engine: Engine, query: Any) -> Iterator[ExportLine]:  # noqa: ANN401 -- see `_chosen`
    with reading(engine) as session:
        for found in session.execute(query.execution_options(yield_per=_AT_ONCE)):
            yield ExportLine(
                cursor=found.cursor, period=found.period, account=found.account, serial=found.serial,
                service=found.service, zone=found.zone, value=found.stated, registered_at=found.registered_at,
                received_at=found.received, source=found.source, message_id=found.message_id or None,
                replaces=found.replaces,
            )  # fmt: skip
