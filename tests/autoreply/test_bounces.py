"""Rule 18: answers whose return path is tagged, and what comes back to it (RFC 3464, 5233)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailreader.bounces import Failure, read_failure
from models.catalogue import OutboxState, Outcome
from tests.autoreply.desk import Desk, Started, open_desk
from tests.autoreply.rows import CUSTOMER, OUR_BOUNCES, raw_mail
from tests.servers.smtp_sink import SmtpSink

RETURNED = OutboxState.FAILED
KEPT = OutboxState.SENT


def delivery_report(
    to: str, action: str = "failed", status: str = "5.1.1", diagnosis: str = "550 no such user"
) -> bytes:
    """A report of a mail server, as Postfix writes it."""
    fields = (
        ("Return-Path", "<>"), ("From", "MAILER-DAEMON@mx.mail.example"), ("To", to), ("Subject", "Undelivered"),
        ("Message-ID", f"<{action}-{status}-{to}>"),
        ("Content-Type", 'multipart/report; report-type=delivery-status; boundary="x"'),
    )  # fmt: skip
    about = (
        f"Final-Recipient: rfc822; {CUSTOMER}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {diagnosis}"
    )
    parts = (
        "Content-Type: text/plain\r\n\r\nIt could not be delivered.",
        f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.mail.example\r\n\r\n{about}",
    )
    return raw_mail(*fields, body="".join(f"--x\r\n{part}\r\n" for part in parts) + "--x--")


@pytest.fixture
def desk(tmp_path: Path, smtp_sink: SmtpSink) -> Desk:
    """A site whose answers come back to an address of their own."""
    return open_desk(tmp_path, smtp_sink, smtp={"bounce_address": OUR_BOUNCES})


@pytest.fixture
def program(desk: Desk) -> Iterator[Started]:
    """The program, after one answer was sent."""
    with desk.started() as program:
        program.handle(raw_mail())
        program.deliver()
        yield program


def reply_path(program: Started) -> str:
    """Where the answer comes back to."""
    (received,) = program.desk.sink.accepted
    return received.mail_from


def outcome(program: Started) -> tuple[OutboxState, bool]:
    """Where the answer stands, and whether its address is written to again."""
    (first, *_) = program.store.outbox()
    return first.state, program.store.bounced_since(CUSTOMER, program.desk.now)


def test_return_path_names_the_reply_and_cannot_be_guessed(program: Started) -> None:
    """The token of the Message-ID, which every recipient sees, tells nothing of it."""
    path = reply_path(program)
    assert re.fullmatch(r"bounces\+1\.[0-9a-f]{16}@energosbyt\.example", path)
    (received,) = program.desk.sink.accepted
    assert path.partition(".")[2].partition("@")[0].encode() not in received.content


def test_report_of_a_failure_fails_the_reply_and_spares_the_address(program: Started) -> None:
    """It is ignored, the reply says what the server said, and the next answer to that address is held."""
    decision = program.handle(delivery_report(reply_path(program)))
    assert (decision.verdict.outcome, decision.verdict.ignored_because) == (Outcome.IGNORED, "bounce_address")
    assert outcome(program) == (RETURNED, True)
    assert program.store.outbox()[0].last_error == "It came back: 5.1.1 550 no such user"
    assert program.handle(raw_mail(("Subject", "ещё"))).held_back == "address_bounced"


@pytest.mark.parametrize("field", ["Delivered-To", "X-Original-To", "Envelope-To"])
def test_return_path_is_known_whichever_field_names_it(program: Started, field: str) -> None:
    """Servers that rewrite the recipient keep the one that was asked for in a field of theirs."""
    report = delivery_report("undisclosed-recipients:;").replace(b"Subject:", b"%s: <%s>\r\nSubject:" % (
        field.encode(), reply_path(program).upper().encode(),
    ), 1)  # fmt: skip
    program.handle(report)
    assert outcome(program) == (RETURNED, True)


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        ("failed", "5.0.0", (RETURNED, True)),
        ("failed (really)", "5.2.1", (RETURNED, True)),
        ("failed", "5.7.1", (RETURNED, False)),
        ("failed", "4.4.7", (RETURNED, False)),
        ("delayed", "4.4.1", (KEPT, False)),
        ("delivered", "2.1.5", (KEPT, False)),
    ],
)
def test_report_does_what_it_says(
    program: Started, action: str, status: str, expected: tuple[OutboxState, bool]
) -> None:
    """A refusal by policy is not the address's fault; a delay or a success changes nothing."""
    program.handle(delivery_report(reply_path(program), action, status))
    assert outcome(program) == expected


@pytest.mark.parametrize(
    "forged",
    ["bounces+1.0123456789abcdef@", "bounces+2.{token}@", "bounces+1@", "bounces+1.{token}0@", "bounces+01.{token}@",
     "bounces@", "bounces+999999999999999999999.{token}@"],
)  # fmt: skip
def test_forged_token_changes_nothing(program: Started, forged: str) -> None:
    """It is ignored all the same: nothing that comes to this address is answered."""
    token = reply_path(program).partition(".")[2].partition("@")[0]
    decision = program.handle(delivery_report(forged.format(token=token) + "energosbyt.example"))
    assert decision.verdict.outcome is Outcome.IGNORED
    assert outcome(program) == (KEPT, False)


def test_mail_of_a_person_to_the_return_path_is_not_answered(program: Started) -> None:
    """Out-of-office notes come there too; none says that the answer failed."""
    decision = program.handle(raw_mail(("To", reply_path(program)), ("Subject", "Я в отпуске")))
    assert (decision.verdict.ignored_because, decision.verdict.holds_reading) == ("bounce_address", True)
    assert outcome(program) == (KEPT, False)


def test_token_survives_a_new_start(desk: Desk) -> None:
    """Reports come days later."""
    with desk.started() as program:
        program.handle(raw_mail())
        program.deliver()
    with desk.started() as program:
        program.handle(delivery_report(reply_path(program)))
        assert outcome(program) == (RETURNED, True)


def test_bounce_in_plain_words_is_a_failure() -> None:
    """Old servers write no report; the detectors of Mailman know their texts."""
    text = (
        "Hi. This is the qmail-send program at x.example.\r\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\r\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
        f"<{CUSTOMER}>:\r\nno such user\r\n\r\n--- Below this line is a copy of the message.\r\n"
    )
    words = raw_mail(("From", "postmaster@x.example"), body=text)
    assert read_failure(words) == Failure()
    assert read_failure(raw_mail()) is None
