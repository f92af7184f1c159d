"""Mail on its way in: saved once, claimed once, given back, filed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailreader.store import MOST_TRIES, Store
from mailreader.store.engine import writing
from mailreader.store.filing import file_again
from models.catalogue import Outcome
from models.tables import MessageRow
from tests.store.samples import NOW, accepted, arrival, decide, decision

HOUR = timedelta(hours=1)


def test_same_delivery_saved_again_stays_one_row(store: Store) -> None:
    """Saving is idempotent by mailbox, folder, UIDVALIDITY and UID."""
    first = store.save_arrivals([arrival(1), arrival(2)])
    again = store.save_arrivals([arrival(2), arrival(3)])
    assert [saved.known for saved in again] == [True, False]
    assert again[0].id == first[1].id
    assert len(store.messages()) == 3


@pytest.mark.parametrize("together", [True, False])
def test_second_delivery_points_at_the_first(store: Store, *, together: bool) -> None:
    """The same Message-ID with the same body is one message, from whatever folder it comes."""
    first, second = arrival(1), replace(arrival(9), message_id="<1@mail.example>", body_digest="digest-1")
    batches = [[first, second]] if together else [[first], [second]]
    saved = [row for batch in batches for row in store.save_arrivals(batch)]
    assert saved[1].duplicate_of == saved[0].id
    assert [mail.id for mail in store.pending(10, NOW)] == [saved[0].id]


@pytest.mark.parametrize(
    "other",
    [
        replace(arrival(2), message_id="<1@mail.example>"),
        replace(arrival(2), body_digest="digest-1"),
    ],
    ids=["another body", "another Message-ID"],
)
def test_half_the_same_is_another_message(store: Store, other: object) -> None:
    """Neither the Message-ID nor the body alone makes a second delivery."""
    saved = store.save_arrivals([arrival(1), other])  # type: ignore[list-item]
    assert saved[1].duplicate_of is None


def test_mail_without_message_id_is_compared_by_all_its_bytes(store: Store) -> None:
    """Without a Message-ID, only the same bytes are the same message."""
    one, two, three = (
        replace(arrival(uid, raw=raw), message_id=None, body_digest="same")
        for uid, raw in ((1, b"x"), (2, b"y"), (3, b"x"))
    )
    saved = store.save_arrivals([one, two, three])
    assert [row.duplicate_of for row in saved] == [None, None, saved[0].id]


def test_pending_mail_comes_in_the_order_received_then_by_uid(store: Store) -> None:
    """The order of the server decides, not the order of saving."""
    store.save_arrivals([arrival(3, minutes=5), arrival(2, minutes=9), arrival(1, minutes=5)])
    assert [mail.uid for mail in store.pending(10, NOW)] == [1, 3, 2]


def test_claimed_mail_is_not_claimed_twice_until_the_claim_runs_out(store: Store) -> None:
    """A process that died gives its mail back by time."""
    store.save_arrivals([arrival(1)])
    assert len(store.pending(10, NOW)) == 1
    assert store.pending(10, NOW) == []
    assert [mail.uid for mail in store.pending(10, NOW + HOUR)] == [1]


def test_mail_that_failed_too_often_is_exhausted(store: Store) -> None:
    """After the last try it is claimed apart, with the bytes, to be recorded as unreadable."""
    [saved] = store.save_arrivals([arrival(1)])
    tries = [store.release(mail.id, "boom") for _ in range(MOST_TRIES) for mail in store.pending(1, NOW)]
    assert tries == [1, 2, 3]
    assert store.pending(1, NOW) == []
    assert [mail.id for mail in store.exhausted(1, NOW)] == [saved.id]


def test_fault_of_a_server_is_no_try(store: Store) -> None:
    """A fault that is not the message's does not count, and the message is there again at once."""
    store.save_arrivals([arrival(1)])
    (claimed,) = store.pending(1, NOW)
    assert store.pending(1, NOW) == []
    assert store.release(claimed.id, "database is down", counts=False) == 0
    assert len(store.pending(1, NOW)) == 1


def test_vanished_mail_is_accounted_for_and_never_pending(store: Store) -> None:
    """A message that was gone before it could be fetched is neither judged nor filed nor listed."""
    store.save_arrivals([replace(arrival(1), raw=None, message_id=None, body_digest="", vanished=True)])
    store.attach("main", "INBOX", 7, NOW)
    assert store.pending(1, NOW) == []
    assert store.messages() == []
    assert store.cursor("main", "INBOX").last_uid == 1


def test_oversize_mail_is_pending_without_bytes(store: Store) -> None:
    """What was too large to fetch still gets an outcome; two of them are two messages."""
    huge = [replace(arrival(uid), raw=None, message_id=None, body_digest="") for uid in (1, 2)]
    store.save_arrivals(huge)
    assert [mail.raw for mail in store.pending(5, NOW)] == [None, None]


def test_new_uidvalidity_starts_from_the_first_uid(store: Store) -> None:
    """The cursor follows the UIDVALIDITY; the first attachment stays known."""
    store.attach("main", "INBOX", 7, NOW)
    store.save_arrivals([arrival(41)])
    assert store.cursor("main", "INBOX").last_uid == 41
    store.attach("main", "INBOX", 8, NOW + HOUR)
    cursor = store.cursor("main", "INBOX")
    assert (cursor.uidvalidity, cursor.last_uid, cursor.attached_at) == (8, 0, NOW)


