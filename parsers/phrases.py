"""Finds phrases in tokens: the longest at each place wins, or all of them.

A word of the mail is looked up as it is, with look-alike letters of the other script put right, and, where it is
written in Latin letters, by its sound in each language that has a table of Latin spelling.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from parsers.forms import LONGEST_ENDING, SHORTEST_SOUND, Forms, Word
from parsers.tokens import Kind, Token

_JOINTS: Final = frozenset("./-*\\'")
_WORDS_KEPT: Final = 20_000
_PAIRS_KEPT: Final = 50_000
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


@dataclass(frozen=True, slots=True)
class _Beginning:
    """The phrases that begin with one word: those that are this word alone, and the longer ones with their index."""

    single: tuple[Phrase, ...]
    longer: tuple[tuple[int, Phrase], ...]
    tags: frozenset[str]
    languages: frozenset[str]
    """What the word alone means, and in which languages."""


class PhraseIndex:
    """Finds the phrases of one purpose in tokens; what begins with a word is looked up once."""

    def __init__(self, forms: Forms) -> None:
        """Start empty."""
        self._forms = forms
        self._indexes = [_Index() for _ in range(len(forms.spellings) + 1)]
        self._beginning = lru_cache(maxsize=_WORDS_KEPT)(self._beginning_with)
        self._going_on = lru_cache(maxsize=_PAIRS_KEPT)(self._going_on_with)

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
        tags: set[str] = set()
        for place, token in enumerate(tokens):
            if token.kind in IN_PHRASES:
                beginning = self._beginning(token.text)
                tags.update(phrase.tag for phrase in beginning.single)
                tags.update(phrase.tag for _, phrase in self._longer(beginning, tokens, place))
        return frozenset(tags)

    def _beginning_with(self, word: str) -> _Beginning:
        found = [
            (index, phrase)
            for index, form in self._forms.of(word)
            for phrase in self._indexes[index].beginning_with(form)
        ]
        single = tuple(phrase for _, phrase in found if len(phrase.words) == 1)
        longer = tuple((index, phrase) for index, phrase in found if len(phrase.words) > 1)
        return _Beginning(single, longer, *_heaviest(single))

    def _longer(self, beginning: _Beginning, tokens: Sequence[Token], place: int) -> Iterator[tuple[int, Phrase]]:
        """The phrases of several words that stand at a place of the tokens, each with its end."""
        if not beginning.longer:
            return
        second = _past_joint(tokens, place + 1)
        if second >= len(tokens) or tokens[second].kind not in IN_PHRASES:
            return
        for index, phrase in self._going_on(tokens[place].text, tokens[second].text):
            last = self._match(phrase, tokens, second, index)
            if last:
                yield last, phrase

    def _going_on_with(self, first: str, second: str) -> tuple[tuple[int, Phrase], ...]:
        """The phrases that begin with two words, each with its index."""
        forms = self._forms.of(second)
        return tuple(
            (index, phrase)
            for index, phrase in self._beginning(first).longer
            if any(own == index and phrase.words[1].fits(form) for own, form in forms)
        )

    def _longest_at(self, tokens: Sequence[Token], place: int) -> Mark | None:
        if tokens[place].kind not in IN_PHRASES:
            return None
        beginning = self._beginning(tokens[place].text)
        matches = list(self._longer(beginning, tokens, place))
        if matches:
            longest = max(last for last, _ in matches)
            return Mark(place, longest, *_heaviest([phrase for last, phrase in matches if last == longest]))
        return Mark(place, place + 1, beginning.tags, beginning.languages) if beginning.single else None

    def _match(self, phrase: Phrase, tokens: Sequence[Token], place: int, index: int) -> int | None:
        """The end of a phrase of which the second word stands at `place`, or None."""
        place += 1
        for word in phrase.words[2:]:
            place = _past_joint(tokens, place)
            if place >= len(tokens) or tokens[place].kind not in IN_PHRASES:
                return None
            if not any(word.fits(form) for own, form in self._forms.of(tokens[place].text) if own == index):
                return None
            place += 1
        return place


def _heaviest(phrases: Sequence[Phrase]) -> tuple[frozenset[str], frozenset[str]]:
    """What equally long phrases mean, and in which languages: the most exact of them, and those hardly less so."""
    heaviest = max((phrase.weight for phrase in phrases), default=0)
    tags = frozenset(phrase.tag for phrase in phrases if phrase.weight >= heaviest - 1)
    return tags, frozenset(phrase.language for phrase in phrases if phrase.tag in tags)


def _past_joint(tokens: Sequence[Token], place: int) -> int:
    """Skip the signs that may stand inside a phrase: at most two."""
    end = min(place + 2, len(tokens))
    while place < end and tokens[place].text in _JOINTS:
        place += 1
    return place
