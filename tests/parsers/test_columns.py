"""Columns of every make, and what stands at their heads: registers, accounts, days, other things."""

import pytest

from tests.parsers.statements import read_text, told

TABLES = [
    ("услуга;предыдущее;текущее\nсвет;100;150\nгвс;10;12", ["previous 100", "value 150", "previous 10", "value 12"]),
    (
        "Прибор / было / стало\nСвет / 100 / 150\nГВС / 10 / 12",
        ["previous 100", "value 150", "previous 10", "value 12"],
    ),
    ("свет ......... 12345\nгвс .......... 104", ["value 12345", "value 104"]),
    (
        "          | 21.11 | 18.11\nсвет      | 33815 | 33790",
        ["date 21.11", "date 18.11", "value 33815", "value 33790"],
    ),
    (
        "Прибор\tНа 24.10.2026\tНа 23.11.2026\tРазница\nСвет\t100\t150\t50",
        ["date 24.10.2026", "date 23.11.2026", "value 100", "value 150", "consumption 50"],
    ),
    ("п/п\tприбор\tпоказание\n1\tсвет\t12345\n2\tгвс\t104", ["count 1", "value 12345", "count 2", "value 104"]),
    ("услуга\tпоказание\tк оплате\nсвет\t12345\t4004", ["value 12345", "money 4004"]),
    ("\tпрогноз\tпоказание\nсвет\t12400\t12345", ["document 12400", "value 12345"]),
]


@pytest.mark.parametrize(("text", "explained"), TABLES)
def test_a_column_says_what_its_numbers_are(text: str, explained: list[str]) -> None:
    """Parted by semicolons, slashes, leaders of dots, bars or tabs; what is not of today is no value."""
    assert [" ".join(line.split()[:2]) for line in told(text)] == explained


def test_accounts_at_the_heads_of_columns_have_the_values_below_them() -> None:
    """Each value knows the account above it, and each account stands where accounts stand."""
    first, second, *values = read_text("\t8540271\t0812903\nсвет\t76702\t48330\nгвс\t1191\t101").numbers
    assert {first.place, second.place} == {"head"}
    assert [value.under for value in values] == [first.span, second.span] * 2
    assert [str(value.label.service) for value in values] == ["electricity"] * 2 + ["hot_water"] * 2


def test_a_row_that_is_not_as_long_as_its_head_gives_no_values() -> None:
    """Where a cell is missing, nobody can tell whose the others are."""
    numbers = read_text("\t8540271\t0812903\nсвет\t76702\t48330\nгвс\t1191").numbers
    assert [(number.text, str(number.role)) for number in numbers[-1:]] == [("1191", "document")]
