"""Line ends and marks in what a sender chooses: one answer goes out, with the fields that were composed (RFC 5321)."""

import re
from base64 import b64encode
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Final
from urllib.parse import quote

import pytest

from tests.autoreply.rows import CUSTOMER, READINGS, raw_mail
from tests.servers.smtp_sink import Received, SmtpSink
from tests.threats.conversing import conversation

pytestmark = pytest.mark.usefixtures("_reading")

EVIL: Final = "Bcc: x@evil.example"
FIELDS: Final = [
    "From", "To", "Subject", "In-Reply-To", "References", "Auto-Submitted", "X-Auto-Response-Suppress", "Precedence",
    "X-Loop", "Message-ID", "Date", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
]  # fmt: skip
CONTROLS: Final = (
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    "\n\n.\n",
    "\0",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x85",
    "\u2028",
    "\u2029",
    "\x1b[2J",
)
MARKS: Final = "\u202a\u202b\u202d\u202e\u202c\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff\u00ad"


def encoded(text: str) -> tuple[str, str]:
    """The text as one encoded word, in each of the two encodings."""
    word = quote(text, safe="").replace("%", "=")
    return f"=?utf-8?q?{word}?=", f"=?utf-8?b?{b64encode(text.encode()).decode()}?="


CHOSEN: Final = [
    *(value for control in CONTROLS for value in encoded(f"показания{control}{EVIL}")),
    *(f"показания{control}{EVIL}" for control in CONTROLS if control[:2] != "\r\n" and control[0] != "\n"),
    *encoded(f"а{MARKS}б{MARKS}"),
    f"а{MARKS}б",
    "=?utf-7?q?a+AA0ACg-Bcc:_x?=",
    "=?utf-16be?b?AGEADQAKAEIAYwBjADoAIAB4?=",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=0D=0ABcc=3A=3F=3D?=",
    "=?utf-8?q?a=0D?= =?utf-8?q?=0ABcc:_x?=",
]


def sent(received: Received) -> EmailMessage:
    """The answer as the relay got it: to one recipient, by lines that end as they must."""
    assert received.rcpt_tos == (CUSTOMER,)
    assert re.search(rb"(?<!\r)\n|\r(?!\n)|\0", received.content) is None
    mail = message_from_bytes(received.content, policy=default)
    assert isinstance(mail, EmailMessage)
    assert mail.defects == []
    return mail


def test_chosen_subject_stays_one_line_of_one_field(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """However its line ends and marks are wrapped."""
    with conversation(tmp_path, smtp_sink) as program:
        for subject in CHOSEN:
            assert program.handle(raw_mail(("Subject", subject))).answer is not None
        program.deliver()
    assert len(smtp_sink.received) == len(CHOSEN)
    for received in smtp_sink.received:
        mail = sent(received)
        assert mail.keys() == FIELDS
        assert all(letter.isprintable() for letter in str(mail["Subject"]))
        assert str(mail["Subject"]).startswith("Re: ")


@pytest.mark.parametrize("control", ["\r\n", "\n", "\r", "\u2028", "\x85"])
def test_chosen_names_go_into_no_answer(control: str, tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """Of the other fields identifiers alone come back, and only sound ones."""
    name, attached = encoded(f"Иван{control}{EVIL}")[0], encoded(f"a{control}{EVIL}.jpg")[1]
    hostile = (
        ("From", f"{name} <{CUSTOMER}>"),
        ("Message-ID", f"<a{control} {EVIL}@mail.example>"),
        ("References", f"<b{control} {EVIL}@x> {attached} <c@mail.example> <{'d' * 300}@x> <e\0@x>"),
        ("In-Reply-To", attached),
        ("Content-Type", f'text/plain; charset=utf-8; name="{attached}"'),
    )
    with conversation(tmp_path, smtp_sink) as program:
        for kept in range(len(hostile)):
            program.handle(raw_mail(*hostile[kept : kept + 1]))
        program.deliver()
    for received in smtp_sink.received:
        mail = sent(received)
        assert set(mail.keys()) <= set(FIELDS)
        assert "evil" not in str(mail)


SMUGGLED: Final = "MAIL FROM:<>\r\nRCPT TO:<x@evil.example>\r\nDATA\r\nSubject: x\r\n\r\nx"
ENDS: Final = ("\r\n.\r\n", "\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r\n.\r", "\r\n\0.\r\n", "\r\n..\r\n")


def test_body_that_is_repeated_ends_no_message(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """An account and values that are written around an end of data: one message, and no command after it."""
    bodies = [
        body for end in ENDS for body in (f"л/с 0863{end}576, свет 5{end}{SMUGGLED}", f"{READINGS}{end}{SMUGGLED}")
    ]
    with conversation(tmp_path, smtp_sink) as program:
        for body in bodies:
            assert program.handle(raw_mail(body=body)).answer is not None
        program.deliver()
    assert len(smtp_sink.received) == len(bodies)
    for received in smtp_sink.received:
        assert sent(received).keys() == FIELDS
        assert b"evil" not in received.content
