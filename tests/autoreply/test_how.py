"""Rules 17 to 23: where answers go and what they are like, on the bytes that the relay received."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Final

import pytest

from mailreader.outgoing import render_reply
from tests.autoreply.desk import BEGUN, DAY, open_desk
from tests.autoreply.rows import CUSTOMER, OUR_ADDRESS, Row, raw_mail
from tests.servers.smtp_sink import Received, Stage, running_sink

SENDER_OF_ALL: Final = ("Reply-To", "reply@else.example"), ("Sender", "s@else.example"), ("Cc", "cc@else.example")
PARENTS: Final = " ".join(f"<{number}@mail.example>" for number in range(40))
MANY: Final = "\r\n".join(f"л/с {number}, свет 12345" for number in range(9_000_000, 9_000_400))
LONG: Final = "показания " * 60
Check = Callable[["Sent"], object]


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as the relay got it, and as a mail program reads it."""

    received: Received
    mail: EmailMessage

    @property
    def lines(self) -> list[bytes]:
        """Its lines, without their ends."""
        return self.received.content.split(b"\r\n")

    @property
    def header(self) -> bytes:
        """Its header, as it was sent."""
        return self.received.content.partition(b"\r\n\r\n")[0]

    @property
    def references(self) -> list[str]:
        """The identifiers of its thread, without brackets and domains."""
        return re.findall(r"<([^@]+)@", self.mail["References"] or "")


@dataclass(frozen=True, slots=True)
class How(Row):
    """A mail, and what must be true of its answer."""

    holds: Check
    fields: tuple[tuple[str, str | None], ...] = ()
    body: str | None = None

    __str__ = Row.__str__

    @property
    def asked(self) -> bytes:
        """The mail."""
        changes = {} if self.body is None else {"body": self.body}
        return raw_mail(*self.fields, **changes)


def titled(situation: str, subject: str | None, expected: str) -> How:
    """A subject, and that of the answer."""
    return How(21, "RFC 5322, 3.6.5", situation, lambda sent: sent.mail["Subject"] == expected, (("Subject", subject),))


def has(rule: int, source: str, name: str, value: str) -> How:
    """A field with one value."""
    return How(rule, source, f"{name}-{value}", lambda sent: sent.mail.get_all(name) == [value])


ROWS: Final = (
    How(17, "RFC 3834, 4", "to-the-from-address-alone",
        lambda sent: sent.received.rcpt_tos == (CUSTOMER,) and sent.mail["To"] == CUSTOMER, SENDER_OF_ALL),
    How(17, "RFC 3834, 4", "no-other-recipient-in-the-header",
        lambda sent: not {"cc", "bcc", "reply-to", "sender"} & {name.lower() for name in sent.mail}, SENDER_OF_ALL),
    How(18, "RFC 3834, 3.3", "null-return-path", lambda sent: sent.received.mail_from == ""),
    How(19, "practice", "a-few-kilobytes", lambda sent: len(sent.received.content) < 16_000, body=MANY),
    How(19, "practice", "no-attachment", lambda sent: not sent.mail.is_multipart()),
    How(19, "RFC 3834, 3.1.5", "no-quoted-body",
        lambda sent: "секрет" not in sent.mail.get_content(), body="л/с 0863576 свет 58291\r\nмой секрет: 77"),
    has(20, "RFC 3834, 3.1.7", "Auto-Submitted", "auto-replied"),
    has(20, "MS-OXCMAIL", "X-Auto-Response-Suppress", "All"),
    has(20, "practice", "Precedence", "bulk"),
    has(20, "practice", "X-Loop", f"mailreader {OUR_ADDRESS}"),
    has(20, "RFC 3834, 3.1.1", "From", f"Energo <{OUR_ADDRESS}>"),
    How(20, "RFC 5322, 3.6.1", "date-is-now", lambda sent: sent.mail["Date"].datetime == BEGUN),
    How(20, "RFC 3834, 3.1.6", "in-reply-to", lambda sent: sent.mail["In-Reply-To"] == "<asked@mail.example>"),
    How(20, "RFC 5322, 3.6.4", "references-of-the-first", lambda sent: sent.references == ["asked"]),
    How(20, "RFC 5322, 3.6.4", "references-of-a-long-thread",
        lambda sent: sent.references == ["0", *map(str, range(21, 40)), "asked"], (("References", PARENTS),)),
    How(20, "RFC 5322, 3.6.4", "references-by-in-reply-to",
        lambda sent: sent.references == ["up", "asked"], (("In-Reply-To", "<up@mail.example>"),)),
    How(20, "RFC 5322, 3.6.4", "no-thread-without-an-id",
        lambda sent: "In-Reply-To" not in sent.mail and "References" not in sent.mail, (("Message-ID", None),)),
    How(20, "RFC 5322, 3.6.4", "no-thread-with-an-odd-id",
        lambda sent: "In-Reply-To" not in sent.mail and sent.mail.defects == [], (("Message-ID", "<a b@c\td>"),)),
    titled("one-prefix", "RE: Отв: re[2]: показания", "Re: показания"),
    titled("controls", "по\x07каза\tния", "Re: по каза ния"),
    titled("direction-marks", "\u202eпоказ\u200fания\u2066", "Re: показания"),
    titled("long", LONG, f"Re: {LONG}"[:200].rstrip()),
    titled("none", None, "Показания счётчиков"),
    titled("only-prefixes", "Re: Re:", "Показания счётчиков"),
    How(22, "RFC 5321, 4.5.3.1.6", "short-lines", lambda sent: max(map(len, sent.lines)) <= 998,
        (("Subject", LONG), ("References", PARENTS)), MANY),
    How(22, "RFC 5321, 2.3.8", "crlf-only",
        lambda sent: re.search(rb"(?<!\r)\n|\r(?!\n)", sent.received.content) is None, body=f"{MANY}\n.\nQUIT\r"),
    How(22, "RFC 2047, 2", "short-encoded-words",
        lambda sent: max(map(len, re.findall(rb"=\?\S+\?=", sent.header))) <= 75, (("Subject", LONG),)),
    How(22, "RFC 2045, 6", "utf-8-in-seven-bits",
        lambda sent: sent.received.content.isascii() and sent.mail.get_content_charset() == "utf-8"
        and sent.mail["Content-Transfer-Encoding"] in {"base64", "quoted-printable"}),
    How(22, "RFC 5322, 3.6.4", "message-id-of-the-row",
        lambda sent: re.fullmatch(r"<reply\.\d+\.\d{18}\.[0-9a-f]{16}@energosbyt\.example>", sent.mail["Message-ID"])),
    How(23, "RFC 8098, 2.1", "no-receipts-are-asked-for",
        lambda sent: not {"disposition-notification-to", "return-receipt-to"} & {name.lower() for name in sent.mail},
        (("Disposition-Notification-To", CUSTOMER), ("Return-Receipt-To", CUSTOMER))),
)  # fmt: skip


