"""The breaker of the whole daemon: it trips when too many answers go out, and a person alone resets it (RFC 3834, 2).

It stands in the settings table, so that it survives a restart and all processes of one database share it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Final

from sqlalchemy import Engine, delete, func, update
from sqlmodel import Session, col, select

from mailreader.store.audit import note_act
from mailreader.store.engine import reading, writing
from models.catalogue import Act, OutboxState, ReplyOrigin
from models.tables import MessageRow, OutboxRow, SettingRow

BREAKER: Final = "breaker"
"""Why an answer is held while the breaker is open."""
_TRIPPED_AT: Final = "breaker_tripped_at"
_RESET_AT: Final = "breaker_reset_at"
_HELD_BY_IT: Final = (col(OutboxRow.state) == OutboxState.HELD) & (col(OutboxRow.held_because) == BREAKER)


@unique
class BreakerState(StrEnum):
    """How the breaker takes one more answer: lets it out, trips over it, or has tripped."""

    CLOSED = "closed"
    TRIPPING = "tripping"
    TRIPPED = "tripped"


@dataclass(frozen=True, slots=True)
class Breaker:
    """Since when the breaker is open, None while it is not; how many answers it holds, also from before a reset."""

    tripped_at: datetime | None
    held: int


def breaker(engine: Engine) -> Breaker:
    """Return where the breaker stands."""
    with reading(engine) as session:
        return _breaker(session)


def state(engine: Engine, most: int, since: datetime) -> BreakerState:
    """Return how the breaker would take one more answer, where `most` (0: any number) may go out since an instant."""
    with reading(engine) as session:
        if _instant(session, _TRIPPED_AT) is not None:
            return BreakerState.TRIPPED
        begin = max(since, _instant(session, _RESET_AT) or since)
        return BreakerState.TRIPPING if most and _have_let_out(session, most, begin) else BreakerState.CLOSED


def _have_let_out(session: Session, most: int, begin: datetime) -> bool:
    """Whether `most` answers and copies went out by themselves after an instant.

    They are counted only where there may be enough of them, and then in the index on `created_at`, which holds all that
    is asked for.
    """
    if _rows_at_most(session, begin) < most:
        return False
    row = OutboxRow
    let_out = select(row.created_at).where(
        row.created_at > begin, row.origin != ReplyOrigin.OPERATOR, row.state != OutboxState.HELD
    )
    return session.exec(select(func.count()).select_from(let_out.limit(most).subquery())).one() >= most


def _rows_at_most(session: Session, begin: datetime) -> int:
    """How many rows there can be after an instant: their numbers rise with time."""
    row = OutboxRow
    earliest = select(func.min(row.created_at)).where(row.created_at > begin).scalar_subquery()
    first: int | None = session.scalar(select(func.min(row.id)).where(row.created_at == earliest))
    last: int | None = session.scalar(select(func.max(row.id)))
    return 0 if first is None or last is None else last - first + 1


def trip(session: Session, now: datetime) -> None:
    """Open the breaker, within the transaction of the decision that was one too many."""
    if session.get(SettingRow, _TRIPPED_AT) is None:
        session.add(SettingRow(name=_TRIPPED_AT, value=now.isoformat()))


def reset(engine: Engine, actor: str, now: datetime, *, send_held: bool) -> Breaker:
    """Close the breaker, by hand; return how it stood. With `send_held` what it holds goes out.

    Where it is closed and holds nothing that is to go out, nothing is changed.
    """
    with writing(engine) as session:
        stood = _breaker(session)
        sends = send_held and stood.held > 0
        if stood.tripped_at is None and not sends:
            return stood
        session.connection().execute(delete(SettingRow).where(col(SettingRow.name) == _TRIPPED_AT))
        session.merge(SettingRow(name=_RESET_AT, value=now.isoformat()))
        if sends:
            _send_held(session, now)
        since = stood.tripped_at and stood.tripped_at.isoformat()
        details = {"tripped_at": since, "held": stood.held, "sent": stood.held if sends else 0}
        note_act(session, Act.RESET_BREAKER, actor, now, None, details)
        return stood


def _send_held(session: Session, now: datetime) -> None:
    """Let what the breaker holds wait for its delivery, as long as a new reply; its messages are held back no more."""
    answered = select(OutboxRow.message_id).where(_HELD_BY_IT, OutboxRow.origin == ReplyOrigin.AUTOMATIC)
    session.connection().execute(update(MessageRow).where(col(MessageRow.id).in_(answered)).values(held_back=None))
    released = {"state": OutboxState.WAITING, "held_because": None, "not_before": now, "created_at": now}
    session.connection().execute(update(OutboxRow).where(_HELD_BY_IT).values(released))


def _breaker(session: Session) -> Breaker:
    held = session.exec(select(func.count()).select_from(OutboxRow).where(_HELD_BY_IT)).one()
    return Breaker(_instant(session, _TRIPPED_AT), held)


def _instant(session: Session, name: str) -> datetime | None:
    row = session.get(SettingRow, name)
    return None if row is None else datetime.fromisoformat(row.value)
