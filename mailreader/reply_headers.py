"""The header of an answer: where it goes, what it answers, and that a machine wrote it (RFC 3834, 5322, MS-OXCMAIL)."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from models.catalogue import Language
from models.letter import Letter

_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
_LONGEST_ID: Final = 250
_LONGEST_SUBJECT: Final = 200
_KEPT_REFERENCES: Final = 20


@dataclass(frozen=True, slots=True)
class ServiceAddress:
    """Who answers: `sender` is the value of From, `loop_token` that of X-Loop, `precedence` may be empty.

    `name`, `hours` and `centres` are texts by language, `phone` one for all; each may be missing. `undecided` are the
    languages, in their order, of an answer to a mail whose language cannot be told.
    """

    sender: str
    loop_token: str
    precedence: str = "bulk"
    name: Mapping[Language, str] = field(default_factory=dict)
    phone: str = ""
    hours: Mapping[Language, str] = field(default_factory=dict)
    centres: Mapping[Language, str] = field(default_factory=dict)
    undecided: tuple[Language, ...] = (Language("kk"), Language("ru"))


def reply_headers(letter: Letter, subject: str, service: ServiceAddress) -> tuple[tuple[str, str], ...]:
    """All fields but Message-ID and Date, not yet encoded; the answer goes to the From address and nowhere else."""
    fields = [
        ("From", service.sender),
        ("To", letter.sender or ""),
        ("Subject", subject),
        ("In-Reply-To", message_id_of(letter) or ""),
        ("References", " ".join(_references(letter))),
        *_marks("auto-replied", service),
    ]
    return tuple((name, value) for name, value in fields if value)


def copy_headers(address: str, subject: str, service: ServiceAddress) -> tuple[tuple[str, str], ...]:
    """The fields of a message that answers none: it is in no thread, and made of itself (RFC 3834, 5.1)."""
    fields = [("From", service.sender), ("To", address), ("Subject", subject), *_marks("auto-generated", service)]
    return tuple((name, value) for name, value in fields if value)


def _marks(auto_submitted: str, service: ServiceAddress) -> list[tuple[str, str]]:
    """That a machine wrote it, to which no machine should answer."""
    return [
        ("Auto-Submitted", auto_submitted),
        ("X-Auto-Response-Suppress", "All"),
        ("Precedence", service.precedence),
        ("X-Loop", service.loop_token),
    ]


def reply_subject(subject: str, fixed: str, prefixes: Iterable[str]) -> str:
    """The customer's subject behind exactly one `Re: `, without control and direction marks; `fixed` if empty."""
    clean = " ".join("".join(_plain(letter) for letter in subject).split())
    words = "|".join(re.escape(prefix) for prefix in prefixes)
    bare = re.sub(rf"^(?:(?:{words})\s*(?:[\[(]\d+[\])])?\s*:\s*)+", "", clean, flags=re.IGNORECASE)
    return f"Re: {bare}"[:_LONGEST_SUBJECT].rstrip() if bare else fixed


def message_id_of(letter: Letter) -> str | None:
    """The Message-ID that an answer can name; None where there is none, or an odd one."""
    return _identifier(letter.message_id or "")


def _references(letter: Letter) -> list[str]:
    own = message_id_of(letter)
    if own is None:
        return []
    parents = letter.references or (letter.in_reply_to if len(letter.in_reply_to) == 1 else ())
    chain = [identifier for parent in parents if (identifier := _identifier(parent)) and identifier != own]
    return [*chain[:1], *chain[1:][-(_KEPT_REFERENCES - 1) :], own] if chain else [own]


def _identifier(text: str) -> str | None:
    bracketed = f"<{text.strip().strip('<>')}>"
    return bracketed if len(bracketed) <= _LONGEST_ID and _MESSAGE_ID.fullmatch(bracketed) else None


def _plain(letter: str) -> str:
    """The letter; a space for what ends or moves a line, nothing for marks within a word (direction, joiners)."""
    category = unicodedata.category(letter)
    if category in {"Cf", "Cs"}:
        return ""
    return " " if category in {"Cc", "Zl", "Zp"} else letter
