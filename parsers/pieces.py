"""Joins tokens and the phrases found in them into pieces: what binding and explaining work on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from models.register import identifier_key
from parsers.labels import has_label, has_other_meaning
from parsers.lexicon import Lexicon
from parsers.numbers import parse_readings
from parsers.numerals import spell_out
from parsers.phrases import Mark
from parsers.piece import Piece
from parsers.tokens import Kind, Token

_BRIEF: Final = 3
_PAIR: Final = 2
_ABBREVIATED: Final = (
    "address_before", "phone", "account", "serial", "service.", "document", "unit.", "money_unit", "previous",
    "current", "consumption", "count_unit", "reading", "money_before",
)  # fmt: skip
_TIES: Final = frozenset({"-", ":", "="})
_UNITS: Final = ("unit.kwh", "unit.m3", "money_unit")


def pieces_of(tokens: Sequence[Token], lexicon: Lexicon) -> list[Piece]:
    """Cut a text's tokens into pieces; number words become numbers."""
    marks = {mark.first: mark for mark in lexicon.concepts.longest(tokens)}
    pieces: list[Piece] = []
    place = 0
    while place < len(tokens):
        mark = marks.get(place)
        pieces.append(_marked(tokens, mark) if mark else _plain(tokens, place))
        place = pieces[-1].last
    pieces = list(spell_out(_lettered(_in_place(pieces)), lexicon))
    for piece in pieces:
        piece.is_label = bool(piece.tags) and not piece.is_number and has_label(piece.tags)
        piece.is_strange = piece.kind is Kind.WORD and (not piece.tags or has_other_meaning(piece.tags))
    return pieces


def _in_place(pieces: list[Piece]) -> list[Piece]:
    """Settle what a piece can only mean where it stands: short labels, endings of numbers, ends of sentences."""
    small = not any(piece.capital for piece in pieces)
    for place, piece in enumerate(pieces):
        if not piece.tags and piece.text != ".":
            continue
        for prefix, holds in _MEANT_WHERE:
            meant = piece.values(prefix)
            if meant:
                others = frozenset(tag for tag in piece.tags if not tag.startswith(prefix))
                piece.tags = others.union(meant) if holds(pieces, place) or _is_cell(pieces, place) else others
        if piece.has("question_word") and _asks_between(pieces, place):
            piece.tags |= {"either"}
        if piece.has("ending"):
            _settle_ending(pieces, place)
        if piece.text == "." and piece.kind is Kind.SIGN and _ends_sentence(pieces, place, small=small):
            piece.kind = Kind.STOP
    return pieces


