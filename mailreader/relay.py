"""The relay that takes our replies, and what can become of a delivery: plain values."""

from dataclasses import dataclass, field
from enum import StrEnum, unique
from pathlib import Path

from models.transport import Tls, is_loopback


@unique
class Stage(StrEnum):
    """Where in the dialogue something went wrong."""

    CONNECT = "connect"
    HELLO = "hello"
    STARTTLS = "starttls"
    LOGIN = "login"
    MAIL = "mail"
    RCPT = "rcpt"
    BEFORE_DATA = "before_data"
    DATA = "data"
    DOT = "dot"


@dataclass(frozen=True, slots=True)
class Relay:
    """The server that takes our replies; `sender` is the address that bounces go to, empty for the null return path.

    `timeout` bounds one answer of the server and `deadline` a whole delivery, both in seconds. Without TLS only a
    server on loopback is spoken to, unless `allow_plaintext`.
    """

    host: str
    port: int = 587
    tls: Tls = Tls.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    hello_name: str = "localhost.localdomain"
    timeout: float = 30.0
    deadline: float = 120.0
    cafile: Path | None = None
    allow_plaintext: bool = False

    def __post_init__(self) -> None:
        """Refuse to send passwords and customers' data in the clear over a network."""
        if self.tls is Tls.NONE and not (self.allow_plaintext or is_loopback(self.host)):
            raise ValueError(f"smtp.tls: no TLS to {self.host}, which is not on this machine; set smtp.allow_plaintext")

    def envelope_sender(self, tag: str) -> str:
        """The return path of a reply with this tag, by which a bounce tells what came back (RFC 5233)."""
        local, at, domain = self.sender.rpartition("@")
        return f"{local}+{tag}@{domain}" if at and tag else self.sender


@dataclass(frozen=True, slots=True)
class Delivered:
    """The relay took the reply; `answer` is what it said to the final dot."""

    answer: str


@dataclass(frozen=True, slots=True)
class Retry:
    """The relay did not take it, for now; to try again is safe."""

    stage: Stage
    error: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The relay refused it for good; `bounced` where there is no such address."""

    error: str
    stage: Stage = Stage.RCPT
    bounced: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """The final dot was sent and nothing came back: it may or may not be on its way."""

    error: str


Delivery = Delivered | Retry | Failed | Unknown
