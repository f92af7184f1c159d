"""Handled mail on its way into the folder of its outcome, and again where the outcome has changed since."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, bindparam, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from mailreader.store.engine import reading, writing
from mailreader.store.lookup import chunks
from models.catalogue import Outcome
from models.tables import MessageRow


@dataclass(frozen=True, slots=True)
class ToFile:
    """A judged message that still lies where it came, or, with `at`, in the folder of an earlier outcome.

    `at` is that folder and, where the server told them, the UIDVALIDITY and UID there.
    """

    id: int
    uid: int
    outcome: Outcome
    folder: str
    uidvalidity: int
    message_id: str = ""
    size: int = 0
    at: tuple[str, int | None, int | None] | None = None


FiledAt = tuple[str, int | None, int | None]
"""The folder that a message was filed into, and its UIDVALIDITY and UID there, None where the server did not tell."""


def to_file(engine: Engine, mailbox: str, limit: int, *, again: bool = False) -> list[ToFile]:
    """Return judged messages of a mailbox that still lie where they came, second deliveries too, by UID.

    `again` returns those instead that were filed, and have another outcome since.
    """
    row = MessageRow
    first: Any = aliased(row)
    query: Any = (
        select(row, first.outcome)
        .join(first, first.id == func.coalesce(row.duplicate_of, row.id))
        .where(
            row.mailbox == mailbox,
            col(row.filed_at).is_(None),
            col(row.vanished).is_(False),
            col(row.at_folder).is_not(None) if again else col(row.at_folder).is_(None),
            first.outcome.is_not(None),
        )
        .order_by(col(row.uidvalidity), col(row.uid))
        .limit(limit)
    )
    with reading(engine) as session:
        return [_to_file(found, outcome) for found, outcome in session.exec(query)]


def _to_file(row: MessageRow, outcome: Outcome) -> ToFile:
    at = None if row.at_folder is None else (row.at_folder, row.at_uidvalidity, row.at_uid)
    return ToFile(row.id, row.uid, outcome, row.folder, row.uidvalidity, row.message_id, row.size, at)


def mark_filed(engine: Engine, filed: Mapping[int, FiledAt | None], now: datetime) -> None:
    """Note that messages were moved into the folder of their outcome (None: they were gone, or need not be moved)."""
    row = MessageRow
    gone = [number for number, at in filed.items() if at is None]
    moved = [
        {"b_id": number, "b_folder": at[0], "b_uidvalidity": at[1], "b_uid": at[2]}
        for number, at in filed.items()
        if at is not None
    ]
    with writing(engine) as session:
        connection = session.connection()
        for part in chunks(gone):
            connection.execute(update(row).where(col(row.id).in_(part)).values(filed_at=now))
        if moved:
            lies = {
                "filed_at": now, "at_folder": bindparam("b_folder"), "at_uidvalidity": bindparam("b_uidvalidity"),
                "at_uid": bindparam("b_uid"),
            }  # fmt: skip
            connection.execute(update(row).where(col(row.id) == bindparam("b_id")).values(lies), moved)


def file_again(session: Session, message_id: int) -> None:
    """Have a message, and every second delivery of it, filed into the folder of its new outcome."""
    row = MessageRow
    of_message = or_(col(row.id) == message_id, col(row.duplicate_of) == message_id)
    session.connection().execute(update(row).where(of_message).values(filed_at=None))
