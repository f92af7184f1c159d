"""Folds text to the form in which words are compared, and keeps the way back to the customer's own characters.

The same function folds the mail and the words of the languages, so that they meet (rules, section 4: full-width and
other Unicode digits, odd spaces; words with and without their special letters).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from models.statement import Span

_LINE_ENDS: Final = frozenset("\n\r\u2028\u2029\x0b\x0c\x85")
_DASHES: Final = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d")
_APOSTROPHES: Final = frozenset("\u2019\u02bc\u02b9\u2018`\u00b4")
_HARD_SPACES: Final = frozenset("\u00a0\u202f\u2007\u2009\u2008\u200a\u2006\u2005\u2004")
HARD_SPACE: Final = "\u00a0"
"""A space that joins the digits on its two sides, where an ordinary one may part two numbers."""
_SIGNS: Final = MappingProxyType(
    {"\t": "\t"}
    | dict.fromkeys(_LINE_ENDS, "\n")
    | dict.fromkeys(_HARD_SPACES, HARD_SPACE)
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_APOSTROPHES, "'")
)
_RAISED: Final = re.compile("(?<=[0-9])[\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089]++(?![0-9])")
"""Raised and lowered digits right behind a number: a unit's or a footnote's, and no digits of the number."""
_SILENT: Final = frozenset({"Cf", "Cc", "Mn", "Cs"})
"""Categories of Unicode that leave nothing: formatting, control, accents that stand apart, halves of a character."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; `offsets[i]` is the place in the original of folded character i, with one more for the end."""

    text: str
    offsets: Sequence[int]

    def original(self, start: int, end: int) -> Span:
        """The span of the original that the folded characters from `start` to `end` came from."""
        if end <= start:
            return Span(self.offsets[start], self.offsets[start])
        return Span(self.offsets[start], self.offsets[end - 1] + 1)


class Normaliser:
    """Folds characters by Unicode and by the letters that the languages declare equal."""

    def __init__(self, letters: Iterable[Mapping[str, str]]) -> None:
        """`letters` are the fold tables of all languages, a table each."""
        self._letters = {letter: plain for table in letters for letter, plain in table.items()}
        self._known: dict[str, str] = {}
        self._uneven: set[str] = set()

    def fold(self, text: str) -> Folded:
        """Fold every character on its own and remember where it came from."""
        known = self._known
        for character in set(text) - known.keys():
            known[character] = self._fold_character(character)
            if len(known[character]) != 1:
                self._uneven.add(character)
        folded = [known[character] for character in text]
        raised = [place for run in _RAISED.finditer(text) for place in range(*run.span())]
        for place in raised:
            folded[place] = ""
        offsets: Sequence[int] = range(len(text) + 1)
        if raised or not self._uneven.isdisjoint(text):
            places = [place for place, plain in enumerate(folded) for _ in plain]
            offsets = (*places, len(text))
        return Folded("".join(folded), offsets)

    def word(self, text: str) -> str:
        """Fold text of which the origin does not matter: the languages' own words."""
        return self.fold(unicodedata.normalize("NFC", text)).text

    def _fold_character(self, character: str) -> str:
        sign = _SIGNS.get(character)
        if sign is not None:
            return sign
        if character.isdecimal():
            return str(unicodedata.decimal(character))
        category = unicodedata.category(character)
        if category in _SILENT:
            return ""
        if category == "Zs":
            return " "
        plain = unicodedata.normalize("NFKC", character).casefold()
        return "".join(self._letters.get(letter, letter) for letter in plain if unicodedata.category(letter) != "Mn")
