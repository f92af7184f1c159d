"""A message too large to fetch whole: its header and its text parts, put together again as a small message."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mailreader.mailbox.connection import Client
from mailreader.mailbox.faults import MALFORMED

_HEADER_BYTES: Final = 131_072
_PART_HEADER_BYTES: Final = 16_384
_TEXT_BYTES: Final = 1_048_576
_TEXTS: Final = 10
_PARTS: Final = 200
_LISTED: Final = 50
_DEPTH: Final = 20
_CRLF: Final = b"\r\n"
_REPLACED: Final = (b"content-type", b"content-transfer-encoding", b"content-length", b"mime-version")
_WANTED: Final = frozenset({b"plain", b"html"})


@dataclass(frozen=True, slots=True)
class _Part:
    """One node of BODYSTRUCTURE (RFC 9051, 7.5.2); `section` is its part number, empty for the whole message."""

    section: str
    subtype: bytes
    is_text: bool
    children: tuple["_Part", ...] = ()

    @property
    def leaves(self) -> Iterator["_Part"]:
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves


def fetch_small(client: Client, uid: int) -> bytes | None:
    """Give a small message in place of a large one, None where the message is not there.

    It has the original header and the original tree of parts. Each part keeps its own header; the first ten text parts
    keep their first megabyte, all other parts are empty. So a reader sees the same text, and that there were
    attachments. Of a message with more than 200 parts, or nested deeper than 20, the rest is left out; where the server
    gives no structure, the text is the first megabyte after the header. The same message always gives the same bytes.
    """
    header = _sections(client, uid, ["HEADER"], _HEADER_BYTES).get("HEADER")
    if header is None:
        return None
    tree = _structure(client, uid)
    if tree is None or not tree.children:
        has_text = tree is None or tree.is_text
        return _head(header) + (_sections(client, uid, ["TEXT"], _TEXT_BYTES).get("TEXT", b"") if has_text else b"")
    pieces = _pieces(client, uid, tuple(tree.leaves)[:_PARTS])
    boundary = b"=_" + hashlib.sha256(header + b"".join(pieces.values())).hexdigest()[:32].encode()
    fields = (field for field in _fields(header) if field.partition(b":")[0].strip().lower() not in _REPLACED)
    return b"".join(fields) + b"MIME-Version: 1.0\r\n" + _assembled(tree, pieces, boundary)


def _structure(client: Client, uid: int) -> _Part | None:
    """Read the tree of parts; None where the server gives none that can be read."""
    try:
        structure = client.fetch([uid], [b"BODYSTRUCTURE"]).get(uid, {}).get(b"BODYSTRUCTURE")
        return _read_part(structure, "") if structure else None
    except MALFORMED:
        return None


def _read_part(structure: Any, section: str, depth: int = 0) -> _Part | None:  # noqa: ANN401 - as the server has it
    if depth > _DEPTH:
        return None
    if isinstance(structure[0], list):
        numbered = enumerate(structure[0], start=1)
        inner = (_read_part(one, f"{section}.{number}".strip("."), depth + 1) for number, one in numbered)
        children = tuple(part for part in inner if part is not None)
        return _Part(section, _token(structure[1]), is_text=False, children=children)
    subtype = _token(structure[1])
    is_text = _token(structure[0]) == b"text" and subtype in _WANTED
    return _Part(section, subtype, is_text=is_text)


def _token(value: Any) -> bytes:  # noqa: ANN401 - as the server has it
    """Give a word of the structure in lower case, without anything that does not belong into a header."""
    letters = value.lower() if isinstance(value, bytes) else b""
    return letters if letters.replace(b"-", b"").isalnum() else b"mixed"


def _pieces(client: Client, uid: int, leaves: Sequence[_Part]) -> dict[str, bytes]:
    """Fetch the header of every part, and the content of those that are text."""
    headers = _sections(client, uid, [f"{part.section}.MIME" for part in leaves], _PART_HEADER_BYTES)
    texts = _sections(client, uid, [part.section for part in leaves if part.is_text][:_TEXTS], _TEXT_BYTES)
    return {
        part.section: _head(headers.get(f"{part.section}.MIME", b"")) + texts.get(part.section, b"") for part in leaves
    }


def _sections(client: Client, uid: int, sections: Sequence[str], limit: int) -> dict[str, bytes]:
    """Fetch the beginnings of sections; one cut short ends with a line, so that its encoding holds."""
    found: dict[str, bytes] = {}
    for begin in range(0, len(sections), _LISTED):
        some = sections[begin : begin + _LISTED]
        answer = client.fetch([uid], [f"BODY.PEEK[{section}]<0.{limit}>" for section in some]).get(uid, {})
        given = ((section, answer.get(f"BODY[{section}]<0>".encode())) for section in some)
        found |= {section: text for section, text in given if isinstance(text, bytes)}
    return {section: text if len(text) < limit else text[: text.rfind(b"\n") + 1] for section, text in found.items()}


def _head(header: bytes) -> bytes:
    """End a header with its empty line, whatever it was cut to."""
    return header.rstrip(_CRLF) + _CRLF + _CRLF if header.strip() else _CRLF


def _fields(header: bytes) -> Iterator[bytes]:
    """Split a header into its fields, each with its folded lines."""
    field = b""
    for line in header.rstrip(_CRLF).splitlines():
        if field and not line.startswith((b" ", b"\t")):
            yield field
            field = b""
        field += line + _CRLF
    if field:
        yield field


def _assembled(part: _Part, pieces: dict[str, bytes], boundary: bytes) -> bytes:
    """Write a multipart with its header, its parts within boundaries that name their place."""
    if not part.children:
        return pieces.get(part.section, _CRLF)
    mark = boundary + b"." + part.section.encode()
    inner = (b"--" + mark + _CRLF + _assembled(child, pieces, boundary) + _CRLF for child in part.children)
    return (
        b"Content-Type: multipart/"
        + part.subtype
        + b'; boundary="'
        + mark
        + b'"\r\n\r\n'
        + b"".join(inner)
        + b"--"
        + mark
        + b"--\r\n"
    )
