"""Loads what automatic mail announces itself by: subjects, and what its text says of itself (rules, section 6)."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).with_name("automatic.toml")
_KEYS: Final = ("auto_reply_subjects", "automatic_subjects", "bounce_subjects")
_ALIKE: Final = str.maketrans({"\u0451": "\u0435", "\u0131": "i", "\u0307": None})
"""The Cyrillic io as ie; the Turkish i without a dot, and the dot that the capital with one leaves, as any i."""
_WORDS: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class AutomaticTexts:
    """What only automatic mail says, as `fold_text` has it.

    One of `says_so` is enough. That somebody is away (`absent`) people write too: it takes one of `meanwhile` as well,
    when and by whom one will be answered.
    """

    says_so: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    meanwhile: tuple[str, ...] = ()


NO_TEXTS: Final = AutomaticTexts()


def load_automatic_subjects(mail_marks: Iterable[Mapping[str, Any]] = (), file: Path = _FILE) -> tuple[str, ...]:
    """Load the beginnings of such subjects, folded: those of `file` and of every language's mail marks."""
    tables = (_load(file), *mail_marks)
    phrases = (phrase for table in tables for key in _KEYS for phrase in table.get(key, ()))
    return tuple(sorted({fold_subject(phrase) for phrase in phrases}))


def load_automatic_texts(mail_marks: Iterable[Mapping[str, Any]] = (), file: Path = _FILE) -> AutomaticTexts:
    """Load what such texts say: the tables `automatic_texts` of `file` and of every language's mail marks."""
    tables = [table["automatic_texts"] for table in (_load(file), *mail_marks) if "automatic_texts" in table]

    def all_of(key: str) -> tuple[str, ...]:
        return tuple(sorted({fold_text(phrase) for table in tables for phrase in table.get(key, ())}))

    return AutomaticTexts(all_of("says_so"), all_of("absent"), all_of("meanwhile"))


def fold_subject(subject: str) -> str:
    """A subject as such phrases are compared: any case and composition, single spaces, alike letters as one."""
    composed = unicodedata.normalize("NFC", subject)
    return " ".join(composed.casefold().translate(_ALIKE).split())


def fold_text(text: str) -> str:
    """A text as such phrases are compared: its words alone, folded like a subject, a space around each."""
    return f" {' '.join(_WORDS.findall(fold_subject(text)))} "


def _load(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
