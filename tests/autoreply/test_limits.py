"""Rules 12 and 14 to 16, 24: how much is answered, as the database counts it, with a new start before the last mail."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from mailreader.automatic import Silence
from models.catalogue import OutboxState, Outcome
from models.decision import Decision
from models.lines import Selection
from tests.autoreply.desk import BEGUN, DAY, Started, open_desk
from tests.autoreply.rows import CUSTOMER, OUR_SERVER, READINGS, Row, raw_mail
from tests.servers.smtp_sink import SmtpSink, Stage

STRANGER: Final = "stranger@else.example"
NO_ACCOUNT: Final = "Лицевой счет 9999999. Свет 58291, горячая вода 1257."
ADVERT: Final = "Добрый день! Предлагаем вашей компании окна и двери, напишите нам."
DISOWNED: Final = ("Authentication-Results", f"{OUR_SERVER}; dmarc=fail header.from=mail.example")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that comes `after` so long from the beginning; `before` is how much earlier the server received it."""

    body: str = READINGS
    sender: str = CUSTOMER
    after: timedelta = timedelta()
    before: timedelta = timedelta()
    fields: tuple[tuple[str, str | None], ...] = ()

    @property
    def raw(self) -> bytes:
        """Its bytes."""
        return raw_mail(("From", self.sender), ("Return-Path", f"<{self.sender}>"), *self.fields, body=self.body)


@dataclass(frozen=True, slots=True)
class Limit(Row):
    """Mails, what stops the answer to each (None: nothing), and the answers' settings.

    `refused` is what the relay says to each answer but the last, and where.
    """

    mails: tuple[Mail, ...]
    stopped_by: tuple[str | None, ...]
    answers: dict[str, Any] = field(default_factory=dict)
    refused: tuple[Stage, str] | None = None

    __str__ = Row.__str__


def bounce(situation: str, stage: Stage, answer: str, *, is_hard: bool, **answers: int) -> Limit:
    """An address to which an answer was refused, and what comes of the next mail from it."""
    held = "address_bounced" if is_hard else None
    source = "RFC 5321, 4.2.3; RFC 3463"
    return Limit(15, source, situation, (Mail(), Mail(after=DAY)), (None, held), answers, (stage, answer))


