"""The test message of `check --send-test`: made like an answer, in every language, and sent at once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from config.replies import ReplyTexts
from mailreader.outbox import Outbox
from mailreader.relay import Delivery, Relay
from mailreader.reply_headers import ServiceAddress, reply_headers
from parsers.mail import parse_mail

_BETWEEN_LANGUAGES = "\n\n* * *\n\n"


@dataclass(frozen=True, slots=True)
class Specimen:
    """What goes to the relay; `reply_id` is its Message-ID."""

    reply_id: str
    to: str
    text: str
    headers: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, to: str, texts: ReplyTexts, service: ServiceAddress) -> "Specimen":
        """Compose one to an address, with the header of an answer to somebody who wrote from there."""
        subject = " / ".join(spoken.tell("test.subject", {}) for spoken in texts.values())
        text = _BETWEEN_LANGUAGES.join(spoken.tell("test.text", {}) for spoken in texts.values())
        letter = parse_mail(f"From: <{to}>\r\n\r\n".encode())
        domain = parseaddr(service.sender)[1].rpartition("@")[2]
        return cls(f"<test.{secrets.token_hex(8)}@{domain}>", to, f"{text}\n", reply_headers(letter, subject, service))


def send_test(relay: Relay, message: Specimen, now: datetime) -> Delivery:
    """Send it over a connection of its own; what the relay said to it."""
    with Outbox(relay) as outbox:
        return outbox.deliver(message, now=now)
