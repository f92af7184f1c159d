"""Pauses of mailboxes: each once, by name, with its acts in the trail; claims leave their mail alone."""

from datetime import timedelta

from mailreader.store import Pause, Store
from tests.store.samples import NOW, arrival

LATER = NOW + timedelta(hours=1)


def test_pause_lasts_until_it_is_resumed(store: Store) -> None:
    """Who paused first stays known; resuming tells what ended."""
    assert store.pause("main", "anna", NOW) is None
    paused = Pause("main", NOW, "anna")
    assert store.pause("main", "boris", LATER) == paused
    assert store.pauses() == [paused]
    assert store.resume("main", "boris", LATER) == paused
    assert (store.resume("main", "boris", LATER), store.pauses()) == (None, [])


def test_mail_of_a_paused_mailbox_is_not_claimed(store: Store) -> None:
    """Neither to be handled nor to be given up, until the pause ends."""
    saved = store.save_arrivals([arrival(1), arrival(2)])
    for _ in range(3):
        store.release(saved[1].id, "broken")
    store.pause("main", "anna", NOW)
    assert (store.pending(10, LATER), store.exhausted(10, LATER)) == ([], [])
    store.resume("main", "anna", NOW)
    assert [mail.uid for mail in store.pending(10, LATER)] == [1]
    assert [mail.uid for mail in store.exhausted(10, LATER)] == [2]
