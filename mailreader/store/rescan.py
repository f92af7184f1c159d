"""Mail that lies in the folders of outcomes, and that a database restored from a backup does not know to lie there."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine, or_, update
from sqlmodel import Session, col, select

from mailreader.store.engine import reading, writing
from mailreader.store.intake import FILE_MAILBOX, Arrival, content_of, known_contents, save_arrivals
from mailreader.store.turns import Turn, take_turn
from models.catalogue import OutboxState, ReplyOrigin
from models.tables import MessageRow, OutboxRow

RESCANNED: Final = "rescanned"
"""Why an answer is held to mail that was found where handled mail lies: the customer has probably had one."""
Place = tuple[str, int, int]
"""A folder, its UIDVALIDITY, and a UID there."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How many messages were unknown and are now stored, and how many were known and are found again there.

    `earlier` are unknown too, and were left alone for the instant at which they were received.
    """

    new: int = 0
    found: int = 0
    earlier: int = 0


def filed_at(engine: Engine, mailbox: str, folder: str, uidvalidity: int) -> set[int]:
    """Return the UIDs at which the database knows mail to lie that was filed into a folder."""
    row = MessageRow
    query = select(row.at_uid).where(
        row.mailbox == mailbox, row.at_folder == folder, row.at_uidvalidity == uidvalidity, col(row.at_uid).is_not(None)
    )
    with reading(engine) as session:
        return {uid for uid in session.exec(query) if uid is not None}


def hold_waiting(engine: Engine) -> None:
    """Hold the answers that wait, but for mail that still lies where it came: they may have gone out meanwhile."""
    row = MessageRow
    handled = select(row.id).where(or_(col(row.at_folder).is_not(None), col(row.mailbox) == FILE_MAILBOX))
    waiting = (col(OutboxRow.state) == OutboxState.WAITING, col(OutboxRow.message_id).in_(handled))
    answered = select(OutboxRow.message_id).where(*waiting, OutboxRow.origin == ReplyOrigin.AUTOMATIC)
    held: dict[str, Any] = {"state": OutboxState.HELD, "held_because": RESCANNED, "claimed_until": None}
    with writing(engine) as session:
        connection = session.connection()
        connection.execute(update(row).where(col(row.id).in_(answered)).values(held_back=RESCANNED))
        connection.execute(update(OutboxRow).where(*waiting).values(held))


def take_in_filed(
    engine: Engine, arrivals: Sequence[Arrival], present: Collection[Place], since: datetime | None
) -> TakenIn:
    """Store what was found in a folder of outcomes and received since an instant; doing it again changes nothing.

    `present` are the places at which mail lies now. A message that the database knows by its content, and whose place
    is none of them, is this one: it has been moved since. Any other one of the same content is a second delivery.
    """
    rest = _find_again(engine, arrivals, present)
    unknown = [arrival for arrival in rest if since is None or arrival.received >= since]
    saved = save_arrivals(engine, unknown)
    with writing(engine) as session:
        for arrival, one in zip(unknown, saved, strict=True):
            _lie(session.get_one(MessageRow, one.id), arrival)
    return TakenIn(sum(not one.known for one in saved), len(arrivals) - len(rest), len(rest) - len(unknown))


def _find_again(engine: Engine, arrivals: Sequence[Arrival], present: Collection[Place]) -> list[Arrival]:
    """Note where known mail lies that has been moved; return what is left."""
    with writing(engine) as session:
        take_turn(session, Turn.ARRIVALS)
        contents = known_contents(session, arrivals)
        rest = []
        for arrival in arrivals:
            deliveries = _deliveries(session, arrival.mailbox, contents.get(content_of(arrival)))
            moved = next((row for row in deliveries if _place_of(row) not in present), None)
            if moved is None:
                rest.append(arrival)
            else:
                _move(session, moved, arrival)
        return rest


def _deliveries(session: Session, mailbox: str, first: int | None) -> Sequence[MessageRow]:
    """A message and its second deliveries, as far as they came to this mailbox; none where the message is not known."""
    row = MessageRow
    if first is None:
        return ()
    of_message = or_(col(row.id) == first, col(row.duplicate_of) == first)
    return session.exec(select(row).where(row.mailbox == mailbox, of_message).order_by(col(row.id))).all()


def _place_of(row: MessageRow) -> Place:
    """Where the database says that a message lies; a folder without a UID is a place where it cannot be found."""
    if row.at_folder is None:
        return row.folder, row.uidvalidity, row.uid
    return row.at_folder, row.at_uidvalidity or 0, row.at_uid or 0


def _move(session: Session, row: MessageRow, arrival: Arrival) -> None:
    """Note where a message lies; one without an outcome was handled after the backup, and is as if taken in there."""
    if row.decided_at is None:
        row.folder, row.uidvalidity, row.uid = arrival.folder, arrival.uidvalidity, arrival.uid
        row.claimed_until = None  # whoever had claimed it did so in the database that is lost
    _lie(row, arrival)
    session.flush()


def _lie(row: MessageRow, arrival: Arrival) -> None:
    """Have a message lie where it was found; from there it is filed again if it should lie elsewhere."""
    row.at_folder, row.at_uidvalidity, row.at_uid = arrival.folder, arrival.uidvalidity, arrival.uid
    row.filed_at = None
