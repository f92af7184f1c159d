"""Compiles the words of all languages and finds them in tokens: the longest phrase at each place wins.

A word of the mail is looked up as it is, with look-alike letters of the other script put right, and, where it is
written in Latin letters, by its sound in each language that has a table of Latin spelling.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from models.lexicon import LanguageWords
from parsers.misspelling import Spellings
from parsers.normalise import Normaliser
from parsers.tokens import Kind, Token, tokenise

_ELEVEN: Final = 11
_MISSPELT: Final = ("service.", "zone.", "account", "reading", "meter", "previous", "current", "consumption")
_JOINTS: Final = frozenset("./-*\\'")
_LONGEST_ENDING: Final = 6
_SHORT_STEM: Final = 3
_SHORTEST_SOUND: Final = 3


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a phrase: a whole word, or a stem with any ending."""

    text: str
    stem: bool

    def fits(self, word: str) -> bool:
        """Whether a word of the mail is this word, or this stem with an ending of bounded length."""
        if not self.stem:
            return word == self.text
        longest = _LONGEST_ENDING if len(self.text) > _SHORT_STEM else _SHORT_STEM
        return word.startswith(self.text) and len(word) - len(self.text) <= longest


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
        for length in range(max(1, len(word) - _LONGEST_ENDING), len(word) + 1):
            for phrase in self.stems.get(word[:length], ()):
                if phrase.words[0].fits(word):
                    yield phrase


class Spelling:
    """How one language is written in Latin letters: back to its script, then to what the spelling tells apart."""

    def __init__(self, language: LanguageWords, normaliser: Normaliser) -> None:
        """Prepare the tables, the longest Latin spellings first."""
        self._latin = sorted(language.latin.items(), key=lambda pair: -len(pair[0]))
        self._sounds = [(normaliser.word(letters), sound) for letters, sound in language.sounds.items()]

    def sound_of(self, word: str) -> str:
        """The sound of a word of the language's own script."""
        for letters, sound in self._sounds:
            word = word.replace(letters, sound)
        return word

    def sound_of_latin(self, word: str) -> str:
        """The sound of a word in Latin letters."""
        script: list[str] = []
        place = 0
        while place < len(word):
            spelt, letters = next(
                ((spelt, letters) for spelt, letters in self._latin if word.startswith(spelt, place)),
                (word[place], word[place]),
            )
            script.append(letters)
            place += len(spelt)
        return self.sound_of("".join(script))


class Forms:
    """The forms under which a word of the mail is looked up: as written (index -1), by sound (one a language)."""

    def __init__(self, languages: Sequence[LanguageWords], normaliser: Normaliser) -> None:
        """Prepare the spellings of the languages that have a table of Latin letters."""
        self.spellings = tuple(Spelling(language, normaliser) for language in languages if language.latin)
        self.spelling_of = dict(
            zip((language.code for language in languages if language.latin), range(len(self.spellings)), strict=True)
        )
        self._lookalikes = str.maketrans(
            {latin: script for language in languages for latin, script in language.lookalikes.items()}
        )
        self.labels = Spellings()
        self.known: dict[bool, set[str]] = {False: set(), True: set()}
        self.of = lru_cache(maxsize=20_000)(self._of)

    def _of(self, word: str) -> tuple[tuple[int, str], ...]:
        forms = [(-1, word)]
        if word.isascii() or any(letter in _LATIN_BEYOND_ASCII for letter in word):
            forms += [(place, spelling.sound_of_latin(word)) for place, spelling in enumerate(self.spellings)]
        elif any(letter.isascii() for letter in word):
            forms.append((-1, word.translate(self._lookalikes)))
        elif not self._is_known(word) and (meant := self.labels.corrected(word)):
            forms.append((-1, meant))
        return tuple(forms)

    def _is_known(self, word: str) -> bool:
        """Whether a word, or a stem of it, stands in any phrase: what is no misspelling is not put right."""
        stems = self.known[True]
        return word in self.known[False] or any(word[:end] in stems for end in range(_SHORTEST_SOUND, len(word) + 1))

    def compile(self, words: Sequence[Word]) -> tuple[tuple[Word, ...], ...]:
        """The words by sound, for each spelling, and as written at the end (so that index -1 finds them)."""
        sounding = [
            tuple(Word(spelling.sound_of(word.text), word.stem) for word in words) for spelling in self.spellings
        ]
        return (*sounding, tuple(words))


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
        if spelling is not None and by_sound and len(compiled[spelling][0].text) >= _SHORTEST_SOUND:
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
        if tokens[place].kind not in _IN_PHRASES:
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
            if place >= len(tokens) or tokens[place].kind not in _IN_PHRASES:
                return None
            if not any(word.fits(form) for own, form in self._forms.of(tokens[place].text) if own == index):
                return None
            place += 1
        return place


