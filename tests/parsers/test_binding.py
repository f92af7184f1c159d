"""Which words speak for which number (rules, sections 3 and 4)."""

import pytest

from tests.parsers.statements import read_text, told

SENTENCES = [
    ("свет 123", ["value 123 electricity"]),
    ("123 свет", ["value 123 electricity"]),
    ("свет: 123, горячая вода: 45", ["value 123 electricity", "value 45 hot_water"]),
    ("123 свет, 45 горячая вода", ["value 123 electricity", "value 45 hot_water"]),
    ("5 горячая вода 6 холодная вода", ["value 5 hot_water", "value 6 cold_water"]),
    ("12345 свет. 345 гвс.", ["value 12345 electricity", "value 345 hot_water"]),
    ("горячая вода 568 и 389", ["value 568 hot_water", "value 389 hot_water carried"]),
    ("свет день 123 ночь 456", ["value 123 electricity day", "value 456 electricity night"]),
    ("Свет (день): 123 (ночь): 456", ["value 123 electricity day", "value 456 electricity night"]),
    ("пик 1 полупик 2 ночь 3", ["value 1 peak", "value 2 half_peak", "value 3 night"]),
    ("Т1=123 Т2=456", ["value 123 T1", "value 456 T2"]),
    ("день - 38655, 14540, гор. вода 984", ["value 38655 day", "bare 14540", "value 984 hot_water"]),
    ("электричество, горячая вода: 12345, 345", ["value 12345 electricity", "value 345 hot_water"]),
    ("123 кВтч, 45 м3", ["value 123 electricity", "value 45 water"]),
    ("горячую сдам позже, свет 123", ["value 123 electricity"]),
    ("свет гвс 345", ["value 345"]),
    ("5 и 6", ["bare 5", "bare 6"]),
    ("д 23990 н 12345", ["value 23990 day", "value 12345 night"]),
    ("ыстық су 123, жарық 456", ["value 123 hot_water", "value 456 electricity"]),
    ("hot water 123 and light 456", ["value 123 hot_water", "value 456 electricity"]),
    ("svet 123", ["value 123 electricity"]),
    ("elektrichestvo 123 goryachaya voda 45", ["value 123 electricity", "value 45 hot_water"]),
    ("элетричество 123", ["value 123 electricity"]),
    ("мне дали 12345 каких-то бумаг", ["stray 12345"]),
]
ROLES = [
    ("было 100 стало 150", ["previous 100", "value 150"]),
    ("предыдущее 100, текущее 150, расход 50", ["previous 100", "value 150", "consumption 50"]),
    (
        "Предыдущие: день 1000, ночь 2000. Текущие: день 1100, ночь 2100",
        ["previous 1000 day", "previous 2000 night", "value 1100 day", "value 2100 night"],
    ),
    ("расход 150", ["consumption 150"]),
    ("итого 579", ["sum 579"]),
    ("алдыңғы 100 қазіргі 150", ["previous 100", "value 150"]),
    ("previous 100 current 150", ["previous 100", "value 150"]),
]


@pytest.mark.parametrize(("text", "explained"), SENTENCES)
def test_a_label_speaks_for_its_number(text: str, explained: list[str]) -> None:
    """Before or behind, with units, brackets, lists; what nothing labels stays open."""
    assert told(text) == explained


@pytest.mark.parametrize(("text", "explained"), ROLES)
def test_words_tell_previous_current_consumption_and_sum(text: str, explained: list[str]) -> None:
    """Only the current one of them is a value."""
    assert told(text) == explained


def test_contradictory_words_leave_the_number_between_their_services() -> None:
    """Two services for one number make no label, and the number remembers both."""
    (number,) = read_text("свет гвс 345").numbers
    assert number.label.empty
    assert number.torn == {"electricity", "hot_water"}


def test_an_alternative_is_marked() -> None:
    """The second of two that are offered knows that it is one of two."""
    assert [number.either for number in read_text("свет 335 или 338").numbers] == [False, True]


def test_the_evidence_holds_words_and_number() -> None:
    """What an operator is shown is the customer's own words."""
    statement = read_text("Здравствуйте! Горячая вода: 45 кубов")
    assert statement.numbers[0].evidence.of(statement.text) == "Горячая вода: 45 кубов"
