"""A row of the table of rules for automatic answers (docs/answers.md), and mail to show it on."""

from dataclasses import dataclass
from typing import Final

OUR_ADDRESS: Final = "pokazaniya@energosbyt.example"
OUR_BOUNCES: Final = "bounces@energosbyt.example"
OUR_SERVER: Final = "mx.energosbyt.example"
CUSTOMER: Final = "user3001@mail.example"
READINGS: Final = "Лицевой счет 0863576. Свет 58291, горячая вода 1257."
_ORDINARY: Final = (
    ("Return-Path", f"<{CUSTOMER}>"),
    ("Received", f"from mail.example by {OUR_SERVER}; Fri, 20 Nov 2026 10:00:00 +0500"),
    ("From", f"Иван Иванов <{CUSTOMER}>"),
    ("To", OUR_ADDRESS),
    ("Subject", "показания"),
    ("Message-ID", "<asked@mail.example>"),
    ("Date", "Fri, 20 Nov 2026 10:00:00 +0500"),
    ("Content-Type", "text/plain; charset=utf-8"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """What a rule says, where it comes from, and the situation that shows it; `rule` is its number."""

    rule: int
    source: str
    situation: str

    def __str__(self) -> str:
        return f"{self.rule}-{self.situation}"


def raw_mail(*fields: tuple[str, str | None], body: str = READINGS) -> bytes:
    """The bytes of a customer's ordinary mail; each field goes in place of the ordinary one, None takes it away."""
    changed = {name.lower() for name, _ in fields}
    kept = [(name, value) for name, value in _ORDINARY if name.lower() not in changed]
    lines = [f"{name}: {value}" for name, value in (*fields, *kept) if value is not None]
    return "\r\n".join([*lines, "", body, ""]).encode()
