"""What became of a message: findings of the rules, judged readings, the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from models.catalogue import Language, Outcome, ReadingStatus, Reason, ReplyKind, Request, Service, Zone
from models.statement import Span


@dataclass(frozen=True, slots=True)
class Finding:
    """One complaint of one rule, with the facts that its answer can name (all as text, codes untranslated)."""

    reason: Reason
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class JudgedReading:
    """One value of a message and what became of it.

    `value` is what was stated, as an exact decimal without leading zeros; `evidence` the customer's own words;
    a field that is not known is None. `serial_stated` says whether the sender wrote the serial. `span` is where the
    value stands in the text of the statement while it is judged: it is not stored, and so makes no other reading. None
    for one of the message that this one continues.
    """

    account: str | None
    serial: str | None
    service: Service | None
    zone: Zone | None
    value: str | None
    status: ReadingStatus
    finding: Finding | None
    evidence: str | None
    serial_stated: bool = False
    span: Span | None = field(default=None, compare=False)

    @property
    def reason(self) -> Reason | None:
        """Why it was not recorded."""
        return self.finding.reason if self.finding else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one outcome of a message.

    `findings` are those of the message as a whole (`outside_window`, `account_missing`, …); `reasons` lists the
    reasons of the message and of its readings, each once. `language` is None where it cannot be told.
    `registered_at` is the instant as of which recorded readings count, `period` their billing month (YYYY-MM).
    `holds_reading` marks ignored mail that names an account and a value which could have been recorded.
    `silence` says why no automatic answer is due although the outcome has one (a rule of the silence table).
    `as_told` is the verdict that the sender is told in place of this one, where this one would tell him of accounts
    that are not his; it is not stored.
    """

    outcome: Outcome
    language: Language | None
    request: Request | None = None
    findings: tuple[Finding, ...] = ()
    readings: tuple[JudgedReading, ...] = ()
    period: str | None = None
    registered_at: datetime | None = None
    ignored_because: str | None = None
    holds_reading: bool = False
    silence: str | None = None
    as_told: "Verdict | None" = field(default=None, compare=False)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """All reasons, each once: those of the message first, then those of its readings in the order of the mail."""
        of_readings = (reading.finding for reading in self.readings)
        return tuple(dict.fromkeys(finding.reason for finding in (*self.findings, *of_readings) if finding))

    @property
    def recorded(self) -> tuple[JudgedReading, ...]:
        """The readings that were recorded."""
        return tuple(reading for reading in self.readings if reading.status is ReadingStatus.RECORDED)

    @property
    def reply_kind(self) -> ReplyKind | None:
        """The automatic answer that the outcome calls for; None for ignored mail."""
        return _REPLY_KINDS.get(self.outcome)

    @property
    def needs_item(self) -> bool:
        """Whether a person should look at the message (rules, table of section 6)."""
        if self.outcome is Outcome.IGNORED:
            return False
        listed_only = self.outcome is Outcome.REJECTED and set(self.reasons) == {Reason.OUTSIDE_WINDOW}
        return self.request is not None or not (self.outcome is Outcome.ACCEPTED or listed_only)


_REPLY_KINDS: Mapping[Outcome, ReplyKind] = MappingProxyType(
    {
        Outcome.ACCEPTED: ReplyKind.CONFIRMATION,
        Outcome.PARTIAL: ReplyKind.PARTIAL,
        Outcome.REJECTED: ReplyKind.REJECTION,
        Outcome.REVIEW: ReplyKind.REVIEW,
    }
)
