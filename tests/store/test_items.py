"""The operators' queue: what goes there, and what a later good message closes."""

from collections.abc import Sequence

import pytest

from mailreader.store import Store
from models.catalogue import Outcome, QueueStatus, ReadingStatus, Reason, Request, Service
from models.decision import Decision
from models.verdict import Finding, JudgedReading
from tests.store.samples import SENDER, accepted, arrival, decide, decision, recorded, refused

OPEN, SUPERSEDED = QueueStatus.OPEN, QueueStatus.SUPERSEDED
OUTSIDE = (Finding(Reason.OUTSIDE_WINDOW),)
MISSING = (Finding(Reason.ACCOUNT_MISSING),)
REQUEST = Request.INVOICE_DUPLICATE


@pytest.mark.parametrize(
    ("made", "queued"),
    [
        (accepted("12345"), False),
        (decision(Outcome.ACCEPTED, recorded("12345"), request=REQUEST), True),
        (decision(Outcome.PARTIAL, recorded("12345"), refused(service=Service.HOT_WATER)), True),
        (decision(Outcome.REJECTED, refused()), True),
        (decision(Outcome.REJECTED, findings=OUTSIDE), False),
        (decision(Outcome.REJECTED, findings=OUTSIDE, request=REQUEST), True),
        (decision(Outcome.REVIEW, findings=(Finding(Reason.ATTACHMENT_ONLY),)), True),
        (decision(Outcome.IGNORED), False),
    ],
)
def test_message_goes_to_the_queue_where_a_person_should_look(store: Store, made: Decision, *, queued: bool) -> None:
    """The table of section 6, and the request beside good readings."""
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, made)
    items = store.queue()
    assert [(item.message.id, item.status, item.assigned_to) for item in items] == [(saved.id, OPEN, None)] * queued


CASES: Sequence[tuple[str, Decision, Decision, QueueStatus]] = [
    ("same account", decision(Outcome.REJECTED, refused()), accepted("12345", "b@mail.example"), SUPERSEDED),
    ("no account, same sender", decision(Outcome.REJECTED, findings=MISSING), accepted("12345"), SUPERSEDED),
    ("no account, other sender", decision(Outcome.REJECTED, findings=MISSING), accepted("1", "b@c.example"), OPEN),
    (
        "account that the register does not have",
        decision(Outcome.REJECTED, refused(Reason.ACCOUNT_UNKNOWN, number="999", service=None)),
        accepted("12345"),
        SUPERSEDED,
    ),
    ("other service", decision(Outcome.REJECTED, refused(service=Service.HOT_WATER)), accepted("12345"), OPEN),
    ("request", decision(Outcome.REJECTED, refused(), request=REQUEST), accepted("12345"), OPEN),
    (
        "a person's to decide",
        decision(Outcome.REVIEW, refused(Reason.VALUE_IMPLAUSIBLE, status=ReadingStatus.REVIEW)),
        accepted("12345"),
        OPEN,
    ),
    (
        "one of two refused",
        decision(Outcome.REJECTED, refused(), refused(service=Service.HOT_WATER)),
        accepted("12345"),
        OPEN,
    ),
    ("later one refused too", decision(Outcome.REJECTED, refused()), decision(Outcome.REJECTED, refused()), OPEN),
]


@pytest.mark.parametrize("late", [False, True], ids=["in order", "handled late"])
@pytest.mark.parametrize(("bad", "good", "status"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_item_is_closed_by_a_later_message_that_mends_it(
    store: Store, bad: Decision, good: Decision, status: QueueStatus, *, late: bool
) -> None:
    """Later means received later: the order in which they are handled changes nothing."""
    older, newer = store.save_arrivals([arrival(1), arrival(2)])
    steps = [(older.id, bad), (newer.id, good)]
    for message_id, made in reversed(steps) if late else steps:
        decide(store, message_id, made)
    item = store.queue_item(older.id)
    assert item is not None
    assert item.status is status


def test_older_good_message_closes_nothing(store: Store) -> None:
    """A reading that came before the bad message does not mend it."""
    older, newer = store.save_arrivals([arrival(1), arrival(2)])
    decide(store, newer.id, decision(Outcome.REJECTED, refused()))
    decide(store, older.id, accepted("12345"))
    assert [item.status for item in store.queue()] == [OPEN]


def test_two_messages_together_mend_a_third(store: Store) -> None:
    """Every refused reading must be recorded now, by whichever later message."""

    def water(value: str) -> JudgedReading:
        return JudgedReading(
            "0123456", "9", Service.HOT_WATER, refused().zone, value, ReadingStatus.RECORDED, None, value
        )

    saved = store.save_arrivals([arrival(uid) for uid in (1, 2, 3)])
    decide(store, saved[0].id, decision(Outcome.REJECTED, refused(), refused(service=Service.HOT_WATER)))
    decide(store, saved[1].id, accepted("12345", SENDER))
    assert len(store.queue()) == 1
    decide(store, saved[2].id, decision(Outcome.ACCEPTED, water("50")))
    assert store.queue() == []
