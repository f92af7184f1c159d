"""Header fields: decoded, unfolded, capped; addresses, identifiers and instants out of them (RFC 5322, 2047)."""

import binascii
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.errors import MessageError
from email.utils import parsedate_to_datetime
from typing import Final

from mailparser.dates import parse_mail_date
from mailparser.utils import get_addresses

from parsers.charset import decode_text

VALUE_CHARACTERS: Final = 4_000
IDENTIFIER_CHARACTERS: Final = 250
_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 2200

_FOLD: Final = re.compile(rb"\r?\n([ \t])|[\r\n]+")
_ENCODED_WORD: Final = re.compile(rb"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]{0,8000})\?=")
_BETWEEN_WORDS: Final = re.compile(rb"[ \t]*")
_HEX: Final = re.compile(rb"=([0-9A-Fa-f]{2})")
_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")
_IDENTIFIER: Final = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>", re.ASCII)
_ADDRESS: Final = re.compile(r"(?<![^\s<>,;:\"()\[\]])[^\s<>@,;:\"()\[\]]{1,64}@[^\s<>@,;:\"()\[\]]{1,255}+(?!@)")
"""Not within `a@b@c`, of which each server takes another part for the domain."""
_RECIPIENT_FIELDS: Final = frozenset(
    {"to", "cc", "delivered-to", "x-original-to", "resent-to", "resent-cc", "resent-bcc"}
)

Fields = Sequence[tuple[str, bytes]]


def decode_value(raw: bytes) -> str:
    """One header value as text: encoded words and raw 8-bit bytes decoded, unfolded, no controls, capped in length.

    Words of one charset that stand together are joined as bytes first, because many mailers split a letter of
    several bytes over two of them (against RFC 2047, section 5).
    """
    unfolded = _FOLD.sub(rb"\1", raw).strip()
    text = _decode_words(unfolded) if b"=?" in unfolded else decode_text(unfolded)
    return _CONTROLS.sub(" ", text).strip()[:VALUE_CHARACTERS]


def unfold_value(raw: bytes) -> str:
    """One header value as text on one line without controls, its encoded words as they are, and not capped."""
    return _CONTROLS.sub(" ", decode_text(_FOLD.sub(rb"\1", raw))).strip()


def _decode_words(raw: bytes) -> str:
    """`raw` with its encoded words decoded."""
    pieces: list[str] = []
    pending: list[tuple[bytes, bytes]] = []
    charset = ""
    end = 0
    for word in _ENCODED_WORD.finditer(raw):
        between = raw[end : word.start()]
        name = word[1].decode("ascii", "replace").casefold()
        touching = bool(pending) and _BETWEEN_WORDS.fullmatch(between) is not None
        if not touching or name != charset:
            pieces.append(decode_text(_joined_bytes(pending), charset))
            pending = []
            if not touching:
                pieces.append(decode_text(between))
        pending.append((word[2].lower(), word[3]))
        charset, end = name, word.end()
    pieces += (decode_text(_joined_bytes(pending), charset), decode_text(raw[end:]))
    return "".join(pieces)


def _joined_bytes(words: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The bytes of adjacent encoded words; base64 that was cut within a group of four goes on in the next word."""
    decoded: list[bytes] = []
    carried = b""
    for encoding, text in words:
        if encoding == b"q":
            decoded += (decode_base64(carried), _from_q(text))
            carried = b""
            continue
        carried += _NOT_BASE64.sub(b"", text)
        if b"=" in text or len(carried) % 4 == 0:
            decoded.append(decode_base64(carried))
            carried = b""
    return b"".join((*decoded, decode_base64(carried)))


def decode_base64(text: bytes) -> bytes:
    """Decoded; what is no base64 is skipped, missing padding is supplied, one character too many is dropped."""
    letters = _NOT_BASE64.sub(b"", text)
    usable = letters[: -1 if len(letters) % 4 == 1 else None]
    return binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))


def _from_q(text: bytes) -> bytes:
    return _HEX.sub(lambda code: bytes((int(code[1], 16),)), text.replace(b"_", b" "))


def read_identifiers(value: str | None) -> tuple[str, ...]:
    """Every `<left@right>` of at most 250 characters, in order: what a Message-ID, In-Reply-To or References says."""
    found = _IDENTIFIER.findall(value) if value else ()
    return tuple(identifier for identifier in found if len(identifier) <= IDENTIFIER_CHARACTERS)


def read_addresses(raw: bytes) -> list[tuple[str, str]]:
    """Names (decoded) and addresses (lower case) of one address field; nothing for what is no address."""
    text = decode_text(_FOLD.sub(rb"\1", raw))
    try:
        found = [(name, address) for name, address in get_addresses(text) if "@" in address]
    except (ValueError, IndexError, TypeError, AttributeError, RecursionError, MessageError):
        found = []
    if not found:
        found = [("", address) for address in _ADDRESS.findall(text)]
    return [(decode_value(name.encode()), address.lower()) for name, address in found]


def read_recipients(fields: Fields) -> frozenset[str]:
    """Every address that the mail was sent to, as far as its fields tell."""
    values = {value for name, value in fields if name in _RECIPIENT_FIELDS}
    return frozenset(address for value in values for _, address in read_addresses(value))


def read_date(text: str | None) -> datetime | None:
    """The instant of a date-time (RFC 5322, section 3.3), aware UTC; None for what is none."""
    if not text:
        return None
    found = parse_mail_date(text).value or _lenient_date(text)
    return found if found is not None and _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def _lenient_date(text: str) -> datetime | None:
    """What the standard library makes of a date that breaks the grammar."""
    try:
        found = parsedate_to_datetime(text[:200])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def read_received(value: str | None) -> datetime | None:
    """The instant of one Received field: its date stands after the last semicolon (RFC 5321, section 4.4)."""
    return read_date(value.rpartition(";")[2].strip()) if value and ";" in value else None
