"""Sets numbers aside of which the customer says that they are not his reading (rules, section 5).

What a bill says in a mail that asks or complains about it, what is only supposed ("if it were 5000"), and what other
people's meters show is told, not submitted.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from models.catalogue import Request
from models.statement import Role
from parsers.draft import Draft, Line, chunks_of
from parsers.pieces import Piece

_ABOUT_BILLS: Final = frozenset({Request.HELP_DESK, Request.OTHER})


def set_aside(lines: Sequence[Line], drafts: Mapping[int, Draft], asked: frozenset[str]) -> None:
    """Explain such numbers; `asked` are the requests of the message."""
    about_bills = not asked.isdisjoint(_ABOUT_BILLS)
    for line in lines:
        for sentence in line.sentences():
            if about_bills and _tells(sentence, "bill"):
                _explain(sentence, drafts)
            _explain(_quoted_from_us(sentence), drafts)
            _explain(_following(sentence, "supposed"), drafts)
            for chunk in chunks_of(sentence):
                if _tells(chunk.pieces, "others"):
                    _explain(chunk.pieces, drafts)
                _explain(_following(chunk.pieces, "forecast"), drafts)


def _tells(pieces: Sequence[Piece], tag: str) -> bool:
    return any(piece.has(tag) for piece in pieces)


def _quoted_from_us(sentence: Sequence[Piece]) -> list[Piece]:
    """What a sentence says that our bill or answer says, up to where it speaks of the meter."""
    told: list[Piece] = []
    for chunk in chunks_of(sentence):
        if _tells(chunk.pieces, "in_bill"):
            told += chunk.pieces
        elif told and (_tells(chunk.pieces, "meter") or _tells(chunk.pieces, "current")):
            break
        elif told:
            told += chunk.pieces
    return told


def _following(pieces: Sequence[Piece], tag: str) -> Sequence[Piece]:
    """What follows the first word of a meaning."""
    start = next((place for place, piece in enumerate(pieces) if piece.has(tag)), len(pieces))
    return pieces[start:]


def _explain(pieces: Sequence[Piece], drafts: Mapping[int, Draft]) -> None:
    for piece in pieces:
        draft = drafts.get(id(piece))
        if draft and draft.open:
            draft.role = Role.DOCUMENT
