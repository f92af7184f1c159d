"""The parts of a mail: which are its text, which are attachments, and the two renderings of the text (RFC 2046)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Final

from models.letter import Attachment
from parsers.charset import decode_text, is_garbage
from parsers.headers import decode_base64, decode_value
from parsers.html import parse_html

NAME_CHARACTERS: Final = 250
TEXT_CHARACTERS: Final = 500_000
ENCODED_BYTES: Final = 3_000_000
_NO_ATTACHMENTS: Final = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "text/x-amp-html",
        "message/delivery-status",
        "message/disposition-notification",
    }
)
_BASE64_LINES: Final = re.compile(rb"\s*(?:[A-Za-z0-9+/]+=*[ \t]*\r?\n)*[A-Za-z0-9+/]*=*\s*")
_QUOTED_BYTE: Final = re.compile(rb"=([0-9A-Fa-f]{2})|=[ \t]*\r?\n")


@dataclass(slots=True)
class Rendering:
    """The text of a part: `plain` and `html` are alternatives of each other, None where a mail has none."""

    plain: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Content:
    """What is in a mail, collected from its parts in one walk."""

    text: Rendering = field(default_factory=Rendering)
    has_table: bool = False
    has_struck: bool = False
    attachments: list[Attachment] = field(default_factory=list)
    part_types: set[str] = field(default_factory=set)
    defects: list[str] = field(default_factory=list)


def read_content(message: Message) -> Content:
    """Everything in `message`; attached messages are attachments, their text is not this mail's."""
    content = Content()
    content.text = _render(message, content)
    return content


def _render(part: Message, content: Content) -> Rendering:
    """The text in one part and those within it; attachments go to `content`. Depth is capped before parsing."""
    kind = part.get_content_type()
    content.part_types.add(kind)
    attached = part.get_content_disposition() == "attachment" or kind.startswith("message/")
    if part.is_multipart() and not attached:
        renderings = [_render(child, content) for child in _children(part)]
        return _alternative(renderings) if kind == "multipart/alternative" else _joined(renderings)
    if attached or not _is_text(part, kind):
        if kind not in _NO_ATTACHMENTS:
            content.attachments.append(_attachment(part, kind))
        return Rendering()
    return _text(part, kind, content)


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (child for child in payload if isinstance(child, Message))


def _is_text(part: Message, kind: str) -> bool:
    """True for what a person reads as the mail: plain text and HTML without a file name of their own.

    A multipart without its start boundary is one text; the parser keeps what it holds as a string.
    """
    if kind.startswith("multipart/"):
        return True
    return kind in {"text/plain", "text/html"} and part.get_param("filename", None, "content-disposition") is None


def _alternative(renderings: Iterable[Rendering]) -> Rendering:
    """The first of each kind that says something."""
    chosen = Rendering()
    for each in renderings:
        if each.plain is not None and not (chosen.plain or "").strip():
            chosen.plain = each.plain
        if each.html is not None and not (chosen.html or "").strip():
            chosen.html = each.html
    return chosen


def _joined(renderings: Iterable[Rendering]) -> Rendering:
    """Parts that follow each other; where only some have HTML, the plain text of the others belongs to both."""
    told = [each for each in renderings if each.plain is not None or each.html is not None]
    joined = Rendering()
    if any(each.plain is not None for each in told):
        joined.plain = "\n".join(each.plain if each.plain is not None else each.html or "" for each in told)
    if any(each.html is not None for each in told):
        joined.html = "\n".join(each.html if each.html is not None else each.plain or "" for each in told)
    return joined


def _text(part: Message, kind: str, content: Content) -> Rendering:
    """The text of one leaf."""
    text = decode_text(_body_bytes(part), _charset(part))[:TEXT_CHARACTERS]
    if is_garbage(text):
        content.defects.append("undecodable_text")
        return Rendering()
    if kind == "text/html":
        visible = parse_html(text)
        content.has_table |= visible.has_table
        content.has_struck |= visible.has_struck
        return Rendering(html=visible.text)
    return Rendering(plain=_unflowed(text, part) if part.get_param("format") else text)


def _charset(part: Message) -> str | None:
    try:
        return part.get_content_charset()
    except (LookupError, ValueError, TypeError, AttributeError):
        return None


def _body_bytes(part: Message) -> bytes:
    """The bytes of a part with its transfer encoding off (RFC 2045, section 6), as far as they follow it."""
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    if encoding in {"base64", "quoted-printable"}:
        del part["content-transfer-encoding"]
    payload = part.get_payload(decode=True)
    data = payload[:ENCODED_BYTES] if isinstance(payload, bytes) else b""
    if encoding == "base64":
        return _from_base64(data)
    return _from_quoted_printable(data) if encoding == "quoted-printable" else data


def _from_base64(data: bytes) -> bytes:
    """Decoded as far as it is base64: virus scanners write a line of text after it; text labelled so stays text."""
    prefix = _BASE64_LINES.match(data)
    end = prefix.end() if prefix else 0
    if end * 2 < len(data):
        return data
    return decode_base64(data[:end])


def _from_quoted_printable(data: bytes) -> bytes:
    return _QUOTED_BYTE.sub(lambda code: bytes((int(code[1], 16),)) if code[1] else b"", data)


def _unflowed(text: str, part: Message) -> str:
    """Lines that a client broke at a width joined again (RFC 3676, section 4.1); quoted lines stay as they are."""
    if str(part.get_param("format")).lower() != "flowed":
        return text
    keep_space = str(part.get_param("delsp", "no")).lower() != "yes"
    out: list[str] = []
    open_line = False
    for line in text.split("\n"):
        fixed = line.startswith(">") or line == "-- "
        if out and (fixed or not open_line):
            out.append("\n")
        open_line = line.endswith(" ") and not fixed and bool(line.strip())
        content = line if fixed else line.removeprefix(" ")
        out.append(content[:-1] if open_line and not keep_space else content)
    return "".join(out)


def _attachment(part: Message, kind: str) -> Attachment:
    return Attachment(_file_name(part), kind, _size(part))


def _file_name(part: Message) -> str:
    """The file name as its sender wrote it, decoded; empty where it has none."""
    try:
        name = part.get_filename() or ""
    except (LookupError, ValueError, TypeError, AttributeError, IndexError):
        name = ""
    return decode_value(name.encode("utf-8", "surrogateescape"))[:NAME_CHARACTERS]


def _size(part: Message) -> int:
    """Decoded bytes of an attachment; of an attached message those of its parts."""
    payloads = (leaf.get_payload(decode=True) for leaf in part.walk())
    return sum(len(payload) for payload in payloads if isinstance(payload, bytes))
