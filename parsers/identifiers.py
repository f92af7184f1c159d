"""Finds the numbers that are named as accounts or as serials of meters, and where unlabelled ones stand (rules, 2)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Final

from models.grounds import Ground
from models.statement import Place, Role
from parsers.draft import Draft, Line
from parsers.labels import UNITS
from parsers.piece import Piece
from parsers.tokens import Kind

_SHORTEST_ACCOUNT: Final = 3
_WORDS_ANNOUNCED: Final = 3
_WORDS_INTRODUCING: Final = 2
_SHORTEST_TRAILING: Final = 5
_YEAR_DIGITS: Final = 4
_SHORTEST_SERIAL: Final = 5
_LONGER_THAN_DIALS: Final = 7
_LONGEST_ACCOUNT: Final = 12
_LONGEST_GROUP: Final = 4
_LIST_MARK: Final = 2
_TIES: Final = frozenset({"=", "-", ":"})
_SEPARATORS: Final = frozenset({Kind.COMMA, Kind.STOP, Kind.OPEN, Kind.CLOSE})


def explain_identifiers(line: Line, drafts: Mapping[int, Draft]) -> None:
    """Mark the accounts and serials that words of the line name."""
    headed = next((place for place, piece in enumerate(line.pieces) if _heads_serials(piece)), len(line.pieces))
    for place, piece in enumerate(line.pieces):
        draft = drafts.get(id(piece))
        if draft is None or not draft.open:
            continue
        named = _account_named(line.pieces, place)
        if named:
            draft.explain(Role.ACCOUNT, Ground.NAMED, named)
            _join_groups(line.pieces, place, drafts)
            continue
        told = _serial_told(line.pieces, place, headed=headed < place)
        if told:
            draft.explain(Role.SERIAL, *told)


def _before(pieces: Sequence[Piece], place: int) -> Iterator[Piece]:
    """The pieces before a place, the nearest first."""
    return (pieces[index] for index in range(place - 1, -1, -1))


def _after(pieces: Sequence[Piece], place: int) -> Iterator[Piece]:
    """The pieces after a place, the nearest first."""
    return (pieces[index] for index in range(place + 1, len(pieces)))


def _heads_serials(piece: Piece) -> bool:
    """Whether a phrase names a meter, so that "No 1234567" behind it is its serial."""
    return piece.has("meter", "serial") or piece.is_label


def _account_named(pieces: Sequence[Piece], place: int) -> Piece | None:
    """The word for the account that names a number, if one does."""
    number = pieces[place]
    groups = _groups(pieces, place)
    end = place + len(groups)
    if number.spelt or _is_dated(pieces, place):
        return None
    digits = len(number.key) + sum(len(group.key) for group in groups)
    before = _named_before(pieces, place)
    if before is not None and pieces[before].has("account") and not _is_trailing(pieces, before):
        return pieces[before] if digits >= _SHORTEST_ACCOUNT else None
    return _trailing(pieces, end) if digits >= _SHORTEST_TRAILING and not number.readings[1:] else None


def _is_dated(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a number is the year of a date."""
    after = pieces[place + 1 : place + 2]
    return bool(after) and after[0].has("year_word") and len(pieces[place].key) == _YEAR_DIGITS


def _trailing(pieces: Sequence[Piece], place: int) -> Piece | None:
    """The word for the account that stands behind a number: right behind it, or at the end of the line."""
    after = next((index for index in range(place + 1, len(pieces)) if not _is_sign(pieces[index])), None)
    if after is None or not pieces[after].has("account"):
        return None
    following = next(
        (piece for piece in _after(pieces, after) if not _is_sign(piece) and not piece.has("number_sign")), None
    )
    names_next = following is not None and following.is_number
    return pieces[after] if _is_trailing(pieces, after) or not names_next else None


def _is_trailing(pieces: Sequence[Piece], place: int) -> bool:
    """Whether the word for the account belongs to the long number right before it, which begins the line."""
    return place == 1 and pieces[0].is_number and len(pieces[0].key) >= _SHORTEST_TRAILING


def _is_sign(piece: Piece) -> bool:
    return piece.kind in {Kind.SIGN, Kind.GAP}


def _named_before(pieces: Sequence[Piece], place: int) -> int | None:
    """The place of the phrase right before a number ("account for the flat: 123").

    Signs, "No" and a few words may stand between.
    """
    announced = bool(place) and pieces[place - 1].text == ":"
    fillers = _WORDS_ANNOUNCED if announced else 1
    for index in range(place - 1, -1, -1):
        piece = pieces[index]
        if _is_sign(piece) or piece.tags == {"number_sign"}:
            continue
        if announced and piece.kind in {Kind.OPEN, Kind.CLOSE}:
            continue
        if piece.kind is Kind.WORD and piece.has("account", "serial", "meter"):
            return index
        if piece.has("number_sign"):
            continue
        if fillers and piece.kind is Kind.WORD and not piece.is_label and (announced or piece.has("filler", "it")):
            fillers -= 1
            continue
        return None
    return None


