"""The sample mail and the sample register, whose fixed dates are moved to the day of the demonstration."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from importlib.resources import files
from typing import Final

from parsers.mail import parse_envelope

_REGISTER_MONTH: Final = "2026-10"
_DATE: Final = re.compile(rb"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
_END_OF_HEADER: Final = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of ours as it arrived at the customer's server; the ids are without angle brackets."""

    message_id: str
    in_reply_to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail as it lies in the package, with CRLF; `answers` is the id of the sample that it follows up, if any.

    Ids are without angle brackets.
    """

    raw: bytes
    message_id: str
    received: datetime
    answers: str | None

    @classmethod
    def of(cls, raw: bytes) -> "Sample":
        """Take the bytes of a file, which has a Message-ID and a Received."""
        raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        envelope = parse_envelope(raw)
        if envelope.message_id is None or envelope.received is None:
            raise ValueError("sample mail needs a Message-ID and a Received")
        answers = next(iter(envelope.in_reply_to), None)
        return cls(raw, bare_id(envelope.message_id), envelope.received, answers and bare_id(answers))

    def posted(self, received: datetime, *, time_round: int = 0, answer: Answer | None = None) -> bytes:
        """The mail as received at that instant, every date of its header moved along.

        Each `time_round` makes it another message. A mail that follows up a sample becomes the reply to our `answer`
        to that one, which it quotes.
        """
        header, _, body = self.raw.partition(_END_OF_HEADER)
        header = _DATE.sub(lambda found: _moved(found[0], received - self.received), header)
        header = header.replace(_name(self.message_id), _name(posted_id(self.message_id, time_round)))
        if self.answers is not None and answer is not None:
            header = header.replace(_name(self.answers), _name(answer.message_id))
            body += _quoted(answer.text)
        return header + _END_OF_HEADER + body


def load_samples() -> tuple[Sample, ...]:
    """Return the sample mail in its order."""
    folder = files(__package__) / "mail"
    named = sorted((file.name, file.read_bytes()) for file in folder.iterdir() if file.name.endswith(".eml"))
    return tuple(Sample.of(raw) for _name, raw in named)


def sample_register(day: date) -> str:
    """Return the sample register (CSV), with the previous readings taken in the month before `day`."""
    month_before = day.replace(day=1) - timedelta(days=1)
    text = (files(__package__) / "register.csv").read_text(encoding="utf-8")
    return text.replace(_REGISTER_MONTH, f"{month_before:%Y-%m}")


def bare_id(message_id: str | None) -> str:
    """A Message-ID without its angle brackets; empty where there is none."""
    return (message_id or "").strip("<> ")


def posted_id(message_id: str, time_round: int) -> str:
    """The Message-ID of a sample when it is posted for the so manyth time again; 0 is the first time."""
    return f"{time_round}.{message_id}" if time_round else message_id


def _moved(dated: bytes, by: timedelta) -> bytes:
    return format_datetime(parsedate_to_datetime(dated.decode()) + by).encode()


def _name(message_id: str) -> bytes:
    return f"<{message_id}>".encode()


def _quoted(text: str) -> bytes:
    return "".join(f"> {line}\r\n" for line in text.splitlines()).encode()
