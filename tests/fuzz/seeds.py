"""What the fuzzers begin with: mail and texts of the corpora, answers of servers, and the words of the languages."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from config.words import load_languages
from tests.corpora import FIXTURES

_MAIL: Final = (FIXTURES / "corpus" / "mail", FIXTURES / "mime")
_MIME_WORDS: Final = (
    "Content-Type: ", "Content-Transfer-Encoding: ", "boundary=", "charset=", "multipart/mixed", "text/html",
    "text/plain", "multipart/alternative", "multipart/report", "message/rfc822", "message/delivery-status", "base64",
    "quoted-printable", "windows-1251", "koi8-r", "utf-8", "=?utf-8?B?", "=?utf-8?Q?", "?=", "format=flowed",
    "\r\n\r\n", "Subject: ", "From: ", "Message-ID: ", "In-Reply-To: ", "Authentication-Results: ", "Auto-Submitted: ",
)  # fmt: skip
_MARKUP: Final = (
    "<table>", "<tr>", "<td>", "</td>", "<blockquote>", "<s>", "<br>", "<div style='display:none'>", "<pre>", "<style>",
    "<!--", "-->", "&nbsp;", "&#1089;", "<o:p>",
)  # fmt: skip
_AUTHENTICATION: Final = (
    "mx.energo.example; dmarc=fail header.from=mail.example",
    "mx.energo.example; dkim=pass header.d=mail.example; dmarc=pass (p=none dis=none) header.from=mail.example",
    'mx.energo.example 1; spf=softfail reason="x" smtp.mailfrom=a@b.example; dmarc/1=fail policy.dmarc=reject',
    "mx.energo.example; none",
)
_PLAIN: Final = b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 9 1)'
_PHOTO: Final = b'("IMAGE" "JPEG" ("NAME" "a.jpg") NIL NIL "BASE64" 9)'
_STRUCTURES: Final = (
    b"%s\n\nSubject: x\r\n\r\n" % _PLAIN,
    b'(%s%s "MIXED")\n\nContent-Type: multipart/mixed; boundary=b\r\nSubject: x\r\n' % (_PLAIN, _PHOTO),
    b'((%s "ALTERNATIVE")("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 9 NIL %s 1) "RELATED")\n\nSubject: x'
    % (_PLAIN, _PLAIN),
)
"""A structure, and after an empty line the header that the server gives."""


def folders(name: str, made: Path) -> Iterable[Path]:
    """The folders with the seeds of a target; those that are no files already are written beneath `made`."""
    seeds: dict[str, Callable[[], Iterator[bytes]]] = {
        "text": lambda: _texts("body"),
        "html": lambda: _texts("html"),
        "authentication": lambda: (line.encode() for line in _AUTHENTICATION),
        "structure": lambda: iter(_STRUCTURES),
    }
    if name not in seeds:
        return _MAIL
    folder = made / name
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds[name]()):
        (folder / f"{number:04}").write_bytes(seed)
    return [folder]


@cache
def entries() -> tuple[Mapping[str, str], ...]:
    """What was typed in the first corpora: the others take seconds to load, and are more of the same."""
    files = (FIXTURES / name / "messages.yaml" for name in ("corpus", "heldout"))
    return tuple(entry for file in files for entry in yaml.safe_load(file.read_text(encoding="utf-8")))


def _texts(field: str) -> Iterator[bytes]:
    return (_seed(entry, field) for entry in entries() if entry.get(field))


def _seed(entry: Mapping[str, str], field: str) -> bytes:
    subject = f"{entry.get('subject') or ''}\n" if field == "body" else ""
    return f"{subject}{entry[field]}".encode()


def dictionary(folder: Path) -> Path:
    """Write the words that the fuzzer may put in, and return their file."""
    path = folder / "words.dict"
    words = sorted({*_words(), *_MIME_WORDS, *_MARKUP})
    path.write_text("".join(f'"{_escaped(word)}"\n' for word in words), encoding="ascii")
    return path


def _words() -> Iterator[str]:
    """What the languages have words for, without the signs that mean any ending."""
    for language in load_languages():
        for table in (language.concepts, language.requests, language.numbers, language.months):
            yield from (word.strip("*!") for words in table.values() for word in words if "|" not in word)


def _escaped(word: str) -> str:
    return "".join(f"\\x{octet:02x}" for octet in word.encode()[:60])
