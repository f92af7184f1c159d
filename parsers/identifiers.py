"""Finds the numbers that are named as accounts or as serials of meters, and where unlabelled ones stand (rules, 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from models.statement import Place, Role
from parsers.draft import Draft, Line, is_label
from parsers.pieces import Piece
from parsers.tokens import Kind

_SHORTEST_ACCOUNT: Final = 3
_WORDS_ANNOUNCED: Final = 3
_SHORTEST_TRAILING: Final = 5
_SHORTEST_SERIAL: Final = 5
_LONGER_THAN_DIALS: Final = 7
_LONGEST_ACCOUNT: Final = 12
_LONGEST_GROUP: Final = 4
_LIST_MARK: Final = 2
_SEPARATORS: Final = frozenset({Kind.COMMA, Kind.STOP, Kind.OPEN, Kind.CLOSE})
_UNITS: Final = ("unit.kwh", "unit.m3", "unit.gcal")


def explain_identifiers(line: Line, drafts: Mapping[int, Draft]) -> None:
    """Mark the accounts and serials that words of the line name."""
    for place, piece in enumerate(line.pieces):
        draft = drafts.get(id(piece))
        if draft is None or not draft.open:
            continue
        if _is_account(line.pieces, place):
            draft.role = Role.ACCOUNT
            _join_groups(line.pieces, place, drafts)
        elif _is_serial(line.pieces, place):
            draft.role = Role.SERIAL


def _is_account(pieces: Sequence[Piece], place: int) -> bool:
    number = pieces[place]
    if number.spelt:
        return False
    before = _named_before(pieces, place)
    if before is not None and before.has("account"):
        return len(number.key) + sum(len(group.key) for group in _groups(pieces, place)) >= _SHORTEST_ACCOUNT
    after = next((piece for piece in pieces[place + 1 :] if piece.kind not in {Kind.SIGN, Kind.GAP}), None)
    trails = after is not None and after.has("account") and not any(p.is_number for p in pieces[place + 1 :])
    return trails and len(number.key) >= _SHORTEST_TRAILING and not number.readings[1:]


def _named_before(pieces: Sequence[Piece], place: int) -> Piece | None:
    """The phrase right before a number; signs, "No" and a few words may stand between ("account for the flat: 123")."""
    announced = bool(place) and pieces[place - 1].text == ":"
    fillers = _WORDS_ANNOUNCED if announced else 1
    for piece in reversed(pieces[:place]):
        if piece.kind in {Kind.SIGN, Kind.GAP} or piece.tags == {"number_sign"}:
            continue
        if piece.kind is Kind.WORD and piece.has("account", "serial", "meter"):
            return piece
        if piece.has("number_sign"):
            continue
        if fillers and piece.kind is Kind.WORD and not is_label(piece) and (announced or piece.has("filler")):
            fillers -= 1
            continue
        return None
    return None


def _is_serial(pieces: Sequence[Piece], place: int) -> bool:
    """Whether the words before a number make it the serial of a meter; a serial is longer than a dial."""
    number = pieces[place]
    after = pieces[place + 1] if place + 1 < len(pieces) else None
    if number.spelt or len(number.key) < _SHORTEST_SERIAL or (after is not None and after.has(*_UNITS)):
        return False
    long = len(number.key) >= _LONGER_THAN_DIALS and len(number.readings) == 1
    if long and place and pieces[place - 1].has("number_sign"):
        return any(piece.has("meter", "serial") or is_label(piece) for piece in pieces[:place])
    return _serial_named(pieces[:place], long=long)


def _serial_named(before: Sequence[Piece], *, long: bool) -> bool:
    """Whether the words before a number say "serial", or "meter" where the number is long or "No" stands between."""
    signed = False
    for piece in reversed(before):
        if piece.is_number or piece.kind in _SEPARATORS or piece.text in {"=", ":"}:
            return False
        if piece.has("serial"):
            return True
        if piece.has("meter") and not piece.has("account"):
            return signed or long
        signed = signed or piece.has("number_sign")
        if piece.kind is Kind.WORD and not (is_label(piece) or piece.has("filler", "number_sign")):
            return False
    return False


def _join_groups(pieces: Sequence[Piece], place: int, drafts: Mapping[int, Draft]) -> None:
    """Join an account number that is written in short groups ("85 40 271")."""
    first = drafts[id(pieces[place])]
    groups = [piece for piece in _groups(pieces, place) if id(piece) in drafts]
    for piece in groups:
        drafts[id(piece)].role = Role.ACCOUNT
        drafts[id(piece)].joined = True
    if groups:
        key = first.piece.key + "".join(piece.key for piece in groups)
        first.piece = replace(first.piece, key=key, end=groups[-1].end, readings=())


def _groups(pieces: Sequence[Piece], place: int) -> list[Piece]:
    """The short groups of digits that go on with a number, one space between them."""
    key, end = pieces[place].key, pieces[place].end
    groups: list[Piece] = []
    if len(key) > _LONGEST_GROUP:
        return groups
    for piece in pieces[place + 1 :]:
        short = piece.is_number and all(len(part) <= _LONGEST_GROUP for part in piece.text.split())
        if not short or not piece.key.isdigit() or len(key + piece.key) > _LONGEST_ACCOUNT or piece.start - end != 1:
            break
        key, end = key + piece.key, piece.end
        groups.append(piece)
    return groups


def place_of(line: Line, piece: Piece, *, edge: bool) -> Place:
    """Where a number stands in its line; `edge` says that it is the first or the last of the message."""
    content = [other for other in line.pieces if _counts(other)]
    if content == [piece]:
        return Place.ALONE
    before = line.pieces[: next(index for index, other in enumerate(line.pieces) if other is piece)]
    heads = not any(_counts(other) for other in before) or (bool(before) and _opens_form(before))
    if heads:
        return Place.HEAD
    return Place.EDGE if edge else Place.INSIDE


def _counts(piece: Piece) -> bool:
    """Whether a piece is content of its line, not a sign or a word that says nothing of numbers."""
    if piece.is_number:
        return True
    if piece.kind in {Kind.SIGN, Kind.GAP, Kind.STOP, Kind.COMMA, Kind.OPEN, Kind.CLOSE}:
        return False
    return is_label(piece) or piece.tags.isdisjoint(
        {"reading", "filler", "account", "number_sign", "greeting", "meter"}
    )


def _opens_form(before: Sequence[Piece]) -> bool:
    """Whether a number stands after a colon, a full stop or the mark of a list: at the head of what follows."""
    last = before[-1]
    if last.text == ":" or last.kind is Kind.STOP:
        return True
    return len(before) == _LIST_MARK and before[0].is_number and last.kind in {Kind.CLOSE, Kind.SIGN} and last.glued
