"""Compiles the words of all languages, shared by every message: concepts, requests, correction patterns."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Final

from models.lexicon import LanguageWords
from parsers.forms import Forms, Word
from parsers.normalise import Normaliser
from parsers.phrases import IN_PHRASES, PhraseIndex
from parsers.tokens import Token, tokenise

_ELEVEN: Final = 11
_SHORTEST_NUMERAL: Final = 4
_ABSENT: Final = "!"
"""Begins a part of a request that must not stand in the sentence."""
_WORDS_KEPT: Final = 20_000
_ALWAYS: Final = -1
"""Stands for the word of a correction pattern that has none."""
_MISSPELT: Final = ("service.", "zone.", "account", "reading", "meter", "previous", "current", "consumption")


Slot = str | tuple[tuple[Word, ...], ...]
"""One part of a correction pattern: a slot or sign as in the data, or a compiled word."""


@dataclass(frozen=True)
class Correction:
    """A compiled correction pattern.

    A `cautious` one (`?` in the data) does not hold beside words of erring, which may turn it round. One that
    `advances` (`+`) tells from what value to what value a meter went.
    """

    slots: tuple[Slot, ...]
    cautious: bool
    advances: bool


class Lexicon:
    """All words of all languages, compiled; shared by every message."""

    def __init__(self, languages: Sequence[LanguageWords]) -> None:
        """Compile; the order of the languages is of no importance."""
        self.own_letters = {letter: language.code for language in languages for letter in language.letters}
        self.normaliser = Normaliser(language.letters for language in languages)
        self.forms = Forms(languages, self.normaliser)
        self.concepts = PhraseIndex(self.forms)
        self._asking = PhraseIndex(self.forms)
        self._requests: dict[str, list[tuple[frozenset[str], frozenset[str], str]]] = defaultdict(list)
        self._endings: set[int] = set()
        self.corrections = tuple(
            Correction(
                tuple(self._slot(word) for word in pattern.lstrip("?+").split()),
                cautious=pattern.startswith("?"),
                advances=pattern.startswith("+"),
            )
            for language in languages
            for pattern in language.corrections
        )
        slots = dict.fromkeys(slot for pattern in self.corrections for slot in pattern.slots if slot not in SLOTS)
        self._numbered: dict[Slot, int] = {slot: number for number, slot in enumerate(slots)}
        self._needed = [
            frozenset(self._numbered[slot] for slot in pattern.slots if slot not in SLOTS)
            for pattern in self.corrections
        ]
        self._patterns_with: dict[int, list[int]] = defaultdict(list)
        for place, needed in enumerate(self._needed):
            self._patterns_with[min(needed, default=_ALWAYS)].append(place)
        self._slots_of = lru_cache(maxsize=_WORDS_KEPT)(self._fitting)
        self.joining_tens = frozenset(language.code for language in languages if _ELEVEN not in language.numbers)
        self._numerals = tuple(
            self.normaliser.word(word)
            for language in languages
            for words in language.numbers.values()
            for word in words
            if len(word) >= _SHORTEST_NUMERAL
        )
        for language in languages:
            self._compile(language)

    def fits(self, compiled: tuple[tuple[Word, ...], ...], word: str) -> bool:
        """Whether a word of the mail is the compiled word, in any of its forms."""
        return any(compiled[index][0].fits(form) for index, form in self.forms.of(word))

    def is_ending(self, slot: Slot) -> bool:
        """Whether a part of a correction pattern is an ending that hangs at a number; told by identity, to be quick."""
        return id(slot) in self._endings

    def begins_with_number(self, word: str) -> bool:
        """Whether a word of the mail begins with a word of a number, in whatever form it goes on."""
        return word.startswith(self._numerals)

    def requests_in(self, sentence: Sequence[Token]) -> Iterator[str]:
        """The requests of which all parts of a phrase stand in a sentence, and none that must be absent."""
        tags = self._asking.all_tags(sentence)
        return (
            request
            for tag in tags
            for parts, absent, request in self._requests.get(tag, ())
            if parts <= tags and absent.isdisjoint(tags)
        )

    def corrections_with(self, words: Iterable[str]) -> list[Correction]:
        """The patterns of which all words and signs are among these words of the mail."""
        found = frozenset().union(*map(self._slots_of, words))
        places = sorted(place for slot in (_ALWAYS, *found) for place in self._patterns_with.get(slot, ()))
        return [self.corrections[place] for place in places if self._needed[place] <= found]

    def _fitting(self, word: str) -> frozenset[int]:
        """The numbers of all words and signs of correction patterns that a word of the mail can be."""
        return frozenset(
            number
            for slot, number in self._numbered.items()
            if (word == slot if isinstance(slot, str) else self.fits(slot, word))
        )

    def _slot(self, word: str) -> Slot:
        if word.startswith("-"):
            ending = self.forms.compile(self._words_of(word[1:]))
            self._endings.add(id(ending))
            return ending
        return word if word in SLOTS | ARROWS else self.forms.compile(self._words_of(word))

    def _compile(self, language: LanguageWords) -> None:
        for tag, text in _tagged(language, self.normaliser):
            words = self._words_of(text)
            self.concepts.add(words, tag, language.code)
            for word in words:
                self.forms.know(word)
                if tag.startswith(_MISSPELT):
                    self.forms.labels.add(word.text, stem=word.stem)
        for request, phrases in language.requests.items():
            for phrase in phrases:
                parts = frozenset(part.strip() for part in phrase.split("|"))
                absent = frozenset(part for part in parts if part.startswith(_ABSENT))
                self._requests[next(iter(parts - absent))].append((parts - absent, absent, request))
                for part in parts:
                    for alternative in part.removeprefix(_ABSENT).split("/"):
                        self._asking.add(self._words_of(alternative), part, language.code)

    def _words_of(self, text: str) -> tuple[Word, ...]:
        """Compile the words of one phrase of the data."""
        words: list[Word] = []
        folded = self.normaliser.fold(text)
        for token in tokenise(folded, text):
            if token.kind in IN_PHRASES:
                words.append(Word(token.text, stem=False))
            elif token.text == "*" and words:
                words[-1] = Word(words[-1].text, stem=True)
        return tuple(words)


ARROWS: Final = frozenset({"\u2192", "\u21d2", "\u279c", "\u27a1", ">"})
"""The signs that a correction pattern may hold."""
SLOTS: Final = frozenset({"{old}", "{new}", "..."})
"""What a correction pattern may hold beside words: the withdrawn value, the meant one, a gap of a few words."""


def _number_forms(language: LanguageWords, normaliser: Normaliser) -> dict[str, tuple[str, ...]]:
    """The words of each number, each also with every ending that may hang at it and makes no other word."""
    known = (*language.concepts.values(), language.common)
    others = {normaliser.word(phrase) for phrases in known for phrase in phrases}

    def inflected(words: tuple[str, ...]) -> Iterator[str]:
        forms = (word + ending for word in words for ending in language.number_endings)
        return chain(words, (form for form in forms if normaliser.word(form) not in others))

    return {str(value): tuple(inflected(words)) for value, words in language.numbers.items()}


def _tagged(language: LanguageWords, normaliser: Normaliser) -> Iterator[tuple[str, str]]:
    """Every phrase of a language with its tag."""
    tables: Iterable[tuple[str, Mapping[str, tuple[str, ...]]]] = (
        ("", language.concepts),
        ("number.", _number_forms(language, normaliser)),
        ("month.", {str(month): words for month, words in language.months.items()}),
        ("", {"common": language.common}),
    )
    for prefix, table in tables:
        for tag, phrases in table.items():
            for phrase in phrases:
                yield prefix + tag, phrase
