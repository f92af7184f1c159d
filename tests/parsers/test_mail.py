"""Mail from its bytes: the corpus, real malformed mail, and hostile mail."""

import base64
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.words import load_mail_marks
from models.letter import Attachment, Letter
from parsers.mail import parse_mail
from parsers.newest import QuoteMarks, parse_newest

FIXTURES = Path(__file__).parents[2] / "fixtures"
CORPUS = sorted((FIXTURES / "corpus" / "mail").glob("*.eml"))
MALFORMED = sorted(
    path
    for path in (FIXTURES / "mime").glob("*/*")
    if path.is_file() and not {"LICENSE", "README"} & set(path.stem.split("-"))
)
MARKS = QuoteMarks.build(load_mail_marks())


def mail(headers: str = "", body: bytes = b"", *, content: str = "text/plain; charset=utf-8") -> bytes:
    """The bytes of a small mail."""
    fixed = f"From: a@mail.example\r\nContent-Type: {content}\r\n"
    return fixed.encode() + headers.encode("utf-8", "surrogateescape") + b"\r\n" + body


def multipart(*parts: bytes, subtype: str = "mixed") -> bytes:
    """A multipart mail of parts that bring their own headers."""
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    return mail(body=body, content=f"multipart/{subtype}; boundary=b")


PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\nplain 5"
HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>html 5</p>"


def test_the_corpus_is_read_without_a_defect() -> None:
    """All mail of the corpus has text or an attachment, a subject, one sender and an instant."""
    assert len(CORPUS) == 130
    for path in CORPUS:
        letter = parse_mail(path.read_bytes())
        assert "unreadable" not in letter.defects, path.name
        assert letter.sender, path.name
        assert letter.received is not None, path.name


@pytest.mark.parametrize("path", MALFORMED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_real_malformed_mail_is_read_in_time(path: Path) -> None:
    """Public samples of broken mail: a letter each, without an exception, within a second."""
    began = time.process_time()
    letter = parse_mail(path.read_bytes())
    newest = parse_newest(letter, MARKS)
    assert time.process_time() - began < 1
    assert letter.plain is not None or letter.html is not None or letter.attachments or "unreadable" in letter.defects
    assert newest.text.encode().decode() == newest.text


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("Subject: =?utf-8?b?0J/QvtC60LDQt9Cw0L3QuNGP?=", "Показания"),
        ("Subject: =?utf-8?b?0J/QvtC60LDQt9Cw0L3QuNGP", "=?utf-8?b?0J/QvtC60LDQt9Cw0L3QuNGP"),
        ("Subject: =?utf-8?b?0J/QvtC60LDQt9Cw0L3QuNG?= =?utf-8?b?PLA==?=", "Показания,"),
        ("Subject: =?utf-8?q?=D0=BF=D0?=\r\n =?utf-8?q?=BE=D0=BA?=", "пок"),
        ("Subject: =?utf-8?b?0LvRgQ?= 5", "лс 5"),
        ("Subject: =?windows-1251?q?=CB/=D1_0563524?=", "Л/С 0563524"),
        ("Subject: =?iso-8859-1?q?=CB=E8=F6=E5=E2=EE=E9_=F1=F7=E5=F2?=", "Лицевой счет"),
        ("Subject: =?utf-8?q?a=0D=0ABcc:_x@y.example?=", "a Bcc: x@y.example"),
        ("Subject: лицевой 5", "лицевой 5"),
        ("Subject: =?x-nothing?b?0LvRgQ==?=", "лс"),
        ("Subject: " + "x" * 20_000, "x" * 4_000),
        ("X-Other: 1", ""),
    ],
)
def test_a_subject_is_decoded_however_broken(header: str, subject: str) -> None:
    """Encoded words that are cut, unpadded or wrongly labelled, and raw 8-bit values, are read."""
    assert parse_mail(mail(header + "\r\n")).subject == subject


@pytest.mark.parametrize("charset", ["cp1251", "koi8-r", "utf-8"])
def test_raw_8_bit_headers_are_read(charset: str) -> None:
    """A Subject and a From in bytes, as old programs send them."""
    raw = "From: Иван Петров <IVAN@Mail.example>\r\nSubject: показания за ноябрь\r\n\r\nсвет 5".encode(charset)
    letter = parse_mail(raw)
    assert (letter.subject, letter.sender, letter.sender_name) == (
        "показания за ноябрь",
        "ivan@mail.example",
        "Иван Петров",
    )


