"""Finds the corrections inside a message by patterns: "not X but Y", "instead of X read Y" (rules, section 4)."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Final

from models.grounds import Ground
from models.statement import Role
from parsers.draft import Draft, Line, sentences_in
from parsers.lexicon import ARROWS, SLOTS, Lexicon, Slot
from parsers.piece import Piece, tells
from parsers.tokens import Kind

_DECOYS: Final = frozenset({Role.ADDRESS, Role.DOCUMENT, Role.PHONE, Role.MONEY, Role.COUNT, Role.SERIAL})
_SET_ASIDE: Final = frozenset({Ground.DENIED, Ground.ANNULLED, Ground.BILL_SAYS, Ground.TOLD})
"""What is denied and told is a reading, if not today's; what it is put right to is one."""
_LONGEST_GAP: Final = 6
_HEAD: Final = 3
_Step = tuple[str, Piece]


class Corrector:
    """Applies the correction patterns of the languages to the numbers of one text."""

    def __init__(self, drafts: Mapping[int, Draft], lexicon: Lexicon) -> None:
        """`drafts` are keyed by the identity of their piece, in the order of the text."""
        self._drafts = drafts
        self._lexicon = lexicon

    @cached_property
    def _same(self) -> Mapping[tuple[Decimal, ...], deque[Draft]]:
        """The numbers of each value that have not been passed yet, in the order of the text."""
        same: dict[tuple[Decimal, ...], deque[Draft]] = defaultdict(deque)
        for draft in self._drafts.values():
            same[draft.piece.readings].append(draft)
        return same

    def correct_line(self, pieces: Sequence[Piece]) -> None:
        """Withdraw every value of a line that a pattern calls wrong; the value meant takes over its label."""
        if not any(piece.is_number for piece in pieces):
            return
        words = {word for piece in pieces if _may_step(piece) and not piece.is_number for word in piece.text.split()}
        patterns = self._lexicon.corrections_with(words)
        if not patterns:
            return
        steps = [
            (word, piece)
            for piece in pieces
            if _may_step(piece) and not self._counts(piece)
            for word in ([piece.text] if piece.is_number else piece.text.split())
        ]
        erring = tells(pieces, "erring")
        for pattern in patterns:
            if erring and pattern.cautious:
                continue
            for place in range(len(steps)):
                found = _match(pattern.slots, steps, place, self._lexicon)
                if found:
                    self._correct(found, advances=pattern.advances)

    def correct_across(self, lines: Sequence[Line]) -> None:
        """Let a sentence of one unlabelled number replace the one before it, where words of erring stand between.

        They begin the sentence ("oh, 895"), or make up one of their own ("No wait, scratch that. It is 895").
        """
        before: Draft | None = None
        erred = False
        for sentence in sentences_in(lines):
            drafts = [draft for piece in sentence.pieces if (draft := self._drafts.get(id(piece)))]
            said = [draft for draft in drafts if draft.open]
            erring = erred or tells(sentence.pieces[:_HEAD], "oops")
            alone = len(said) == 1 and all(draft.open or self._counts(draft.piece) for draft in drafts)
            if before and erring and alone and not said[0].words.says_which:
                before.explain(Role.WITHDRAWN, Ground.CORRECTED)
                said[0].words, said[0].carried = before.words.copy(), before.carried
                said[0].words.roles.add(Role.VALUE)
            erred = not drafts and sentence.has("oops", "withdrawn")
            before = said[-1] if said else before if not drafts else None

    def _counts(self, piece: Piece) -> bool:
        """Whether a piece is a small number in words, which counts something: "I swapped two digits"."""
        draft = self._drafts.get(id(piece))
        return draft is not None and draft.role is Role.COUNT and piece.spelt

    def _correct(self, found: Mapping[str, Piece], *, advances: bool) -> None:
        """Withdraw the old value wherever it was said before; the new one takes over its label."""
        old = self._drafts.get(id(found["{old}"]))
        new = self._drafts.get(id(found["{new}"])) if "{new}" in found else None
        if old is None or _explained_alike(old, new) or not old.open or (new is not None and not new.open):
            return
        if new is not None and (_names_another(old, new) or (advances and _goes_back(old, new))):
            return
        said = [*self._said_before(old), old]
        if new is not None:
            named = (draft for draft in reversed(said) if draft.words.says_which and not draft.words.contradictory)
            labelled = next(named, old)
            if new.carried or not new.words.says_which:
                new.words, new.carried = labelled.words.copy(), labelled.carried
            if advances:
                new.words.roles = {Role.VALUE}
            elif old.words.roles.isdisjoint({Role.CONSUMPTION, Role.SUM}):
                new.words.roles.add(Role.VALUE)
            new.either = False
            new.ground = Ground.CORRECTION
        for draft in said:
            draft.explain(Role.WITHDRAWN, Ground.CORRECTED)

    def _said_before(self, old: Draft) -> Iterator[Draft]:
        """The open numbers of the same value that stand before a withdrawn one; they are withdrawn with it."""
        same = self._same[old.piece.readings]
        while same and same[0].piece.start < old.piece.start:
            draft = same.popleft()
            if draft.open:
                yield draft


