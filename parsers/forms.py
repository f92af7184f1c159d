"""The forms under which a word of the mail is looked up: as written, put right, by sound in Latin letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from models.lexicon import LanguageWords
from parsers.misspelling import Spellings
from parsers.normalise import Normaliser

LONGEST_ENDING: Final = 10
"""The endings of an agglutinating language are long; those of short stems are bounded more tightly."""
_LONG_STEM: Final = 5
_ENDING: Final = 6
_SHORT_STEM: Final = 3
SHORTEST_SOUND: Final = 3
"""A shorter word in Latin letters is found only where the data spell it so."""
_LATIN_BEYOND_ASCII: Final = frozenset("\u00e4\u011f\u0131\u00f1\u00f6\u015f\u00fc\u01e7\u00e7")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a phrase: a whole word, or a stem with any ending."""

    text: str
    stem: bool

    def fits(self, word: str) -> bool:
        """Whether a word of the mail is this word, or this stem with an ending of bounded length."""
        if not self.stem:
            return word == self.text
        if len(self.text) > _SHORT_STEM:
            longest = LONGEST_ENDING if len(self.text) >= _LONG_STEM else _ENDING
        else:
            longest = _SHORT_STEM
        return word.startswith(self.text) and len(word) - len(self.text) <= longest


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
        self._known: dict[bool, set[str]] = {False: set(), True: set()}
        self._longest_stem = 0
        self.of = lru_cache(maxsize=20_000)(self._of)

    def know(self, word: Word) -> None:
        """Keep a word of a phrase, so that it is never put right."""
        self._known[word.stem].add(word.text)
        if word.stem:
            self._longest_stem = max(self._longest_stem, len(word.text))

    def _of(self, word: str) -> tuple[tuple[int, str], ...]:
        forms = [(-1, word)]
        if word.isascii() or any(letter in _LATIN_BEYOND_ASCII for letter in word):
            forms += [(place, spelling.sound_of_latin(word)) for place, spelling in enumerate(self.spellings)]
        elif any(letter.isascii() for letter in word):
            return (*forms, (-1, word.translate(self._lookalikes)))
        if not self._is_known(word) and (meant := self.labels.corrected(word)):
            forms.append((-1, meant))
        return tuple(forms)

    def _is_known(self, word: str) -> bool:
        """Whether a word, or a stem of it, stands in any phrase: what is no misspelling is not put right."""
        stems, longest = self._known[True], min(self._longest_stem, len(word))
        return word in self._known[False] or any(word[:end] in stems for end in range(SHORTEST_SOUND, longest + 1))

    def compile(self, words: Sequence[Word]) -> tuple[tuple[Word, ...], ...]:
        """The words by sound, for each spelling, and as written at the end (so that index -1 finds them)."""
        sounding = [
            tuple(Word(spelling.sound_of(word.text), word.stem) for word in words) for spelling in self.spellings
        ]
        return (*sounding, tuple(words))
