"""Which messages are new, and their bytes: sizes first, then bodies in batches bounded by count and bytes."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, ProtocolError

from mailreader.mailbox.access import Fetched, MailboxAccess, Selected
from mailreader.mailbox.connection import ANSWER_BYTES, SLOWEST, Client
from mailreader.mailbox.faults import FAILURES, MALFORMED, is_unavailable
from mailreader.mailbox.oversize import fetch_small

Answer = dict[int, dict[bytes, Any]]

WINDOW: Final = 50_000
"""UIDs asked for by one SEARCH: an answer of 150,000 is a line that imaplib refuses."""
LISTED: Final = 500
"""Messages named in one command: 500 UIDs of ten digits are a line of 5.5 kB (RFC 7162 asks for 8 kB at most)."""
_BODY: Final = b"BODY[]"
_NO_BODY: Final = "the server has the message but gives no body for it"
_LOST: Final = "the connection was lost three times over the message"
_LOSSES: Final = 3
_UNREADABLE: Final = "the server's answer for the message breaks the protocol"


def new_uids(client: Client, selected: Selected, last_uid: int, seconds: float) -> list[int]:
    """List the UIDs above `last_uid`, ascending, by windows that hold however sparse or many they are."""
    first, width = last_uid + 1, WINDOW
    everything = selected.messages <= WINDOW
    found: list[int] = []
    while not everything and first + width < selected.uidnext:
        some = _search(client, f"{first}:{first + width - 1}", seconds)
        found += some
        first += width
        width = width * 2 if len(some) < WINDOW // 4 else WINDOW
    # `n:*` always names the last message, also where it is below n.
    found += (uid for uid in _search(client, f"{first}:*", seconds) if uid >= first)
    return sorted(set(found))


def _search(client: Client, uids: str, seconds: float) -> list[int]:
    client.bounds.begin(seconds)
    return list(client.search(["UID", uids]))


class Suspects:
    """Messages over whose bodies the connection was lost; kept from one connection to the next.

    Some servers end the connection when they cannot read one message of their own. Such a message must not cost the
    others: after one loss each of its batch is asked for alone, after three in a row it is given back with a problem.
    """

    def __init__(self) -> None:
        self._losses: Counter[int] = Counter()

    def stands_alone(self, uid: int) -> bool:
        """Whether to fetch it in a batch of its own."""
        return uid in self._losses

    def is_given_up(self, uid: int) -> bool:
        """Whether it is not to be asked for this time; the next time it is."""
        if self._losses[uid] < _LOSSES:
            return False
        self._losses[uid] -= 1
        return True

    @contextmanager
    def watched(self, uids: Sequence[int]) -> Iterator[None]:
        """Count a loss for each where the connection fails, and forget them where it does not."""
        try:
            yield
        except FAILURES:
            self._losses.update(uids)
            raise
        for uid in uids:
            self._losses.pop(uid, None)


def fetch(
    client: Client, access: MailboxAccess, uids: Sequence[int], suspects: Suspects
) -> Iterator[tuple[Fetched, ...]]:
    """Yield the messages in batches, ascending within each; every UID asked for comes back exactly once."""
    for begin in range(0, len(uids), LISTED):
        wanted = uids[begin : begin + LISTED]
        client.bounds.begin(access.timeout_seconds)
        facts, unreadable = _bisected(wanted, lambda some: _fetch_facts(client, some))
        known = [_announced(uid, facts[uid]) for uid in wanted if uid in facts]
        missing = [uid for uid in wanted if uid not in facts]
        if missing:
            yield tuple(_missing(client, access, [Fetched(uid) for uid in missing], unreadable))
        for batch in _batches(known, access, suspects):
            if suspects.is_given_up(batch[0].uid):
                yield (replace(batch[0], problem=_LOST),)
                continue
            with suspects.watched([message.uid for message in batch]):
                whole = _fetch_batch(client, access, batch)
            yield tuple(whole)


def _batches(known: Iterable[Fetched], access: MailboxAccess, suspects: Suspects) -> Iterator[list[Fetched]]:
    """Cut into batches of bounded count and bytes; an oversize message or a suspect stands alone."""
    batch: list[Fetched] = []
    octets = 0
    for message in known:
        alone = message.size > access.oversize_bytes or suspects.stands_alone(message.uid)
        full = alone or len(batch) >= access.batch_messages or octets + message.size > access.batch_bytes
        if batch and full:
            yield batch
            batch, octets = [], 0
        batch.append(message)
        octets = access.batch_bytes + 1 if alone else octets + message.size
    if batch:
        yield batch


def _fetch_batch(client: Client, access: MailboxAccess, batch: list[Fetched]) -> list[Fetched]:
    if batch[0].size > access.oversize_bytes:
        return [_fetch_oversize(client, access, batch[0])]
    octets = sum(message.size for message in batch)
    # Some servers only estimate RFC822.SIZE, hence the room.
    client.bounds.begin(access.timeout_seconds + octets / SLOWEST, 2 * octets + access.oversize_bytes + ANSWER_BYTES)
    bodies, unreadable = _bisected([message.uid for message in batch], lambda some: _fetch_bodies(client, some))
    whole = [_with_body(message, bodies[message.uid]) for message in batch if message.uid in bodies]
    absent = [message for message in batch if message.uid not in bodies]
    if absent:
        whole += _missing(client, access, absent, unreadable)
    return sorted(whole, key=lambda message: message.uid)


def _fetch_oversize(client: Client, access: MailboxAccess, message: Fetched) -> Fetched:
    client.bounds.begin(access.timeout_seconds + ANSWER_BYTES / SLOWEST)
    try:
        raw = fetch_small(client, message.uid)
    except MALFORMED:
        raw = None
    if raw is None:
        (gone,) = _missing(client, access, [message], frozenset())
        return gone
    return replace(message, raw=raw, oversize=True)


def _fetch_facts(client: Client, uids: Sequence[int]) -> Answer:
    answer: Answer = client.fetch(uids, [b"RFC822.SIZE", b"INTERNALDATE"])
    return {uid: items for uid, items in answer.items() if isinstance(items.get(b"RFC822.SIZE"), int)}


def _fetch_bodies(client: Client, uids: Sequence[int]) -> Answer:
    before = client.bounds.literals
    answer: Answer = client.fetch(uids, [b"BODY.PEEK[]"])
    if client.bounds.literals - before > len(uids):
        # IMAPClient would take the last body of a message without a word.
        message = "more bodies than messages"
        raise ProtocolError(message)
    return {uid: items for uid, items in answer.items() if _BODY in items}


def _bisected(uids: Sequence[int], ask: Callable[[Sequence[int]], Answer]) -> tuple[Answer, frozenset[int]]:
    """Ask for all at once; where that is refused or breaks the protocol, by halves: one message costs only itself.

    A refusal may mean no more than that one of them is gone (RFC 5530, EXPUNGEISSUED).
    """
    try:
        return ask(uids), frozenset()
    except IMAPClientAbortError:
        raise
    except (IMAPClientError, *MALFORMED) as error:
        if is_unavailable(error):
            raise
        if len(uids) == 1:
            return {}, frozenset(uids)
    half = len(uids) // 2
    low, bad_low = _bisected(uids[:half], ask)
    high, bad_high = _bisected(uids[half:], ask)
    return low | high, bad_low | bad_high


def _announced(uid: int, items: dict[bytes, Any]) -> Fetched:
    received = items.get(b"INTERNALDATE")
    aware = isinstance(received, datetime) and received.tzinfo is not None
    return Fetched(uid, received.astimezone(UTC) if received and aware else None, items[b"RFC822.SIZE"])


def _with_body(message: Fetched, items: dict[bytes, Any]) -> Fetched:
    """Take the body; NIL, or nothing where the server announced bytes, is no body."""
    raw = items[_BODY]
    if not isinstance(raw, bytes) or (not raw and message.size):
        return replace(message, problem=_NO_BODY)
    return replace(message, raw=raw)


def _missing(
    client: Client, access: MailboxAccess, messages: Sequence[Fetched], unreadable: frozenset[int]
) -> list[Fetched]:
    """Tell the vanished from those that the server has but does not give: silence about a message proves nothing."""
    client.bounds.begin(access.timeout_seconds)
    there = set(client.search(["UID", ",".join(str(message.uid) for message in messages)]))
    return [
        replace(message, problem=_UNREADABLE if message.uid in unreadable else _NO_BODY)
        if message.uid in there
        else Fetched(message.uid, vanished=True)
        for message in messages
    ]
