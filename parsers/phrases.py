"""Finds phrases in tokens: the longest at each place wins, or all of them.

A word of the mail is looked up as it is, with look-alike letters of the other script put right, and, where it is
written in Latin letters, by its sound in each language that has a table of Latin spelling.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from parsers.forms import LONGEST_ENDING, SHORTEST_SOUND, Forms, Word
from parsers.tokens import Kind, Token

_JOINTS: Final = frozenset("./-*\\'")
IN_PHRASES: Final = frozenset({Kind.WORD, Kind.NUMBER})
"""The tokens that a phrase is made of."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A compiled phrase: its words, what it means (`tag`, for example `zone.day` or `number.12`), its language."""

    words: tuple[Word, ...]
    tag: str
    language: str

    @property
    def weight(self) -> int:
        """How much of the mail's letters the phrase fixes: by this the more exact of two equally long ones wins."""
        return sum(2 * len(word.text) - word.stem for word in self.words)


@dataclass(frozen=True, slots=True)
class Mark:
    """A phrase found: the half-open range of tokens, all that it can mean, and in which languages."""

    first: int
    last: int
    tags: frozenset[str]
    languages: frozenset[str]


@dataclass(slots=True)
class _Index:
    """Phrases by their first word: whole words, and stems."""

    whole: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list))
    stems: dict[str, list[Phrase]] = field(default_factory=lambda: defaultdict(list))

    def add(self, phrase: Phrase) -> None:
        first = phrase.words[0]
        (self.stems if first.stem else self.whole)[first.text].append(phrase)

    def beginning_with(self, word: str) -> Iterator[Phrase]:
        yield from self.whole.get(word, ())
        for length in range(max(1, len(word) - LONGEST_ENDING), len(word) + 1):
            for phrase in self.stems.get(word[:length], ()):
                if phrase.words[0].fits(word):
                    yield phrase


class PhraseIndex:
    """Finds the phrases of one purpose in tokens."""

    def __init__(self, forms: Forms) -> None:
        """Start empty."""
        self._forms = forms
        self._indexes = [_Index() for _ in range(len(forms.spellings) + 1)]

    def add(self, words: tuple[Word, ...], tag: str, language: str, *, by_sound: bool = True) -> None:
        """Add a phrase, as it is written and as it sounds in its language."""
        compiled = self._forms.compile(words)
        self._indexes[-1].add(Phrase(words, tag, language))
        spelling = self._forms.spelling_of.get(language)
        if spelling is not None and by_sound and len(compiled[spelling][0].text) >= SHORTEST_SOUND:
            self._indexes[spelling].add(Phrase(compiled[spelling], tag, language))

    def longest(self, tokens: Sequence[Token]) -> list[Mark]:
        """All phrases found, from left to right, the longest at each place, none overlapping."""
        found: list[Mark] = []
        place = 0
        while place < len(tokens):
            mark = self._longest_at(tokens, place)
            if mark:
                found.append(mark)
            place = mark.last if mark else place + 1
        return found

    def all_tags(self, tokens: Sequence[Token]) -> frozenset[str]:
        """The tags of every phrase found anywhere, overlapping ones too."""
        return frozenset(phrase.tag for place in range(len(tokens)) for _, phrase in self._found_at(tokens, place))

    def _found_at(self, tokens: Sequence[Token], place: int) -> Iterator[tuple[int, Phrase]]:
        if tokens[place].kind not in IN_PHRASES:
            return
        for index, form in self._forms.of(tokens[place].text):
            for phrase in self._indexes[index].beginning_with(form):
                last = self._match(phrase, tokens, place, index)
                if last:
                    yield last, phrase

    def _longest_at(self, tokens: Sequence[Token], place: int) -> Mark | None:
        matches = list(self._found_at(tokens, place))
        if not matches:
            return None
        longest = max(last for last, _ in matches)
        fitting = [phrase for last, phrase in matches if last == longest]
        heaviest = max(phrase.weight for phrase in fitting)
        tags = frozenset(phrase.tag for phrase in fitting if phrase.weight >= heaviest - 1)
        return Mark(place, longest, tags, frozenset(phrase.language for phrase in fitting if phrase.tag in tags))

    def _match(self, phrase: Phrase, tokens: Sequence[Token], place: int, index: int) -> int | None:
        """The end of the phrase in the tokens, or None."""
        place += 1
        for word in phrase.words[1:]:
            place = _past_joint(tokens, place)
            if place >= len(tokens) or tokens[place].kind not in IN_PHRASES:
                return None
            if not any(word.fits(form) for own, form in self._forms.of(tokens[place].text) if own == index):
                return None
            place += 1
        return place


def _past_joint(tokens: Sequence[Token], place: int) -> int:
    """Skip the signs that may stand inside a phrase: at most two."""
    end = min(place + 2, len(tokens))
    while place < end and tokens[place].text in _JOINTS:
        place += 1
    return place
