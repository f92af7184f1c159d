"""What strangers and customers write to the program, and what a stranger is told: the answer as the relay gets it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mailreader.outgoing import render_reply
from models.catalogue import Reason
from models.decision import Decision, Reply
from tests.autoreply.desk import BEGUN, Started, open_desk
from tests.autoreply.rows import raw_mail
from tests.servers.smtp_sink import SmtpSink

STRANGER: Final = "stranger@else.example"
MANY: Final = {"per_sender_per_day": 100_000, "same_rejection_per_day": 100_000}
_REFERENCE: Final = re.compile(r"\b\d{6}$", re.MULTILINE)


@dataclass(frozen=True)
class _Outgoing:
    """A reply as a row of the outbox, every row the same."""

    reply: Reply
    reply_id: str = "<reply@energosbyt.example>"

    @property
    def to(self) -> str:
        return self.reply.to

    @property
    def text(self) -> str:
        return _REFERENCE.sub("", self.reply.text)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return self.reply.headers


@contextmanager
def conversation(folder: Path, sink: SmtpSink, answers: dict[str, int] | None = None) -> Iterator[Started]:
    """The program over the register of the corpus, with or without its limits."""
    with open_desk(folder, sink, answers=MANY if answers is None else answers).started() as program:
        yield program


def write(program: Started, body: str, sender: str = STRANGER, subject: str = "показания") -> Decision:
    """Have somebody write."""
    fields = (
        ("From", sender),
        ("Return-Path", f"<{sender}>"),
        ("Subject", subject),
        ("Message-ID", "<asked@x.example>"),
    )
    return program.handle(raw_mail(*fields, body=body))


def reasons(decision: Decision) -> list[Reason]:
    """Why it was refused, as operators see it."""
    return list(decision.verdict.reasons)


def told(decision: Decision) -> str:
    """The whole answer, and its size: all but what comes of its row, which is Message-ID, Date and its number."""
    reply = decision.reply
    assert reply is not None
    fields = "".join(f"{name}: {value}\n" for name, value in reply.headers)
    size = len(render_reply(_Outgoing(reply), BEGUN))
    return f"{reply.kind} {reply.language} {decision.held_back} {size}\n{fields}\n{_Outgoing(reply).text}"
