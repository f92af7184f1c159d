"""Mailboxes that are left alone: who paused them, since when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import col, select

from mailreader.store.audit import note_act
from mailreader.store.engine import reading, writing
from models.catalogue import Act
from models.tables import PauseRow


@dataclass(frozen=True, slots=True)
class Pause:
    """A mailbox that is left alone since an instant (aware), by the act of a person."""

    mailbox: str
    since: datetime
    actor: str


def pause(engine: Engine, mailbox: str, actor: str, now: datetime) -> Pause | None:
    """Pause a mailbox; nothing happens where it is paused already, and that pause is returned."""
    with writing(engine) as session:
        row = session.get(PauseRow, mailbox, with_for_update=True)
        if row is not None:
            return _pause(row)
        session.add(PauseRow(mailbox=mailbox, since=now, actor=actor))
        note_act(session, Act.PAUSE, actor, now, None, {"mailbox": mailbox})
        return None


def resume(engine: Engine, mailbox: str, actor: str, now: datetime) -> Pause | None:
    """Let a mailbox be worked with again; return the pause that ended, None where it was not paused."""
    with writing(engine) as session:
        row = session.get(PauseRow, mailbox, with_for_update=True)
        if row is None:
            return None
        ended = _pause(row)
        session.delete(row)
        details = {"mailbox": mailbox, "paused_since": ended.since.isoformat(), "paused_by": ended.actor}
        note_act(session, Act.RESUME, actor, now, None, details)
        return ended


def pauses(engine: Engine) -> list[Pause]:
    """Return the mailboxes that are paused, by name."""
    with reading(engine) as session:
        return [_pause(row) for row in session.exec(select(PauseRow).order_by(col(PauseRow.mailbox)))]


def _pause(row: PauseRow) -> Pause:
    return Pause(row.mailbox, row.since, row.actor)