NOW: Final = timedelta()
LATER: Final = DAY + timedelta(seconds=1)
ROWS: Final = (
    Limit(12, "RFC 7489; rules, 6", "disowned-and-not-registered", (Mail(sender=STRANGER, fields=(DISOWNED,)),),
          (Silence.SENDER_UNAUTHENTICATED,)),
    Limit(12, "rules, 6", "disowned-and-registered", (Mail(fields=(DISOWNED,)),), (None,)),
    Limit(12, "rules, 6", "disowned-and-registered-for-another-account",
          (Mail("Лицевой счет 7079110. Свет 58291.", fields=(DISOWNED,)),), (Silence.SENDER_UNAUTHENTICATED,)),
    Limit(14, "RFC 5230, 4.2", "sender", (Mail(), Mail(), Mail(), Mail()),
          (None, None, "limit_of_sender", "limit_of_sender"), {"per_sender_per_day": 2}),
    Limit(14, "RFC 5230, 4.2", "sender-on-the-next-day", (Mail(), Mail(), Mail(after=LATER)),
          (None, "limit_of_sender", None), {"per_sender_per_day": 1}),
    Limit(14, "practice", "same-rejection", (Mail(NO_ACCOUNT), Mail(NO_ACCOUNT), Mail()),
          (None, "limit_of_rejection", None), {"same_rejection_per_day": 1}),
    Limit(14, "RFC 3834, 2; FreeScout 3670", "breaker", tuple(Mail(sender=f"u{n}@else.example") for n in range(4)),
          (None, None, "breaker", "breaker"), {"breaker_per_hour": 2}),
    Limit(14, "practice", "breaker-stays-open", (Mail(), Mail(), Mail(after=5 * DAY)), (None, "breaker", "breaker"),
          {"breaker_per_hour": 1}),
    Limit(14, "practice", "breaker-counts-an-hour", (Mail(), Mail(after=timedelta(minutes=61))), (None, None),
          {"breaker_per_hour": 1}),
    Limit(14, "practice", "no-breaker", (Mail(), Mail(), Mail()), (None, None, None), {"breaker_per_hour": 0}),
    Limit(14, "practice", "what-the-breaker-holds-counts-for-its-sender", (Mail(), Mail(), Mail()),
          (None, "breaker", "limit_of_sender"), {"breaker_per_hour": 1, "per_sender_per_day": 2}),
    bounce("unknown-user", Stage.RCPT, "550 5.1.1 unknown", is_hard=True),
    bounce("unknown-user-without-a-status", Stage.RCPT, "550 No such user here", is_hard=True),
    bounce("closed-mailbox-after-the-dot", Stage.DOT, "550 5.2.1 disabled", is_hard=True),
    bounce("null-mx-at-data", Stage.DATA, "556 5.1.10 does not take mail", is_hard=True),
    bounce("policy", Stage.RCPT, "550 5.7.1 refused by policy", is_hard=False),
    bounce("policy-without-a-status", Stage.RCPT, "554 blocked by dnsbl.example", is_hard=False),
    bounce("relay-access", Stage.RCPT, "554 Relay access denied", is_hard=False),
    bounce("full-mailbox", Stage.RCPT, "552 5.2.2 over quota", is_hard=False),
    bounce("bad-sequence", Stage.RCPT, "503 what", is_hard=False),
    bounce("our-own-address", Stage.RCPT, "550 5.1.8 sender has no domain", is_hard=False),
    bounce("at-mail", Stage.MAIL, "550 5.1.1 whoever", is_hard=False),
    bounce("content", Stage.DOT, "554 5.6.0 odd", is_hard=False),
    bounce("spam-after-the-dot", Stage.DOT, "550 looks like spam", is_hard=False),
    bounce("greylisted", Stage.RCPT, "450 4.2.1 later", is_hard=False),
    bounce("no-such-rule", Stage.RCPT, "550 5.1.1 unknown", is_hard=False, bounced_days=0),
    Limit(15, "practice", "after-sixty-days", (Mail(), Mail(after=59 * DAY), Mail(after=61 * DAY)),
          (None, "address_bounced", None), {"max_age_days": 0}, (Stage.RCPT, "550 5.1.1 unknown")),
    Limit(15, "practice", "another-address", (Mail(), Mail(sender=STRANGER)), (None, None), {},
          (Stage.RCPT, "550 5.1.1 unknown")),
    Limit(16, "Discourse 11740", "old", (Mail(after=15 * DAY, before=15 * DAY),), ("too_old",)),
    Limit(16, "Discourse 11740", "from-before-the-attachment", (Mail(before=timedelta(seconds=2)),),
          ("before_attachment",)),
    Limit(16, "practice", "asked-for", (Mail(before=timedelta(seconds=2)),), (None,), {"backlog": True}),
    Limit(24, "RFC 3834, 2", "stranger", tuple(Mail(ADVERT, STRANGER, after) for after in (NOW, NOW, LATER)),
          (None, "limit_of_stranger", None)),
    Limit(24, "RFC 3834, 2", "registered-address", (Mail(ADVERT), Mail(ADVERT)), (None, None)),
    Limit(24, "RFC 3834, 2", "account-alone", (Mail("л/с 0863576", STRANGER), Mail("л/с 0863576", STRANGER)),
          (None, None)),
    Limit(24, "RFC 3834, 2", "reading-alone", (Mail("свет 58291", STRANGER), Mail("свет 58291", STRANGER)),
          (None, None)),
)  # fmt: skip


