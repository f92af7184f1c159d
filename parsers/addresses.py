"""Explains house and flat numbers by the words and names beside them (rules, section 5)."""

from typing import Final

from models.statement import Role
from parsers.neighbourhood import Neighbourhood
from parsers.pieces import Piece
from parsers.tokens import Kind

_HOUSE_DIGITS: Final = 4
_FLAT_DIGITS: Final = 3
_WORDS_OF_STREET: Final = 3
_POSTCODE_DIGITS: Final = 6
_ADDRESS_AND_BRACKETS: Final = 5


def explain_address(line: Neighbourhood) -> Role | None:
    """The role of a house or flat number, of at most four digits or a pair of them; None for what is none."""
    number = line.number
    if len(number.key) == _POSTCODE_DIGITS and _is_postcode(line):
        return Role.ADDRESS
    if not number.key[:_HOUSE_DIGITS].isdigit() or number.spelt or any(sign in number.text for sign in ".,"):
        return None
    pair = number.text.count("-") == 1
    if len(number.key) > _HOUSE_DIGITS and not pair:
        return None
    named = _names(line.before())
    told = (named and line.suffixed()) or line.is_before("address_before", within=_WORDS_OF_STREET if named else 1)
    brief = len(number.key) <= _FLAT_DIGITS
    if told or (brief and _address_follows(line)):
        return Role.ADDRESS
    stands_after_name = named if pair else brief and _place_named(line)
    return Role.ADDRESS if stands_after_name else None


def _is_postcode(line: Neighbourhood) -> bool:
    """Whether a word says so, or a number stands alone in brackets right behind a flat: "Abaya 5, flat 10 (010000)"."""
    if line.is_before("postcode", within=2):
        return True
    around = line.pieces[max(line.place - 4, 0) : line.place + 2]
    if len(around) < _ADDRESS_AND_BRACKETS or around[-1].kind is not Kind.CLOSE or around[-3].kind is not Kind.OPEN:
        return False
    return any(piece.is_number for piece in around[:-3]) and any(piece.has("address_before") for piece in around[:-3])


def _place_named(line: Neighbourhood) -> bool:
    """Whether a name with a capital letter stands right before: "Abaya 75", or "Abaya, 75" at the end of a line."""
    before = line.pieces[max(line.place - 2, 0) : line.place]
    if not before:
        return False
    if before[-1].kind is Kind.COMMA:
        after = line.after()
        ends = after is None or after.kind is Kind.COMMA
        return ends and len(before) > 1 and _is_name(before[0])
    return _is_name(before[-1])


def _is_name(piece: Piece) -> bool:
    """Whether a piece is written like a name; where all is written in capitals, they tell nothing."""
    return _names(piece) and piece.capital and not piece.shouted


def _names(piece: Piece | None) -> bool:
    """Whether a piece is a word of no known meaning: a street, for example."""
    return piece is not None and piece.kind is Kind.WORD and not piece.tags


def _address_follows(line: Neighbourhood) -> bool:
    """Whether "flat", "house" stands right after, also behind a comma and before a number of its own."""
    after = line.after()
    if after and after.has("address_after"):
        return not after.has("unit.kwh")
    if after is None or after.kind is not Kind.COMMA or not _names(line.before()):
        return False
    beyond, flat = line.after(2), line.after(3)
    if beyond is not None and beyond.is_number:
        return flat is not None and flat.has("address_after")
    return beyond is not None and beyond.has("address_after", "address_before")
