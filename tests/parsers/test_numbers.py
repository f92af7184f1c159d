"""Numbers in digits and in words: what quantities they can be read as."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from parsers.numbers import compose, parse_readings
from tests.parsers.statements import pieces_in

READINGS = [
    ("12345", ["12345"]),
    ("000123", ["123"]),
    ("12,5", ["12.5"]),
    ("12.50", ["12.50"]),
    ("12,345", ["12.345", "12345"]),
    ("12.345", ["12.345", "12345"]),
    ("012,345", ["12.345"]),
    ("1234,567", ["1234.567"]),
    ("0,345", ["0.345"]),
    ("12 345", ["12345"]),
    ("12\u00a0345,678", ["12345.678"]),
    ("1,234,567", ["1234567"]),
    ("1.234,5", ["1234.5"]),
    ("1,234.567", ["1234.567"]),
    ("1o5", ["105"]),
    ("1о5,о", ["105.0"]),
    ("1.2.3", []),
    ("12.3,4,5", []),
    ("012-34-56", []),
    ("1234567890123456789", []),
]
COMPOSED = [
    ([1], [1]),
    ([20, 1], [21]),
    ([100, 20, 3], [123]),
    ([2, 100], [200]),
    ([12, 1000, 345], [12345]),
    ([1000, 5], [1005]),
    ([20, 20], [20, 20]),
    ([3, 4], [3, 4]),
    ([3, 40], [3, 40]),
    ([0, 0, 5], [5]),
    ([100, 100], [100, 100]),
    ([11, 2], [11, 2]),
]
NUMBERS = st.integers(min_value=0, max_value=999_999)


def spelt(text: str) -> list[Decimal]:
    """The one quantity that the words of a text say."""
    pieces = pieces_in(text)
    assert len(pieces) == 1, [piece.text for piece in pieces]
    return list(pieces[0].readings)


@pytest.mark.parametrize(("text", "readings"), READINGS)
def test_digits_are_read_as_what_they_can_stand_for(text: str, readings: list[str]) -> None:
    """Comma, point, spaces, zeros and the letter O; the reading with a decimal sign stands first."""
    assert [str(reading) for reading in parse_readings(text)] == readings


@pytest.mark.parametrize(("values", "numbers"), COMPOSED)
def test_number_words_join_as_a_language_says_them(values: list[int], numbers: list[int]) -> None:
    """A part joins what stands before it only where it is smaller than the last place that is open."""
    assert compose(values, joining_tens=False) == numbers


def test_a_language_without_teens_joins_ten_and_two() -> None:
    """Kazakh says "ten two", Russian does not."""
    assert compose([10, 2], joining_tens=True) == [12]
    assert compose([10, 2], joining_tens=False) == [10, 2]


@given(NUMBERS)
def test_a_number_spelt_in_russian_is_read(number: int) -> None:
    """All numbers of six digits, as an independent speller writes them."""
    assert spelt(num2words(number, lang="ru")) == [number]


@given(NUMBERS)
def test_a_number_spelt_in_kazakh_is_read(number: int) -> None:
    """All numbers of six digits, as an independent speller writes them."""
    assert spelt(num2words(number, lang="kz")) == [number]


@given(NUMBERS)
def test_a_number_spelt_in_english_is_read(number: int) -> None:
    """All numbers of six digits, as an independent speller writes them; its comma parts nothing."""
    assert spelt(num2words(number, lang="en").replace(",", "")) == [number]


@given(st.integers(min_value=0, max_value=10**17), st.integers(min_value=0, max_value=6))
def test_a_plain_number_is_exact(number: int, zeros: int) -> None:
    """Leading zeros make no difference, and no digit is lost."""
    text = "0" * zeros + str(number)
    assert parse_readings(text) == ((Decimal(number),) if len(text) <= 18 else ())


@given(st.lists(st.sampled_from([0, 1, 5, 9, 10, 15, 20, 90, 100, 500, 1000]), min_size=1, max_size=8), st.booleans())
def test_every_number_word_is_used_once(values: list[int], joining: bool) -> None:  # noqa: FBT001 - drawn
    """Composing ends, and gives at least one number and at most one a word."""
    assert 1 <= len(compose(values, joining_tens=joining)) <= len(values)
