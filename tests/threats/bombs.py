"""Mail that is made to cost: each kind in a size that the caller chooses, in characters or about so many bytes."""

import base64
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

Bomb = Callable[[int], bytes]


def mail(body: bytes = b"", content: str = "text/plain; charset=utf-8", headers: bytes = b"") -> bytes:
    """The bytes of a mail; `headers` with their line ends."""
    return b"From: a@mail.example\r\nContent-Type: " + content.encode() + b"\r\n" + headers + b"\r\n" + body


def text(unit: str) -> Bomb:
    """A plain text of one unit again and again."""
    return lambda size: mail((unit * (size // len(unit))).encode())


def html(unit: str, before: str = "", after: str = "") -> Bomb:
    """A page of one unit again and again."""
    page = "text/html; charset=utf-8"
    return lambda size: mail((before + unit * (size // len(unit)) + after).encode(), page)


def field(name: str, unit: str, before: str = "", after: str = "") -> Bomb:
    """A header field of one unit again and again; it is the first of its name."""
    return lambda size: f"{name}: {before}{unit * (size // len(unit))}{after}\r\n".encode() + mail(b"x")


def coded(unit: bytes, encoding: str) -> Bomb:
    """A body in a transfer encoding."""
    line = f"Content-Transfer-Encoding: {encoding}\r\n".encode()
    return lambda size: mail(unit * (size // len(unit)), headers=line)


def in_charset(name: str, unit: bytes, before: bytes = b"") -> Bomb:
    """A text that calls itself one of a charset."""
    return lambda size: mail(before + unit * (size // len(unit)), f"text/plain; charset={name}")


def nested(size: int) -> bytes:
    """Multiparts within each other."""
    one = b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n"
    return mail(b"".join(one % (n, n + 1) for n in range(size // 50)), "multipart/mixed; boundary=b0")


def parts(unit: bytes) -> Bomb:
    """A multipart of the same part again and again."""
    return lambda size: mail(unit * (size // len(unit)), "multipart/mixed; boundary=b")


def zipped(size: int) -> bytes:
    """An archive of a thousand times its size."""
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("readings.txt", b"\0" * (size * 1000))
    line = b'Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="a.zip"\r\n'
    return mail(base64.encodebytes(file.getvalue()), "application/zip", line)


def packed(size: int) -> bytes:
    """A text in what Python calls a charset and is an archive."""
    return mail(zlib.compress(b"1" * (size * 1000)), "text/plain; charset=zlib")


BOMBS: Final[Mapping[str, Bomb]] = MappingProxyType({
    "digits": text("1"), "zeros": text("0"), "numbers": text("12345 "), "numbers on lines": text("12345\n"),
    "readings": text("свет 12345, вода 123, "), "accounts": text("л/с 0863576 свет 12345\n"),
    "number words": text("двадцать пять тысяч триста сорок один "), "thousands": text("тысяча "),
    "letters for zeros": text("1О"), "points": text("1."), "commas": text("1,"), "hyphens": text("1-"),
    "spaces between digits": text("1 "), "apostrophes": text("1'"), "colons": text("1:"),
    "dates": text("18.11.2026 "), "phones": text("+7 701 123 45 67 "), "corrections": text("не 12345, а 12354 "),
    "alternatives": text("335 или 338 "), "brackets": text("("), "dashes": text("-"), "letters": text("а"),
    "marks on letters": text("а\u0301"), "spaces": text(" "), "tabs": text("свет\t12345\t"), "empty lines": text("\n"),
    "quotes": text("> "), "quoted lines": text("> 1\n"), "attributions": text("On 18.11.2026 a wrote:\n"),
    "addresses": text("a@b.c "), "links": text("http://"), "bounces": text("could not be delivered to\n<a@b>: \n"),
    "tags": html("<b>"), "entities": html("&#49;"), "ampersands": html("&"), "brackets of tags": html("<"),
    "tables": html("<table><tr><td>1"), "cells": html("<td>1", "<table><tr>"), "attributes": html("a=b ", "<p ", ">x"),
    "spans": html("<tr><td colspan=99999 rowspan=99999>1", "<table>"), "styles": html("display:", "<p style='", "'>x"),
    "gaps in a style": html(" ", "<p style='font-size", "'>x"), "comments": html("<!--"),
    "blocks": html("<blockquote>x"),
    "drawings": html("<svg><foreignObject>"), "style sheets": html("<style>"), "forms": html("<form><a><b>"),
    "quoted bytes": coded(b"=3D", "quoted-printable"), "soft breaks": coded(b"=\r\n", "quoted-printable"),
    "equals signs": coded(b"= ", "quoted-printable"), "base64 lines": coded(b"Q\r\n", "base64"),
    "base64 ends": coded(b"=", "base64"), "base64 spaces": coded(b" \t", "base64"),
    "uuencode": coded(b"M", "x-uuencode"),
    "shifts": in_charset("utf-7", b"+AA0-"), "escapes": in_charset("iso-2022-jp", b"\x1b$B"),
    "labels of domains": in_charset("idna", b"xn--"), "punycode": in_charset("punycode", b"ab", b"abc-"),
    "no charset": in_charset("undefined", b"a"), "bytes": in_charset("utf-8", bytes(range(256))),
    "packed text": packed, "archive": zipped, "nested parts": nested, "parts": parts(b"--b\r\n\r\nx\r\n"),
    "parts with headers": parts(b"--b\r\n" + b"X: y\r\n" * 500 + b"\r\nx\r\n"), "other boundaries": parts(b"--c\r\n"),
    "attached messages": lambda size: mail(b"Content-Type: message/rfc822\r\n\r\n" * (size // 32), "message/rfc822"),
    "encoded words": field("Subject", "=?utf-8?b?0LvRgQ==?= "), "halves of words": field("Subject", "=?"),
    "comments in From": field("From", "(", after="a@b.example"),
    "angles in From": field("From", "<", after="a@b.example"),
    "signs in From": field("From", "a@", after="b.example"), "quotes in From": field("From", '"', after="a@b.example"),
    "groups in From": field("From", "a:b;"), "recipients": field("To", "a@b.example, "),
    "identifiers": field("References", "<a@b> "), "open identifiers": field("Message-ID", "<a"),
    "date": field("Date", "1"), "hops": field("Received", "from a by b with c; "),
    "parameters": field("Content-Type", "a=b; ", "text/plain; "),
    "pieces of a name": field("Content-Disposition", "filename*0*=a; ", "a; "),
    "verdicts": field("Authentication-Results", "((", "a; "),
    "fields": lambda size: mail(b"x", headers=b"X: a\r\n" * (size // 6)),
    "folds": field("X", "\r\n a"), "no line": lambda size: b"a" * size, "returns": lambda size: b"a\r" * (size // 2),
    "nothing": lambda size: b"\0" * size, "header alone": lambda size: b"a: b\r\n" * (size // 6),
})  # fmt: skip
"""By name; whoever measures them gives each a size and twice that."""
