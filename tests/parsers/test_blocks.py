"""Tables and stacked lines: labels above, below or at the head of the column of their numbers."""

import pytest

from tests.parsers.statements import told

TABLES = [
    ("Услуга\tПоказание\nСвет\t12345\nГорячая вода\t345", ["value 12345 electricity", "value 345 hot_water"]),
    ("\tДень\tНочь\nСвет\t12345\t456", ["value 12345 electricity day", "value 456 electricity night"]),
    ("Свет | Горячая\n12345 | 345", ["value 12345 electricity", "value 345 hot_water"]),
    (
        "Услуга\tПредыдущее\tТекущее\tРасход\nСвет\t12000\t12345\t345",
        ["previous 12000 electricity", "value 12345 electricity", "consumption 345 electricity"],
    ),
    ("Лицевой счет\tПоказание\n0123456\t345", ["account 0123456", "bare 345"]),
    ("Номер счетчика\tПоказание\n12345678\t345", ["serial 12345678", "bare 345"]),
    ("Счетчик\tПлощадь\tСвет\nкухня\t45\t12345", ["stray 45", "value 12345 electricity"]),
    ("Имя\tВозраст\nИван\t45", ["stray 45"]),
]
STACKED = [
    ("свет\n12345\nгорячая\n345", ["value 12345 electricity", "value 345 hot_water"]),
    ("12345\nсвет\n345\nгорячая вода", ["value 12345 electricity", "value 345 hot_water"]),
    ("Свет, гвс\n12345, 345", ["value 12345 electricity", "value 345 hot_water"]),
    ("свет\nгорячая\n12345\n345", ["value 12345 electricity", "value 345 hot_water"]),
    ("12345\n345\nсвет\nгорячая", ["value 12345 electricity", "value 345 hot_water"]),
    ("Свет\n12345\nГорячая\nХолодная\n345", ["value 12345 electricity", "value 345 cold_water"]),
    ("горячая вода\n345\n389", ["value 345 hot_water", "value 389 hot_water"]),
    ("свет\nс уважением, Иван\n12345", ["bare 12345"]),
]


@pytest.mark.parametrize(("text", "explained"), TABLES)
def test_a_column_is_named_by_its_head(text: str, explained: list[str]) -> None:
    """Heads and rows label together; a column of unknown things holds no values."""
    assert told(text) == explained


@pytest.mark.parametrize(("text", "explained"), STACKED)
def test_a_line_of_labels_speaks_for_the_lines_of_numbers(text: str, explained: list[str]) -> None:
    """One label for all numbers of its lines, or as many labels as numbers, in their order."""
    assert told(text) == explained
