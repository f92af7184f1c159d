"""Binds labels to numbers: which words speak for which number (rules, sections 3 and 4).

The reading of a sentence, chunk by chunk: a number takes the labels of its own chunk; where that has none, the labels
that still wait for a number; where there are none either, the label of the number before it, carried over and so weak.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile
from typing import Final

from models.catalogue import Service
from models.grounds import Ground
from models.statement import Role
from parsers.draft import Chunk, Draft, Line, Sentence, Words
from parsers.label_lines import groups_of
from parsers.labels import UNITS
from parsers.piece import Piece, is_bare, tells
from parsers.tokens import Kind

_SEVERAL: Final = 2


class Binder:
    """Binds the labels of one text; chunks are numbered through, so that numbers know whether they share one."""

    def __init__(self, drafts: Iterable[Draft]) -> None:
        """`drafts` are the numbers of the text, each with its piece; those with a role already are not values."""
        self._drafts = {id(draft.piece): draft for draft in drafts}
        self._clause = 0
        self._topic: set[Service] = set()

    def bind_line(self, line: Line) -> None:
        """Bind the labels of one line, sentence by sentence."""
        for sentence in line.sentences:
            self._bind_sentence(sentence)
            self._bind_new_one(sentence)

    def open_in(self, pieces: Sequence[Piece]) -> list[Draft]:
        """The numbers among the pieces that may still be values."""
        drafts = self._drafts
        return [draft for piece in pieces if (draft := drafts.get(id(piece))) and draft.role is None]

    def number_in(self, cell: Sequence[Piece]) -> Draft | None:
        """The one number of a cell, whatever it is; None where there is none, or several."""
        drafts = [draft for piece in cell if (draft := self._drafts.get(id(piece)))]
        return drafts[0] if len(drafts) == 1 else None

    def _bind_sentence(self, sentence: Sentence) -> None:
        for chunk in sentence.chunks:
            self._clause += not chunk.opened
            self._number(chunk)
        if not self.open_in(sentence.pieces) or self._bind_respectively(sentence.pieces):
            return
        waiting, carried, head = Words(), Words(), _head_roles(sentence.pieces)
        roles: set[Role] = set()
        last: Words | None = None
        for chunk in sentence.chunks:
            numbers = self.open_in(chunk.pieces)
            if not numbers:
                if not self._labels_bracketed(chunk):
                    self._labels_alone(chunk, waiting)
                continue
            self._bind_chunk(chunk, numbers, waiting)
            head = head if _keeps_head(chunk) else Words()
            if chunk.joined and not numbers[0].words.roles and not tells(chunk.pieces, "reading"):
                numbers[0].words.roles |= roles
                numbers[0].headed = bool(roles)
            roles = numbers[-1].words.roles
            carried = self._carry_along(chunk, numbers, carried, head, last)
            waiting, last = Words(), numbers[-1].words
        if waiting.says_which and not waiting.asides:
            self._bind_backward(sentence.pieces, waiting)

    def _bind_new_one(self, sentence: Sentence) -> None:
        """Let "the new one shows 41" speak of the meter of which the sentences before it say that it was changed."""
        words = Words.of(sentence.pieces)
        numbers = [draft for draft in self.open_in(sentence.pieces) if not draft.words.says_which]
        if sentence.has("new_one") and len(numbers) == 1 and not words.services and len(self._topic) == 1:
            named = next(piece for piece in sentence.pieces if piece.has("new_one"))
            numbers[0].words.join(Words(services=self._topic, start=named.start, end=named.end))
            numbers[0].bare = numbers[0].carried = True
        self._topic = words.services or self._topic

    def _bind_respectively(self, sentence: Sequence[Piece]) -> bool:
        """Bind as many labels as numbers that follow them, each to its own: "cold and hot: 310 and 264"."""
        numbers = self.open_in(sentence)
        if len(numbers) < _SEVERAL or not all(draft.bare for draft in numbers):
            return False
        labels = [piece for piece in sentence if piece.is_label and not piece.has(*UNITS)]
        groups = groups_of(labels)
        if len(groups) != len(numbers) or any(label.start > numbers[0].piece.start for label in labels):
            return False
        for draft, words in zip(numbers, groups, strict=True):
            draft.words.join(words)
            draft.ground = Ground.IN_TURN
        return True

    def _carry_along(
        self, chunk: Chunk, numbers: Sequence[Draft], carried: Words, head: Words, last: Words | None
    ) -> Words:
        """Give the numbers without labels that of the number before them; returns what is carried on from the chunk.

        Within a chunk all of it is carried ("day from 1 to 2" is twice the day), beyond it the service alone, but to
        what is offered instead of the `last` number all of that one's.
        """
        for place, draft in enumerate(numbers):
            before = numbers[place - 1] if place else None
            within = before is not None and before.words.says_which
            if before is not None and within and _is_paired(chunk.pieces, before, draft):
                draft.words.join(before.words.which())
            self._carry(draft, before.words.which() if before is not None and within else carried, head)
            draft.either = chunk.either and place == 0 and last is not None
            if draft.either and last is not None and last.says_which and not draft.words.says_which:
                draft.words.join(last.which())
                draft.carried = True
        return _to_carry(numbers[-1].words)

    def _number(self, chunk: Chunk) -> None:
        bare, leading = is_bare(chunk.pieces), _leading(chunk.pieces)
        for piece in chunk.pieces:
            draft = self._drafts.get(id(piece))
            if draft:
                draft.clause = self._clause
                draft.bare = draft.bare or bare or id(piece) in leading

    def _labels_alone(self, chunk: Chunk, waiting: Words) -> None:
        words = Words.of(chunk.pieces)
        explained = any(piece.is_number or piece.kind is Kind.PHONE for piece in chunk.pieces)
        refused = tells(chunk.pieces, "refused")
        if refused or self._is_told_of(chunk) or (explained and not words.says_which):
            return
        if not is_bare(chunk.pieces):
            words.roles.clear()
            waiting.asides |= words.services or set(Service)
        waiting.join(words)

    def _labels_bracketed(self, chunk: Chunk) -> bool:
        """Whether labels in brackets speak for the number right before them: "73100 (light)"."""
        if not chunk.opened or not any(piece.is_label for piece in chunk.pieces):
            return False
        draft = self._drafts.get(id(chunk.before)) if chunk.before else None
        if draft is None or not draft.open:
            return False
        both = draft.words.copy()
        both.join(Words.of(chunk.pieces))
        if both.contradictory:
            return False
        draft.words = both
        return True

    def _is_told_of(self, chunk: Chunk) -> bool:
        """Whether the labels of a chunk belong to a number in it that is no reading ("for the light 4,870 tenge")."""
        roles = {draft.role for piece in chunk.pieces if (draft := self._drafts.get(id(piece)))}
        return not roles.isdisjoint({Role.MONEY, Role.COUNT, Role.PHONE})

    def _bind_chunk(self, chunk: Chunk, numbers: list[Draft], waiting: Words) -> None:
        units = _units_of(chunk.pieces, numbers)
        refused = next((place for place, piece in enumerate(chunk.pieces) if piece.has("refused")), 0)
        labels = [piece for piece in chunk.pieces[refused:] if piece.is_label and id(piece) not in units]
        if len(numbers) == 1:
            numbers[0].words.join(Words.of(labels))
        else:
            _share_out(chunk.pieces, numbers, labels)
        first = numbers[0]
        if first.words.services:
            waiting.services -= waiting.asides
        first.words.join(waiting)

    def _carry(self, draft: Draft, carried: Words, head: Words) -> None:
        if not draft.words.says_which and carried.says_which:
            draft.words.join(carried)
            draft.carried = True
            draft.ground = Ground.CARRIED
        elif not draft.words.services and carried.services and not draft.words.water:
            draft.words.services |= carried.services if draft.words.zones or draft.words.tariffs else set()
        if head.roles and not draft.words.roles:
            draft.words.roles |= head.roles
            draft.headed = True

    def _bind_backward(self, sentence: Sequence[Piece], waiting: Words) -> None:
        """Labels at the end of a sentence that no number followed speak for the one unlabelled number before them."""
        numbers = self.open_in(sentence)
        if len(numbers) == 1 and not numbers[0].words.says_which:
            numbers[0].words.join(waiting)


def _is_paired(pieces: Sequence[Piece], one: Draft, other: Draft) -> bool:
    """Whether a slash alone stands between two numbers, the second of which only a unit labels: "hot 567/388 m3"."""
    if other.words.services or other.words.zones or other.words.tariffs:
        return False
    between = [piece for piece in pieces if one.piece.end <= piece.start < other.piece.start]
    return [piece.text for piece in between] == ["/"] and between[0].kind is not Kind.GAP


def _units_of(pieces: Sequence[Piece], numbers: Sequence[Draft]) -> set[int]:
    """Give every number the unit that stands right behind it; returns the identities of the units so taken."""
    units = {id(before): after for before, after in pairwise(pieces) if after.has(*UNITS) and before.is_number}
    for draft in numbers:
        unit = units.get(id(draft.piece))
        if unit:
            draft.words.take(unit)
    return {id(unit) for unit in units.values()}


def _share_out(pieces: Sequence[Piece], numbers: Sequence[Draft], labels: Sequence[Piece]) -> None:
    """Share the labels of a chunk out among its several numbers, by which of the two comes first."""
    ends_in_number = not any(label.start > numbers[-1].piece.start for label in labels)
    begins_in_number = not any(label.start < numbers[0].piece.start for label in labels)
    label_first = not begins_in_number or ends_in_number
    starts = [label.start for label in labels]
    for place, draft in enumerate(numbers):
        own = bisect_left(starts, draft.piece.start)
        if label_first:
            mine = labels[bisect_left(starts, numbers[place - 1].piece.end) if place else 0 : own]
            if place == len(numbers) - 1 and not mine:
                mine = labels[own:]
        else:
            end = numbers[place + 1].piece.start if place + 1 < len(numbers) else pieces[-1].end
            mine = labels[own : bisect_left(starts, end)]
        draft.words.join(Words.of(mine))


def _head_roles(sentence: Sequence[Piece]) -> Words:
    """What a sentence says of all its numbers at its head: "Previous reading: day 1, night 2"."""
    head = Words()
    for piece in sentence:
        if piece.is_number or (piece.is_label and not _only_role(piece)):
            break
        if piece.is_label:
            head.take(piece)
    opening = list(takewhile(lambda piece: piece.kind is not Kind.COMMA and not piece.is_number, sentence))
    if not is_bare(opening):
        return Words()
    is_previous_or_used = head.roles & {Role.PREVIOUS, Role.CONSUMPTION}
    return head if is_previous_or_used and Role.VALUE not in head.roles else Words()


def _only_role(piece: Piece) -> bool:
    words = Words.of([piece])
    return bool(words.roles) and not words.says_which


def _keeps_head(chunk: Chunk) -> bool:
    """Whether what the sentence says at its head still holds: a chunk that names a reading of its own ends it."""
    named = tells(chunk.pieces, "reading", "meter", "current")
    return not named or any(_only_role(piece) for piece in chunk.pieces if piece.is_label)


def _to_carry(words: Words) -> Words:
    """What is carried over to a number without label: the service, not the zone, for each zone has one value.

    Behind a previous value or a consumption all is carried: the value of that register is still to come.
    """
    if words.roles and Role.VALUE not in words.roles:
        return words.which()
    carried = Words(services=set(words.services), water=words.water, start=words.start, end=words.end)
    if words.zones or words.tariffs:
        carried = Words(services=set(words.services))
    return carried


def _leading(pieces: Sequence[Piece]) -> set[int]:
    """The identities of the numbers that stand together before the first word: a form of values alone; or none."""
    run = takewhile(lambda piece: piece.is_number or piece.kind in {Kind.SIGN, Kind.GAP}, pieces)
    numbers = {id(piece) for piece in run if piece.is_number}
    return numbers if len(numbers) > 1 else set()
