"""The address that bounces come to: `LOCAL+TAG@DOMAIN`, where the tag says which reply came back (RFC 5233, 3834)."""

import re
from collections.abc import Iterator
from typing import Final

from mailreader.bounces import Failure
from models.decision import Bounce
from models.letter import Letter

_FIELDS: Final = ("delivered-to", "x-original-to", "envelope-to", "to")


def is_to_bounce_address(letter: Letter, bounce_address: str) -> bool:
    """Whether the mail came to that address, with a tag or without; False where none is configured."""
    return next(_tags(letter, bounce_address), None) is not None


def bounce_of(letter: Letter, bounce_address: str, failure: Failure | None) -> Bounce | None:
    """What the mail says of a reply of ours; None where it reports no permanent failure, or names no reply."""
    tag = next((tag for tag in _tags(letter, bounce_address) if tag), None)
    if failure is None or tag is None:
        return None
    said = " ".join(part for part in (failure.status, failure.diagnosis) if part)
    return Bounce(tag, f"It came back: {said or 'a permanent failure'}", failure.of_address)


def _tags(letter: Letter, bounce_address: str) -> Iterator[str]:
    """The tag of each time that the address is named as a recipient; empty where it has none."""
    local, at, domain = bounce_address.casefold().rpartition("@")
    if not at:
        return
    named = re.compile(
        rf"(?<![^\s<,:;\"]){re.escape(local)}(?:\+([^\s@<>,;\"]{{0,64}}))?@{re.escape(domain)}(?![\w.-])"
    )
    for name in _FIELDS:
        for value in letter.all(name):
            yield from (match[1] or "" for match in named.finditer(value.casefold()))
