"""A reply as the outbox's rows hold it, for tests."""

from collections.abc import Sequence
from dataclasses import dataclass

HEADERS = (
    ("From", "Приём показаний <pokazaniya@energo.example>"),
    ("To", "customer@mail.example"),
    ("Subject", "Re: показания за ноябрь"),
    ("In-Reply-To", "<asked@mail.example>"),
    ("References", "<first@mail.example> <asked@mail.example>"),
    ("Auto-Submitted", "auto-replied"),
)


@dataclass(frozen=True)
class OutgoingRow:
    """The part of a row that is sent."""

    to: str = "customer@mail.example"
    text: str = "Здравствуйте!\n\n.Показания приняты.\n"
    headers: Sequence[Sequence[str]] = HEADERS
    reply_id: str = "<reply-7@energo.example>"
