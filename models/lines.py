"""The lines of the listings, with the names of the public interface; the same whether stored or only explained."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.catalogue import (
    UNDECIDED,
    Act,
    Language,
    OutboxState,
    Outcome,
    QueueStatus,
    ReadingStatus,
    Reason,
    ReplyKind,
    Request,
    Service,
    Zone,
)
from models.decision import Reply
from models.history import ReadingSource
from models.verdict import JudgedReading, Verdict


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One value of a message and what became of it."""

    account: str | None
    serial: str | None
    service: Service | None
    zone: Zone | None
    value: str | None
    status: ReadingStatus
    reason: Reason | None
    evidence: str | None

    @classmethod
    def of(cls, reading: JudgedReading) -> "ReadingLine":
        """Return the line of one judged reading."""
        return cls(
            account=reading.account, serial=reading.serial, service=reading.service, zone=reading.zone,
            value=reading.value, status=reading.status, reason=reading.reason, evidence=reading.evidence,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReplyLine:
    """The answer to a message, in short."""

    kind: ReplyKind
    to: str
    subject: str


@dataclass(frozen=True, slots=True)
class MessageLine:
    """The line of `ingest --json`; `received` is aware, and `outcome` None while the message waits to be judged."""

    source: str
    message_id: str | None
    received: datetime
    sender: str | None
    outcome: Outcome | None
    language: Language | None
    request: Request | None
    reasons: tuple[Reason, ...]
    readings: tuple[ReadingLine, ...]
    reply: ReplyLine | None
    duplicate: bool = False

    @classmethod
    def of(
        cls,
        verdict: Verdict | None,
        reply: Reply | None,
        *,
        source: str,
        message_id: str | None,
        received: datetime,
        sender: str | None,
        duplicate: bool = False,
    ) -> "MessageLine":
        """Return the line of a message with its verdict, None where there is none yet."""
        return cls(
            source=source,
            message_id=message_id,
            received=received,
            sender=sender,
            outcome=verdict.outcome if verdict else None,
            language=_language(verdict),
            request=verdict.request if verdict else None,
            reasons=verdict.reasons if verdict else (),
            readings=tuple(ReadingLine.of(reading) for reading in verdict.readings) if verdict else (),
            reply=ReplyLine(reply.kind, reply.to, reply.subject) if reply else None,
            duplicate=duplicate,
        )


def _language(verdict: Verdict | None) -> Language | None:
    """The language of a message that was read by the rules; None where nobody asked for it."""
    if verdict is None or verdict.outcome is Outcome.IGNORED:
        return None
    return verdict.language or UNDECIDED


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line of `messages list`: the message's number and its line, and the trail that `messages show` tells."""

    id: int
    line: MessageLine
    subject: str
    period: str | None
    registered_at: datetime | None
    decided_at: datetime | None
    filed_at: datetime | None
    held_back: str | None
    silence: str | None
    ignored_because: str | None
    holds_reading: bool
    tries: int
    last_error: str | None


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A line of `queue list`: the message with its place in the queue; its number is the message's."""

    message: StoredLine
    queued_at: datetime
    status: QueueStatus
    assigned_to: str | None


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """A line of `outbox list`, the whole reply; `message_id` is the answer's own.

    `message` is the number of the message that it answers; `is_address_bounced` where there is no such address.
    """

    id: int
    message_id: str
    in_reply_to: str | None
    message: int
    to: str
    subject: str
    kind: ReplyKind
    language: Language | None
    state: OutboxState
    tries: int
    last_error: str | None
    held_because: str | None
    is_address_bounced: bool
    headers: tuple[tuple[str, str], ...]
    text: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One act of a person; `details` are its facts, `message_id` the number of the message, if it is about one."""

    id: int
    at: datetime
    actor: str
    act: Act
    message_id: int | None
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ExportLine:
    """A line of `export`; `replaces` is the cursor of the line in whose place this one stands."""

    cursor: int
    period: str
    account: str
    serial: str
    service: Service
    zone: Zone
    value: str
    registered_at: datetime
    received_at: datetime
    source: ReadingSource
    message_id: str | None
    replaces: int | None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which messages to list; None asks for all. `since` is inclusive and aware.

    `held_back` asks for those alone whose answer a limit holds.
    """

    outcome: Outcome | None = None
    reason: Reason | None = None
    since: datetime | None = None
    account: str | None = None
    ids: tuple[int, ...] | None = None
    limit: int | None = None
    held_back: bool = False
