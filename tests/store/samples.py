"""Accounts, arrivals and decisions as the tests of the store need them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from mailreader.store import Arrival, Store
from models.catalogue import (
    ContractStatus,
    CustomerType,
    Housing,
    Outcome,
    ReadingStatus,
    Reason,
    ReplyKind,
    Request,
    Service,
    Zone,
)
from models.decision import Decision, Reply
from models.history import History
from models.register import Account, MeterRegister, RegisterExcerpt
from models.verdict import Finding, JudgedReading, Verdict
from tests.languages import RU

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
PERIOD = "2026-11"
SENDER = "a@mail.example"


def account(
    number: str = "0123456",
    serial: str = "24680135",
    previous: tuple[str, date] | None = ("100.5", date(2026, 10, 25)),
    emails: frozenset[str] = frozenset({SENDER}),
) -> Account:
    """Return an account with one electricity meter."""
    value, on = (Decimal(previous[0]), previous[1]) if previous else (None, None)
    register = MeterRegister(number, serial, Service.ELECTRICITY, Zone.TOTAL, 1, 6, 1, value, on)
    contracts = {Service.ELECTRICITY: ContractStatus.ACTIVE}
    return Account(
        number, CustomerType.INDIVIDUAL, Housing.APARTMENT, emails, "Name", "Street 1", (register,), contracts
    )


def arrival(uid: int, *, minutes: int | None = None, raw: bytes | None = None) -> Arrival:
    """Return a mail of the mailbox `main`, received `minutes` (else `uid` minutes) after NOW."""
    received = NOW + timedelta(minutes=uid if minutes is None else minutes)
    body = raw or b"mail %d" % uid
    return Arrival("main", "INBOX", 7, uid, received, len(body), body, f"<{uid}@mail.example>", f"digest-{uid}")


def recorded(value: str, number: str = "0123456", serial: str = "24680135") -> JudgedReading:
    """Return a reading that the rules let pass."""
    return JudgedReading(
        number, serial, Service.ELECTRICITY, Zone.TOTAL, value, ReadingStatus.RECORDED, None, f"el {value}"
    )


def refused(
    reason: Reason = Reason.VALUE_BELOW_PREVIOUS,
    *,
    number: str | None = "0123456",
    service: Service | None = Service.ELECTRICITY,
    status: ReadingStatus = ReadingStatus.REJECTED,
) -> JudgedReading:
    """Return a reading that the rules refused."""
    finding = Finding(reason, {"previous": "100.5"})
    return JudgedReading(number, "24680135", service, Zone.TOTAL, "12", status, finding, "el 12")


def decision(
    outcome: Outcome,
    *readings: JudgedReading,
    findings: tuple[Finding, ...] = (),
    request: Request | None = None,
    sender: str | None = SENDER,
    period: str = PERIOD,
    at: datetime = NOW,
) -> Decision:
    """Return a decision with a reply to the sender."""
    verdict = Verdict(
        outcome, RU, request=request, findings=findings, readings=readings, period=period, registered_at=at
    )
    kind = verdict.reply_kind or ReplyKind.REVIEW
    reply = Reply(kind, sender or "x@mail.example", "Re: el", RU, "text", (("From", "us@energo.example"),), None)
    return Decision(verdict, reply, sender=sender, subject="el")


def accepted(value: str, sender: str = SENDER) -> Decision:
    """Return a decision that records one value."""
    return decision(Outcome.ACCEPTED, recorded(value), sender=sender)


def decide(store: Store, message_id: int, made: Decision, *, period: str = PERIOD) -> Decision:
    """Decide a message as said, with the sample account in sight."""
    return decide_by(store, message_id, lambda _register, _history: made, period=period)


def decide_by(
    store: Store,
    message_id: int,
    judge: Callable[[RegisterExcerpt, History], Decision],
    *,
    period: str = PERIOD,
    sender: str | None = SENDER,
    identifiers: frozenset[str] = frozenset({"0123456"}),
) -> Decision:
    """Decide a message by a judge."""
    return store.decide(message_id, sender=sender, identifiers=identifiers, period=period, judge=judge, now=NOW)


def seen(
    store: Store,
    message_id: int,
    *,
    period: str = PERIOD,
    sender: str | None = SENDER,
    identifiers: frozenset[str] = frozenset({"0123456"}),
) -> tuple[RegisterExcerpt, History]:
    """Return what the judge of a message is shown; the message is decided as ignored."""
    shown: list[tuple[RegisterExcerpt, History]] = []

    def judge(register: RegisterExcerpt, history: History) -> Decision:
        shown.append((register, history))
        return Decision(Verdict(Outcome.IGNORED, None))

    decide_by(store, message_id, judge, period=period, sender=sender, identifiers=identifiers)
    return shown[0]
