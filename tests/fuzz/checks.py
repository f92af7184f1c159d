"""What holds of whatever was read and judged, be the mail what it may: the oracle of all fuzzing of reading."""

import unicodedata
from decimal import Decimal
from itertools import pairwise
from typing import Final

from models.catalogue import Outcome, ReadingStatus, Remedy
from models.statement import Number, Span, Statement
from models.verdict import JudgedReading, Verdict

_TYPED_FOR_ZERO: Final = frozenset("oOоО")


def check_statement(statement: Statement) -> None:
    """Every span lies within the text, every number is there as it says, and no two share a place."""
    for number in statement.numbers:
        _check_number(number, statement.text)
    spans = sorted(number.span for number in statement.numbers)
    assert not any(_overlap(before, after, statement.text) for before, after in pairwise(spans)), spans
    for token in statement.tokens:
        _check_span(token.span, statement.text)


def _overlap(before: Span, after: Span, text: str) -> bool:
    """Whether two numbers share more than one character that is several by itself (a half: "1", a stroke, "2")."""
    shared = text[after.start : before.end]
    return len(shared) > 1 or len(unicodedata.normalize("NFKC", shared)) == 1


def _check_number(number: Number, text: str) -> None:
    _check_span(number.span, text)
    assert number.span.of(text) == number.text, number
    assert number.evidence.start <= number.span.start < number.span.end <= number.evidence.end, number
    for span in (number.evidence, number.witness, number.under):
        if span is not None:
            _check_span(span, text)
    assert all(value.is_finite() and value >= 0 for value in number.readings), number


def _check_span(span: Span, text: str) -> None:
    assert 0 <= span.start < span.end <= len(text), (span, len(text))


def check_verdict(verdict: Verdict, statement: Statement | None) -> None:
    """There is one outcome, its reasons and readings agree with it, and every value was said by the customer."""
    recorded = [reading for reading in verdict.readings if reading.status is ReadingStatus.RECORDED]
    assert _allows(verdict, len(recorded)), verdict
    for reading in recorded:
        assert statement is not None
        _check_recorded(reading, statement)


def _allows(verdict: Verdict, recorded: int) -> bool:
    """Whether an outcome is the one of the rules for its reasons and readings (rules, the table of section 6)."""
    needs_person = any(reason.remedy is Remedy.PERSON for reason in verdict.reasons)
    match verdict.outcome:
        case Outcome.IGNORED:
            return bool(verdict.ignored_because) and not verdict.readings and not verdict.reasons
        case Outcome.ACCEPTED:
            return recorded == len(verdict.readings) > 0 and not verdict.reasons
        case Outcome.PARTIAL:
            return recorded > 0 and bool(verdict.reasons)
        case Outcome.REJECTED:
            return not recorded and bool(verdict.reasons) and not needs_person
        case Outcome.REVIEW:
            return not recorded and needs_person


def _check_recorded(reading: JudgedReading, statement: Statement) -> None:
    number = next(number for number in statement.numbers if number.span == reading.span)
    assert reading.evidence == number.evidence.of(statement.text), reading
    assert Decimal(reading.value or "NaN") in number.readings, reading
    if not _has_words(number.text):
        assert _digits(reading.value or "") == _digits(number.text), reading


def _has_words(text: str) -> bool:
    """Whether a number is in words, be it in part ("25 thousand 500"): the words are its evidence."""
    return any(letter.isalpha() and letter not in _TYPED_FOR_ZERO for letter in text)


def _digits(text: str) -> str:
    """The digits of a number as it was typed, those of other scripts and letters for zeros too."""
    typed = ("0" if letter in _TYPED_FOR_ZERO else letter for letter in text)
    return "".join(str(int(letter)) for letter in typed if letter.isdecimal()).lstrip("0")
