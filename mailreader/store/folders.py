"""The folders that are read: how far, under which UIDVALIDITY, and what of them was never seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Engine, func
from sqlmodel import col, select

from mailreader.store.engine import reading, writing
from mailreader.store.turns import Turn, take_turn
from models.tables import FolderRow, MessageRow

_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder has been read; `uidvalidity` and `attached_at` are None before it was attached."""

    uidvalidity: int | None
    last_uid: int
    attached_at: datetime | None


def cursor(engine: Engine, mailbox: str, folder: str) -> Cursor:
    """Return how far a folder has been read under the UIDVALIDITY that it was last attached with."""
    with reading(engine) as session:
        known = session.get(FolderRow, (mailbox, folder))
        if known is None:
            return Cursor(None, 0, None)
        last = select(func.max(MessageRow.uid)).where(
            MessageRow.mailbox == mailbox, MessageRow.folder == folder, MessageRow.uidvalidity == known.uidvalidity
        )
        return Cursor(known.uidvalidity, session.exec(last).one() or 0, known.attached_at)


def attach(engine: Engine, mailbox: str, folder: str, uidvalidity: int, now: datetime) -> None:
    """Note the UIDVALIDITY of a folder; the instant of its first attachment stays."""
    with writing(engine) as session:
        take_turn(session, Turn.ARRIVALS)
        known = session.get(FolderRow, (mailbox, folder))
        if known is None:
            known = FolderRow(mailbox=mailbox, folder=folder, uidvalidity=uidvalidity, attached_at=now)
        known.uidvalidity = uidvalidity
        session.add(known)


def unseen(engine: Engine, mailbox: str, folder: str, uidvalidity: int, uids: Sequence[int]) -> list[int]:
    """Return the UIDs that no arrival was saved for, ascending."""
    known: set[int] = set()
    with reading(engine) as session:
        for start in range(0, len(uids), _CHUNK):
            some = uids[start : start + _CHUNK]
            place = select(MessageRow.uid).where(
                MessageRow.mailbox == mailbox, MessageRow.folder == folder, MessageRow.uidvalidity == uidvalidity
            )
            known.update(session.exec(place.where(col(MessageRow.uid).in_(some))))
    return sorted(set(uids) - known)
