"""The one transaction of a message: load what it concerns, judge, write down what comes of it (rules, section 6)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from mailreader.store.engine import writing
from mailreader.store.history import load_history, record_readings
from mailreader.store.items import close_mended, needs_item, queue_message
from mailreader.store.lookup import account_rows, accounts_named, excerpt
from mailreader.store.outbox import automatic_reply_of, put_reply
from mailreader.store.turns import Turn, share_turn
from models.catalogue import ReadingStatus
from models.decision import Decision
from models.history import History
from models.register import RegisterExcerpt
from models.tables import FindingRow, JudgedReadingRow, MessageRow
from models.verdict import Finding, JudgedReading, Verdict

Judge = Callable[[RegisterExcerpt, History], Decision]


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be decided: the message, whom and what its letter names, its billing period (YYYY-MM)."""

    message_id: int
    sender: str | None
    identifiers: frozenset[str]
    period: str


def decide(engine: Engine, question: Question, judge: Judge, *, now: datetime, reply_domain: str) -> Decision:
    """Judge a message against its accounts and write down everything that follows, or nothing at all.

    Of two messages about one account the second is judged after the first is written. A message that was decided
    before keeps its decision, which is returned; `judge` is not asked again.
    """
    with writing(engine) as session:
        message = session.get_one(MessageRow, question.message_id, with_for_update=True)
        if message.decided_at is not None:
            return stored_decision(session, message)
        share_turn(session, Turn.REGISTER)
        rows = account_rows(session, accounts_named(session, question.sender, question.identifiers))
        history = load_history(session, [row.number for row in rows], question.period)
        decision = judge(excerpt(session, rows, history.recorded, question.period), history)
        _write(session, message, decision, question.period, now)
        if decision.reply is not None:
            put_reply(session, message, decision.reply, now, reply_domain, held_because=decision.held_back)
        return decision


def stored_decision(session: Session, message: MessageRow) -> Decision:
    """Return what was decided about a message, from its rows."""
    if message.outcome is None:
        raise LookupError(f"message {message.id} is not decided")
    return Decision(
        verdict=stored_verdict(session, message),
        reply=automatic_reply_of(session, message.id),
        held_back=message.held_back,
        sender=message.sender,
        subject=message.subject,
        message_id=message.message_id or None,
    )


def stored_verdict(session: Session, message: MessageRow) -> Verdict:
    """Return the verdict of a decided message, from its rows."""
    findings = select(FindingRow).where(FindingRow.message_id == message.id).order_by(col(FindingRow.place))
    judged = select(JudgedReadingRow).where(JudgedReadingRow.message_id == message.id)
    if message.outcome is None:
        raise LookupError(f"message {message.id} is not decided")
    return Verdict(
        outcome=message.outcome,
        language=message.language,
        request=message.request,
        findings=tuple(Finding(row.reason, row.facts) for row in session.exec(findings)),
        readings=tuple(_judged(row) for row in session.exec(judged.order_by(col(JudgedReadingRow.place)))),
        period=message.period,
        registered_at=message.registered_at,
        ignored_because=message.ignored_because,
        holds_reading=message.holds_reading,
        silence=message.silence,
    )


def _write(session: Session, message: MessageRow, decision: Decision, period: str, now: datetime) -> None:
    verdict = decision.verdict
    message.sender = decision.sender.lower() if decision.sender else None
    message.subject = decision.subject
    message.outcome, message.language, message.request = verdict.outcome, verdict.language, verdict.request
    message.period, message.registered_at = verdict.period or period, verdict.registered_at
    message.ignored_because, message.silence = verdict.ignored_because, verdict.silence
    message.holds_reading = verdict.holds_reading
    message.held_back, message.decided_at, message.claimed_until = decision.held_back, now, None
    session.flush()
    _write_findings(session, message, verdict)
    registered_at = verdict.registered_at or message.received
    record_readings(session, message, verdict.readings, registered_at, message.period)
    recorded = [
        reading.account for reading in verdict.readings if reading.account and reading.status is ReadingStatus.RECORDED
    ]
    if needs_item(verdict):
        queue_message(session, message, now)
    if recorded:
        close_mended(session, message, recorded)


def _write_findings(session: Session, message: MessageRow, verdict: Verdict) -> None:
    for place, finding in enumerate(verdict.findings):
        session.add(FindingRow(message_id=message.id, place=place, reason=finding.reason, facts=dict(finding.facts)))
    for place, reading in enumerate(verdict.readings):
        facts = None if reading.finding is None else dict(reading.finding.facts)
        session.add(
            JudgedReadingRow(
                message_id=message.id, place=place, account=reading.account, serial=reading.serial,
                service=reading.service, zone=reading.zone, value=reading.value, status=reading.status,
                reason=reading.reason, facts=facts, evidence=reading.evidence, serial_stated=reading.serial_stated,
            )
        )  # fmt: skip
    session.flush()


def _judged(row: JudgedReadingRow) -> JudgedReading:
    return JudgedReading(
        account=row.account, serial=row.serial, service=row.service, zone=row.zone, value=row.value,
        status=row.status, finding=None if row.reason is None else Finding(row.reason, row.facts or {}),
        evidence=row.evidence, serial_stated=row.serial_stated,
    )  # fmt: skip