def test_senders_and_recipients_are_collected_from_every_field() -> None:
    """Two From fields are two senders, so that there is no one to answer; every recipient field counts."""
    letter = parse_mail(
        mail(
            "From: B@mail.example\r\nTo: X <x@a.example>, y@a.example\r\nCc: z@a.example\r\nDelivered-To: w@a.test\r\n"
        )
    )
    assert letter.senders == ("a@mail.example", "b@mail.example")
    assert letter.sender is None
    assert letter.recipients == {"x@a.example", "y@a.example", "z@a.example", "w@a.test"}


@pytest.mark.parametrize(
    ("value", "identifiers"),
    [
        ("<a@b.example>", ("<a@b.example>",)),
        ("<a@b.example> (comment) <c@d.example>", ("<a@b.example>", "<c@d.example>")),
        ("a@b.example", ()),
        ("<no-at-sign>", ()),
        ("<a b@c.example>", ()),
        ("<" + "a" * 250 + "@b.example>", ()),
        ("<a@b.example\r\n >", ()),
    ],
)
def test_only_well_formed_identifiers_are_taken(value: str, identifiers: tuple[str, ...]) -> None:
    """One `<…@…>` of at most 250 characters each, or nothing: they go into headers of our own."""
    letter = parse_mail(mail(f"In-Reply-To: {value}\r\nReferences: {value}\r\nMessage-ID: {value}\r\n"))
    assert letter.in_reply_to == letter.references == identifiers
    assert letter.message_id == (identifiers[0] if identifiers else None)


