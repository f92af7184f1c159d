"""IDLE (RFC 2177): waiting until something may have happened in the selected folder."""

import time
from typing import Final, Protocol

from mailreader.mailbox.access import MailboxAccess
from mailreader.mailbox.connection import Client

LONGEST: Final = 300.0
"""Seconds of one IDLE: a connection that died without a word is found out within them."""
_SLICE: Final = 0.2


class Stop(Protocol):
    """What ends the wait early: a `threading.Event`, for one."""

    def is_set(self) -> bool:
        """Whether to end now."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for it at most `timeout` seconds."""


def idle(client: Client, access: MailboxAccess, stop: Stop, max_seconds: float) -> bool:
    """Wait; True where a scan is due, False where `stop` was set and nothing was heard.

    After the server has spoken, or after the whole time, a scan is due: what arrived between the last scan and IDLE may
    only be told in the answer to DONE. Without the capability IDLE this waits for `stop` alone.
    """
    if client.was_told_of_mail:
        return True  # in the answer to another command since the last scan: IDLE would not tell it again
    seconds = min(max_seconds, LONGEST)
    if not client.has_capability("IDLE"):
        return not stop.wait(seconds)
    ends = time.monotonic() + seconds
    client.bounds.begin(access.timeout_seconds)
    client.idle()
    heard = False
    while not (heard or stop.is_set()) and (left := ends - time.monotonic()) > 0:
        heard = client.imap4.has_news(min(left, _SLICE))
    stopped = stop.is_set()
    client.bounds.begin(access.timeout_seconds)
    # Where the news is the end of the connection, this finds it out.
    _text, answers = client.idle_done()
    return heard or bool(answers) or not stopped