def _serial_told(pieces: Sequence[Piece], place: int, *, headed: bool) -> tuple[Ground, Piece] | None:
    """Why the words before a number make it the serial of a meter, if they do; a serial is longer than a dial.

    `headed` says that a meter is named somewhere before it in its line.
    """
    number = pieces[place]
    after = pieces[place + 1] if place + 1 < len(pieces) else None
    followed = after is not None and after.has(*UNITS, "document")
    if number.spelt or len(number.key) < _SHORTEST_SERIAL or followed or "," in number.text:
        return None
    long = len(number.key) >= _LONGER_THAN_DIALS and len(number.readings) == 1
    before = pieces[place - 1] if long and place else None
    if before and before.is_label and _is_tied(pieces, place):
        return Ground.TIED, before
    if before and before.has("number_sign"):
        own = (headed and not _is_of_paper(pieces, place)) or _is_tied(pieces, place)
        return (Ground.NAMED, before) if own else None
    named = _serial_named(_before(pieces, place), long=long) or _serial_behind(pieces, place)
    return (Ground.NAMED, named) if named else None


def _is_of_paper(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a document is named in the part of the sentence before a number: "marriage certificate No 0244120"."""
    part = takewhile(lambda piece: not piece.is_number and piece.kind not in _SEPARATORS, _before(pieces, place))
    named = next((piece for piece in part if piece.has("document") or _heads_serials(piece)), None)
    return named is not None and named.has("document")


def _serial_behind(pieces: Sequence[Piece], place: int) -> Piece | None:
    """The word behind a number that says that it is a serial: "15780 is the serial number"."""
    rest = [piece for piece in pieces[place + 1 : place + 6] if not _is_sign(piece) and not piece.has("filler")]
    told = bool(rest) and rest[0].has("serial") and not (len(rest) > 1 and rest[1].is_number)
    return rest[0] if told else None


def _is_tied(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a sign ties a number to the next one: "90748337 = 73100"."""
    tied = pieces[place + 1 : place + 3]
    return len(tied) > 1 and tied[0].text in _TIES and tied[1].is_number


def _serial_named(before: Iterable[Piece], *, long: bool) -> Piece | None:
    """The word before a number that says "serial", or "meter" where the number is long or "No" stands between."""
    signed = False
    for piece in before:
        if piece.is_number or piece.kind in _SEPARATORS or piece.text in {"=", ":"}:
            return None
        if piece.has("serial"):
            return piece
        if piece.has("meter") and not piece.has("account"):
            return piece if signed or long else None
        signed = signed or piece.has("number_sign")
        if piece.kind is Kind.WORD and not (piece.is_label or piece.has("filler", "number_sign", "negation")):
            return None
    return None


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
    for piece in _after(pieces, place):
        short = piece.is_number and all(len(part) <= _LONGEST_GROUP for part in piece.text.split())
        if not short or not piece.key.isdigit() or len(key + piece.key) > _LONGEST_ACCOUNT or piece.start - end != 1:
            break
        key, end = key + piece.key, piece.end
        groups.append(piece)
    return groups


def places_in(line: Line, edges: Collection[int]) -> dict[int, Place]:
    """Where each number of a line stands, by the identity of its piece.

    `edges` are the identities of the first and the last piece of the message.
    """
    content = [place for place, piece in enumerate(line.pieces) if _counts(piece)]
    first = next((place for place in content if line.pieces[place].is_number), None)
    introduced = first is not None and _is_introduced(line.pieces, first)
    places: dict[int, Place] = {}
    for place in content:
        piece = line.pieces[place]
        if len(content) == 1:
            places[id(piece)] = Place.ALONE
        elif place == content[0] or (introduced and place == first) or _opens_form(line.pieces, place):
            places[id(piece)] = Place.HEAD
        else:
            places[id(piece)] = Place.EDGE if id(piece) in edges else Place.INSIDE
    return places


def _is_introduced(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a word or two stand before the first number of a line, and labels behind it: "mother 1234567 light 5".

    The number may be in brackets, and a colon may stand before the labels.
    """
    before = [piece for piece in pieces[:place] if piece.kind is not Kind.OPEN]
    after = [piece for piece in pieces[place + 1 : place + 4] if piece.kind not in {Kind.SIGN, Kind.CLOSE}][:1]
    if before and before[-1].kind is Kind.COMMA:
        before.pop()
    words_only = all(piece.kind is Kind.WORD and not piece.is_label for piece in before)
    return words_only and len(before) <= _WORDS_INTRODUCING and bool(after) and after[0].is_label


def _counts(piece: Piece) -> bool:
    """Whether a piece is content of its line, not a sign or a word that says nothing of numbers."""
    if piece.is_number:
        return True
    if piece.kind in {Kind.SIGN, Kind.GAP, Kind.STOP, Kind.COMMA, Kind.OPEN, Kind.CLOSE}:
        return False
    return piece.is_label or piece.tags.isdisjoint({"reading", "filler", "account", "number_sign", "greeting", "meter"})


def _opens_form(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a number stands after a colon, a full stop or the mark of a list: at the head of what follows."""
    last = pieces[place - 1]
    if last.text == ":" or last.kind is Kind.STOP:
        return True
    return place == _LIST_MARK and pieces[0].is_number and last.kind in {Kind.CLOSE, Kind.SIGN} and last.glued