@dataclass(frozen=True, slots=True)
class Correction:
    """A compiled correction pattern; a `cautious` one does not hold beside words of erring, which may turn it round."""

    slots: tuple["str | tuple[tuple[Word, ...], ...]", ...]
    cautious: bool


class Lexicon:
    """All words of all languages, compiled; shared by every message."""

    def __init__(self, languages: Sequence[LanguageWords]) -> None:
        """Compile; the order of the languages is of no importance."""
        self.own_letters = {letter: language.code for language in languages for letter in language.letters}
        self.normaliser = Normaliser(language.letters for language in languages)
        self.forms = Forms(languages, self.normaliser)
        self.concepts = PhraseIndex(self.forms)
        self.asking = PhraseIndex(self.forms)
        self.requests: dict[str, list[frozenset[str]]] = defaultdict(list)
        self.corrections = tuple(
            Correction(tuple(self._slot(word) for word in pattern.lstrip("?").split()), pattern.startswith("?"))
            for language in languages
            for pattern in language.corrections
        )
        self.joining_tens = frozenset(language.code for language in languages if _ELEVEN not in language.numbers)
        for language in languages:
            self._compile(language)

    def fits(self, compiled: tuple[tuple[Word, ...], ...], word: str) -> bool:
        """Whether a word of the mail is the compiled word, in any of its forms."""
        return any(compiled[index][0].fits(form) for index, form in self.forms.of(word))

    def _slot(self, word: str) -> str | tuple[tuple[Word, ...], ...]:
        return word if word in SLOTS | ARROWS else self.forms.compile(self._words_of(word))

    def _compile(self, language: LanguageWords) -> None:
        for tag, text in _tagged(language):
            words = self._words_of(text)
            self.concepts.add(words, tag, language.code, by_sound=not tag.startswith("number."))
            for word in words:
                self.forms.known[word.stem].add(word.text)
                if tag.startswith(_MISSPELT):
                    self.forms.labels.add(word.text, stem=word.stem)
        for request, phrases in language.requests.items():
            for phrase in phrases:
                parts = frozenset(part.strip() for part in phrase.split("|"))
                self.requests[request].append(parts)
                for part in parts:
                    for alternative in part.split("/"):
                        self.asking.add(self._words_of(alternative), part, language.code)

    def _words_of(self, text: str) -> tuple[Word, ...]:
        """Compile the words of one phrase of the data."""
        words: list[Word] = []
        folded = self.normaliser.fold(text)
        for token in tokenise(folded, text):
            if token.kind in _IN_PHRASES:
                words.append(Word(token.text, stem=False))
            elif token.text == "*" and words:
                words[-1] = Word(words[-1].text, stem=True)
        return tuple(words)


ARROWS: Final = frozenset({"\u2192", "\u21d2", "\u279c", "\u27a1", ">"})
"""The signs that a correction pattern may hold."""
SLOTS: Final = frozenset({"{old}", "{new}", "..."})
"""What a correction pattern may hold beside words: the withdrawn value, the meant one, a gap of a few words."""
_IN_PHRASES: Final = frozenset({Kind.WORD, Kind.NUMBER})
_LATIN_BEYOND_ASCII: Final = frozenset("\u00e4\u011f\u0131\u00f1\u00f6\u015f\u00fc\u01e7\u00e7")


def _past_joint(tokens: Sequence[Token], place: int) -> int:
    """Skip the signs that may stand inside a phrase: at most two."""
    end = min(place + 2, len(tokens))
    while place < end and tokens[place].text in _JOINTS:
        place += 1
    return place


def _tagged(language: LanguageWords) -> Iterator[tuple[str, str]]:
    """Every phrase of a language with its tag."""
    tables: Iterable[tuple[str, Mapping[str, tuple[str, ...]]]] = (
        ("", language.concepts),
        ("number.", {str(value): words for value, words in language.numbers.items()}),
        ("month.", {str(month): words for month, words in language.months.items()}),
        ("", {"common": language.common}),
    )
    for prefix, table in tables:
        for tag, phrases in table.items():
            for phrase in phrases:
                yield prefix + tag, phrase
