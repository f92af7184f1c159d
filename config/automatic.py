"""Loads the subjects by which automatic replies and delivery failures announce themselves (rules, section 6)."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).with_name("automatic.toml")
_KEYS: Final = ("auto_reply_subjects", "automatic_subjects", "bounce_subjects")


def load_automatic_subjects(mail_marks: Iterable[Mapping[str, Any]] = (), file: Path = _FILE) -> tuple[str, ...]:
    """Load the beginnings of such subjects, folded: those of `file` and of every language's mail marks."""
    tables = (tomllib.loads(file.read_text(encoding="utf-8")), *mail_marks)
    phrases = (phrase for table in tables for key in _KEYS for phrase in table.get(key, ()))
    return tuple(sorted({fold_subject(phrase) for phrase in phrases}))


def fold_subject(subject: str) -> str:
    """A subject as such phrases are compared: any case, single spaces, the Cyrillic io as ie."""
    return " ".join(subject.casefold().replace("\u0451", "\u0435").split())