@pytest.mark.parametrize(
    ("value", "instant"),
    [
        ("Mon, 23 Nov 2026 10:00:00 +0500", datetime(2026, 11, 23, 5, tzinfo=UTC)),
        ("23 Nov 2026 10:00 +0500 (ALMT)", datetime(2026, 11, 23, 5, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:00:00 -0000", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        ("Mon, 23 Nov 99999 10:00:00 +0500", None),
        ("Mon, 23 Nov 2026 10:00:00 +9999999", None),
        ("Mon, 31 Feb 2026 10:00:00 +0500", None),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("вчера", None),
        ("", None),
    ],
)
def test_dates_are_aware_or_absent(value: str, instant: datetime | None) -> None:
    """Nonsense in Date is no date, and never an error."""
    letter = parse_mail(
        mail(f"Date: {value}\r\nReceived: from x by y; {value}\r\nReceived: by z; 1 Jan 2020 00:00 +0000\r\n")
    )
    assert letter.date == instant
    assert letter.received == instant


@pytest.mark.parametrize(
    ("raw", "plain", "html"),
    [
        (multipart(PLAIN, HTML, subtype="alternative"), "plain 5", "html 5"),
        (multipart(PLAIN, PLAIN), "plain 5\nplain 5", None),
        (multipart(PLAIN, HTML), "plain 5\nhtml 5", "plain 5\nhtml 5"),
        (multipart(HTML), None, "html 5"),
        (mail(body=base64.b64encode(b"a 5"), headers="Content-Transfer-Encoding: base64\r\n"), "a 5", None),
        (
            mail(body=b"YSA1\r\n\r\n-- \r\nscanned: no virus", headers="Content-Transfer-Encoding: BASE64 \r\n"),
            "YSA1",
            None,
        ),
        (mail(body=b"not base64, is it?", headers="Content-Transfer-Encoding: base64\r\n"), "not base64, is it?", None),
        (mail(body=b"a=20=\r\n5 =D1=81", headers="Content-Transfer-Encoding: quoted-printable\r\n"), "a 5 с", None),
        (mail(body=b"light \r\n5\r\n> q \r\nw", content="text/plain; format=flowed"), "light 5\n> q \nw", None),
        (mail(body=b"no boundary 5", content="multipart/mixed; boundary=b"), "no boundary 5", None),
        (b"\r\n\r\njust text", "just text", None),
    ],
)
def test_the_body_is_found_in_every_shape(raw: bytes, plain: str | None, html: str | None) -> None:
    """Alternatives stay apart, consecutive parts are joined, transfer encodings are undone as far as they hold."""
    letter = parse_mail(raw)
    assert letter.plain is None or letter.plain.strip().startswith(plain or "-")
    assert (letter.plain is None, letter.html) == (plain is None, html)


JPEG = b"Content-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(b"x" * 100)
FORWARDED = b"Content-Type: message/rfc822\r\n\r\nFrom: c@d.example\r\nSubject: inner\r\n\r\nsecret 999"
NOTE = b'Content-Type: text/plain\r\nContent-Disposition: attachment; filename="=?utf-8?b?0LA=?=.txt"\r\n\r\n999'


@pytest.mark.parametrize(
    ("part", "attachment"),
    [
        (JPEG, Attachment("", "image/jpeg", 100)),
        (FORWARDED, Attachment("", "message/rfc822", 10)),
        (NOTE, Attachment("а.txt", "text/plain", 3)),
        (
            b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\n123",
            Attachment("winmail.dat", "application/ms-tnef", 3),
        ),
    ],
)
def test_what_is_attached_is_not_read(part: bytes, attachment: Attachment) -> None:
    """Photos without a name, forwarded messages, text files and winmail.dat are attachments, and no text."""
    letter = parse_mail(multipart(PLAIN, part))
    assert letter.plain == "plain 5"
    assert [(found.name, found.content_type) for found in letter.attachments] == [
        (attachment.name, attachment.content_type)
    ]
    assert abs(letter.attachments[0].size - attachment.size) < 10


def test_binary_without_text_is_unreadable() -> None:
    """Nothing that a person could read: the defect says so."""
    assert "unreadable" in parse_mail(mail(body=bytes(range(1, 32)) * 9)).defects
    assert "unreadable" in parse_mail(mail(body=b"\x01\x02")).defects


def test_the_digest_is_of_the_bytes_after_the_header() -> None:
    """One mail delivered twice differs in its header alone."""
    first, second = (parse_mail(mail(f"Received: by {name}; x\r\n", b"text")) for name in ("a", "b"))
    other = parse_mail(mail(body=b"text "))
    assert first.body_digest == second.body_digest != other.body_digest


def _hostile() -> Iterator[tuple[str, bytes]]:
    """Mail that takes some parser quadratic time, gigabytes or the whole stack."""
    nested = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(2_000)
    )
    yield "encoded words", mail("Subject: " + "=?utf-8?b?0LvRgQ==?= " * 12_000 + "\r\n")
    yield "comments", b"From: " + b"(" * 60_000 + b"a@b.example\r\n\r\nx"
    yield "groups", b"From: " + b"a:b;" * 15_000 + b"\r\n\r\nx"
    yield "recipients", mail("To: " + "a@b.example, " * 5_000 + "\r\n")
    yield "parameters", mail(content="text/plain; " + '";' * 8_000)
    yield "fields", mail("".join(f"X{n}: a\r\n" for n in range(9_000)))
    yield "received", mail("Received: " + "from by with " * 1_200 + ";\r\n")
    yield "nested", mail(body=nested, content="multipart/mixed; boundary=b0")
    yield "parts", mail(body=b"--b\r\n\r\nx\r\n" * 50_000, content="multipart/mixed; boundary=b")
    yield "messages", mail(body=b"Content-Type: message/rfc822\r\n\r\n" * 3_000, content="message/rfc822")
    yield "part parameters", multipart(*(b"Content-Type: text/plain; " + b'";' * 3_900 + b"\r\n\r\nx",) * 199)
    yield "attributions", mail(body=b"18.11.2026 10:20 x a@b c@d.example wrote\r\n:\r\n" * 5_000)
    yield "closings", mail(body=b"Best regards\r\n--\r\n-----\r\n" * 3_000)
    yield "header blocks", mail(body=b"From: a\r\nTo: b\r\n\r\n" * 3_000)
    yield "flowed", mail(body=b"a \r\n" * 200_000, content="text/plain; format=flowed")
    yield "long line", mail(body=b"1 " * 1_000_000)
    yield "nul", b"\0" * 10_000


@pytest.mark.parametrize(("raw"), [pytest.param(raw, id=name) for name, raw in _hostile()])
def test_hostile_mail_takes_linear_time(raw: bytes) -> None:
    """Two seconds are several times what the slowest needs on a slow machine; quadratic code takes minutes."""
    began = time.process_time()
    parse_newest(parse_mail(raw), MARKS)
    assert time.process_time() - began < 2


def _read(raw: bytes) -> Letter:
    letter = parse_mail(raw)
    newest = parse_newest(letter, MARKS)
    stored = (letter.subject, letter.sender_name, letter.plain or "", letter.html or "", newest.text, newest.signature)
    assert not any("\0" in text for text in stored)
    assert not any(sign in letter.subject for sign in "\r\n")
    assert all(text.encode() is not None for text in stored)
    return letter


@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_letter(raw: bytes) -> None:
    """Whatever arrives is a letter, with text that every database takes."""
    assert len(_read(raw).body_digest) == 64


@given(st.sampled_from(CORPUS + MALFORMED), st.data())
def test_damaged_real_mail_is_a_letter(path: Path, data: st.DataObject) -> None:
    """Real mail with bytes changed, cut out or doubled."""
    raw = path.read_bytes()
    at = data.draw(st.integers(0, len(raw)))
    until = data.draw(st.integers(at, min(len(raw), at + 200)))
    patch = data.draw(st.one_of(st.binary(max_size=20), st.just(raw[at:until] * 2), st.just(b"\r\n\r\n")))
    assert len(_read(raw[:at] + patch + raw[until:]).body_digest) == 64
