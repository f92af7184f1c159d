"""Mail on its way in: what was seen, what is still to be judged, what is still to be filed."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, CursorResult, Engine, func, insert, or_, true, tuple_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from mailreader.store.engine import reading, writing
from mailreader.store.turns import Turn, take_turn
from models.catalogue import Outcome
from models.columns import clean_text, indexed_text
from models.tables import MessageRow, RawMailRow

FILE_MAILBOX: Final = "file"
MOST_TRIES: Final = 3
CLAIM: Final = timedelta(minutes=10)
CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it was found.

    `received` is aware, `size` in bytes. `raw` is None where the bytes were not fetched: too large, or, with
    `vanished`, gone before they could be. For mail in files `mailbox` is "file", `folder` the path, and
    `uidvalidity` something that changes with the content, so that a file that was written anew is a new arrival.
    """

    mailbox: str
    folder: str
    uidvalidity: int
    uid: int
    received: datetime
    size: int
    raw: bytes | None
    message_id: str | None
    body_digest: str
    vanished: bool = False


@dataclass(frozen=True, slots=True)
class SavedArrival:
    """Where an arrival is kept; `known` means that this very delivery had been saved before."""

    id: int
    duplicate_of: int | None
    known: bool = False


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A message to be judged; `tries` counts the attempts that failed so far."""

    id: int
    raw: bytes | None
    received: datetime
    mailbox: str
    folder: str
    uidvalidity: int
    uid: int
    source: str
    tries: int
    size: int


@dataclass(frozen=True, slots=True)
class ToFile:
    """A judged message that still lies where it came."""

    id: int
    uid: int
    outcome: Outcome
    folder: str
    uidvalidity: int


def source_of(mailbox: str, folder: str, uidvalidity: int, uid: int) -> str:
    """Return what listings call the place of a message: a file's path, or mailbox, folder, UIDVALIDITY and UID."""
    return folder if mailbox == FILE_MAILBOX else f"{mailbox}/{folder};UIDVALIDITY={uidvalidity}/;UID={uid}"


def save_arrivals(engine: Engine, arrivals: Sequence[Arrival]) -> list[SavedArrival]:
    """Commit what was found, in one transaction; the answer is in the order of `arrivals`.

    What was saved before is left as it is. A second delivery of one message (same Message-ID and same bytes after
    the header; without a Message-ID, the same bytes altogether) becomes a row that points at the first. Processes that
    save at once do so one after the other: the later one finds what the earlier one saved.
    """
    with writing(engine) as session:
        take_turn(session, Turn.ARRIVALS)
        places = _known_places(session, arrivals)
        contents = _known_contents(session, arrivals)
        known = frozenset(places)
        for arrival in arrivals:
            place = _place(arrival)
            if place in places:
                continue
            content = _content(arrival)
            first = contents.get(content) if content[1] else None
            number = _insert(session.connection(), arrival, content, first)
            places[place] = (number, first)
            if first is None:
                contents[content] = number
        return [SavedArrival(*places[_place(arrival)], known=_place(arrival) in known) for arrival in arrivals]


