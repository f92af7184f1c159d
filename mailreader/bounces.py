"""Delivery failures: known by the detectors of Mailman, or by what a report says of its recipients (RFC 3464)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Final

from flufl.bounce._detectors.llnl import LLNL
from flufl.bounce._scan import _DETECTORS

from mailreader.refusals import is_fault_of_address, is_status_of_address
from mailreader.relay import Stage
from parsers.caps import cap_mail

# LLNL's pattern is any address between two commas, as people write theirs beside their account.
_DETECTORS_OF_BOUNCES: Final = tuple(detector for detector in _DETECTORS if detector is not LLNL)
_DELIVERY_STATUS: Final = frozenset({"message/delivery-status", "message/global-delivery-status"})
_GAP: Final = re.compile(rb"\s{50,}")
_STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_BLANK_LINES: Final = re.compile(rb"(?:[ \t]*\r?\n){2,}")
_RECIPIENT: Final = re.compile(rb"^(?:final|original)-recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)
_LONGEST_DIAGNOSIS: Final = 200


@dataclass(frozen=True, slots=True)
class Failure:
    """A delivery that failed for good, as its report has it; both empty where the report does not say.

    `status` is the enhanced status code (RFC 3463), `diagnosis` what the refusing server said, on one line.
    """

    status: str = ""
    diagnosis: str = ""

    @property
    def of_address(self) -> bool:
        """Whether there is no such mailbox; also where nothing more is known than that the failure is permanent.

        A status that says nothing is made up for by what the refusing server said.
        """
        if self.status and not self.status.endswith(".0.0"):
            return is_status_of_address(self.status)
        return not self.diagnosis[:1].isdecimal() or is_fault_of_address(Stage.RCPT, self.diagnosis)


def is_known_bounce(raw: bytes) -> bool:
    """Tell whether the text of a raw mail is a known delivery failure; False for anything that cannot be parsed."""
    try:
        message = _parsed(raw)
        found = (detector().process(message) for detector in _DETECTORS_OF_BOUNCES)
        return any(temporary or permanent for temporary, permanent in found)
    except Exception:  # noqa: BLE001 -- the detectors raise all kinds on malformed mail, which is then no known bounce
        return False


def read_failure(raw: bytes) -> Failure | None:
    """What a raw mail reports to have failed for good; None for everything else, also for delays and successes."""
    try:
        message = _parsed(raw)
        recipients = list(_recipients(message))
        if recipients:
            return next((_failure(fields) for fields in recipients if _has_failed(fields)), None)
        permanent = any(detector().process(message)[1] for detector in _DETECTORS_OF_BOUNCES)
    except Exception:  # noqa: BLE001 -- as above
        return None
    return Failure() if permanent else None


def _parsed(raw: bytes) -> Message:
    """The mail within the caps of all mail, and without wide gaps: the patterns of detectors try each place of one."""
    message = message_from_bytes(cap_mail(raw).raw)
    for part in message.walk():
        if part.get_content_maintype() == "text" and not part.is_multipart():
            content = part.get_payload(decode=True)
            del part["content-transfer-encoding"]
            text = _GAP.sub(_narrow, content if isinstance(content, bytes) else b"")
            part.set_payload(text.decode("ascii", "surrogateescape"))
    return message


def _narrow(gap: re.Match[bytes]) -> bytes:
    return b"\n\n" if b"\n" in gap[0] else b" "


def _recipients(message: Message) -> Iterator[Message]:
    """The fields about each recipient (RFC 3464, 2.3), of every report in the mail."""
    for part in message.walk():
        if part.get_content_type() in _DELIVERY_STATUS and part.is_multipart():
            groups = [fields for fields in part.get_payload() if isinstance(fields, Message)]
            yield from (fields for fields in groups if "action" in fields or "status" in fields)
            yield from _written_out(_taken_apart(part, groups))
        elif not part.is_multipart():
            yield from _written_out(part)


def _written_out(part: Message) -> Iterator[Message]:
    """The same fields where they stand in a text, as in a report whose structure was lost on its way."""
    content = part.get_payload(decode=True)
    for paragraph in _BLANK_LINES.split(content if isinstance(content, bytes) else b""):
        if found := _RECIPIENT.search(paragraph):
            fields = message_from_bytes(paragraph[found.start() :])
            if "action" in fields or "status" in fields:
                yield fields


def _taken_apart(part: Message, groups: list[Message]) -> Message:
    """A part of a report before the parser looked for fields in it, though they were encoded; else an empty one."""
    whole = Message()
    if str(part.get("content-transfer-encoding", "")).strip().casefold() == "base64":
        whole["Content-Transfer-Encoding"] = "base64"
        whole.set_payload("\n".join(str(fields.get_payload()) for fields in groups))
    return whole


def _has_failed(fields: Message) -> bool:
    action = str(fields.get("action", "")).partition("(")[0].strip().casefold()
    return action == "failed" or (not action and str(fields.get("status", "")).strip().startswith("5"))


def _failure(fields: Message) -> Failure:
    status = _STATUS.search(str(fields.get("status", "")))
    said = str(fields.get("diagnostic-code", "")).partition(";")[2]
    diagnosis = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())
    return Failure(status[0] if status else "", diagnosis[:_LONGEST_DIAGNOSIS])
