"""The one transaction of a message: load what it concerns, judge, write down what comes of it (rules, section 6)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from mailreader.store.bounces import note_bounce
from mailreader.store.breaker import trip
from mailreader.store.engine import writing
from mailreader.store.history import load_history, record_readings
from mailreader.store.items import close_mended, queue_message
from mailreader.store.lookup import account_rows, accounts_named, excerpt
from mailreader.store.outbox import automatic_reply_of, put_reply
from mailreader.store.turns import Turn, share_turn
from models.catalogue import ReadingStatus, ReplyOrigin
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
        _put_replies(session, message, decision, now, reply_domain)
        if decision.trips_breaker:
            trip(session, now)
        if decision.bounce is not None:
            note_bounce(session, decision.bounce, now)
        return decision


def _put_replies(session: Session, message: MessageRow, decision: Decision, now: datetime, domain: str) -> None:
    if decision.reply is not None:
        put_reply(session, message, decision.reply, now, domain, held_because=decision.held_back)
    for copy in decision.copies:
        put_reply(session, message, copy.reply, now, domain, origin=ReplyOrigin.COPY, held_because=copy.held_back)


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
    message.period = period
    message.held_back, message.decided_at, message.claimed_until = decision.held_back, now, None
    _write_verdict(session, message, verdict)
    registered_at = verdict.registered_at or message.received
    record_readings(session, message, verdict.readings, registered_at, message.period)
    recorded = [
        reading.account for reading in verdict.readings if reading.account and reading.status is ReadingStatus.RECORDED
    ]
    if verdict.needs_item:
        queue_message(session, message, now)
    if recorded:
        close_mended(session, message, recorded)


def rewrite_verdict(session: Session, message: MessageRow, verdict: Verdict) -> None:
    """Put another verdict in the place of a message's own; its period stays."""
    session.exec(delete(FindingRow).where(col(FindingRow.message_id) == message.id))
    session.exec(delete(JudgedReadingRow).where(col(JudgedReadingRow.message_id) == message.id))
    _write_verdict(session, message, verdict)


def _write_verdict(session: Session, message: MessageRow, verdict: Verdict) -> None:
    message.outcome, message.language, message.request = verdict.outcome, verdict.language, verdict.request
    message.period, message.registered_at = verdict.period or message.period, verdict.registered_at
    message.ignored_because, message.silence = verdict.ignored_because, verdict.silence
    message.holds_reading = verdict.holds_reading
    session.flush()
    _write_findings(session, message, verdict)


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
