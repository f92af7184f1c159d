"""Loads the words of every language folder; a new folder is a new language, with no Python (rules, section 3)."""

import re
import tomllib
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

from models.catalogue import Language
from models.lexicon import LanguageWords

LANGUAGES = Path(__file__).parent / "languages"
_GROUP: Final = re.compile(r"[()]")
"""What parts a phrase into fixed words and, at every second place, alternatives."""


class WordsError(ValueError):
    """A language folder whose `words.toml` cannot be used; the message names the file and the key."""


def language_codes(folder: Path = LANGUAGES) -> tuple[Language, ...]:
    """Return the codes of all languages, in their order: the names of their folders."""
    return tuple(Language(path.parent.name) for path in sorted(folder.glob("*/words.toml")))


def load_languages(folder: Path = LANGUAGES) -> tuple[LanguageWords, ...]:
    """Load `<code>/words.toml` of every language folder, in the order of their codes."""
    return tuple(_load_language(path) for path in sorted(folder.glob("*/words.toml")))


def load_mail_marks(folder: Path = LANGUAGES) -> tuple[Mapping[str, Any], ...]:
    """Load `<code>/mail.toml` (quotes, signatures, footers, subjects of robots) of every language folder."""
    return tuple(_load_table(path) for path in sorted(folder.glob("*/mail.toml")))


def _load_table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path} is not a readable TOML file: {error}."
        raise WordsError(message) from error


def _load_language(path: Path) -> LanguageWords:
    table = _load_table(path)
    try:
        return LanguageWords(
            code=path.parent.name,
            concepts={concept: _phrases(words) for concept, words in table["concepts"].items()},
            requests={request: tuple(phrases) for request, phrases in table["requests"].items()},
            numbers={int(value): _phrases(words) for value, words in table["numbers"].items()},
            number_endings=_phrases(table.get("number_endings", "")),
            months={int(month): _phrases(words) for month, words in table["months"].items()},
            corrections=tuple(table["corrections"]["patterns"]),
            common=_phrases(table["language"]["common"]),
            letters=dict(table.get("letters", {})),
            lookalikes=dict(table.get("lookalikes", {})),
            latin=dict(table.get("latin", {})),
            sounds=dict(table.get("sounds", {})),
        )
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        message = f"{path}: the key {error} is missing or has the wrong form."
        raise WordsError(message) from error


def _phrases(words: str) -> tuple[str, ...]:
    """The phrases of a list; each way through the alternatives of one, "(a|b) c", is a phrase of its own."""
    return tuple(
        phrase
        for part in words.split(",")
        for chosen in product(*(group.split("|") for group in _GROUP.split(part)))
        if (phrase := " ".join("".join(chosen).split()))
    )
