import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailreader.outgoing import ascii_domain, render_reply
from tests.outbox.replies import HEADERS, OutgoingRow

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ANY_TEXT = st.text(max_size=400)


def parsed(raw: bytes) -> EmailMessage:
    """Read what was rendered with the standard library's own parser."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_reply_rendered_reads_back_as_it_was_composed() -> None:
    """Names, subject, threads and text survive the encoding; the date is the clock's."""
    message = parsed(render_reply(OutgoingRow(), NOW))
    assert message["From"] == "Приём показаний <pokazaniya@energo.example>"
    assert message["To"] == "customer@mail.example"
    assert message["Subject"] == "Re: показания за ноябрь"
    assert message["Message-ID"] == "<reply-7@energo.example>"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-replied"
    assert message.get_content().replace("\r\n", "\n") == "Здравствуйте!\n\n.Показания приняты.\n"
    assert message.defects == []


def test_same_row_rendered_again_has_the_same_message_id() -> None:
    """A second try cannot be told from the first by its Message-ID; brackets are added where the row has none."""
    bare = OutgoingRow(reply_id="reply-7@energo.example")
    assert parsed(render_reply(bare, NOW))["Message-ID"] == parsed(render_reply(OutgoingRow(), NOW))["Message-ID"]


def test_english_text_is_quoted_printable_and_cyrillic_base64() -> None:
    """Each text takes the shorter of the two encodings."""
    assert b"Transfer-Encoding: quoted-printable\r\n" in render_reply(OutgoingRow(text="1 m³ is fine\n"), NOW)
    assert b"Transfer-Encoding: base64\r\n" in render_reply(OutgoingRow(), NOW)


@pytest.mark.parametrize(
    "evil", ["x\r\nBcc: all@mail.example", "x\nBcc: a@b.example", "x\rBcc: a", "x\x00\x85\u2028Bcc: a"]
)
@pytest.mark.parametrize("name", ["Subject", "From", "To", "In-Reply-To", "References", "X-Loop"])
def test_line_end_in_a_header_injects_no_field(name: str, evil: str) -> None:
    """Controls are stripped after decoding: whatever a value holds, it stays one field."""
    headers = [(name, evil), *(pair for pair in HEADERS if pair[0] != name)]
    assert parsed(render_reply(OutgoingRow(headers=headers), NOW)).get_all("Bcc") is None


@given(text=ANY_TEXT, subject=ANY_TEXT, display=ANY_TEXT.map(lambda name: name.translate({34: None, 92: None})))
def test_any_text_gives_short_lines_that_end_in_crlf(text: str, subject: str, display: str) -> None:
    """No bare CR or LF (SMTP smuggling), no line over 998 octets, no encoded word over 75, pure ASCII."""
    headers = [("From", f'"{display}" <a@b.example>'), ("Subject", subject)]
    raw = render_reply(OutgoingRow(text=text, headers=headers), NOW)
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", raw) is None
    assert raw.endswith(b"\r\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+\?=", raw.partition(b"\r\n\r\n")[0]))
    assert raw.isascii()


@given(st.text(alphabet=st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=120))
def test_any_subject_of_letters_reads_back(subject: str) -> None:
    """What is encoded is decoded to the same by another program."""
    raw = render_reply(OutgoingRow(headers=[("Subject", subject)]), NOW)
    assert parsed(raw)["Subject"] == subject


def test_domain_of_an_address_is_turned_into_its_dns_form() -> None:
    """The local part stays; what cannot be turned is left alone."""
    assert ascii_domain("a@почта.қаз") == "a@xn--80a1acny.xn--80ao21a"
    assert ascii_domain("мария@mail.example") == "мария@mail.example"
    assert ascii_domain(f"a@{'я' * 80}.example") == f"a@{'я' * 80}.example"
