"""Explains house and flat numbers by the words and names beside them (rules, section 5)."""

from typing import Final

from models.grounds import Ground
from models.statement import Role
from parsers.neighbourhood import Neighbourhood, Told
from parsers.piece import Piece, tells
from parsers.tokens import Kind

_HOUSE_DIGITS: Final = 4
_FLAT_DIGITS: Final = 3
_WORDS_OF_STREET: Final = 3
_POSTCODE_DIGITS: Final = 6
_ADDRESS_AND_BRACKETS: Final = 5
_NAMED: Final = (Role.ADDRESS, Ground.NAMED)
_BRACKETED: Final = (Role.ADDRESS, Ground.BRACKETED)
_BEHIND_NAME: Final = (Role.ADDRESS, Ground.NAME_BEFORE)


def explain_address(line: Neighbourhood) -> Told | None:
    """The role of a house or flat number, of at most four digits or a pair of them; None for what is none."""
    number = line.number
    if len(number.key) == _POSTCODE_DIGITS and _is_postcode(line):
        return _NAMED if line.witness else _BRACKETED
    if not number.key[:_HOUSE_DIGITS].isdigit() or number.spelt or any(sign in number.text for sign in ".,"):
        return None
    pair = number.text.count("-") == 1
    if len(number.key) > _HOUSE_DIGITS and not pair:
        return None
    name = line.before()
    named = _names(name)
    if named and line.suffixed():
        line.witness = name
        return _BEHIND_NAME
    brief = len(number.key) <= _FLAT_DIGITS
    if line.is_before("address_before", within=_WORDS_OF_STREET if named else 1) or (brief and _address_follows(line)):
        return _NAMED
    line.witness = name if pair and named else _name_before(line) if brief and not pair else None
    return _BEHIND_NAME if line.witness else None


def _is_postcode(line: Neighbourhood) -> bool:
    """Whether a word says so, or a number stands alone in brackets right behind a flat: "Abaya 5, flat 10 (010000)"."""
    if line.is_before("postcode", within=2) or line.is_after("postcode"):
        return True
    after, beyond = line.after(), line.after(2)
    if after is not None and after.kind is Kind.COMMA and beyond is not None and beyond.has("postcode"):
        line.witness = beyond
        return True
    around = line.pieces[max(line.place - 4, 0) : line.place + 2]
    if len(around) < _ADDRESS_AND_BRACKETS or around[-1].kind is not Kind.CLOSE or around[-3].kind is not Kind.OPEN:
        return False
    return any(piece.is_number for piece in around[:-3]) and tells(around[:-3], "address_before")


def _name_before(line: Neighbourhood) -> Piece | None:
    """The name with a capital letter right before: "Abaya 75", or "Abaya, 75" at the end of a line."""
    before = line.pieces[max(line.place - 2, 0) : line.place]
    if not before:
        return None
    if before[-1].kind is Kind.COMMA:
        after = line.after()
        ends = after is None or after.kind is Kind.COMMA
        return before[0] if ends and len(before) > 1 and _is_name(before[0]) else None
    return before[-1] if _is_name(before[-1]) else None


def _is_name(piece: Piece) -> bool:
    """Whether a piece is written like a name; where all is written in capitals, they tell nothing."""
    return _names(piece) and piece.capital and not piece.shouted


def _names(piece: Piece | None) -> bool:
    """Whether a piece is a word of no known meaning: a street, for example."""
    return piece is not None and piece.kind is Kind.WORD and not piece.tags


def _address_follows(line: Neighbourhood) -> bool:
    """Whether "flat", "house" stands right after, also behind a comma and before a number of its own."""
    after = line.after()
    if line.is_after("address_after"):
        return not line.is_after("unit.kwh")
    if after is None or after.kind is not Kind.COMMA or not _names(line.before()):
        return False
    beyond, flat = line.after(2), line.after(3)
    if beyond is not None and beyond.is_number:
        line.witness = flat
        return flat is not None and flat.has("address_after")
    line.witness = beyond
    return beyond is not None and beyond.has("address_after", "address_before")
