"""Accounts and serials that words name, and where unlabelled numbers stand (rules, section 2)."""

import pytest

from models.statement import Place
from tests.parsers.statements import read_text, told

NAMED = [
    ("лс 0123456", "account 0123456"),
    ("л/с № 0123456", "account 0123456"),
    ("Лицевой счет: 0123456", "account 0123456"),
    ("лицевой счет моей квартиры: 0123456", "account 0123456"),
    ("0123456 лицевой счет", "account 0123456"),
    ("абонентский номер 012-34-56", "account 012-34-56"),
    ("абонент 85 40 271", "account 85 40 271"),
    ("лс 01 23 456", "account 01 23 456"),
    ("ЛС PA0712345", "account PA0712345"),
    ("ЛС PA07-12345", "account PA07-12345"),
    ("дербес шот 0123456", "account 0123456"),
    ("account number is 0123456", "account 0123456"),
    ("licevoi schet 0123456", "account 0123456"),
    ("заводской номер 12345", "serial 12345"),
    ("счетчик № 12345", "serial 12345"),
    ("счетчик 1234567", "serial 1234567"),
    ("есептегіш нөмірі 12345678", "serial 12345678"),
    ("meter no 12345678", "serial 12345678"),
]
NOT_NAMED = [
    ("счетчик 12345", "bare 12345"),
    ("№ 0123456", "bare 0123456"),
    ("счет 12", "bare 12"),
    ("свет 1234567", "value 1234567 electricity"),
]
PLACES = [
    ("0123456", [Place.ALONE]),
    ("показания 0123456", [Place.ALONE]),
    ("0123456 свет 5", [Place.HEAD, Place.EDGE]),
    ("здравствуйте, 0123456: свет 5", [Place.HEAD, Place.EDGE]),
    ("мой сосед Вася 0123456 свет 5", [Place.INSIDE, Place.EDGE]),
    ("свет 5, горячая 6, холодная 7", [Place.INSIDE, Place.INSIDE, Place.EDGE]),
]


@pytest.mark.parametrize(("text", "explained"), NAMED)
def test_a_number_that_words_name_is_what_they_say(text: str, explained: str) -> None:
    """Labels before or behind, signs, groups, letters: one identifier."""
    assert told(text) == [explained]


@pytest.mark.parametrize(("text", "explained"), NOT_NAMED)
def test_a_number_is_not_named_by_half(text: str, explained: str) -> None:
    """A short number behind "meter" may be its value, and "No" alone says nothing."""
    assert told(text) == [explained]


@pytest.mark.parametrize(("text", "places"), PLACES)
def test_a_number_knows_where_it_stands(text: str, places: list[Place]) -> None:
    """Alone, at the head of a line or form, at the edge of the message, or inside."""
    assert [number.place for number in read_text(text).numbers] == places


def test_groups_of_an_account_are_one_key() -> None:
    """However an account is grouped, its key is that of the register."""
    keys = {read_text(f"лс {text}").numbers[0].key for text in ("0123456", "012-34-56", "01 23 456", "О123456")}
    assert keys == {"0123456"}


def test_an_account_in_the_signature_is_kept_and_a_value_is_not() -> None:
    """The signature may tell the account; what else stands there is no reading."""
    assert told("", signature="лс 0123456, свет 5") == ["account 0123456", "stray 5"]
