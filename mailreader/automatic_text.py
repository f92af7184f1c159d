"""Mail that only its own words give away: it says that nobody wrote it, or that who should read ours is away.

A subject begins so on machines alone. In a text people may say the like, so that such mail is read by the rules as any
other; it is only not answered, but by an operator.
"""

import re
from collections.abc import Sequence
from typing import Final

from config.automatic import AutomaticTexts, fold_subject, fold_text
from models.statement import Role, Statement

_MARKS: Final = re.compile(r"\A[\W_]+")
_TAGS: Final = re.compile(r"\A[^\w\[]*(?:\[[^\[\]]{1,40}\]\s*){1,5}")
"""What servers put before a subject: `[External]`."""


def is_automatic_subject(subject: str, phrases: Sequence[str]) -> bool:
    """Whether a subject begins with one of these phrases, as whole words; what servers put before it is passed over."""
    folded = fold_subject(subject)
    starts = [_MARKS.sub("", start) for start in (folded, _TAGS.sub("", folded))]
    return any(
        start.startswith(phrase) and not start[len(phrase) :][:1].isalnum() for start in starts for phrase in phrases
    )


def is_automatic_text(statement: Statement, texts: AutomaticTexts) -> bool:
    """Whether the newest part says so; not where it names an account, as a customer does.

    One who is away may send his readings, so that an absence counts only where no number can be one.
    """
    if statement.with_role(Role.ACCOUNT):
        return False
    words = fold_text(statement.text)
    if _says(words, texts.says_so):
        return True
    brings_readings = bool(statement.with_role(Role.VALUE, Role.BARE))
    return not brings_readings and _says(words, texts.absent) and _says(words, texts.meanwhile)


def _says(words: str, phrases: Sequence[str]) -> bool:
    return any(phrase in words for phrase in phrases)
