"""Whose fault a refusal is: that of the address, which is then left alone, or anybody else's (RFC 5321, 3463, 7505)."""

import re
from typing import Final

from mailreader.relay import Stage

_REPLY: Final = re.compile(r"(?P<code>\d{3})(?:[ -]+(?P<status>[245]\.\d{1,3}\.\d{1,3})\b)?(?P<text>.*)", re.DOTALL)
_OF_COMMANDS: Final = frozenset({"500", "502", "503", "504", "521", "555"})
"""Codes that speak of the dialogue and not of the mailbox (RFC 5321, 4.2.3; RFC 7504)."""
_FULL: Final = "552"
_OF_SENDER: Final = frozenset({"5.1.7", "5.1.8"})
_OF_ADDRESS: Final = frozenset({"5.2.1", "5.4.1", "5.4.4"})
"""A mailbox that was closed; a domain without a host. With 5.4.1 Exchange Online says that there is nobody."""
_UNSURE: Final = re.compile(r"5\.(?:0|2)\.0")
_POLICY: Final = re.compile(
    r"relay|polic(?:y|ies)|spam|spf\b|dkim|dmarc|block|black-?list|black-?hole|deny-?list|reputation|denied"
    r"|prohibited|not permitted|not allowed to|rbl\b|dnsbl|authenticat|quota|\bfull\b|too many|limit",
    re.IGNORECASE,
)
"""Words of refusals by policy, for relays that give no enhanced status code."""


def is_fault_of_address(stage: Stage, error: str) -> bool:
    """Whether a final refusal at a stage means that there is no such mailbox; `error` begins with the relay's answer.

    At RCPT every refusal does that does not speak of policy, of the sender, of a full mailbox or of the dialogue; after
    it only one whose enhanced status says so; before it none.
    """
    match = _REPLY.match(error)
    if match is None or stage not in {Stage.RCPT, Stage.DATA, Stage.DOT}:
        return False
    status = match["status"]
    if status is not None and not _UNSURE.fullmatch(status):
        return is_status_of_address(status)
    if stage is not Stage.RCPT or match["code"] in _OF_COMMANDS or match["code"] == _FULL:
        return False
    return _POLICY.search(match["text"]) is None


def is_status_of_address(status: str) -> bool:
    """Whether an enhanced status code means that there is no such mailbox (RFC 3463, 3.2: X.1.X, and X.2.1)."""
    return status in _OF_ADDRESS or (status.startswith("5.1.") and status not in _OF_SENDER)