def _may_step(piece: Piece) -> bool:
    return piece.kind is Kind.WORD or piece.is_number or piece.text in ARROWS


def _explained_alike(old: Draft, new: Draft | None) -> bool:
    """Whether one of the two is no reading: then neither is ("flat not 148 but 149"); two that are none stay both."""
    if new is None or old.role is new.role:
        return False
    for known, other in ((old, new), (new, old)):
        if known.role in _DECOYS and known.ground not in _SET_ASIDE and other.role not in _DECOYS:
            other.explain(known.role, Ground.COMPARED)
            return True
    return old.role in _DECOYS


def _goes_back(old: Draft, new: Draft) -> bool:
    """Whether a number is less than the one from which it is said to have gone on: "0123456 -> 2066" is no reading."""
    return bool(old.piece.readings and new.piece.readings) and new.piece.readings[0] < old.piece.readings[0]


def _names_another(old: Draft, new: Draft) -> bool:
    """Whether the words at the new number name another service than those at the old one."""
    return bool(new.words.services and old.words.services and not new.carried) and not (
        new.words.services & old.words.services
    )


def _match(pattern: Sequence[Slot], steps: Sequence[_Step], place: int, lexicon: Lexicon) -> dict[str, Piece] | None:
    """What stands in the slots if the pattern fits from `place` on."""
    found: dict[str, Piece] = {}
    for index, slot in enumerate(pattern):
        if slot == "...":
            continue
        gap = _LONGEST_GAP if index and pattern[index - 1] == "..." else 0
        behind_word = index > 1 and not isinstance(pattern[index - 2], str)
        if not isinstance(slot, str) and place < len(steps) and not _fits(slot, *steps[place], lexicon):
            place += steps[place][1].has("ending")
        place = _next(slot, steps, place, gap, lexicon, past_labels=behind_word)
        if place < 0:
            return None
        if isinstance(slot, str) and slot in SLOTS:
            found[slot] = steps[place][1]
        place += 1
    return found


def _next(slot: Slot, steps: Sequence[_Step], place: int, gap: int, lexicon: Lexicon, *, past_labels: bool) -> int:
    """The place of the next step that fits the slot, over at most `gap` words that name nothing; -1 where none."""
    for step in range(place, min(place + gap + 1, len(steps))):
        word, piece = steps[step]
        fits = _fits(slot, word, piece, lexicon)
        if fits:
            return step
        if piece.is_number or (piece.is_label and not past_labels and not piece.has("previous", "current")):
            return -1
    return -1


def _fits(slot: Slot, word: str, piece: Piece, lexicon: Lexicon) -> bool:
    """Whether a step fills a slot: a number where one is asked for, the arrow, or the word."""
    if isinstance(slot, str):
        return word == slot if slot in ARROWS else piece.is_number
    if piece.is_number or word in ARROWS or (lexicon.is_ending(slot) and not piece.has("ending")):
        return False
    return lexicon.fits(slot, word)
