"""Intake and filing: the IMAP mailbox, and the only room that knows IMAPClient."""

from mailreader.mailbox.access import (
    Fetched,
    Filed,
    Level,
    MailboxAccess,
    MoveResult,
    Place,
    ProbeFinding,
    Selected,
)
from mailreader.mailbox.faults import FaultCode, MailboxFault
from mailreader.mailbox.idle import Stop
from mailreader.mailbox.probe import probe
from mailreader.mailbox.session import Mailbox
from models.transport import Tls

__all__ = [
    "FaultCode",
    "Fetched",
    "Filed",
    "Level",
    "Mailbox",
    "MailboxAccess",
    "MailboxFault",
    "MoveResult",
    "Place",
    "ProbeFinding",
    "Selected",
    "Stop",
    "Tls",
    "probe",
]
