"""Numbers that are no readings: dates, phones, sums, addresses and what else stands in a mail (rules, section 5)."""

import pytest

from parsers.decoys import valid_personal_id
from parsers.times import short_date
from tests.parsers.statements import told

DECOYS = [
    ("тел 87012345678", "phone 87012345678"),
    ("+7 701 234 56 78", "phone +7 701 234 56 78"),
    ("вн. 123", "phone 123"),
    ("ИИН 880101300123", "personal_id 880101300123"),
    ("880101300123", "personal_id 880101300123"),
    ("оплатил 12000 тенге", "money 12000"),
    ("4500 ₸", "money 4500"),
    ("долг 4500", "money 4500"),
    ("2000 теңге", "money 2000"),
    ("заявка № 4521", "document 4521"),
    ("счетчик Меркурий 201", "document 201"),
    ("18.11.2026", "date 18.11.2026"),
    ("18 ноября", "date 18"),
    ("ноябрь 2026", "date 2026"),
    ("2026 года", "date 2026"),
    ("25-го числа", "date 25"),
    ("25-ші күні", "date 25"),
    ("на 18.11", "date 18.11"),
    ("в 14:30", "time 14:30"),
    ("15 минут", "time 15"),
    ("15 сағат", "time 15"),
    ("скидка 10%", "count 10"),
    ("3 счетчика", "count 3"),
    ("три счетчика", "count три"),
    ("5 адам", "count 5"),
    ("5 people", "count 5"),
    ("дом 5", "address 5"),
    ("apt 12", "address 12"),
    ("Абая 75-12", "address 75-12"),
    ("Абая, 75", "address 75"),
    ("ул. Абая 75", "address 75"),
    ("https://pay.example/12345", "link https://pay.example/12345"),
    ("user123@mail.example", "link user123@mail.example"),
]
BESIDE_A_VALUE = [
    ("18.11 свет 12345", ["date 18.11", "value 12345 electricity"]),
    ("на 18.11 - 12345, 20.11 - 12360", ["date 18.11", "bare 12345", "date 20.11", "bare 12360"]),
    ("18.11 было 12000, 20.11 стало 12345", ["date 18.11", "previous 12000", "date 20.11", "value 12345"]),
    ("долг 4500, свет 12345", ["money 4500", "value 12345 electricity"]),
    ("1. свет 12345", ["count 1", "value 12345 electricity"]),
    ("1) свет 12345", ["count 1", "value 12345 electricity"]),
    ("Абая 75, кв 12", ["address 75", "address 12"]),
    ("мкр 5 дом 12 кв 7", ["address 5", "address 12", "address 7"]),
    ("phone 555 66 77", ["phone 555", "phone 66", "phone 77"]),
    ("contract no 77/12", ["document 77", "document 12"]),
]
VALUES = [
    ("свет 18.11", "value 18.11 electricity"),
    ("свет 2026", "value 2026 electricity"),
    ("горячая 12", "value 12 hot_water"),
    ("свет 00012 ноябрь", "value 00012 electricity"),
    ("день 14", "value 14 day"),
]
SHORT_DATES = [
    ("18.11", (11, 18)),
    ("1.02", (2, 1)),
    ("29.02", (2, 29)),
    ("30.02", None),
    ("18.13", None),
    ("0.11", None),
    ("118.11", None),
    ("18.1", None),
    ("18,11", None),
]


@pytest.mark.parametrize(("text", "explained"), DECOYS)
def test_a_number_with_a_meaning_of_its_own_is_no_value(text: str, explained: str) -> None:
    """What stands beside a number says what it is."""
    assert told(text) == [explained]


@pytest.mark.parametrize(("text", "explained"), BESIDE_A_VALUE)
def test_a_decoy_beside_other_numbers_is_told_from_them(text: str, explained: list[str]) -> None:
    """Each number of a line is explained by its own neighbours."""
    assert told(text) == explained


@pytest.mark.parametrize(("text", "explained"), VALUES)
def test_a_labelled_number_that_looks_like_something_else_is_a_value(text: str, explained: str) -> None:
    """The label wins over the look of a date or a year."""
    assert told(text) == [explained]


@pytest.mark.parametrize(
    ("digits", "valid"), [("880101300123", True), ("880101300124", False), ("881301300123", False)]
)
def test_a_personal_number_has_a_date_and_a_control_digit(digits: str, valid: bool) -> None:  # noqa: FBT001 - a column
    """Twelve digits by themselves are no personal number."""
    assert valid_personal_id(digits) is valid


@pytest.mark.parametrize(("text", "day"), SHORT_DATES)
def test_a_short_date_is_a_day_that_there_is(text: str, day: tuple[int, int] | None) -> None:
    """Day and month with a point, the month with two digits."""
    assert short_date(text) == day


def test_a_long_run_of_digits_before_a_month_breaks_nothing() -> None:
    """Thousands of digits are no day, whatever they begin with."""
    assert told("0" * 5000 + " ноября свет 5")[-1] == "value 5 electricity"
