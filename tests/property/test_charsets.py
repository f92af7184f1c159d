"""Every message in every charset that can hold it, declared rightly, wrongly and not at all (rules, section 5)."""

from base64 import encodebytes
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, parseaddr
from quopri import encodestring
from typing import Any, Final

import pytest

from fixtures.make_mail import OUR_ADDRESS
from tests.corpora import judge_mail, recorded_by, sources

CHARSETS: Final = ("utf-8", "windows-1251", "koi8-r", "cp866", "kz-1048", "ptcp154")
ENCODINGS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "8bit": bytes,
    "base64": encodebytes,
    "quoted-printable": encodestring,
}
PLAIN: Final = [entry for entry in sources() if "html" not in entry and "headers" not in entry and entry.get("body")]
EVERY: Final = 48
"""Of how many messages one is taken: every label on every charset takes minutes."""
READ: Final = 0.97
"""How many of the mislabelled messages must be read as if nothing were wrong."""


def write(entry: Mapping[str, Any], charset: str, declared: str | None, encoding: str) -> bytes:
    """The mail of an entry in a charset, labelled with another one or none."""
    label = f"; charset={declared}" if declared else ""
    subject = Header(entry.get("subject") or "", "utf-8").encode(linesep="\r\n")
    received = format_datetime(datetime.fromisoformat(entry["received"]))
    head = (
        f"Received: from mx.example by mx.energosbyt.example; {received}\r\n"
        f"From: {parseaddr(entry['from'])[1]}\r\nTo: {OUR_ADDRESS}\r\nMessage-ID: <{entry['id']}@mail.example>\r\n"
        f"Subject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain{label}\r\n"
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode("ascii") + ENCODINGS[encoding](entry["body"].encode(charset))


def holds(charset: str, entry: Mapping[str, Any]) -> bool:
    """Whether a charset has every character of the text."""
    try:
        entry["body"].encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def recorded(mail: bytes) -> Counter[str]:
    """What is recorded of a mail."""
    return Counter(recorded_by(judge_mail(mail)))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("charset", CHARSETS)
def test_a_declared_charset_changes_nothing(charset: str, encoding: str) -> None:
    """The same readings are recorded in each of them."""
    held = [entry for entry in PLAIN[:: EVERY // 3] if holds(charset, entry)]
    differing = [
        entry["id"]
        for entry in held
        if recorded(write(entry, charset, charset, encoding)) != recorded(write(entry, "utf-8", "utf-8", encoding))
    ]
    assert held
    assert differing == []


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_wrong_label_never_makes_another_reading(charset: str) -> None:
    """Under every other label and none: what cannot be told is not recorded, and hardly any cannot be told."""
    labels = (None, *(label for label in CHARSETS if label != charset), "iso-8859-1", "us-ascii")
    others, lost, count = [], [], 0
    for entry in PLAIN[::EVERY]:
        if not holds(charset, entry):
            continue
        before = recorded(write(entry, charset, charset, "8bit"))
        for label in labels:
            count += 1
            now = recorded(write(entry, charset, label, "8bit"))
            others += [(entry["id"], label)] if now - before else []
            lost += [(entry["id"], label)] if before - now else []
    assert others == []
    assert len(lost) <= (1 - READ) * count, lost
