"""The tag by which a reply that came back is known: of this reply, in this database, as it is now."""

import pytest

from mailreader.store import Store
from mailreader.store.engine import connect, writing
from models.catalogue import OutboxState, Outcome
from models.decision import Bounce, Decision
from models.tables import OutboxRow
from models.verdict import Verdict
from tests.store.samples import NOW, accepted, arrival, decide


def report(store: Store, uid: int, tag: str) -> None:
    """Have a message say that a reply came back for good."""
    [saved] = store.save_arrivals([arrival(uid)])
    decide(store, saved.id, Decision(Verdict(Outcome.IGNORED, None), bounce=Bounce(tag, "5.1.1 gone", hard=True)))


@pytest.fixture
def tag(store: Store) -> str:
    """The tag of the first reply, which is sent."""
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, accepted("12345"))
    claimed = store.claim_reply(NOW)
    assert claimed is not None
    store.mark_sending(claimed.id)
    store.mark_sent(claimed.id, NOW)
    return claimed.tag


def test_right_tag_fails_its_reply(store: Store, tag: str) -> None:
    """It is the one that was given out."""
    report(store, 2, tag)
    assert [line.state for line in store.outbox()] == [OutboxState.FAILED]


@pytest.mark.parametrize("number", ["1", "2", "2147483648", "999999999999999999"])
def test_forged_tag_changes_nothing(store: Store, tag: str, number: str) -> None:
    """Neither does one with a number that no row can have."""
    report(store, 2, f"{number}.{'0' * 16}")
    assert tag.startswith("1.")
    assert [line.state for line in store.outbox()] == [OutboxState.SENT]


def test_reply_of_the_same_number_in_a_restored_database_has_another_tag(store: Store, database: str, tag: str) -> None:
    """A report that comes late must not fail a reply to somebody else."""
    engine = connect(database)
    with writing(engine) as session:
        session.get_one(OutboxRow, 1).reply_id = "<reply.1.later@energo.example>"
    engine.dispose()
    report(store, 2, tag)
    assert [line.state for line in store.outbox()] == [OutboxState.SENT]
