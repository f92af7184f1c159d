"""What stands beside a number in its line: by this most numbers that are no readings are explained."""

from collections.abc import Sequence
from typing import Final

from models.grounds import Ground
from models.statement import Role
from parsers.pieces import Piece
from parsers.tokens import Kind

Told = tuple[Role, Ground]
"""What a number is, and why."""

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

    def before(self, count: int = 1) -> Piece | None:
        """The `count`-th piece before the number, signs not counted."""
        return self._beside(-1, count)

    def after(self, count: int = 1) -> Piece | None:
        """The `count`-th piece after the number, signs not counted."""
        return self._beside(1, count)

    def _beside(self, step: int, count: int) -> Piece | None:
        place = self.place + step
        while 0 <= place < len(self.pieces):
            if not _is_skipped(self.pieces[place], step):
                count -= 1
                if not count:
                    return self.pieces[place]
            place += step
        return None

    def is_before(self, *tags: str, within: int = 1) -> bool:
        """Whether a phrase of these meanings stands before the number, with only words that do not count between."""
        for count in range(1, within + 1):
            piece = self.before(count)
            if piece is None or piece.kind in {Kind.COMMA, Kind.STOP, Kind.NUMBER}:
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


def _is_skipped(piece: Piece, step: int) -> bool:
    """Whether a piece does not count: signs, and, before a number, "not"."""
    return piece.kind in _SKIPPED or (step < 0 and piece.has("negation") and not piece.is_number)
