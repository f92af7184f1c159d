"""Explains a number by the one before it, with which it goes on or is compared (rules, section 5)."""

from collections.abc import Mapping, Sequence
from typing import Final

from models.grounds import Ground
from models.statement import Role
from parsers.draft import Draft
from parsers.piece import Piece
from parsers.tokens import Kind

_LONGEST_FLAT: Final = 3
_FAR: Final = 4
_BRACKETED: Final = 2
_MEASURED: Final = frozenset({Role.MONEY, Role.COUNT, Role.TIME})
_RUNS: Final = frozenset({Role.PHONE, Role.DOCUMENT, Role.PERSONAL_ID})


def go_on(draft: Draft, pieces: Sequence[Piece], place: int, drafts: Mapping[int, Draft]) -> None:
    """Give a number the role of the one right before, which it goes on with ("No 1091/24", "KZ00 0000 0000")."""
    end = place - 1
    if end >= 0 and pieces[end].text == "/":
        end -= 1
    last = drafts.get(id(pieces[end])) if end >= 0 else None
    if _is_repeated(pieces, place):
        draft.explain(Role.COUNT, Ground.GOES_ON)
        return
    if last and last.role in _RUNS:
        draft.explain(last.role, Ground.GOES_ON)
        return
    if _is_joined(pieces, place) and (other := drafts.get(id(pieces[end - 1]))) and other.role is Role.DOCUMENT:
        draft.explain(Role.DOCUMENT, Ground.GOES_ON)
        return
    flat = end >= 0 and pieces[end].kind is Kind.COMMA and len(pieces[place].key) <= _LONGEST_FLAT
    house = drafts.get(id(pieces[end - 1])) if flat and end else None
    if house and house.role is Role.ADDRESS:
        draft.explain(Role.ADDRESS, Ground.GOES_ON)
        return
    _compare(draft, pieces[max(place - _FAR, 0) : place], drafts)


def _is_joined(pieces: Sequence[Piece], place: int) -> bool:
    """Whether "and" alone joins a number to the one before it, and nothing follows that could label it."""
    if place < _BRACKETED or not pieces[place - 1].has("and") or not pieces[place - _BRACKETED].is_number:
        return False
    behind = pieces[place + 1 : place + 2]
    return not behind or not (behind[0].kind is Kind.WORD and behind[0].is_label)


def _is_repeated(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a number in brackets says again what stands right before them: "seventy-nine thousand (79000)"."""
    if place < _BRACKETED or pieces[place - 1].kind is not Kind.OPEN:
        return False
    return pieces[place - _BRACKETED].is_number and pieces[place - _BRACKETED].readings == pieces[place].readings != ()


def _compare(draft: Draft, before: Sequence[Piece], drafts: Mapping[int, Draft]) -> None:
    """Give a number the role of the one that it is compared with: "38 degrees instead of 50"."""
    if not before or not before[-1].has("compared"):
        return
    other = next((drafts[id(piece)] for piece in reversed(before) if id(piece) in drafts), None)
    if other and other.role in _MEASURED:
        draft.explain(other.role, Ground.COMPARED, before[-1])
