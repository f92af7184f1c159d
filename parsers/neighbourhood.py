"""What stands beside a number in its line: by this most numbers that are no readings are explained."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

from models.grounds import Ground
from models.statement import Role
from parsers.piece import Piece
from parsers.tokens import Kind

Told = tuple[Role, Ground]
"""What a number is, and why."""

_BORDERS: Final = frozenset({Kind.COMMA, Kind.STOP, Kind.NUMBER})
_FARTHEST: Final = 8
"""How many pieces away a word can still speak for a number."""
_SKIPPED: Final = frozenset({Kind.SIGN, Kind.GAP})
_ENDING_LETTERS: Final = 3


class Neighbourhood:
    """A line of pieces seen from one of its numbers.

    `witness` is the piece that answered the last question with yes: the word by which the number is explained.
    """

    def __init__(self, pieces: Sequence[Piece], place: int) -> None:
        """`place` is that of the number."""
        self.pieces = pieces
        self.place = place
        self.number = pieces[place]
        self.witness: Piece | None = None
        self._before = _beside((pieces[other] for other in range(place - 1, -1, -1)), -1)
        self._after = _beside((pieces[other] for other in range(place + 1, len(pieces))), 1)

    def before(self, count: int = 1) -> Piece | None:
        """The `count`-th piece before the number, signs not counted."""
        return self._before[count - 1] if count <= len(self._before) else None

    def after(self, count: int = 1) -> Piece | None:
        """The `count`-th piece after the number, signs not counted."""
        return self._after[count - 1] if count <= len(self._after) else None

    def is_before(self, *tags: str, within: int = 1) -> bool:
        """Whether a phrase of these meanings stands before the number, with only words that do not count between."""
        for piece in self._before[:within]:
            if piece.kind in _BORDERS:
                return False
            if piece.has(*tags):
                self.witness = piece
                return True
        return False

    def is_after(self, *tags: str) -> bool:
        """Whether a phrase of these meanings stands right after the number."""
        piece = self.after()
        if piece is None or piece.is_number or not piece.has(*tags):
            return False
        self.witness = piece
        return True

    def suffixed(self) -> bool:
        """Whether an ending hangs at the number ("25-th")."""
        rest = self.pieces[self.place + 1 : self.place + 3]
        if rest and rest[0].text == "-" and rest[0].glued:
            rest = rest[1:]
        return (
            bool(rest)
            and rest[0].glued
            and rest[0].kind is Kind.WORD
            and (len(rest[0].text) <= _ENDING_LETTERS or rest[0].has("ending"))
            and not (rest[0].tags - {"common", "filler", "day_word", "ending"})
        )


def _beside(pieces: Iterable[Piece], step: int) -> list[Piece]:
    """The first pieces that count, of those that lead away from a number."""
    return list(islice((piece for piece in pieces if not _is_skipped(piece, step)), _FARTHEST))


def _is_skipped(piece: Piece, step: int) -> bool:
    """Whether a piece does not count: signs, and, before a number, "not"."""
    return piece.kind in _SKIPPED or (step < 0 and piece.has("negation") and not piece.is_number)
