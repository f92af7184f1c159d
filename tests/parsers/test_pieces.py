"""Pieces: phrases, numbers in words, identifiers of letters and digits."""

import pytest

from parsers.tokens import Kind
from tests.parsers.statements import pieces_in

SPELT = [
    ("сто двадцать три", ["123"]),
    ("двенадцать тысяч триста сорок пять", ["12345"]),
    ("12 тысяч 345", ["12345"]),
    ("twenty-three", ["23"]),
    ("nine hundred and sixty", ["960"]),
    ("он екі мың", ["12000"]),
    ("жүз жиырма үш", ["123"]),
    ("пятьсот", ["500"]),
]
UNDECIDED = ["двадцать двадцать", "три четыре", "тысяча тысяча"]
IDENTIFIERS = [
    ("PA07", "pa07"),
    ("EL-123", "el123"),
    ("PA07-12345", "pa0712345"),
    ("РА07-12-345", "pa0712345"),
    ("ау5", "ay5"),
]


@pytest.mark.parametrize(("text", "readings"), SPELT)
def test_number_words_become_one_number(text: str, readings: list[str]) -> None:
    """A run of number words is the number that it says."""
    (piece,) = pieces_in(text)
    assert (piece.spelt, [str(reading) for reading in piece.readings]) == (True, readings)


@pytest.mark.parametrize("text", UNDECIDED)
def test_words_that_say_more_than_one_number_are_no_quantity(text: str) -> None:
    """Which of them is meant cannot be told."""
    (piece,) = pieces_in(text)
    assert piece.is_number
    assert piece.readings == ()


@pytest.mark.parametrize(("text", "key"), IDENTIFIERS)
def test_letters_glued_to_digits_are_an_identifier(text: str, key: str) -> None:
    """Its key is as the register compares it, and it is no quantity."""
    (piece,) = pieces_in(text)
    assert (piece.key, piece.readings) == (key, ())


def test_a_label_glued_to_a_number_stays_a_label() -> None:
    """A word and the number glued to it are two."""
    assert [piece.is_number for piece in pieces_in("свет5")] == [False, True]


def test_a_single_letter_is_a_label_only_before_a_value() -> None:
    """The letter d names the day before a long number, and nothing before a short one."""
    assert pieces_in("д 23990")[0].has("zone.day")
    assert not pieces_in("д 5")[0].has("zone.day")


@pytest.mark.parametrize(
    ("text", "previous"),
    [
        ("old 23990", True),
        ("the old reading is 23990", True),
        ("it was 23990", True),
        ("23990 before", True),
        ("my old house. Hot water 23990", False),
        ("before lectures: hot water 23990", False),
    ],
)
def test_a_weak_word_says_previous_only_beside_a_number_or_a_reading(text: str, *, previous: bool) -> None:
    """Elsewhere it is a word like any other."""
    assert any(piece.has("previous") for piece in pieces_in(text)) is previous


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("тұрған бар. осы ай 23990", True),
        ("свет 23990 за мес. вода 12", False),
        ("Поменяли бар. Осы ай 23990", True),
        ("ул. Абая 23", False),
    ],
)
def test_a_short_plain_word_ends_a_sentence_and_an_abbreviation_does_not(text: str, *, ends: bool) -> None:
    """Where all is in small letters no capital need follow."""
    assert any(piece.kind is Kind.STOP for piece in pieces_in(text)) is ends


def test_a_phrase_is_one_piece_with_its_range() -> None:
    """The longest phrase wins, and its range covers its words."""
    (piece,) = pieces_in("лицевой счет")
    assert (piece.start, piece.end, piece.has("account")) == (0, 12, True)
