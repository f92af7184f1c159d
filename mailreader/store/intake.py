"""Mail on its way in: what was seen, what is still to be judged, what is still to be filed."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, CursorResult, Engine, func, insert, or_, true, tuple_, update
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from mailreader.store.engine import reading, writing
from mailreader.store.turns import Turn, take_turn
from models.columns import clean_text, indexed_text
from models.tables import MessageRow, PauseRow, RawMailRow

FILE_MAILBOX: Final = "file"
MOST_TRIES: Final = 3
CLAIM: Final = timedelta(minutes=10)
CHUNK: Final = 500
LANE: Final = 20
"""How many messages of one sender wait side by side with everybody else's; the next as many come after all of those."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as it was found.

    `received` is aware, `size` in bytes. `raw` is None where the bytes were not fetched: too large, or, with
    `vanished`, gone before they could be. For mail in files `mailbox` is "file", `folder` the path, and
    `uidvalidity` something that changes with the content, so that a file that was written anew is a new arrival.
    `sender` is the one address that it claims to be from.
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
    sender: str | None = None


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
        contents = known_contents(session, arrivals)
        waiting = _waiting(session, arrivals)
        known = frozenset(places)
        for arrival in arrivals:
            place = _place(arrival)
            if place in places:
                continue
            content = content_of(arrival)
            first = contents.get(content) if content[1] else None
            sender = _sender(arrival)
            number = _insert(session.connection(), arrival, content, first, waiting[sender] // LANE)
            places[place] = (number, first)
            if first is None:
                contents[content] = number
                waiting[sender] += sender is not None
        return [SavedArrival(*places[_place(arrival)], known=_place(arrival) in known) for arrival in arrivals]


def pending(
    engine: Engine,
    limit: int,
    now: datetime,
    *,
    of_files: bool | None = None,
    exhausted: bool = False,
    first_lane: bool = False,
) -> list[StoredMail]:
    """Claim up to `limit` messages that are still to be judged, lane by lane, in the order received, then by UID.

    A claim runs out after `CLAIM`, so that a process that died loses nothing. Messages that failed `MOST_TRIES` times
    are not among them: `exhausted` claims those instead, for whoever records them as unreadable. `of_files` claims mail
    in files alone, or (False) all but that; `first_lane` none of those who have very many waiting. Mail of a mailbox
    that is paused waits.
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
            has_run_out(col(row.claimed_until), now, CLAIM),
            true() if of_files is None else (col(row.mailbox) == FILE_MAILBOX) == of_files,
            col(row.lane) == 0 if first_lane else true(),
            col(row.mailbox).not_in(select(PauseRow.mailbox)),
        )
        .order_by(col(row.lane), col(row.received), col(row.uid), col(row.id))
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


def has_run_out(claimed: Mapped[datetime | None], now: datetime, lasts: timedelta) -> ColumnElement[bool]:
    """Whether a claim holds no more, or was never made; one that outlasts a whole claim is of a wrong clock."""
    return or_(claimed.is_(None), claimed <= now, claimed > now + lasts)


def release(engine: Engine, message_id: int, error: str, *, counts: bool = True) -> int:
    """Give a claimed message back after a failure; return its tries so far.

    `counts` is false for a fault of a server or the machine, which says nothing about the message.
    """
    with writing(engine) as session:
        message = session.get_one(MessageRow, message_id, with_for_update=True)
        message.tries += counts
        message.last_error = error
        message.claimed_until = None
        return message.tries


_Place = tuple[str, str, int, int]
_Content = tuple[str, str | None]


def _place(arrival: Arrival) -> _Place:
    return clean_text(arrival.mailbox), indexed_text(arrival.folder), arrival.uidvalidity, arrival.uid


def content_of(arrival: Arrival) -> _Content:
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


def _waiting(session: Session, arrivals: Sequence[Arrival]) -> Counter[str | None]:
    """How many messages of each sender wait to be judged."""
    row = MessageRow
    senders = sorted({sender for sender in map(_sender, arrivals) if sender})
    undecided = col(row.decided_at).is_(None) & col(row.duplicate_of).is_(None)
    found: Counter[str | None] = Counter()
    for start in range(0, len(senders), CHUNK):
        theirs = col(row.sender).in_(senders[start : start + CHUNK])
        query = select(row.sender, func.count()).where(undecided, theirs).group_by(col(row.sender))
        found.update(dict(session.exec(query).all()))
    return found


def _sender(arrival: Arrival) -> str | None:
    """Whose mail it counts as; mail in files keeps the order that it was received in, whoever sent it."""
    return None if arrival.mailbox == FILE_MAILBOX or not arrival.sender else indexed_text(arrival.sender.lower())


def known_contents(session: Session, arrivals: Sequence[Arrival]) -> dict[_Content, int]:
    """The messages that are known by their content, with their numbers."""
    row = MessageRow
    contents = sorted({(name, digest) for name, digest in map(content_of, arrivals) if digest})
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


def _insert(connection: Connection, arrival: Arrival, content: _Content, first: int | None, lane: int) -> int:
    message_id, digest = content
    made: CursorResult[Any] = connection.execute(
        insert(MessageRow).values(
            mailbox=arrival.mailbox, folder=arrival.folder, uidvalidity=arrival.uidvalidity, uid=arrival.uid,
            received=arrival.received, size=arrival.size, message_id=message_id, body_digest=digest,
            duplicate_of=first, vanished=arrival.vanished, sender=_sender(arrival), lane=lane, tries=0, subject="",
            holds_reading=False,
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
        .order_by(col(MessageRow.lane), col(MessageRow.received), col(MessageRow.uid), col(MessageRow.id))
    )
    return [stored_mail(message, raw) for message, raw in session.exec(query)]


def stored_mail(message: MessageRow, raw: bytes | None) -> StoredMail:
    """Return a message row with its bytes as the pipeline takes it."""
    return StoredMail(
        id=message.id, raw=raw, received=message.received, mailbox=message.mailbox, folder=message.folder,
        uidvalidity=message.uidvalidity, uid=message.uid, tries=message.tries, size=message.size,
        source=source_of(message.mailbox, message.folder, message.uidvalidity, message.uid),
    )  # fmt: skip