def pending(
    engine: Engine, limit: int, now: datetime, *, of_files: bool | None = None, exhausted: bool = False
) -> list[StoredMail]:
    """Claim up to `limit` messages that are still to be judged, in the order received, then by UID.

    A claim runs out after `CLAIM`, so that a process that died loses nothing. Messages that failed `MOST_TRIES` times
    are not among them: `exhausted` claims those instead, for whoever records them as unreadable. `of_files` claims mail
    in files alone, or (False) all but that.
    """
    row = MessageRow
    tried_out = col(row.tries) >= MOST_TRIES
    due = (
        select(row.id)
        .where(
            col(row.decided_at).is_(None),
            col(row.duplicate_of).is_(None),
            col(row.vanished).is_(False),
            tried_out if exhausted else ~tried_out,
            or_(col(row.claimed_until).is_(None), col(row.claimed_until) <= now),
            true() if of_files is None else (col(row.mailbox) == FILE_MAILBOX) == of_files,
        )
        .order_by(col(row.received), col(row.uid), col(row.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
        .prefix_with("MATERIALIZED")
    )
    claim = (
        update(row).where(col(row.id).in_(select(due.c.id))).values(claimed_until=now + CLAIM).returning(col(row.id))
    )
    with writing(engine) as session:
        claimed = session.connection().execute(claim).scalars().all()
        return _load_mail(session, claimed)


def release(
    engine: Engine, message_id: int, error: str, *, not_before: datetime | None = None, counts: bool = True
) -> int:
    """Give a claimed message back after a failure, not to be claimed before `not_before`; return its tries so far.

    `counts` is false for a fault of a server or the machine, which says nothing about the message.
    """
    with writing(engine) as session:
        message = session.get_one(MessageRow, message_id, with_for_update=True)
        message.tries += counts
        message.last_error = error
        message.claimed_until = not_before
        return message.tries


def to_file(engine: Engine, mailbox: str, limit: int) -> list[ToFile]:
    """Return judged messages of a mailbox that still lie where they came, second deliveries too, by UID."""
    row = MessageRow
    first: Any = aliased(row)
    query: Any = (
        select(row, first.outcome)
        .join(first, first.id == func.coalesce(row.duplicate_of, row.id))
        .where(
            row.mailbox == mailbox,
            col(row.filed_at).is_(None),
            col(row.vanished).is_(False),
            first.outcome.is_not(None),
        )
        .order_by(col(row.uidvalidity), col(row.uid))
        .limit(limit)
    )
    with reading(engine) as session:
        return [
            ToFile(found.id, found.uid, outcome, found.folder, found.uidvalidity)
            for found, outcome in session.exec(query)
        ]


def mark_filed(engine: Engine, ids: Iterable[int], now: datetime) -> None:
    """Note that messages were moved into the folder of their outcome (or had gone from where they lay)."""
    wanted = list(ids)
    with writing(engine) as session:
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            session.connection().execute(update(MessageRow).where(col(MessageRow.id).in_(part)).values(filed_at=now))


_Place = tuple[str, str, int, int]
_Content = tuple[str, str | None]


def _place(arrival: Arrival) -> _Place:
    return clean_text(arrival.mailbox), indexed_text(arrival.folder), arrival.uidvalidity, arrival.uid


def _content(arrival: Arrival) -> _Content:
    """What makes two deliveries one message, as it is kept; a digest of None is like no other."""
    message_id = indexed_text(arrival.message_id or "")
    if message_id or arrival.raw is None:
        return message_id, arrival.body_digest or None
    return "", hashlib.sha256(arrival.raw).hexdigest()


def _known_places(session: Session, arrivals: Sequence[Arrival]) -> dict[_Place, tuple[int, int | None]]:
    row = MessageRow
    key = tuple_(col(row.mailbox), col(row.folder), col(row.uidvalidity), col(row.uid))
    found: dict[_Place, tuple[int, int | None]] = {}
    places = [_place(arrival) for arrival in arrivals]
    for start in range(0, len(places), CHUNK):
        query = select(row).where(key.in_(places[start : start + CHUNK]))
        for seen in session.exec(query):
            found[seen.mailbox, seen.folder, seen.uidvalidity, seen.uid] = (seen.id, seen.duplicate_of)
    return found


def _known_contents(session: Session, arrivals: Sequence[Arrival]) -> dict[_Content, int]:
    row = MessageRow
    contents = sorted({(name, digest) for name, digest in map(_content, arrivals) if digest})
    found: dict[_Content, int] = {}
    for start in range(0, len(contents), CHUNK):
        part = contents[start : start + CHUNK]
        query = select(row.message_id, row.body_digest, row.id).where(
            col(row.message_id).in_({name for name, _ in part}),
            col(row.body_digest).in_({digest for _, digest in part}),
            col(row.duplicate_of).is_(None),
        )
        found |= {(name, digest): number for name, digest, number in session.exec(query)}
    return found


def _insert(connection: Connection, arrival: Arrival, content: _Content, first: int | None) -> int:
    message_id, digest = content
    made: CursorResult[Any] = connection.execute(
        insert(MessageRow).values(
            mailbox=arrival.mailbox, folder=arrival.folder, uidvalidity=arrival.uidvalidity, uid=arrival.uid,
            received=arrival.received, size=arrival.size, message_id=message_id, body_digest=digest,
            duplicate_of=first, vanished=arrival.vanished, tries=0, subject="", holds_reading=False,
        )
    )  # fmt: skip
    number = int(made.inserted_primary_key[0]) if made.inserted_primary_key else 0
    if first is None and arrival.raw is not None:
        connection.execute(insert(RawMailRow).values(message_id=number, raw=arrival.raw))
    return number


def mail(engine: Engine, message_id: int) -> StoredMail | None:
    """Return one message with its bytes; of a second delivery those of the first."""
    with reading(engine) as session:
        row = session.get(MessageRow, message_id)
        return None if row is None else next(iter(_load_mail(session, [row.duplicate_of or row.id])), None)


def _load_mail(session: Session, ids: Sequence[int | None]) -> list[StoredMail]:
    query = (
        select(MessageRow, RawMailRow.raw)
        .join(RawMailRow, col(RawMailRow.message_id) == col(MessageRow.id), isouter=True)
        .where(col(MessageRow.id).in_(ids))
        .order_by(col(MessageRow.received), col(MessageRow.uid), col(MessageRow.id))
    )
    return [stored_mail(message, raw) for message, raw in session.exec(query)]


def stored_mail(message: MessageRow, raw: bytes | None) -> StoredMail:
    """Return a message row with its bytes as the pipeline takes it."""
    return StoredMail(
        id=message.id, raw=raw, received=message.received, mailbox=message.mailbox, folder=message.folder,
        uidvalidity=message.uidvalidity, uid=message.uid, tries=message.tries, size=message.size,
        source=source_of(message.mailbox, message.folder, message.uidvalidity, message.uid),
    )  # fmt: skip
