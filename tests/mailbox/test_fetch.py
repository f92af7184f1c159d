"""New messages of a real mailbox: every one comes back exactly once, with its bytes and its instant."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailreader.mailbox import Fetched, Mailbox, MailboxAccess
from mailreader.mailbox import fetch as room
from tests.servers.dovecot import Dovecot


def message(text: str = "свет 12345") -> bytes:
    """A small mail."""
    return f"Subject: hello\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()


@pytest.fixture
def mailbox(dovecot: Dovecot, user: str) -> Iterator[Mailbox]:
    """A connection to the user's inbox."""
    with Mailbox(dovecot.access(user)) as mailbox:
        mailbox.connect()
        yield mailbox


def fetch_all(mailbox: Mailbox, uids: list[int]) -> list[Fetched]:
    """Every message of every batch."""
    return [message for batch in mailbox.fetch(uids) for message in batch]


def test_new_message_comes_with_bytes_size_and_instant_in_utc(dovecot: Dovecot, user: str, mailbox: Mailbox) -> None:
    """INTERNALDATE is what the server keeps, in UTC; the bytes are those that were delivered."""
    received = datetime(2026, 11, 20, 14, 5, tzinfo=timezone(timedelta(hours=5)))
    dovecot.deliver(user, message(), received=received)
    mailbox.select()
    (only,) = fetch_all(mailbox, mailbox.new_uids(0))
    assert only == Fetched(1, received, len(message()), message())
    assert only.received is not None
    assert only.received.tzinfo is UTC


def test_uids_already_seen_are_not_listed_again(dovecot: Dovecot, user: str, mailbox: Mailbox) -> None:
    """`n:*` names the last message also where n is above it; that one is not new."""
    dovecot.deliver(user, message(), message(), message())
    mailbox.select()
    assert [mailbox.new_uids(last) for last in (0, 2, 3, 10)] == [[1, 2, 3], [3], [], []]


def test_many_messages_are_listed_in_windows(
    dovecot: Dovecot, user: str, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows neither lose nor repeat a UID, also where most UIDs are gone."""
    dovecot.deliver(user, *[message()] * 40)
    with dovecot.client(user) as person:
        person.delete_messages(list(range(3, 30)))
        person.expunge()
    monkeypatch.setattr(room, "WINDOW", 4)
    mailbox.select()
    assert mailbox.new_uids(0) == [1, 2, *range(30, 41)]
    assert mailbox.new_uids(31) == list(range(32, 41))


def test_batches_are_bounded_by_count_and_bytes(dovecot: Dovecot, user: str) -> None:
    """A batch ends before it has too many messages or bytes; one large message is a batch of its own."""
    sizes = [10, 10, 10, 900, 10]
    dovecot.deliver(user, *(message("x" * size) for size in sizes))
    with Mailbox(dovecot.access(user, batch_messages=2, batch_bytes=600)) as mailbox:
        mailbox.connect()
        mailbox.select()
        batches = [[one.uid for one in batch] for batch in mailbox.fetch(mailbox.new_uids(0))]
    assert batches == [[1, 2], [3], [4], [5]]


@example([400, 0], 5, 300, 100)
@given(st.lists(st.integers(0, 400)), st.integers(1, 5), st.integers(1, 300), st.integers(100, 300))
def test_batches_hold_every_message_once_and_keep_to_their_bounds(
    sizes: list[int], count: int, octets: int, oversize: int
) -> None:
    """Whatever the sizes, none is lost or doubled; a batch above the bounds is one message by itself."""
    access = MailboxAccess(
        name="main", host="h", username="u", password="p",
        batch_messages=count, batch_bytes=octets, oversize_bytes=oversize,
    )  # fmt: skip
    known = [Fetched(uid, size=size) for uid, size in enumerate(sizes, start=1)]
    batches = list(room._batches(known, access, room.Suspects()))
    assert [one for batch in batches for one in batch] == known
    for batch in batches:
        assert len(batch) <= count
        assert len(batch) == 1 or sum(one.size for one in batch) <= octets
        assert len(batch) == 1 or max(one.size for one in batch) <= oversize


def test_message_that_vanished_is_reported_as_vanished(dovecot: Dovecot, user: str, mailbox: Mailbox) -> None:
    """What another client expunged is done: no bytes, no problem."""
    dovecot.deliver(user, message(), message(), message())
    mailbox.select()
    uids = mailbox.new_uids(0)
    with dovecot.client(user) as person:
        person.delete_messages([2])
        person.expunge()
    fetched = {one.uid: one for one in fetch_all(mailbox, uids)}
    assert fetched[2] == Fetched(2, vanished=True)
    assert [uid for uid, one in fetched.items() if one.raw == message()] == [1, 3]


def test_fetching_leaves_no_trace_that_people_would_see(dovecot: Dovecot, user: str, mailbox: Mailbox) -> None:
    """Nothing is marked as seen; and what a person has read is fetched all the same."""
    dovecot.deliver(user, message(), message())
    with dovecot.client(user) as person:
        person.add_flags([2], [b"\\Seen"])
        mailbox.select()
        assert len(fetch_all(mailbox, mailbox.new_uids(0))) == 2
        flags = person.get_flags([1, 2])
    assert b"\\Seen" not in flags[1]
    assert b"\\Seen" in flags[2]


def test_file_put_into_the_maildir_is_found(dovecot: Dovecot, user: str, mailbox: Mailbox) -> None:
    """Delivery by another program than Dovecot counts as well."""
    mailbox.select()
    new = dovecot.mailbox_folder(user) / "new"
    (new / "1795442000.M1P1.example").write_bytes(message())
    (new / "1795442000.M1P1.example").chmod(0o644)
    assert mailbox.select().messages == 1
    assert [one.raw for one in fetch_all(mailbox, mailbox.new_uids(0))] == [message()]


def test_folder_made_anew_has_another_uidvalidity(dovecot: Dovecot, user: str) -> None:
    """The same UID under another UIDVALIDITY is another message: `select` tells."""
    with dovecot.client(user) as person:
        person.create_folder("Readings")
        dovecot.deliver(user, message("one"), folder="Readings")
        with Mailbox(dovecot.access(user, folder="Readings")) as mailbox:
            mailbox.connect()
            before = mailbox.select()
            person.rename_folder("Readings", "Old")
            person.create_folder("Readings")
            dovecot.deliver(user, message("two"), folder="Readings")
            after = mailbox.select()
            assert (before.uidnext, after.uidnext) == (2, 2)
            assert before.uidvalidity != after.uidvalidity
            assert fetch_all(mailbox, mailbox.new_uids(0))[0].raw == message("two")
