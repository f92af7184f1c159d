"""Explains the numbers that are no readings by what stands beside them: a table of rules (rules, section 5).

Each rule looks at one number in its line and says what it is, or nothing. The first rule that answers decides. What no
rule explains stays open, for the labels and the register.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from itertools import takewhile
from typing import Final

from models.grounds import Ground
from models.statement import Role
from parsers.addresses import explain_address
from parsers.draft import Draft
from parsers.labels import UNITS
from parsers.neighbourhood import Neighbourhood, Told
from parsers.pieces import Piece
from parsers.tokens import Kind

_PERSONAL_ID_DIGITS: Final = 12
_ORDINAL_DIGITS: Final = 2
_PAIR: Final = 2
_LAST_DAY: Final = 31
_LAST_MONTH: Final = 12
_TIES: Final = frozenset({"-", ":", "="})
_LEAP_YEAR: Final = 2024
_HOUSE_DIGITS: Final = 4
_FLAT_DIGITS: Final = 3
_DIALS: Final = 6
_LARGE: Final = 100
_OPENING: Final = 8
_BRACKET: Final = 40
_SENTENCE: Final = 8
_FAR: Final = 5
_CLOCK: Final = re.compile(r"(?:[01]?\d|2[0-3])[0-5]\d")
_MONTH_OF_YEAR: Final = re.compile(r"(?:0[1-9]|1[0-2])\.(?:19|20)\d\d")
_YEARS: Final = range(1900, 2100)
_WEIGHTS: Final[tuple[tuple[int, ...], ...]] = (tuple(range(1, 12)), (*range(3, 12), 1, 2))
_MODULUS: Final = 11
_NO_CONTROL: Final = 10
_LIST_MARK: Final = (Role.COUNT, Ground.LIST_MARK)
_INDEX: Final = (Role.COUNT, Ground.INDEX)
_COUNT: Final = (Role.COUNT, Ground.NAMED)
_NUMBER_WORD: Final = (Role.COUNT, Ground.NUMBER_WORD)
_PERSONAL_ID: Final = (Role.PERSONAL_ID, Ground.NAMED)
_CONTROLLED: Final = (Role.PERSONAL_ID, Ground.CONTROL_DIGIT)
_PHONE: Final = (Role.PHONE, Ground.NAMED)
_DOCUMENT: Final = (Role.DOCUMENT, Ground.NAMED)
_MONEY: Final = (Role.MONEY, Ground.NAMED)
_TIME: Final = (Role.TIME, Ground.NAMED)
_DATE: Final = (Role.DATE, Ground.NAMED)
_LIKE_DATE: Final = (Role.DATE, Ground.SHAPE)
_NEXT_DATE: Final = (Role.DATE, Ground.GOES_ON)


def _list_mark(line: Neighbourhood) -> Told | None:
    if len(line.number.text) > _ORDINAL_DIGITS or line.number.spelt:
        return None
    rest = line.pieces[line.place + 1 : line.place + 3]
    if line.place:
        opening = line.pieces[max(line.place - _BRACKET, 0) : line.place]
        bracketed = any(piece.kind is Kind.OPEN for piece in opening)
        return _LIST_MARK if rest and rest[0].glued and rest[0].text == ")" and not bracketed else None
    marked = len(rest) > 1 and rest[0].glued and (rest[0].kind in {Kind.CLOSE, Kind.STOP} or rest[0].text == ".")
    return _LIST_MARK if marked else None


def _personal_id(line: Neighbourhood) -> Told | None:
    if line.is_before("personal_id", within=2):
        return _PERSONAL_ID
    key = line.number.key
    looks_so = len(key) == _PERSONAL_ID_DIGITS and key.isdigit() and key == line.number.text and valid_personal_id(key)
    return _CONTROLLED if looks_so else None


def _phone(line: Neighbourhood) -> Told | None:
    if not line.is_before("phone", within=3) or line.is_before("account"):
        return None
    between = takewhile(lambda piece: piece is not line.witness, reversed(line.pieces[: line.place]))
    return None if any(piece.is_label for piece in between) else _PHONE


def _document(line: Neighbourhood) -> Told | None:
    if line.is_before("model"):
        return _DOCUMENT
    slash = line.pieces[line.place + 1 : line.place + 2]
    if line.is_before("number_sign") and slash and slash[0].text == "/" and slash[0].glued:
        return _DOCUMENT
    if line.is_after("numbered") or (line.is_before("number_sign") and line.is_after("document")):
        return _DOCUMENT
    if line.is_before("number_sign") and _is_of_document(line.pieces[: line.place]):
        return _DOCUMENT
    near = _SENTENCE if line.is_before("number_sign") else 1
    return _DOCUMENT if line.is_before("document", within=near) and not line.is_before("account") else None


def _is_of_document(before: Sequence[Piece]) -> bool:
    """Whether the "No" at the end stands behind a document and a comma: "a new seal, No 26199"."""
    rest = [piece for piece in before[-_FAR:] if not piece.has("number_sign") and piece.kind is not Kind.SIGN]
    return len(rest) > 1 and rest[-1].kind is Kind.COMMA and any(piece.has("document") for piece in rest)


def _index(line: Neighbourhood) -> Told | None:
    """One digit at a label, before a number of its own: "HW2 291", "1E 73144", "hot water 2: 291", "hot (2) 291".

    One or more in brackets right behind a number are its red digits, which the dial shows behind the point: "24177(6)".
    """
    number, after = line.number, line.pieces[line.place + 1 : line.place + 2]
    if not after or len(number.key) > _FLAT_DIGITS:
        return None
    before = [piece for piece in line.pieces[max(line.place - 4, 0) : line.place] if piece.kind is not Kind.GAP][-2:]
    bracketed = len(before) > 1 and before[1].kind is Kind.OPEN and after[0].kind is Kind.CLOSE
    if bracketed and before[1].glued and number.glued and before[0].is_number and len(before[0].key) > _FLAT_DIGITS:
        return _INDEX
    if len(number.key) > 1:
        return None
    if bracketed and before[0].is_label:
        return _INDEX if any(piece.is_number for piece in line.pieces[line.place + 2 : line.place + 5]) else None
    if len(before) > 1 and before[1].has("number_sign"):
        before = before[:1]
    before = before[-1:]
    equals = after[0].text == "="
    numbered = after[0].text == ":" or after[0].kind is Kind.OPEN or (after[0].text == "-" and not after[0].glued)
    behind_label = bool(before) and (number.glued or equals or numbered) and before[0].is_label
    before_label = after[0].glued and after[0].is_label and not after[0].has(*UNITS)
    rest = line.pieces[line.place + 1 : line.place + 4]
    return _INDEX if (behind_label or before_label) and any(piece.is_number for piece in rest) else None


def _money(line: Neighbourhood) -> Told | None:
    for beside in (line.after(), line.before()):
        if beside and beside.kind is Kind.CURRENCY:
            line.witness = beside
            return _MONEY
    if line.is_after("money_unit"):
        return _MONEY
    return _MONEY if not line.is_after("unit.kwh", "unit.m3") and line.is_before("money_before", within=2) else None


def _share(line: Neighbourhood) -> Told | None:
    line.witness = line.after()
    return _COUNT if line.witness and line.witness.kind is Kind.SHARE else None


def _date(line: Neighbourhood) -> Told | None:
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


def _short_date(line: Neighbourhood) -> Told | None:
    if line.number.spelt or short_date(line.number.text) is None:
        return None
    if _is_named_date(line):
        return _DATE
    if _begins_line(line) or _begins_entry(line) or _is_of_span(line):
        return _LIKE_DATE
    return _NEXT_DATE if _goes_on_dating(line) else None


def _is_named_date(line: Neighbourhood) -> bool:
    """Whether "18.11" is a date by the words beside it: after "on", or before "year"."""
    return line.is_before("date_before") or line.is_after("year_word")


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


def _time(line: Neighbourhood) -> Told | None:
    after = line.after()
    if after and after.has("and", "until") and len(line.number.key) <= _ORDINAL_DIGITS:
        end = line.after(2)
        timed = line.after(3) if end is not None and end.is_number else None
        if timed is not None and timed.has("time_unit") and not timed.has("zone.day", "zone.night"):
            line.witness = timed
            return _TIME
    if line.is_after("time_unit") and after and not after.has("zone.day", "zone.night"):
        return _TIME
    if line.is_before("time_unit") and line.suffixed() and len(line.number.key) <= _ORDINAL_DIGITS:
        return _TIME
    is_clock = line.is_before("at_time") and _CLOCK.fullmatch(line.number.text) and not line.is_after(*UNITS)
    return _TIME if is_clock and not _is_labelled(line.pieces[: line.place]) else None


def _is_labelled(before: Sequence[Piece]) -> bool:
    """Whether a label stands before in the same part of the sentence; the serial of its meter may stand between."""

    def belongs(piece: Piece) -> bool:
        return len(piece.key) > _DIALS if piece.is_number else piece.kind not in {Kind.COMMA, Kind.STOP}

    part = takewhile(belongs, reversed(before))
    return any(piece.is_label for piece in part)


def _count(line: Neighbourhood) -> Told | None:
    after, before = line.after(), line.before()
    broken_off = any(piece.spelt for piece in line.pieces[max(line.place - 2, 0) : line.place])
    single = line.number.spelt and " " not in line.number.text and not broken_off
    if single and line.number.readings and line.number.readings[0] < _LARGE:
        named = before is not None and before.is_label and not before.has("current", "previous", "sum")
        if not named or line.number.readings[0] == 1:
            return _NUMBER_WORD
    if line.is_before("passed") or line.is_after("passed_behind"):
        return _COUNT
    if len(line.number.key) > _FLAT_DIGITS:
        return None
    if before is not None and before.has("roughly_before"):
        line.witness = before
        return _COUNT
    if after is None or after.is_number:
        return None
    line.witness = after
    counted = after.has("count_unit") or (line.number.spelt and after.has("meter"))
    return _COUNT if counted and not after.has("unit.m3", "unit.kwh") else None


_RULES: Final[tuple[Callable[[Neighbourhood], Told | None], ...]] = (
    _list_mark,
    _index,
    _personal_id,
    _phone,
    _document,
    _money,
    _share,
    _date,
    _short_date,
    explain_address,
    _time,
    _count,
)


def explain_decoy(draft: Draft, pieces: Sequence[Piece], place: int) -> bool:
    """Settle what the number at `place` of a line is, if it is no reading and no account, and say whether it is."""
    line = Neighbourhood(pieces, place)
    for rule in _RULES:
        line.witness = None
        told = rule(line)
        if told is not None:
            draft.explain(*told, line.witness)
            return True
    return False


def valid_personal_id(digits: str) -> bool:
    """Whether twelve digits are an individual identification number: a date of birth and the right control digit."""
    month, day = int(digits[2:4]), int(digits[4:6])
    if not (1 <= month <= _LAST_MONTH and 1 <= day <= _LAST_DAY):
        return False
    for weights in _WEIGHTS:
        control = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % _MODULUS
        if control != _NO_CONTROL:
            return int(digits[-1]) == control
    return False


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
