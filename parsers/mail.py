"""A mail from its bytes: the only place that decodes MIME.

mail-parser reads it first, then the standard library where mail-parser fails; both get bytes whose structure is
bounded. Of either only the tree of parts is used: charsets, headers and the choice of the text are decided here, from
the bytes, because a declared charset is often wrong and a raw 8-bit header would be lost.
"""

import hashlib
import logging
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from typing import Final

import mailparser

from models.letter import Letter
from parsers.caps import CappedMail, cap_mail, split_header
from parsers.headers import (
    Fields,
    decode_value,
    read_addresses,
    read_date,
    read_identifiers,
    read_received,
    read_recipients,
    unfold_value,
)
from parsers.parts import Content, read_content

# Its lines quote the mail, which no log of ours may; what it finds wrong is in `defects`.
logging.getLogger("mailparser").setLevel(logging.CRITICAL + 1)

UNREADABLE: Final = "unreadable"
_OF_SERVERS: Final = frozenset({"authentication-results"})


def parse_mail(raw: bytes) -> Letter:
    """Return the decoded mail; never raises.

    What could not be read is named in `defects`; of a mail that nothing could be made of, only the digest is sure,
    and `defects` holds "unreadable".
    """
    try:
        return _parse(raw)
    except Exception as error:  # noqa: BLE001 - whatever bytes arrive, the message is stored and has one outcome
        return _unreadable(raw, type(error).__name__)


def body_digest(raw: bytes) -> str:
    """The SHA-256 (hex) of the bytes after the header, by which two deliveries of one mail are known.

    Line ends count as one: a mail that came over IMAP (CRLF) and lies in a file (LF) is the same mail. So do those at
    the very end, which programs add and take away.
    """
    body = split_header(raw.lstrip(b"\r\n"))[1]
    return hashlib.sha256(body.replace(b"\r\n", b"\n").rstrip(b"\n")).hexdigest()


def parse_envelope(raw: bytes) -> Letter:
    """Return a mail's header as a letter without text: its identity and instants, cheap whatever its size."""
    header, _ = split_header(raw.lstrip(b"\r\n"))
    return replace(parse_mail(header + b"\r\n"), body_digest=body_digest(raw))


def _parse(raw: bytes) -> Letter:
    capped = cap_mail(raw)
    message, defects = _message(capped)
    content = read_content(message)
    defects += content.defects
    if content.text.plain is None and content.text.html is None and not content.attachments:
        defects.append(UNREADABLE)
    return _letter(raw, _fields(message), content, tuple(dict.fromkeys(defects)))


def _message(capped: CappedMail) -> tuple[Message, list[str]]:
    """The tree of parts, and what is wrong with the mail."""
    defects = list(capped.defects)
    try:
        parsed = mailparser.parse_from_bytes(capped.raw)
        defects += sorted(parsed.defects_categories)
        message = parsed.message
    except Exception as error:  # noqa: BLE001 - AttributeError, ValueError and RecursionError have been seen
        defects.append(f"mail_parser_{type(error).__name__}")
        message = message_from_bytes(capped.raw)
    return message, defects


def _fields(message: Message) -> Fields:
    """Every header field in order: its name in lower case, its value as the bytes that came."""
    return tuple((name.lower(), str(value).encode("utf-8", "surrogateescape")) for name, value in message.raw_items())


def _letter(raw: bytes, fields: Fields, content: Content, defects: tuple[str, ...]) -> Letter:
    headers = tuple((name, _value(name, value)) for name, value in fields)
    first = dict(reversed(headers))
    from_fields = [read_addresses(value) for name, value in fields if name == "from"]
    senders = [sender for addresses in from_fields for sender in addresses]
    return Letter(
        message_id=next(iter(read_identifiers(first.get("message-id"))), None),
        in_reply_to=read_identifiers(first.get("in-reply-to")),
        references=_references(fields),
        senders=tuple(dict.fromkeys(address for _, address in senders)),
        sender_name=senders[0][0] if senders else "",
        recipients=read_recipients(fields),
        subject=first.get("subject", ""),
        date=read_date(first.get("date")),
        received=read_received(first.get("received")),
        headers=headers,
        plain=content.text.plain,
        html=content.text.html,
        html_has_table=content.has_table,
        html_has_struck=content.has_struck,
        attachments=tuple(content.attachments),
        part_types=frozenset(content.part_types),
        body_digest=body_digest(raw),
        defects=defects,
    )


def _value(name: str, value: bytes) -> str:
    """The text of a field; what servers tell each other has no encoded words, and what looks so may hide the rest."""
    return unfold_value(value) if name in _OF_SERVERS else decode_value(value)


def _references(fields: Fields) -> tuple[str, ...]:
    """From the bytes: a long thread has more identifiers than a capped value holds."""
    value = next((value for name, value in fields if name == "references"), b"")
    return read_identifiers(value.decode("ascii", "replace"))


def _unreadable(raw: bytes, why: str) -> Letter:
    """A letter with nothing but its identity."""
    return Letter(
        message_id=None,
        in_reply_to=(),
        references=(),
        senders=(),
        sender_name="",
        recipients=frozenset(),
        subject="",
        date=None,
        received=None,
        headers=(),
        plain=None,
        html=None,
        html_has_table=False,
        html_has_struck=False,
        attachments=(),
        part_types=frozenset(),
        body_digest=body_digest(raw),
        defects=(UNREADABLE, why),
    )
