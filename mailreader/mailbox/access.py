"""What a mailbox is reached with, and the plain values that come out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, unique
from pathlib import Path
from types import MappingProxyType

from models.catalogue import Outcome
from models.transport import Tls


@dataclass(frozen=True, slots=True)
class MailboxAccess:
    """One mailbox and how to treat it.

    `folders` say where mail is filed by outcome, `/` standing for the server's own hierarchy delimiter.
    `timeout_seconds` bounds every operation as a whole; the bodies of a batch get another second for each 64 kB. A
    batch holds at most `batch_messages` messages and `batch_bytes` bytes (one message at least); of a message above
    `oversize_bytes` only the header and the text parts are fetched. `cafile` is a PEM file of certificates to trust
    instead of the system's. `read_only` opens the folder so that the server itself lets nothing be changed (EXAMINE).
    """

    name: str
    host: str
    username: str
    password: str = field(repr=False)
    port: int = 993
    tls: Tls = Tls.IMPLICIT
    folder: str = "INBOX"
    folders: Mapping[Outcome, str] = field(default_factory=lambda: MappingProxyType({}))
    timeout_seconds: float = 60.0
    batch_messages: int = 200
    batch_bytes: int = 8_000_000
    oversize_bytes: int = 35_000_000
    cafile: Path | None = None
    allow_plaintext: bool = False
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Selected:
    """A selected folder: `uidvalidity` is 0 where the server gives none, `uidnext` likewise."""

    uidvalidity: int
    uidnext: int
    messages: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message as the server has it.

    `received` is INTERNALDATE in UTC, None where the server gave none that can be read; `size` is what the server
    announced, in bytes. `raw` is the whole message, or for an `oversize` one a small message with the original header
    and the text parts. `raw` is None where the message has `vanished` (another client took it: it is done), and where
    the server did not give it: then `problem` says how, and the message is not done.
    """

    uid: int
    received: datetime | None = None
    size: int = 0
    raw: bytes | None = None
    vanished: bool = False
    oversize: bool = False
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message lies in a folder: the folder's UIDVALIDITY and the message's UID."""

    uidvalidity: int
    uid: int


@dataclass(frozen=True, slots=True)
class Filed:
    """A message that was filed before: where it was put, as far as the server told, and what else tells it apart.

    `message_id` is the Message-ID with its brackets, empty where it has none; `size` is in bytes.
    """

    place: Place | None
    message_id: str
    size: int


@dataclass(frozen=True, slots=True)
class MoveResult:
    """Whether mail was filed; where it was left in place, `remark` says why and what to do.

    `places` tells by former UID where each message lies now, as far as the server tells it (RFC 4315, COPYUID).
    """

    moved: bool
    remark: str | None = None
    places: Mapping[int, Place] = field(default_factory=lambda: MappingProxyType({}))


@unique
class Level(StrEnum):
    """How grave a finding of the probe is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class ProbeFinding:
    """One line of `check` about a mailbox: what was looked at, and a sentence that says what to do where need be.

    `temporary` marks an error that waiting alone may mend.
    """

    subject: str
    level: Level
    sentence: str
    temporary: bool = False
