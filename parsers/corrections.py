"""Finds the corrections inside a message by patterns: "not X but Y", "instead of X read Y" (rules, section 4)."""

from collections.abc import Mapping, Sequence
from typing import Final

from models.statement import Role
from parsers.draft import Draft, is_label
from parsers.forms import Word
from parsers.lexicon import ARROWS, SLOTS, Lexicon
from parsers.pieces import Piece
from parsers.tokens import Kind

_LONGEST_GAP: Final = 6
_Slot = str | tuple[tuple[Word, ...], ...]
_Step = tuple[str, Piece]


def apply_corrections(pieces: Sequence[Piece], drafts: Mapping[int, Draft], lexicon: Lexicon) -> None:
    """Withdraw every value that a pattern calls wrong; the value meant takes over its label.

    `pieces` are those of one line; `drafts` are keyed by the identity of their piece.
    """
    steps = [
        (word, piece)
        for piece in pieces
        if piece.kind in {Kind.WORD, Kind.NUMBER} or piece.text in ARROWS
        for word in ([piece.text] if piece.is_number else piece.text.split())
    ]
    if not any(piece.is_number for _, piece in steps):
        return
    erring = any(piece.has("erring") for piece in pieces)
    for pattern in lexicon.corrections:
        if erring and pattern.cautious:
            continue
        for place in range(len(steps)):
            found = _match(pattern.slots, steps, place, lexicon)
            if found:
                _correct(found, drafts)


def _correct(found: Mapping[str, Piece], drafts: Mapping[int, Draft]) -> None:
    old = drafts.get(id(found["{old}"]))
    if old is not None and old.open and "{new}" not in found:
        old.role = Role.WITHDRAWN
    new = drafts.get(id(found["{new}"])) if "{new}" in found else None
    if old is None or new is None or not (old.open and new.open):
        return
    if new.carried or not new.words.says_which:
        new.words, new.carried = old.words.copy(), old.carried
    if old.words.roles.isdisjoint({Role.CONSUMPTION, Role.SUM}):
        new.words.roles.add(Role.VALUE)
    new.either = False
    old.role = Role.WITHDRAWN


def _match(pattern: Sequence[_Slot], steps: Sequence[_Step], place: int, lexicon: Lexicon) -> dict[str, Piece] | None:
    """What stands in the slots if the pattern fits from `place` on."""
    found: dict[str, Piece] = {}
    for index, slot in enumerate(pattern):
        if slot == "...":
            continue
        gap = _LONGEST_GAP if index and pattern[index - 1] == "..." else 0
        place = _next(slot, steps, place, gap, lexicon)
        if place < 0:
            return None
        if isinstance(slot, str) and slot in SLOTS:
            found[slot] = steps[place][1]
        place += 1
    return found


def _next(slot: _Slot, steps: Sequence[_Step], place: int, gap: int, lexicon: Lexicon) -> int:
    """The place of the next step that fits the slot, over at most `gap` words that name nothing; -1 where none."""
    for step in range(place, min(place + gap + 1, len(steps))):
        word, piece = steps[step]
        fits = _fits(slot, word, piece, lexicon)
        if fits:
            return step
        if piece.is_number or (is_label(piece) and not piece.has("previous", "current")):
            return -1
    return -1


def _fits(slot: _Slot, word: str, piece: Piece, lexicon: Lexicon) -> bool:
    """Whether a step fills a slot: a number where one is asked for, the arrow, or the word."""
    if isinstance(slot, str):
        return word == slot if slot in ARROWS else piece.is_number
    return not piece.is_number and word not in ARROWS and lexicon.fits(slot, word)