def stopped_by(decision: Decision) -> str | None:
    """Why an answer does not go out, and that it is kept unless none was due."""
    assert (decision.reply is None) is (decision.verdict.silence is not None)
    return decision.held_back or decision.verdict.silence


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_answer_is_stopped_by_its_limit(row: Limit, tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """Whatever stops it is in the database: the last mail is handled by a program that was started anew."""
    desk = open_desk(tmp_path, smtp_sink, answers=row.answers)
    if row.refused:
        smtp_sink.fail(*row.refused)
    found: list[str | None] = []

    def handle(program: Started, mails: tuple[Mail, ...]) -> None:
        for mail in mails:
            desk.now = BEGUN + mail.after
            found.append(stopped_by(program.handle(mail.raw, desk.now - mail.before)))
            program.deliver()

    for mails in (row.mails[:-1], row.mails[-1:]):
        with desk.started() as program:
            handle(program, mails)
    assert tuple(found) == row.stopped_by


def test_reading_is_recorded_whatever_stops_the_answer(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """And what is held is seen: in the outbox, at the message, in the selection of messages."""
    desk = open_desk(tmp_path, smtp_sink, answers={"per_sender_per_day": 1})
    with desk.started() as program:
        program.handle(raw_mail())
        held = program.handle(raw_mail(("Subject", "ещё раз")))
        program.deliver()
        found = program.store.account("0863576")
        assert found is not None
        assert len(found[1]) == 2
        [line] = program.store.messages(Selection(held_back=True))
    assert (held.verdict.outcome, line.held_back) == (Outcome.ACCEPTED, "limit_of_sender")
    assert [(reply.state, reply.held_because) for reply in desk.outbox()] == [
        (OutboxState.SENT, None),
        (OutboxState.HELD, "limit_of_sender"),
    ]
    assert len(smtp_sink.accepted) == 1


def test_breaker_is_logged_once(tmp_path: Path, smtp_sink: SmtpSink, capsys: pytest.CaptureFixture[str]) -> None:
    """The alarm is that of the answer that was one too many."""
    desk = open_desk(tmp_path, smtp_sink, answers={"breaker_per_hour": 1})
    for _ in range(2):
        with desk.started() as program:
            program.handle(raw_mail())
            program.handle(raw_mail())
    output = capsys.readouterr()
    assert (output.out + output.err).count("breaker_tripped") == 1


def test_reset_lets_answers_out_again_and_forgives_the_hour(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """What went out before is not counted again; what the breaker holds goes out only if that is asked for."""
    desk = open_desk(tmp_path, smtp_sink, answers={"breaker_per_hour": 1})
    with desk.started() as program:
        program.handle(raw_mail())
        program.handle(raw_mail())
        stood = program.store.reset_breaker("aigul", desk.now)
        assert (stood.tripped_at, stood.held) == (BEGUN, 1)
        desk.now += timedelta(minutes=1)
        assert program.handle(raw_mail()).held_back is None
        assert program.handle(raw_mail()).held_back == "breaker"
        program.deliver()
        sent = [len(smtp_sink.accepted)]
        assert program.store.reset_breaker("aigul", desk.now, send_held=True).held == 2
        program.deliver()
        sent.append(len(smtp_sink.accepted))
        assert sent == [2, 4]
        assert program.store.breaker().held == 0
        assert program.store.messages(Selection(held_back=True)) == []


def test_reset_of_a_closed_breaker_changes_nothing(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """It is no act, and the hour goes on being counted."""
    desk = open_desk(tmp_path, smtp_sink, answers={"breaker_per_hour": 1})
    with desk.started() as program:
        program.handle(raw_mail())
        program.store.reset_breaker("aigul", desk.now, send_held=True)
        assert program.handle(raw_mail()).held_back == "breaker"


def test_what_waits_for_an_address_that_bounced_is_held(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """Also what the breaker held, so that its reset does not send it; others are sent."""
    desk = open_desk(tmp_path, smtp_sink, answers={"breaker_per_hour": 3})
    smtp_sink.fail(Stage.RCPT, "550 5.1.1 unknown", address=CUSTOMER)
    with desk.started() as program:
        for sender in (CUSTOMER, CUSTOMER, STRANGER, CUSTOMER):
            program.handle(raw_mail(("From", sender)))
        program.deliver()
        program.store.reset_breaker("aigul", desk.now, send_held=True)
        program.deliver()
        held = [line.held_back for line in program.store.messages()]
    assert held == [None, "address_bounced", None, "address_bounced"]
    states = [line.state for line in desk.outbox()]
    assert states == [OutboxState.FAILED, OutboxState.HELD, OutboxState.SENT, OutboxState.HELD]
