"""Ties dates to the values that were read on them ("on 18.11: 12345, on 20.11: 12360"; rules, section 4)."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from models.statement import Role
from parsers.draft import Draft, Line
from parsers.piece import Piece
from parsers.times import short_date
from parsers.tokens import Kind

Day = tuple[int, int, int]
_FULL: Final = re.compile(
    r"(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{2,4})|(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)"
)
_CENTURY: Final = 2000
_DAY_DIGITS: Final = 2
_YEAR_DIGITS: Final = 4


class Calendar:
    """Finds the dates of a text and gives each value the one it was read on."""

    def __init__(self, drafts: Mapping[int, Draft]) -> None:
        """`drafts` are the numbers of the text, keyed by the identity of their piece."""
        self._drafts = drafts

    def date_numbers(self, lines: Sequence[Line]) -> None:
        """Give each open number the date before it in its line, or the one that heads the lines above."""
        heading: Day | None = None
        for line in lines:
            dates = list(self._dates(line.pieces))
            numbers = [draft for piece in line.pieces if (draft := self._drafts.get(id(piece))) and draft.open]
            starts = [start for start, _ in dates]
            for draft in (draft for draft in numbers if draft.said_on is None):
                before = bisect_left(starts, draft.piece.start)
                draft.said_on = dates[max(before - 1, 0)][1] if before or len(dates) == 1 else heading
            _carry_along(numbers, starts)
            if dates and not numbers:
                heading = dates[-1][1]

    def _dates(self, pieces: Sequence[Piece]) -> Iterator[tuple[int, Day]]:
        for place, piece in enumerate(pieces):
            if piece.kind in {Kind.DATE, Kind.STAMP}:
                day = day_of(piece)
                if day:
                    yield piece.start, day
                continue
            draft = self._drafts.get(id(piece))
            month = next(iter(piece.values("month.")), None)
            if month and not _has_day(pieces, place):
                yield piece.start, (0, int(month), 0)
            if draft and draft.role is Role.DATE:
                day = _of_number(pieces, place)
                if day:
                    yield piece.start, day


def _carry_along(numbers: Sequence[Draft], starts: Sequence[int]) -> None:
    """Give the values of a line that begin with a date of their own the label of the one before them."""
    for before, draft in pairwise(numbers):
        dated = bisect_left(starts, draft.piece.start) > bisect_left(starts, before.piece.start) > 0
        if dated and draft.bare and before.words.says_which and not draft.words.says_which:
            draft.words.join(before.words.which())
            draft.carried = True


def _has_day(pieces: Sequence[Piece], place: int) -> bool:
    """Whether a number stands beside a month, so that the two make a date."""
    beside = [pieces[index] for index in (place - 1, place + 1) if 0 <= index < len(pieces)]
    return any(piece.is_number and piece.text.isdigit() and len(piece.text) <= _DAY_DIGITS for piece in beside)


def day_of(piece: Piece) -> Day | None:
    """The day that a piece names by itself, in digits; of a stamp of a chat the day in it."""
    if piece.kind is Kind.STAMP:
        stamped = _FULL.search(piece.text)
        return _full(stamped[0]) if stamped else None
    return _full(piece.text) if piece.kind is Kind.DATE else None


def _full(text: str) -> Day | None:
    match = _FULL.fullmatch(text)
    if not match:
        return None
    if match["y"]:
        return int(match["y"]), int(match["m"]), int(match["d"])
    year = int(match["year"])
    return year if year > _CENTURY else year + _CENTURY, int(match["month"]), int(match["day"])


def _of_number(pieces: Sequence[Piece], place: int) -> Day | None:
    """The date that a day's number makes up with the month behind, or before, it; or that "18.11" is."""
    piece = pieces[place]
    short = short_date(piece.text)
    if short:
        return 0, *short
    if not piece.text.isdigit() or len(piece.text) == _YEAR_DIGITS:
        return None
    beside = [pieces[index] for index in (place + 1, place + 2, place - 1) if 0 <= index < len(pieces)]
    month = next((int(value) for other in beside if not other.is_number for value in other.values("month.")), None)
    return (0, month, int(piece.text)) if month else None
