"""Several processes on one database: each thing is done once, and none waits for ever for another."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TypeVar

import pytest

from mailreader.store import Store
from models.catalogue import Outcome, QueueStatus, Reason
from models.verdict import Finding
from tests.store.samples import NOW, SENDER, accepted, account, arrival, decide, decide_by, decision, recorded

PROCESSES = 4
_Result = TypeVar("_Result")


@pytest.fixture
def stores(store: Store, database: str) -> Iterator[list[Store]]:
    """Several stores on one database, as several processes have them."""
    others = [Store.open(database, reply_domain="energo.example") for _ in range(PROCESSES - 1)]
    yield [store, *others]
    for other in others:
        other.close()


def at_once(stores: list[Store], work: Callable[[int, Store], _Result]) -> list[_Result]:
    """Let each store do its part, all beginning at one moment."""
    barrier = Barrier(len(stores))

    def run(place: int) -> _Result:
        barrier.wait()
        return work(place, stores[place])

    with ThreadPoolExecutor(len(stores)) as pool:
        return list(pool.map(run, range(len(stores))))


def test_arrivals_that_all_save_at_once_are_one_message_each(stores: list[Store]) -> None:
    """Whoever comes later gets the numbers of who came first, in whatever order each saves them."""
    mail = [arrival(uid) for uid in range(1, 21)]
    saved = at_once(stores, lambda place, store: store.save_arrivals(mail if place % 2 else mail[::-1]))
    assert {tuple(sorted(row.id for row in part)) for part in saved} == {tuple(sorted(row.id for row in saved[0]))}
    assert sorted(part[0].known for part in saved) == [False, True, True, True]
    assert len(stores[0].messages()) == 20


def test_one_message_in_several_folders_at_once_is_one_with_copies(stores: list[Store]) -> None:
    """The content is unique, too."""
    same = arrival(1)
    saved = at_once(stores, lambda place, store: store.save_arrivals([replace(same, folder=f"F{place}")])[0])
    assert sorted(row.duplicate_of is None for row in saved) == [False, False, False, True]
    assert len(stores[0].pending(10, NOW)) == 1


def test_folder_that_all_attach_at_once_is_attached_once(stores: list[Store]) -> None:
    """Nobody fails over the row of another."""
    at_once(stores, lambda _place, store: store.attach("main", "INBOX", 7, NOW))
    assert stores[0].cursor("main", "INBOX").uidvalidity == 7


def test_mail_is_claimed_by_one_only(stores: list[Store]) -> None:
    """Claims that meet pass each other by: none is given twice, none is left."""
    stores[0].save_arrivals([arrival(uid) for uid in range(1, 41)])

    def claim(_place: int, store: Store) -> list[int]:
        return [mail.id for _ in range(10) for mail in store.pending(3, NOW)]

    claimed = [number for part in at_once(stores, claim) for number in part]
    assert sorted(claimed) == sorted(line.id for line in stores[0].messages())


def test_reply_is_claimed_by_one_only(stores: list[Store]) -> None:
    """One answer goes out once."""
    for saved in stores[0].save_arrivals([arrival(uid) for uid in range(1, 9)]):
        decide(stores[0], saved.id, accepted(str(saved.id)))

    def claim(_place: int, store: Store) -> list[int]:
        return [reply.id for _ in range(8) if (reply := store.claim_reply(NOW))]

    claimed = [number for part in at_once(stores, claim) for number in part]
    assert sorted(claimed) == [line.id for line in stores[0].outbox()]


def test_messages_that_mend_one_another_all_end(stores: list[Store]) -> None:
    """Each of another account and all of one sender: what they mend is the same, and nothing locks up over it."""
    stores[0].import_register([account(str(place), f"M{place}") for place in range(PROCESSES)])
    early = stores[0].save_arrivals([arrival(uid) for uid in range(1, 13)])
    for saved in early:
        decide(stores[0], saved.id, decision(Outcome.REJECTED, findings=(Finding(Reason.VALUE_MISSING),)))
    late = stores[0].save_arrivals([arrival(uid) for uid in range(101, 101 + PROCESSES * 3)])

    def work(place: int, store: Store) -> None:
        made = decision(Outcome.ACCEPTED, recorded("12345", str(place), f"M{place}"))
        for saved in late[place::PROCESSES]:
            decide_by(store, saved.id, lambda _register, _history: made, identifiers=frozenset({str(place)}))

    at_once(stores, work)
    assert [item.status for item in stores[0].queue(None)] == [QueueStatus.SUPERSEDED] * 12


def test_register_that_is_imported_by_all_at_once_is_imported_once(stores: list[Store]) -> None:
    """While messages about its accounts are decided."""
    accounts = [account(str(number), f"M{number}") for number in range(1000)]
    mail = stores[0].save_arrivals([arrival(uid) for uid in range(1, 41)])

    def work(place: int, store: Store) -> int:
        if place < 2:
            return store.import_register(accounts if place else accounts[::-1]).new
        for saved in mail[place - 2 :: 2]:
            named = frozenset(str(number) for number in range(saved.id, 1000, 90))
            decide_by(store, saved.id, lambda _register, _history: accepted("12345", SENDER), identifiers=named)
        return 0

    assert sorted(at_once(stores, work)) == [0, 0, 0, 1000]
