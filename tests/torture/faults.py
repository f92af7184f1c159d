"""Operations that fail: every command and answer of IMAP, every statement and commit of SQL, every step of SMTP.

The n-th operation at a seam is struck, before it does anything or after it was done and before anybody heard of it;
once, or again and again until the outage ends. What strikes is an error as the network or the driver raises it, or
kill -9.
"""

import os
import signal
import smtplib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Any, Final

import psycopg
from sqlalchemy.engine.default import DefaultDialect

from mailreader.mailbox.connection import BoundedImap4


@unique
class Seam(StrEnum):
    """Where the program touches the world."""

    IMAP = "imap"
    SQL = "sql"
    SMTP = "smtp"


@unique
class When(StrEnum):
    """Whether the operation was done when it failed."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Fault:
    """The operation of this number at a seam fails; `lasting`: and all that follow, until the outage ends."""

    seam: Seam
    when: When
    number: int
    lasting: bool = False

    def __str__(self) -> str:
        return f"{self.when} {self.seam}:{self.number}{' on' if self.lasting else ''}"

    @classmethod
    def parse(cls, text: str) -> "Fault":
        """The fault that is written so."""
        when, _, rest = text.partition(" ")
        seam, _, number = rest.removesuffix(" on").partition(":")
        return cls(Seam(seam), When(when), int(number), lasting=rest.endswith(" on"))


Strike = Callable[[Seam, Any], None]
"""Does the damage; it gets what the operation worked on, for SQL a cursor or a connection of the driver."""


def break_connection(seam: Seam, subject: Any) -> None:  # noqa: ANN401 -- whatever the operation works on
    """Fail as the network does, and as a driver does whose server is gone or whose disk fails."""
    if seam is not Seam.SQL:
        raise ConnectionResetError("struck")
    is_cursor = isinstance(subject, sqlite3.Cursor | psycopg.Cursor)
    connection = subject.connection if is_cursor else subject.driver_connection
    if isinstance(connection, sqlite3.Connection):
        raise sqlite3.OperationalError("disk I/O error (struck)")
    connection.close()
    raise psycopg.OperationalError("server closed the connection unexpectedly (struck)")


def kill(_seam: Seam, _subject: object) -> None:
    """Die as by kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Injector:
    """Counts operations and strikes by its plan, one fault after the other: the next counts from the last strike."""

    plan: Sequence[Fault]
    strike: Strike = break_connection
    counts: dict[Seam, int] = field(default_factory=lambda: dict.fromkeys(Seam, 0))
    struck: int = 0
    _stage: int = 0
    _since: dict[Seam, int] = field(default_factory=lambda: dict.fromkeys(Seam, 0))
    _outage: Fault | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def operate(self, seam: Seam, operation: Callable[[], Any], subject: Any = None) -> Any:  # noqa: ANN401
        """Do an operation, or fail it."""
        when = self._due(seam)
        if when is When.BEFORE:
            self.strike(seam, subject)
        result = operation()
        if when is When.AFTER:
            self.strike(seam, subject)
        return result

    def end_outage(self) -> None:
        """Let what failed again and again work from now on."""
        with self._lock:
            self._outage = None

    def _due(self, seam: Seam) -> When | None:
        """How this operation is to be struck; None where it is not."""
        with self._lock:
            self.counts[seam] += 1
            self._since[seam] += 1
            if self._outage is not None and self._outage.seam is seam:
                self.struck += 1
                return self._outage.when
            fault = self.plan[self._stage] if self._stage < len(self.plan) else None
            if fault is None or (fault.seam, fault.number) != (seam, self._since[seam]):
                return None
            self.struck += 1
            self._stage += 1
            self._since = dict.fromkeys(Seam, 0)
            self._outage = fault if fault.lasting else None
            return fault.when


_SEAMS: Final[Sequence[tuple[Seam, type, str]]] = (
    (Seam.IMAP, BoundedImap4, "send"),
    (Seam.IMAP, BoundedImap4, "_fill"),
    (Seam.SQL, DefaultDialect, "do_execute"),
    (Seam.SQL, DefaultDialect, "do_executemany"),
    (Seam.SQL, DefaultDialect, "do_execute_no_params"),
    (Seam.SQL, DefaultDialect, "do_commit"),
    (Seam.SMTP, smtplib.SMTP, "connect"),
    (Seam.SMTP, smtplib.SMTP, "send"),
    (Seam.SMTP, smtplib.SMTP, "getreply"),
)


@contextmanager
def injected(injector: Injector) -> Iterator[Injector]:
    """Have every operation of this process go through the injector."""
    originals = [(owner, name, getattr(owner, name)) for _, owner, name in _SEAMS]
    for (seam, owner, name), (_, _, original) in zip(_SEAMS, originals, strict=True):
        setattr(owner, name, _watched(injector, seam, original))
    try:
        yield injector
    finally:
        for owner, name, original in originals:
            setattr(owner, name, original)


def _watched(injector: Injector, seam: Seam, original: Callable[..., Any]) -> Callable[..., Any]:
    def watched(self: object, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 -- whatever the method takes
        subject = arguments[0] if seam is Seam.SQL else None
        return injector.operate(seam, lambda: original(self, *arguments, **named), subject)

    return watched
