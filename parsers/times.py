"""Explains the numbers that are dates and times by what stands beside them (rules, section 5)."""

import re
from collections.abc import Sequence
from datetime import date
from itertools import takewhile
from typing import Final

from models.grounds import Ground
from models.statement import Role
from parsers.labels import UNITS
from parsers.neighbourhood import Neighbourhood, Told
from parsers.piece import Piece
from parsers.tokens import Kind

_LAST_DAY: Final = 31
_TIES: Final = frozenset({"-", ":", "="})
_LEAP_YEAR: Final = 2024
_HOUSE_DIGITS: Final = 4
_OPENING: Final = 8
_CLOCK: Final = re.compile(r"(?:[01]?\d|2[0-3])[0-5]\d")
_MONTH_OF_YEAR: Final = re.compile(r"(?:0[1-9]|1[0-2])\.(?:19|20)\d\d")
_YEARS: Final = range(1900, 2100)
_TIME: Final = (Role.TIME, Ground.NAMED)
_DATE: Final = (Role.DATE, Ground.NAMED)
_LIKE_DATE: Final = (Role.DATE, Ground.SHAPE)
_NEXT_DATE: Final = (Role.DATE, Ground.GOES_ON)
_DIALS: Final = 6
_PAIR: Final = 2
_ORDINAL_DIGITS: Final = 2


def explain_date(line: Neighbourhood) -> Told | None:
    """The role of a day, a month.year or a year beside words that say so; None for what is none."""
    number = line.number
    if number.spelt:
        return None
    is_day = number.text.isdigit() and len(number.text) <= _ORDINAL_DIGITS and int(number.text) <= _LAST_DAY
    month = _month_beside(line, is_day=is_day)
    if month:
        line.witness = month
        return _DATE
    if _is_year(number) and (line.is_after("year_word") or line.is_before("for_month")):
        return _DATE
    if is_day and line.is_after("day_word"):
        return _DATE
    return _LIKE_DATE if (is_day and line.suffixed()) or _MONTH_OF_YEAR.fullmatch(number.text) else None


def _month_beside(line: Neighbourhood, *, is_day: bool) -> Piece | None:
    """The month behind a day, or before a day or a year."""
    after = line.after() if is_day else None
    if after and not after.is_number and after.values("month."):
        return after
    before = line.before()
    dated = before is not None and bool(before.values("month.")) and (is_day or _is_year(line.number))
    return before if dated else None


def explain_short_date(line: Neighbourhood) -> Told | None:
    """The role of "18.11" where words, or its place, say that it is a date; None where nothing does."""
    if line.number.spelt or short_date(line.number.text) is None:
        return None
    if _is_named_date(line):
        return _DATE
    if _begins_line(line) or _begins_entry(line) or _is_of_span(line):
        return _LIKE_DATE
    return _NEXT_DATE if _goes_on_dating(line) else None


def _is_named_date(line: Neighbourhood) -> bool:
    """Whether "18.11" is a date by the words beside it: behind "on" (or "today" and a comma), before "year", "day"."""
    before = line.pieces[max(line.place - 2, 0) : line.place]
    if len(before) > 1 and before[1].kind is Kind.COMMA and before[0].has("date_before"):
        line.witness = before[0]
        return True
    return line.is_before("date_before") or line.is_after("year_word", "day_word")


def _begins_line(line: Neighbourhood) -> bool:
    """Whether "18.11" is a date by its place: at the head of a line in which another number follows."""
    return line.place == 0 and any(piece.is_number for piece in line.pieces[1:])


def _is_of_span(line: Neighbourhood) -> bool:
    """Whether "21.10" is the first or the last of two such days: "21.10-20.11"."""
    pieces, place = line.pieces, line.place
    return any(
        0 <= other < len(pieces) and pieces[(place + other) // 2].text == "-" and short_date(pieces[other].text)
        for other in (place - 2, place + 2)
    )


def _begins_entry(line: Neighbourhood) -> bool:
    """Whether "18.11" is a date by its place: a mark behind it and a number, at the head of an entry of a list."""
    before = line.pieces[line.place - 1] if line.place else None
    opens = before is None or before.text == ":" or before.kind in {Kind.STOP, Kind.COMMA, Kind.OPEN}
    tied = line.pieces[line.place + 1 : line.place + 3]
    return opens and len(tied) > 1 and tied[0].text in _TIES and tied[1].is_number


def _goes_on_dating(line: Neighbourhood) -> bool:
    """Whether "20.11" begins a part of a line that began with such a date ("on 18.11: 12345, 20.11: 12360")."""
    before = line.before()
    if before is None or not (before.kind is Kind.COMMA or before.has("and")):
        return False
    first = next((place for place in range(min(line.place, _OPENING)) if short_date(line.pieces[place].text)), None)
    opening = None if first is None else Neighbourhood(line.pieces, first)
    return opening is not None and (_is_named_date(opening) or _begins_line(opening))


def _is_year(number: Piece) -> bool:
    return number.text.isdigit() and len(number.text) == _HOUSE_DIGITS and int(number.text) in _YEARS


def explain_time(line: Neighbourhood) -> Told | None:
    """The role of a number of hours, days and the like, or of an instant; None for what is none."""
    if _is_timed(line.after()) or _opens_span(line):
        line.witness = line.witness or line.after()
        return _TIME
    if line.is_before("time_unit") and line.suffixed() and len(line.number.key) <= _ORDINAL_DIGITS:
        return _TIME
    is_clock = line.is_before("at_time") and _CLOCK.fullmatch(line.number.text) and not line.is_after(*UNITS)
    return _TIME if is_clock and not _is_labelled(line.pieces[: line.place]) else None


def _is_timed(piece: Piece | None) -> bool:
    """Whether a piece is a unit of time, and not the word for a zone."""
    return (
        piece is not None and not piece.is_number and piece.has("time_unit") and not piece.has("zone.day", "zone.night")
    )


def _opens_span(line: Neighbourhood) -> bool:
    """Whether a number begins a span that ends with a unit of time: "9 to 18 hours"."""
    to, end, unit = line.after(), line.after(2), line.after(3)
    if to is None or not to.has("and", "until") or len(line.number.key) > _ORDINAL_DIGITS:
        return False
    if end is None or not end.is_number or not _is_timed(unit):
        return False
    line.witness = unit
    return True


def _is_labelled(before: Sequence[Piece]) -> bool:
    """Whether a label stands before in the same part of the sentence; the serial of its meter may stand between."""

    def belongs(piece: Piece) -> bool:
        return len(piece.key) > _DIALS if piece.is_number else piece.kind not in {Kind.COMMA, Kind.STOP}

    part = takewhile(belongs, reversed(before))
    return any(piece.is_label for piece in part)


def short_date(text: str) -> tuple[int, int] | None:
    """(month, day) of "18.11"; None for what is no date of this form."""
    day, _, month = text.partition(".")
    if not (len(day) in {1, 2} and len(month) == _PAIR and day.isdigit() and month.isdigit()):
        return None
    try:
        date(_LEAP_YEAR, int(month), int(day))
    except ValueError:
        return None
    return int(month), int(day)
