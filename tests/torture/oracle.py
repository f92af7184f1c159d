"""The oracle of every fault test: what must hold once a fault has ended, whatever it was (FAULTS, invariants)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from enum import StrEnum, unique
from typing import Final

from models.catalogue import OutboxState
from models.lines import OutboxLine, StoredLine
from tests.servers.smtp_sink import Received
from tests.system.site import Site
from tests.torture.expected import READINGS_EXPECTED, Expected


@unique
class Wrong(StrEnum):
    """What can be wrong."""

    LOST = "lost"
    DOUBLE = "double"
    NOT_DUE = "not due"
    UNSETTLED = "unsettled"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that does not hold."""

    wrong: Wrong
    text: str

    def __str__(self) -> str:
        return f"{self.wrong}: {self.text}"


@dataclass(frozen=True, slots=True)
class Seen:
    """A site at rest, as it is looked at: its messages, replies, recorded readings and folders, and the relay."""

    lines: Sequence[StoredLine]
    replies: Sequence[OutboxLine]
    readings: Counter[tuple[str, str, str, str]]
    filed: dict[str, int]
    taken: Sequence[Received]

    @classmethod
    def of(cls, site: Site) -> "Seen":
        """Look at a site."""
        with site.store() as store:
            found = store.account("0863576")
            readings = found[1] if found else ()
            return cls(
                lines=store.messages(),
                replies=store.outbox(),
                readings=Counter((past.account, past.service, str(past.value), past.state) for past in readings),
                filed=site.filed(),
                taken=site.sink.received,
            )


SETTLED: Final = frozenset({OutboxState.SENT, OutboxState.UNKNOWN, OutboxState.FAILED})


def complaints(seen: Seen, delivered: Sequence[Expected]) -> list[Complaint]:
    """Everything that does not hold; `delivered` is in the order of the UIDs."""
    return [
        *_of_messages(seen, delivered),
        *_of_readings(seen),
        *_of_replies(seen, delivered),
        *_of_folders(seen, delivered),
    ]


def _of_messages(seen: Seen, delivered: Sequence[Expected]) -> Iterator[Complaint]:
    """Every UID that was ever there has one row, with its outcome or as a second delivery; there are no others."""
    by_uid: dict[int, list[StoredLine]] = {}
    for line in seen.lines:
        by_uid.setdefault(int(line.line.source.rpartition("=")[2]), []).append(line)
    for uid, expected in enumerate(delivered, start=1):
        rows = by_uid.pop(uid, [])
        if not rows:
            yield Complaint(Wrong.LOST, f"{expected.name} is not known")
        if len(rows) > 1:
            yield Complaint(Wrong.DOUBLE, f"{expected.name} was taken in {len(rows)} times")
        for row in rows:
            yield from _of_outcome(row, expected)
    for uid, rows in by_uid.items():
        yield Complaint(Wrong.DOUBLE, f"UID {uid}, which was never delivered, is {len(rows)} messages")


def _of_outcome(row: StoredLine, expected: Expected) -> Iterator[Complaint]:
    if row.line.outcome is None:
        yield Complaint(Wrong.UNSETTLED, f"{expected.name} has no outcome ({row.tries} tries: {row.last_error})")
    elif row.line.duplicate != (expected.outcome is None):
        yield Complaint(Wrong.DOUBLE, f"{expected.name} is no second delivery, or should be none")
    elif expected.outcome is not None and row.line.outcome != expected.outcome:
        yield Complaint(Wrong.LOST, f"{expected.name} is {row.line.outcome}, not {expected.outcome}")
    if row.filed_at is None:
        yield Complaint(Wrong.UNSETTLED, f"{expected.name} is not filed")
    if row.tries:
        yield Complaint(Wrong.LOST, f"{expected.name} was blamed for the fault: {row.last_error}")


def _of_readings(seen: Seen) -> Iterator[Complaint]:
    expected = Counter(READINGS_EXPECTED)
    for reading in expected - seen.readings:
        yield Complaint(Wrong.LOST, f"not recorded: {reading}")
    for reading in seen.readings - expected:
        yield Complaint(Wrong.DOUBLE, f"recorded and not expected, or twice: {reading}")


def _of_replies(seen: Seen, delivered: Sequence[Expected]) -> Iterator[Complaint]:
    """One reply where one is due, none elsewhere; at the relay at most once, and once where it is said to be sent."""
    answers = Counter(reply.in_reply_to or "nothing" for reply in seen.replies)
    due = Counter(f"<{expected.name}@mail.example>" for expected in delivered if expected.answered)
    for name in due - answers:
        yield Complaint(Wrong.LOST, f"no answer to {name}")
    for name, count in (answers - due).items():
        kind = Wrong.DOUBLE if name in due else Wrong.NOT_DUE
        yield Complaint(kind, f"{count} answers too many to {name}")
    taken = Counter(str(message_from_bytes(one.content, policy=policy.default)["Message-ID"]) for one in seen.taken)
    for reply in seen.replies:
        yield from _of_reply(reply, taken.pop(reply.message_id, 0))
    for name, count in taken.items():
        yield Complaint(Wrong.NOT_DUE, f"{count} messages at the relay that no reply stands behind: {name}")


def _of_reply(reply: OutboxLine, taken: int) -> Iterator[Complaint]:
    if taken > 1:
        yield Complaint(Wrong.DOUBLE, f"reply {reply.id} reached the relay {taken} times")
    if reply.state not in SETTLED:
        yield Complaint(Wrong.UNSETTLED, f"reply {reply.id} is {reply.state} ({reply.last_error})")
    if reply.state is OutboxState.SENT and not taken:
        yield Complaint(Wrong.LOST, f"reply {reply.id} is said to be sent and never reached the relay")
    if reply.state is OutboxState.FAILED:
        yield Complaint(Wrong.LOST, f"reply {reply.id} was given up: {reply.last_error}")


def _of_folders(seen: Seen, delivered: Sequence[Expected]) -> Iterator[Complaint]:
    """Nothing is ever deleted, and each message lies in the folder of its outcome."""
    expected = Counter(one.folder for one in delivered)
    found = Counter(seen.filed)
    for folder, count in (expected - found).items():
        yield Complaint(Wrong.LOST, f"{count} messages too few in {folder}: {seen.filed}")
    for folder, count in (found - expected).items():
        yield Complaint(Wrong.DOUBLE, f"{count} messages too many in {folder}")
