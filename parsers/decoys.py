"""Explains the numbers that are no readings by what stands beside them: a table of rules (rules, section 5).

Each rule looks at one number in its line and says what it is, or nothing. The first rule that answers decides. What no
rule explains stays open, for the labels and the register.
"""

from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Final

from models.grounds import Ground
from models.statement import Role
from parsers.addresses import explain_address
from parsers.draft import Draft
from parsers.labels import UNITS
from parsers.neighbourhood import Neighbourhood, Told
from parsers.piece import Piece, tells
from parsers.times import explain_date, explain_short_date, explain_time
from parsers.tokens import Kind

_PERSONAL_ID_DIGITS: Final = 12
_ORDINAL_DIGITS: Final = 2
_LAST_DAY: Final = 31
_LAST_MONTH: Final = 12
_FLAT_DIGITS: Final = 3
_DIALS: Final = 6
_LARGE: Final = 100
_BRACKET: Final = 40
_SENTENCE: Final = 8
_FAR: Final = 8
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
    if len(key) != _PERSONAL_ID_DIGITS or not key.isdigit() or key != line.number.text:
        return None
    line.witness = next((piece for piece in line.pieces[: line.place] if piece.has("personal_id")), None)
    return _PERSONAL_ID if line.witness else _CONTROLLED if valid_personal_id(key) else None


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
    if not rest or rest[-1].kind is not Kind.COMMA:
        return False
    part = takewhile(lambda piece: not piece.is_number or len(piece.key) <= _ORDINAL_DIGITS, reversed(rest))
    return tells(part, "document")


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
    if line.is_after("unit.kwh", "unit.m3") or (len(line.number.key) > _DIALS and line.number.text.isdigit()):
        return None
    return _MONEY if line.is_before("money_before", within=2) else None


def _share(line: Neighbourhood) -> Told | None:
    line.witness = line.after()
    return _COUNT if line.witness and line.witness.kind is Kind.SHARE else None


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
    explain_date,
    explain_short_date,
    explain_address,
    explain_time,
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
