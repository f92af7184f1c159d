"""Makes numbers of number words: "twelve thousand three hundred", "25 thousand 500" (rules, section 4)."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from parsers.lexicon import Lexicon
from parsers.numbers import compose
from parsers.piece import Piece
from parsers.tokens import Kind

_BRIEF: Final = 3
_PAIR: Final = 2


def spell_out(pieces: Sequence[Piece], lexicon: Lexicon) -> Iterator[Piece]:
    """Replace runs of number words (and a number before "thousand") by the number that they say.

    A run that says more than one number is no quantity: which of them is meant cannot be told.
    """
    place = 0
    while place < len(pieces):
        run = _run_of_numerals(pieces, place)
        if not run:
            yield pieces[place]
            place += 1
            continue
        words = [piece for piece in pieces[place : place + run] if piece.is_number or piece.values("number.")]
        joining = any(not word.languages.isdisjoint(lexicon.joining_tens) for word in words)
        numbers = compose([_numeral(word) for word in words], joining_tens=joining)
        beside = (*pieces[max(place - 1, 0) : place], *pieces[place + run : place + run + 1])
        goes_on = _says_fraction(pieces[place + run : place + run + 2])
        broken = goes_on or any(_breaks_number(piece, lexicon) for piece in beside)
        yield _spelt(pieces[place : place + run], [*numbers, 0] if broken else numbers)
        place += run


def _says_fraction(behind: Sequence[Piece]) -> bool:
    """Whether what stands behind a number in words is a word for the decimal sign and a number."""
    if len(behind) < _PAIR or not behind[0].has("decimal_point"):
        return False
    return behind[1].is_number or bool(behind[1].values("number."))


def _breaks_number(piece: Piece, lexicon: Lexicon) -> bool:
    """Whether a word beside a number in words says more of it than can be told: "one and a half", an unknown form."""
    unknown = piece.kind is Kind.WORD and not piece.tags and lexicon.begins_with_number(piece.text)
    return unknown or piece.has("decimal_word")


def _run_of_numerals(pieces: Sequence[Piece], place: int) -> int:
    run = 0
    while place + run < len(pieces) and (_joins_run(pieces, place, run) or _ties_run(pieces, place, run)):
        run += 1
    return run if any(not piece.is_number for piece in pieces[place : place + run]) else 0


def _ties_run(pieces: Sequence[Piece], place: int, run: int) -> bool:
    """Whether a hyphen or "and" ties two number words ("eighty-seven", "nine hundred and sixty")."""
    if not run or place + run + 1 >= len(pieces) or not pieces[place + run + 1].values("number."):
        return False
    piece = pieces[place + run]
    return (piece.text == "-" and piece.glued) or (
        piece.has("and") and pieces[place + run - 1].has("number.100", "number.1000")
    )


def _joins_run(pieces: Sequence[Piece], place: int, run: int) -> bool:
    piece = pieces[place + run]
    if piece.values("number."):
        return True
    if not piece.is_number or not piece.text.isdigit():
        return False
    if len(piece.text) > _BRIEF:
        return False
    following = pieces[place + run + 1] if place + run + 1 < len(pieces) else None
    before = pieces[place + run - 1] if run else None
    return any(near is not None and "number.1000" in near.tags for near in (before, following))


def _numeral(piece: Piece) -> int:
    return int(piece.text) if piece.is_number else int(piece.values("number.")[0])


def _spelt(words: Sequence[Piece], numbers: Sequence[int]) -> Piece:
    first, last = words[0], words[-1]
    return Piece(
        Kind.NUMBER,
        " ".join(word.text for word in words),
        first.start,
        last.end,
        first.first,
        last.last,
        first.glued,
        first.tags,
        first.languages,
        (Decimal(numbers[0]),) if len(numbers) == 1 else (),
        "".join(str(number) for number in numbers),
        spelt=True,
        is_number=True,
    )
