"""Retention: what is old goes, what waits stays, and nothing is ever taken in or answered twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import select

from mailreader.store import Arrival, Limits, Store
from mailreader.store.engine import connect, writing
from models.catalogue import Act, Outcome, QueueStatus
from models.tables import AuditRow, MessageRow, QueueRow
from tests.store.samples import NOW, accepted, arrival, decide, decision, refused

LATER = NOW + timedelta(days=100)
EVERYTHING = Limits(raw_mail=None, messages=LATER - timedelta(days=62))
RAW_MAIL = Limits(raw_mail=LATER - timedelta(days=10), messages=None)
NOTHING: dict[str, int] = {}


def purge(store: Store, limits: Limits = EVERYTHING) -> dict[str, int]:
    """Purge as of a later day; return what was done, which is what was told before."""
    told = +store.purgeable(limits)
    done = store.purge(limits, LATER, "anna", lambda _done: None)
    assert done == told
    return dict(done)


def sent(store: Store) -> None:
    """Send the answer that waits."""
    reply = store.claim_reply(NOW + timedelta(days=1))
    assert reply is not None
    store.mark_sent(reply.id, NOW)


def handled(store: Store, uid: int = 1) -> int:
    """Handle a message to its end: recorded, filed, answered."""
    [saved] = store.save_arrivals([arrival(uid)])
    decide(store, saved.id, accepted(f"{uid}2345"))
    store.mark_filed(dict.fromkeys(store.to_file("main", 1)), NOW)
    sent(store)
    return saved.id


def test_old_message_keeps_only_what_tells_it_again(store: Store) -> None:
    """Its reading stays, and names no sender."""
    number = handled(store)
    assert purge(store) == {"messages": 1, "raw_mail": 1, "judged_readings": 1, "answers": 1, "readings": 1}
    line = store.message(number)
    assert line is not None
    assert (line.line.sender, line.subject, line.line.readings, line.line.reply) == (None, "", (), None)
    assert line.line.outcome is Outcome.ACCEPTED
    mail = store.mail(number)
    assert mail is not None
    assert mail.raw is None
    assert [reading.value for reading in store.readings()] == ["12345"]
    known = store.account("0123456")
    assert known is not None
    assert [past.sender for past in known[1]] == [None]


def test_purged_message_is_never_taken_in_or_answered_again(store: Store) -> None:
    """Neither at its old place nor delivered once more."""
    number = handled(store)
    purge(store)
    [again] = store.save_arrivals([arrival(1)])
    assert (again.id, again.known) == (number, True)
    [twice] = store.save_arrivals([Arrival("main", "INBOX", 7, 9, LATER, 6, b"mail 1", "<1@mail.example>", "digest-1")])
    assert twice.duplicate_of == number
    assert store.pending(10, LATER) == []
    assert store.claim_reply(LATER) is None


def test_second_purge_finds_nothing(store: Store) -> None:
    """What was purged is not counted again, and the audit trail gets no second act."""
    handled(store)
    purge(store)
    assert purge(store) == NOTHING


def test_raw_mail_goes_before_what_is_known_of_it(store: Store) -> None:
    """The trail stays as it was."""
    number = handled(store)
    before = store.message(number)
    assert purge(store, RAW_MAIL) == {"raw_mail": 1}
    assert store.message(number) == before
    assert purge(store) == {"messages": 1, "judged_readings": 1, "answers": 1, "readings": 1}


def test_many_messages_go_in_batches(store: Store) -> None:
    """Progress tells every batch; the last call names all."""
    saved = store.save_arrivals([arrival(uid) for uid in range(1, 701)])
    first, *others = (one.id for one in saved)
    decide(store, first, decision(Outcome.IGNORED))
    store.mark_filed(dict.fromkeys(store.to_file("main", 1)), NOW)
    told: list[int] = []
    duplicates = [
        Arrival("main", "INBOX", 8, uid, NOW, 6, b"mail 1", "<1@mail.example>", "digest-1") for uid in range(1, 701)
    ]
    store.save_arrivals(duplicates)
    store.mark_filed(dict.fromkeys(store.to_file("main", 700)), NOW)
    sent(store)
    store.purge(EVERYTHING, LATER, "anna", told.append)
    assert told == [501, 702]
    assert len(store.pending(1000, LATER)) == len(others)


Unfinished = Callable[[Store], None]


def undecided(store: Store) -> None:
    """Leave a message to be judged."""
    store.save_arrivals([arrival(1)])


def unfiled(store: Store) -> None:
    """Leave a message where it came."""
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, accepted("12345"))
    sent(store)


def unanswered(store: Store) -> None:
    """Leave an answer in the outbox."""
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, accepted("12345"))
    store.mark_filed(dict.fromkeys(store.to_file("main", 1)), NOW)


def unsure(store: Store) -> None:
    """Leave an answer of which nobody knows whether it arrived."""
    unanswered(store)
    reply = store.claim_reply(NOW + timedelta(days=1))
    assert reply is not None
    store.mark_unknown(reply.id, "cut off")


def queued(store: Store) -> None:
    """Leave an item to a person."""
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, decision(Outcome.REJECTED, refused()))
    store.mark_filed(dict.fromkeys(store.to_file("main", 1)), NOW)
    sent(store)


@pytest.mark.parametrize("leave", [undecided, unfiled, unanswered, unsure, queued])
@pytest.mark.parametrize("limits", [EVERYTHING, RAW_MAIL], ids=["messages", "raw mail"])
def test_what_waits_is_left_alone(store: Store, leave: Unfinished, limits: Limits) -> None:
    """However old it is."""
    leave(store)
    assert purge(store, limits) == NOTHING


def test_what_was_handled_lately_is_left_alone(store: Store) -> None:
    """Old mail that was taken in just now is not gone tomorrow."""
    handled(store)
    assert purge(store, Limits(raw_mail=NOW, messages=NOW)) == NOTHING


def test_audit_trail_keeps_the_purge_and_loses_the_acts_on_its_messages(store: Store, database: str) -> None:
    """Who purged, when and how much; acts on messages that stay are kept."""
    queued(store)
    kept = handled(store, 2)
    engine = connect(database)
    with writing(engine) as session:
        session.get_one(QueueRow, 1).status = QueueStatus.DISMISSED
        for number in (1, kept):
            act = AuditRow(at=NOW, actor="boris", act=Act.DISMISS, message_id=number, details={})
            session.add(act)
        session.get_one(MessageRow, kept).filed_at = None
    done = purge(store)
    assert (done["messages"], done["queue_items"], done["acts"]) == (1, 1, 1)
    with writing(engine) as session:
        acts = [(act.actor, act.act, act.message_id, act.details) for act in session.exec(select(AuditRow))]
    engine.dispose()
    assert acts == [("boris", Act.DISMISS, kept, {}), ("anna", Act.PURGE, None, done)]
