"""Tells the language of a mail by the words of our own lexicon and by letters that only one language has (rules, 6)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from models.catalogue import Language
from parsers.lexicon import Lexicon
from parsers.normalise import Folded
from parsers.piece import Piece
from parsers.tokens import Kind

_FAIR_LEAD: Final = 0.5
_SHORTEST: Final = 2


def language_of(pieces: Iterable[Piece], original: str, folded: Folded, lexicon: Lexicon) -> Language | None:
    """The language of most of the words; None where no word tells, or two languages are even.

    A letter that only one language has tells the word's language; else a word that several languages have counts
    for each in equal parts.
    """
    weights: defaultdict[str, float] = defaultdict(float)
    own_letters = {} if lexicon.own_letters.keys().isdisjoint(original.casefold()) else lexicon.own_letters
    for piece in pieces:
        if piece.kind is not Kind.WORD and not (piece.is_number and piece.languages):
            continue
        if len(piece.text) < _SHORTEST or not _is_a_word(piece.text):
            continue
        lettered = own_letters and _of_letters(folded.original(piece.start, piece.end).of(original), own_letters)
        languages = lettered or piece.languages
        for language in languages:
            weights[language] += 1 / len(languages)
    ranked = sorted(weights.items(), key=lambda weighed: -weighed[1])
    if not ranked:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _FAIR_LEAD:
        return None
    return Language(ranked[0][0])


def _is_a_word(text: str) -> bool:
    return text.isalpha() or sum(letter.isalpha() for letter in text) >= _SHORTEST


def _of_letters(word: str, own_letters: Mapping[str, str]) -> frozenset[str]:
    letters = word.casefold()
    if own_letters.keys().isdisjoint(letters):
        return frozenset()
    return frozenset(own_letters[letter] for letter in letters if letter in own_letters)
