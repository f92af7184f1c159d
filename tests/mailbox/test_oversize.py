"""Of a message that is too large, the header and the texts are fetched, and make a small message again."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from mailreader.mailbox import Fetched, Mailbox
from tests.servers.dovecot import Dovecot

LIMIT = 50_000


@pytest.fixture
def mailbox(dovecot: Dovecot, user: str) -> Iterator[Mailbox]:
    """A connection that takes anything above 50 kB for oversize."""
    with Mailbox(dovecot.access(user, oversize_bytes=LIMIT)) as mailbox:
        mailbox.connect()
        yield mailbox


def fetch_one(mailbox: Mailbox) -> tuple[Fetched, EmailMessage]:
    """The one message there, as it is and parsed."""
    mailbox.select()
    ((fetched,),) = mailbox.fetch(mailbox.new_uids(0))
    assert fetched.raw is not None
    return fetched, message_from_bytes(fetched.raw, policy=policy.default)


def with_photo(text: str, html: str) -> EmailMessage:
    """A mail with both renderings and a photo of 200 kB."""
    mail = EmailMessage()
    mail["From"] = "a@b.example"
    mail["Subject"] = "показания за ноябрь"
    mail["Message-ID"] = "<one@b.example>"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    mail.add_attachment(b"\xff" * 200_000, maintype="image", subtype="jpeg", filename="счётчик.jpg")
    return mail


def test_text_and_header_survive_and_the_photo_is_named_but_empty(
    dovecot: Dovecot, user: str, mailbox: Mailbox
) -> None:
    """A reader sees the same text in the same structure, and that there was a photo."""
    mail = with_photo("свет 12345\n", "<p>свет 12345</p>\n")
    dovecot.deliver(user, mail.as_bytes(policy=policy.SMTP))
    fetched, small = fetch_one(mailbox)
    assert fetched.oversize
    assert fetched.size > 200_000
    assert len(fetched.raw or b"") < 5_000
    assert [part.get_content_type() for part in small.walk()] == [part.get_content_type() for part in mail.walk()]
    assert [str(small[name]) for name in ("From", "Subject", "Message-ID")] == [
        "a@b.example",
        "показания за ноябрь",
        "<one@b.example>",
    ]
    assert small.get_body(("plain",)).get_content().strip() == "свет 12345"  # type: ignore[union-attr]
    assert small.get_body(("html",)).get_content().strip() == "<p>свет 12345</p>"  # type: ignore[union-attr]
    (photo,) = small.iter_attachments()
    assert photo.get_filename() == "счётчик.jpg"
    assert photo.get_content() == b""
    assert not small.defects


def test_the_same_message_always_gives_the_same_bytes(dovecot: Dovecot, user: str, mailbox: Mailbox) -> None:
    """Second deliveries are told by their bytes, so these must not change from fetch to fetch."""
    dovecot.deliver(user, with_photo("a", "b").as_bytes(policy=policy.SMTP))
    first, _ = fetch_one(mailbox)
    again, _ = fetch_one(mailbox)
    assert first == again


def test_huge_single_text_is_cut_at_the_end_of_a_line(dovecot: Dovecot, user: str, mailbox: Mailbox) -> None:
    """The first megabyte of a text is enough to read."""
    body = b"".join(b"line %d\r\n" % number for number in range(200_000))
    dovecot.deliver(user, b"Subject: long\r\nContent-Type: text/plain\r\n\r\n" + body)
    fetched, small = fetch_one(mailbox)
    assert fetched.oversize
    assert len(fetched.raw or b"") < 1_100_000
    lines = small.get_content().splitlines()
    assert lines == [f"line {number}" for number in range(len(lines))]


def test_huge_single_attachment_leaves_the_header(dovecot: Dovecot, user: str, mailbox: Mailbox) -> None:
    """A mail that is nothing but a file has no text to fetch."""
    dovecot.deliver(user, b"Subject: scan\r\nContent-Type: application/pdf\r\n\r\n" + b"%PDF" * 20_000)
    fetched, small = fetch_one(mailbox)
    assert fetched.raw == b"Subject: scan\r\nContent-Type: application/pdf\r\n\r\n"
    assert small.get_content_type() == "application/pdf"
