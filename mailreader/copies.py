"""Copies of what was recorded, to the registered addresses of an account that somebody else wrote about.

Each is a message of its own, to one recipient, and tells what was recorded and nothing of the sender.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from config.replies import ReplyTexts
from mailreader.answers import ServiceAddress, compose_copy
from mailreader.sender import is_writable
from models.catalogue import ReadingStatus
from models.decision import Reply
from models.register import Account, RegisterExcerpt
from models.verdict import Verdict
from models.window import Window


def compose_copies(
    verdict: Verdict,
    register: RegisterExcerpt,
    sender: str | None,
    *,
    texts: ReplyTexts,
    window: Window,
    received: datetime,
    reference: str,
    service: ServiceAddress,
) -> tuple[Reply, ...]:
    """Compose a copy for each account with a recorded reading, and each of its addresses, if none is `sender`."""
    return tuple(
        compose_copy(
            of_account,
            account.number,
            address,
            texts=texts,
            window=window,
            received=received,
            reference=reference,
            service=service,
        )
        for account, of_account in _of_others(verdict, register, sender)
        for address in sorted(filter(is_writable, account.emails))
    )


def _of_others(verdict: Verdict, register: RegisterExcerpt, sender: str | None) -> Iterator[tuple[Account, Verdict]]:
    """Each account that is not the sender's, with the part of the verdict that records its readings."""
    recorded = [reading for reading in verdict.readings if reading.status is ReadingStatus.RECORDED]
    for number in dict.fromkeys(reading.account for reading in recorded):
        account = register.accounts.get(number or "")
        if account is not None and sender not in account.emails:
            its_own = tuple(reading for reading in recorded if reading.account == number)
            yield account, replace(verdict, findings=(), readings=its_own, request=None)
