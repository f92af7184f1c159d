"""Puts a misspelt label right: bounded edit distance, on the words of labels only, never on numbers (rules, section 3).

A word is corrected only where exactly one label word stands near: the same first letter, one letter wrong, missing,
too many or swapped with its neighbour (two in a long word).
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from rapidfuzz.distance import OSA

_SHORTEST_WHOLE: Final = 7
_SHORTEST_STEM: Final = 5
_LONGEST_ENDING: Final = 4
_LONG: Final = 10


class Spellings:
    """The words of labels, by their first letter."""

    def __init__(self) -> None:
        """Begin without words."""
        self._wholes: dict[str, set[str]] = defaultdict(set)
        self._stems: dict[str, set[str]] = defaultdict(set)

    def add(self, text: str, *, stem: bool) -> None:
        """Add a word of a label, if it is long enough to be told from its neighbours."""
        if stem and len(text) >= _SHORTEST_STEM:
            self._stems[text[0]].add(text)
        elif not stem and len(text) >= _SHORTEST_WHOLE:
            self._wholes[text[0]].add(text)

    def corrected(self, word: str) -> str | None:
        """The word as it was meant; None where no label word, or more than one, is near."""
        if len(word) < _SHORTEST_STEM:
            return None
        found = {whole for whole in self._wholes[word[0]] if _is_near(word, whole)}
        found |= {corrected for stem in self._stems[word[0]] if (corrected := _with_stem(word, stem))}
        meant = _innermost(found)
        return meant if meant != word else None


def _innermost(found: Iterable[str]) -> str | None:
    """The one word found, or the shortest of those that all begin alike."""
    words = sorted(found, key=len)
    return words[0] if words and all(word.startswith(words[0][:_SHORTEST_STEM]) for word in words) else None


def _with_stem(word: str, stem: str) -> str | None:
    """The word with the right stem, if a stem like it begins the word and an ending of bounded length follows."""
    for length in (len(stem), len(stem) - 1, len(stem) + 1):
        head, ending = word[:length], word[length:]
        if len(head) == length and len(ending) <= _LONGEST_ENDING and _is_near(head, stem):
            return stem + ending
    return None


def _is_near(word: str, meant: str) -> bool:
    allowed = 2 if len(meant) >= _LONG else 1
    return OSA.distance(word, meant, score_cutoff=allowed) <= allowed
