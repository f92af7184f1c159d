"""What a mail may cost: its raw bytes cut to sizes that every later step handles in linear time.

The standard parser recurses once a nested part and the header functions scan a field again and again, so a mail is
bounded before it is parsed, on the bytes.
"""

import re
from dataclasses import dataclass
from typing import Final

HEADER_BYTES: Final = 64_000
FIELD_BYTES: Final = 16_000
PARAMETER_FIELD_BYTES: Final = 4_000
PART_HEADER_BYTES: Final = 8_000
PART_HEADER_PARAMETERS: Final = 100
PARTS: Final = 200
DEPTH: Final = 20

_END_OF_HEADER: Final = re.compile(rb"\r?\n\r?\n")
_FIELD: Final = re.compile(rb"[^\n]*\n?(?:[ \t][^\n]*\n?)*")
_STRUCTURE: Final = re.compile(
    rb"^--(?P<line>[^\r\n]{1,200})|boundary[ \t]*=[ \t]*(?:\"(?P<quoted>[^\"\r\n]{1,200})\"|(?P<bare>[^\s;\"]{1,200}))"
    rb"|^content-type:[ \t]*message/(?P<nested>\w)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class CappedMail:
    """A mail of bounded structure: `header` and `body` without the blank line between, and what had to be cut."""

    header: bytes
    body: bytes
    defects: tuple[str, ...]

    @property
    def raw(self) -> bytes:
        """The mail again, for a parser."""
        return self.header + b"\r\n\r\n" + self.body


def split_header(raw: bytes) -> tuple[bytes, bytes]:
    """The header and what follows its blank line (RFC 5322, section 2.1)."""
    end = _END_OF_HEADER.search(raw)
    return (raw[: end.start()], raw[end.end() :]) if end else (raw, b"")


def cap_mail(raw: bytes) -> CappedMail:
    """Cut `raw` to the limits of this module, without NULs; `defects` name each cut."""
    defects = []
    if b"\0" in raw:
        raw = raw.replace(b"\0", b"")
        defects.append("nul_removed")
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\r\n")
    header, body = split_header(raw.lstrip(b"\r\n"))
    capped = _cap_header(header)
    if capped != header:
        defects.append("header_cut")
    end = _end_of_structure(header + b"\n", body)
    if end < len(body):
        defects.append("parts_cut")
    return CappedMail(capped, body[:end], tuple(defects))


def _cap_header(header: bytes) -> bytes:
    """Each field at its own limit, and so many of them as have HEADER_BYTES in all: a huge one hides no other."""
    if len(header) <= PARAMETER_FIELD_BYTES:
        return header
    kept, left = [], HEADER_BYTES
    for found in _FIELD.finditer(header):
        field = _cap_field(found[0])
        left -= len(field)
        if left < 0 or not field:
            break
        kept.append(field)
    return b"".join(kept).rstrip(b"\r\n")


def _cap_field(field: bytes) -> bytes:
    """A field cut to its limit; the parser reads fields with parameters in quadratic time, so theirs is lower."""
    limit = PARAMETER_FIELD_BYTES if field[:8].lower() == b"content-" else FIELD_BYTES
    return field if len(field) <= limit else field[:limit].rstrip(b"\r\n") + b"\r\n"


def _end_of_structure(header: bytes, body: bytes) -> int:
    """Where `body` has to end so that it has at most PARTS parts, DEPTH levels and no endless part header."""
    open_boundaries = _boundaries(header)
    parts = 0
    for found in _STRUCTURE.finditer(body):
        line = found["line"]
        if line is None:
            open_boundaries.append(found["quoted"] or found["bare"] or b"")
        elif _at_delimiter(open_boundaries, line):
            parts += 1
            if _header_is_endless(body, found.end()):
                return found.start()
        if parts > PARTS or len(open_boundaries) > DEPTH:
            return found.start()
    return len(body)


def _boundaries(header: bytes) -> list[bytes]:
    return [found["quoted"] or found["bare"] or b"" for found in _STRUCTURE.finditer(header) if not found["line"]]


def _at_delimiter(open_boundaries: list[bytes], line: bytes) -> bool:
    """True for a delimiter of an open multipart; closes those inside it (RFC 2046, section 5.1)."""
    stripped = line.rstrip()
    for level in range(len(open_boundaries) - 1, -1, -1):
        boundary = open_boundaries[level]
        if boundary and stripped in (boundary, boundary + b"--"):
            closing = stripped != boundary
            del open_boundaries[level if closing else level + 1 :]
            return not closing
    return False


def _header_is_endless(body: bytes, start: int) -> bool:
    """True where no mailer could have written the header of a part: it does not end, or is nothing but parameters."""
    end = _END_OF_HEADER.search(body, start, start + PART_HEADER_BYTES)
    if end is None:
        return len(body) - start >= PART_HEADER_BYTES
    return body.count(b";", start, end.start()) > PART_HEADER_PARAMETERS