def test_judged_mail_is_filed_once_with_its_second_delivery(store: Store) -> None:
    """Both deliveries go to the folder of the one outcome."""
    twin = replace(arrival(2), message_id="<1@mail.example>", body_digest="digest-1")
    first, second, _waiting = store.save_arrivals([arrival(1), twin, arrival(3)])
    decide(store, first.id, accepted("12345"))
    assert [(row.id, row.outcome) for row in store.to_file("main", 10)] == [
        (first.id, Outcome.ACCEPTED),
        (second.id, Outcome.ACCEPTED),
    ]
    store.mark_filed(dict.fromkeys(store.to_file("main", 10)), NOW)
    assert store.to_file("main", 10) == []


def reject(store: Store, number: int) -> None:
    """Give a message another outcome, as an operator's act does."""
    with writing(store._engine) as session:
        session.get_one(MessageRow, number).outcome = Outcome.REJECTED
        file_again(session, number)


def test_mail_with_a_new_outcome_since_it_was_looked_up_stays_to_be_filed(store: Store) -> None:
    """With its second delivery, from where both were put; other mail of the same round is done with."""
    twin = replace(arrival(2), message_id="<1@mail.example>", body_digest="digest-1")
    first, second, other = store.save_arrivals([arrival(1), twin, arrival(3)])
    decide(store, first.id, accepted("12345"))
    decide(store, other.id, accepted("12346"))
    moved = store.to_file("main", 10)
    reject(store, first.id)
    store.mark_filed({mail: ("Processed", 5, mail.uid) for mail in moved}, NOW)
    assert store.to_file("main", 10) == []
    assert [(mail.id, mail.outcome, mail.at) for mail in store.to_file("main", 10, again=True)] == [
        (first.id, Outcome.REJECTED, ("Processed", 5, 1)),
        (second.id, Outcome.REJECTED, ("Processed", 5, 2)),
    ]


def test_mail_that_stayed_where_it_came_is_filed_by_a_new_outcome(store: Store) -> None:
    """Its first outcome had it lie in the inbox; what is to be moved now comes from there."""
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, accepted("12345"))
    stays = store.to_file("main", 10)
    reject(store, saved.id)
    store.mark_filed(dict.fromkeys(stays), NOW)
    assert [(mail.id, mail.outcome) for mail in store.to_file("main", 10)] == [(saved.id, Outcome.REJECTED)]


def test_nul_and_lone_surrogates_do_not_reach_the_database(store: Store) -> None:
    """Texts that a database refuses are cleaned on their way in."""
    [saved] = store.save_arrivals([replace(arrival(1), folder="IN\udcffBOX\0")])
    made = decision(Outcome.IGNORED)
    decide(store, saved.id, replace(made, subject="a\0b\ud800c", reply=None))
    line = store.messages()[0]
    assert line.subject == "abc"
    assert line.line.source == "main/INBOX;UIDVALIDITY=7/;UID=1"
    assert store.save_arrivals([replace(arrival(1), folder="IN\udcffBOX\0")])[0].known


def test_sender_with_very_many_messages_lets_others_pass(store: Store) -> None:
    """The first twenty of each wait side by side, the next twenty after all of those."""
    flood = [replace(arrival(uid), sender="Flood@mail.example") for uid in range(1, 46)]
    store.save_arrivals([*flood, *(replace(arrival(uid), sender=f"{uid}@mail.example") for uid in (50, 51))])
    assert [mail.uid for mail in store.pending(25, NOW, first_lane=True)] == [*range(1, 21), 50, 51]
    store.save_arrivals([replace(arrival(60), sender="late@mail.example")])
    assert [mail.uid for mail in store.pending(50, NOW)] == [60, *range(21, 46)]


def test_sender_whose_mail_was_handled_waits_with_the_others_again(store: Store) -> None:
    """What is decided counts no more; mail in files keeps its order, whoever sent it."""
    many = [replace(arrival(uid), sender="a@mail.example") for uid in range(1, 22)]
    for saved in store.save_arrivals(many):
        decide(store, saved.id, decision(Outcome.IGNORED))
    store.save_arrivals([replace(arrival(30), sender="a@mail.example")])
    assert [mail.uid for mail in store.pending(50, NOW, first_lane=True)] == [30]
    files = [replace(one, mailbox="file", folder=str(one.uid), message_id=f"<f{one.uid}@x>") for one in many]
    store.save_arrivals(files)
    assert len(store.pending(50, NOW, of_files=True, first_lane=True)) == 21


def test_claim_of_a_clock_that_was_wrong_is_not_waited_for(store: Store) -> None:
    """A machine that came up a day ahead claimed mail until tomorrow: put right, it takes it again at once."""
    store.save_arrivals([arrival(1)])
    assert len(store.pending(5, NOW + 24 * HOUR)) == 1
    assert [mail.uid for mail in store.pending(5, NOW)] == [1]
