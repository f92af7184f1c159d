"""A reply as the bytes that go over the wire: CRLF only, short lines, encoded words (RFC 5322, 2045, 2047, 3834)."""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, parseaddr
from typing import Final, Protocol

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_LINE_ENDS: Final = re.compile(r"\r\n|\r|\n|\x0b|\x0c|\x85|\u2028|\u2029")
_WIDTH: Final = 76
_LONGEST_PLAIN_LINE: Final = 300
_ADDRESS_FIELDS: Final = frozenset({"from", "to"})
_ID_FIELDS: Final = frozenset({"in-reply-to", "references", "message-id"})
_MOSTLY_FOREIGN: Final = 6


class OutgoingReply(Protocol):
    """What is sent of a row of the outbox; `reply_id` is its Message-ID, the same on every try."""

    @property
    def reply_id(self) -> str:
        """The Message-ID, with or without its angle brackets."""

    @property
    def to(self) -> str:
        """The one recipient."""

    @property
    def text(self) -> str:
        """The body."""

    @property
    def headers(self) -> Sequence[Sequence[str]]:
        """Pairs of field name and value, not yet encoded; all but Message-ID and Date."""


def render_reply(reply: OutgoingReply, now: datetime) -> bytes:
    """Render the whole message as of `now` (aware); every line ends in CRLF and has at most 998 octets."""
    fields = [(name, value) for name, value in reply.headers if name.casefold() not in {"message-id", "date"}]
    fields += [
        ("Message-ID", f"<{reply.reply_id.strip('<>')}>"),
        ("Date", format_datetime(now)),
        ("MIME-Version", "1.0"),
        ("Content-Type", 'text/plain; charset="utf-8"'),
    ]
    encoding, body = _encode_body(reply.text)
    fields.append(("Content-Transfer-Encoding", encoding))
    head = "".join(f"{name}: {_encode_value(name, value)}\r\n" for name, value in fields)
    return head.encode() + b"\r\n" + body


def ascii_domain(address: str) -> str:
    """The address with its domain as the DNS knows it (RFC 5890), the local part as it is."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


def _encode_body(text: str) -> tuple[str, bytes]:
    lines = [line.rstrip() for line in _LINE_ENDS.split(text.rstrip())]
    data = "".join(f"{_CONTROLS.sub('', line)}\r\n" for line in lines).encode()
    foreign = sum(byte > 0x7F for byte in data)  # noqa: PLR2004 -- the end of ASCII
    if foreign * _MOSTLY_FOREIGN > len(data):
        return "base64", base64.encodebytes(data).replace(b"\n", b"\r\n")
    return "quoted-printable", binascii.b2a_qp(data)


def _encode_value(name: str, value: str) -> str:
    clean = _CONTROLS.sub(" ", value).strip()
    if name.casefold() in _ADDRESS_FIELDS:
        return _encode_mailbox(name, clean)
    if name.casefold() in _ID_FIELDS:
        return "\r\n ".join(clean.split())
    return clean if _is_plain(clean) else _encode_words(name, clean)


def _encode_mailbox(name: str, value: str) -> str:
    display, address = parseaddr(value)
    bracketed = f"<{ascii_domain(address)}>"
    if not display:
        return bracketed
    if _is_plain(display):
        quoted = display.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"\r\n {bracketed}'
    return f"{_encode_words(name, display)}\r\n {bracketed}"


def _encode_words(name: str, value: str) -> str:
    return Header(value, "utf-8", maxlinelen=_WIDTH, header_name=name).encode(linesep="\r\n")


def _is_plain(value: str) -> bool:
    return value.isascii() and len(value) <= _LONGEST_PLAIN_LINE and "=?" not in value