def _stands_at_number(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a number, or the word for a reading, stands right beside a word ("old 23990", "23990 before").

    Behind it, words that do not count may stand between ("was at 23990").
    """
    behind = [piece for piece in pieces[place + 1 : place + 4] if piece.text not in _TIES and not piece.has("filler")][
        :1
    ]
    before = [piece for piece in pieces[max(place - 2, 0) : place] if piece.text not in _TIES][-1:]
    return any(piece.is_number or piece.has("reading") for piece in (*behind, *before))


def _is_cell(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a word stands alone between the gaps of columns."""
    beside = [pieces[other].kind for other in (place - 1, place + 1) if 0 <= other < len(pieces)]
    return Kind.GAP in beside and all(kind in {Kind.GAP, Kind.BREAK} for kind in beside)


def _labels_number(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a number that can be a value follows a letter or two ("d 23990"), not hanging at them ("EL-123")."""
    behind = pieces[place + 1 : place + 3]
    if len(behind) > 1 and behind[0].text == "-" and behind[0].glued and behind[1].glued and pieces[place].shouted:
        return False
    rest = [other for other in behind if other.text not in _TIES]
    return bool(rest) and rest[0].is_number and len(rest[0].key) >= _BRIEF


_MEANT_WHERE: Final = (("short.", _labels_number), ("near.", _stands_at_number))
"""Under which prefix stand meanings that a piece has only there, or alone in the cell of a table."""


def _asks_between(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a word of asking stands between two numbers, and so leaves it open which ("24211 me, 24217 me")."""
    behind = [piece for piece in pieces[place + 1 : place + 3] if piece.kind is not Kind.COMMA][:1]
    return bool(place and behind) and pieces[place - 1].is_number and behind[0].is_number


def _settle_ending(pieces: Sequence[Piece], place: int) -> None:
    """Let an ending be one only where it hangs at a number, and nothing else behind a hyphen."""
    piece = pieces[place]
    if not _hangs_at_number(pieces, place):
        piece.tags -= {"ending"}
    elif pieces[place - 1].text == "-":
        piece.tags = frozenset({"ending"})


def _hangs_at_number(pieces: Sequence[Piece], place: int) -> bool:
    """Whether an ending hangs at a number, with a hyphen or without ("48455-ti")."""
    before = pieces[max(place - 2, 0) : place]
    if not pieces[place].glued or not before:
        return False
    return before[-1].is_number or (len(before) > 1 and before[-1].text == "-" and before[0].is_number)


def _ends_sentence(pieces: Sequence[Piece], place: int, *, small: bool) -> bool:
    """Whether a short word before a full stop and a capital letter is a word, and no abbreviation that is known.

    A unit with its number ends a sentence before any word ("2150 tg. svet 73100"), and so does the ending of a number
    before a capital letter ("on the 28-th. We"). Where all is written in `small` letters, a word that does not count
    ends one too, and an unknown one before a label ("with my son. hot water 1149"). A phrase of several words, with
    spaces alone between them, is written in full.
    """
    if not place or place + 1 >= len(pieces):
        return False
    before, after = pieces[place - 1], pieces[place + 1]
    if before.has(*_UNITS) and place > 1 and pieces[place - 2].is_number:
        return after.kind is Kind.WORD and not after.glued
    if after.glued or before.kind is not Kind.WORD:
        return False
    word = len(before.text) >= _BRIEF
    in_full = " " in before.text and len(before.text) == before.end - before.start
    plain = word and (in_full or before.has("filler", "common", "oops"))
    if not after.capital:
        unknown_before_label = word and not before.tags and has_label(after.tags)
        return small and after.kind is Kind.WORD and (plain or unknown_before_label)
    suffix = before.glued and place > _PAIR and pieces[place - 2].text == "-" and pieces[place - 3].is_number
    return suffix or plain or (word and not any(tag.startswith(_ABBREVIATED) for tag in before.tags))


def _lettered(pieces: Sequence[Piece]) -> list[Piece]:
    """Join a few letters with the number glued to them ("EL-123", "PA07-12345"): an identifier, never a quantity."""
    joined: list[Piece] = []
    for piece in pieces:
        taken = _letters_before(joined, piece) if piece.is_number and piece.glued else 0
        if taken:
            letters = joined[-taken]
            key = (letters.key or identifier_key(letters.text)) + piece.key
            del joined[-taken:]
            joined.append(replace(letters, kind=Kind.NUMBER, is_number=True, end=piece.end, last=piece.last, key=key))
        else:
            joined.append(piece)
    return joined


def _letters_before(joined: Sequence[Piece], number: Piece) -> int:
    """How many pieces before a number are letters glued to it (and a hyphen), or an identifier that goes on: 0 to 2."""
    hyphened = len(joined) > 1 and joined[-1].text == "-" and joined[-1].glued
    taken = 2 if hyphened else 1
    letters = joined[-taken] if joined else None
    if letters is None or not number.key.isdigit():
        return 0
    brief = letters.kind is Kind.WORD and not letters.tags and len(letters.text) <= _BRIEF
    goes_on = hyphened and not letters.key.isdigit() and letters.key[-2:].isdigit()
    return taken if brief or goes_on else 0


def _marked(tokens: Sequence[Token], mark: Mark) -> Piece:
    first, last = tokens[mark.first], tokens[mark.last - 1]
    text = " ".join(token.text for token in tokens[mark.first : mark.last])
    piece = Piece(Kind.WORD, text, first.start, last.end, mark.first, mark.last, first.glued, mark.tags, mark.languages)
    piece.capital, piece.shouted = first.capital, first.shouted
    return piece


def _plain(tokens: Sequence[Token], place: int) -> Piece:
    token = tokens[place]
    piece = Piece(token.kind, token.text, token.start, token.end, place, place + 1, token.glued)
    piece.capital, piece.shouted = token.capital, token.shouted
    if token.kind is Kind.NUMBER:
        piece.is_number = True
        piece.readings = parse_readings(token.text)
        piece.key = identifier_key(token.text.replace("o", "0").replace("\u043e", "0"))
    return piece
