"""Handled mail on its way into the folder of its outcome, and again where the outcome has changed since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine, bindparam, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from mailreader.store.engine import reading, writing
from mailreader.store.lookup import chunks
from models.catalogue import Outcome
from models.tables import MessageRow

_FIRST: Final[Any] = aliased(MessageRow)
"""The message itself, or the first delivery of a second one."""


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
    query: Any = (
        _with_outcome(row)
        .where(
            row.mailbox == mailbox,
            col(row.filed_at).is_(None),
            col(row.vanished).is_(False),
            col(row.at_folder).is_not(None) if again else col(row.at_folder).is_(None),
            _FIRST.outcome.is_not(None),
        )
        .order_by(col(row.uidvalidity), col(row.uid))
        .limit(limit)
    )
    with reading(engine) as session:
        return [_to_file(found, outcome) for found, outcome in session.exec(query)]


def _with_outcome(what: Any) -> Any:  # noqa: ANN401 -- a row or column of messages, and a query of it
    """Select something of messages, with their outcome: a second delivery has that of the first."""
    row = MessageRow
    return select(what, _FIRST.outcome).join(_FIRST, _FIRST.id == func.coalesce(row.duplicate_of, row.id))


def _to_file(row: MessageRow, outcome: Outcome) -> ToFile:
    at = None if row.at_folder is None else (row.at_folder, row.at_uidvalidity, row.at_uid)
    return ToFile(row.id, row.uid, outcome, row.folder, row.uidvalidity, row.message_id, row.size, at)


def mark_filed(engine: Engine, filed: Mapping[ToFile, FiledAt | None], now: datetime) -> None:
    """Note where messages lie that were moved for their outcome (None: they were gone, or need not be moved).

    What has got another outcome meanwhile stays to be filed, from there.
    """
    row = MessageRow
    moved = [
        {"b_id": mail.id, "b_folder": at[0], "b_uidvalidity": at[1], "b_uid": at[2]}
        for mail, at in filed.items()
        if at is not None
    ]
    lies: dict[str, Any] = {
        "at_folder": bindparam("b_folder"), "at_uidvalidity": bindparam("b_uidvalidity"), "at_uid": bindparam("b_uid"),
    }  # fmt: skip
    with writing(engine) as session:
        settled = _settled(session, filed)
        connection = session.connection()
        if moved:
            connection.execute(update(row).where(col(row.id) == bindparam("b_id")).values(lies), moved)
        for part in chunks(settled):
            connection.execute(update(row).where(col(row.id).in_(part)).values(filed_at=now))


def _settled(session: Session, mails: Iterable[ToFile]) -> list[int]:
    """The numbers of mail whose outcome still is what was known; no act changes it until the transaction ends."""
    settled: list[int] = []
    for part in chunks(mails):
        known = {mail.id: mail.outcome for mail in part}
        query = _with_outcome(col(MessageRow.id)).where(col(MessageRow.id).in_(known)).order_by(_FIRST.id)
        found = session.exec(query.with_for_update(of=_FIRST))
        settled.extend(number for number, outcome in found if outcome is known[number])
    return settled


def file_again(session: Session, message_id: int) -> None:
    """Have a message, and every second delivery of it, filed into the folder of its new outcome."""
    row = MessageRow
    of_message = or_(col(row.id) == message_id, col(row.duplicate_of) == message_id)
    session.connection().execute(update(row).where(of_message).values(filed_at=None))