def read(received: Received) -> Sent:
    """Read what the relay got as a mail program does."""
    mail = message_from_bytes(received.content, policy=default)
    assert isinstance(mail, EmailMessage)
    return Sent(received, mail)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Sent]]:
    """The answer to the mail of each row, by its name."""
    with running_sink() as sink:
        many = {"per_sender_per_day": 1000, "same_rejection_per_day": 1000}
        with open_desk(tmp_path_factory.mktemp("how"), sink, answers=many).started() as program:
            for row in ROWS:
                assert program.handle(row.asked).answer is not None
            program.deliver()
        yield {str(row): read(received) for row, received in zip(ROWS, sink.accepted, strict=True)}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_answer_is_as_the_rule_says(row: How, answers: Mapping[str, Sent]) -> None:
    """Every row is one mail through the whole program; its answer is what reached the relay."""
    sent = answers[str(row)]
    assert row.holds(sent), sent.received.content.decode()


def test_message_id_is_the_same_on_every_try(tmp_path: Path) -> None:
    """A second try cannot be told from the first; only the date is that of the try."""
    with running_sink() as sink:
        desk = open_desk(tmp_path, sink)
        sink.fail(Stage.DOT, "451 4.3.0 later")
        with desk.started() as program:
            program.handle(raw_mail())
            program.deliver()
            desk.now += DAY
            program.deliver()
        first, second = (read(received).mail for received in sink.received)
    assert first["Message-ID"] == second["Message-ID"]
    assert second["Date"].datetime - first["Date"].datetime == DAY


def test_message_is_answered_once_however_often_it_comes(tmp_path: Path) -> None:
    """At most one automatic answer a message."""
    with running_sink() as sink, open_desk(tmp_path, sink).started() as program:
        program.handle(raw_mail())
        assert program.pipeline.handle(10, BEGUN + DAY) == []
        program.deliver()
        program.deliver()
        assert len(sink.received) == 1


@dataclass(frozen=True)
class Hostile:
    """A row of the outbox that nothing of ours would write."""

    to: str = CUSTOMER
    text: str = "x" * 5000
    headers: tuple[tuple[str, str], ...] = (("Subject", "y" * 5000), ("X-Loop", "я" * 3000))
    reply_id: str = "<1@energosbyt.example>"
    rest: Mapping[str, Any] = field(default_factory=dict)


def test_no_line_is_too_long_whatever_a_row_holds() -> None:
    """998 octets are the limit of the protocol (RFC 5322, 2.1.1)."""
    assert max(map(len, render_reply(Hostile(), BEGUN).split(b"\r\n"))) <= 998
