"""Corrections inside a message: the corrected value is the reading (rules, section 4)."""

import pytest

from tests.parsers.statements import told

CORRECTED = [
    ("не 12345, а 12354", ["withdrawn 12345", "value 12354"]),
    ("вместо 450 читать 540", ["withdrawn 450", "value 540"]),
    ("исправьте 450 на 540", ["withdrawn 450", "value 540"]),
    ("166 ой 165", ["withdrawn 166", "value 165"]),
    ("свет 166, то есть 165", ["withdrawn 166 electricity", "value 165 electricity"]),
    ("горячая не 335, а 338", ["withdrawn 335 hot_water", "value 338 hot_water"]),
    ("12345 - неверно, верно 12354", ["withdrawn 12345", "value 12354"]),
    ("12345 емес 12354", ["withdrawn 12345", "value 12354"]),
    ("12345 орнына 12354", ["withdrawn 12345", "value 12354"]),
    ("not 12345 but 12354", ["withdrawn 12345", "value 12354"]),
    ("12345 should be 12354", ["withdrawn 12345", "value 12354"]),
    ("450 → 540", ["withdrawn 450", "value 540"]),
]
NOT_CORRECTED = [
    ("свет 12345, не горячая 345", ["value 12345 electricity", "document 345"]),
    ("свет 12345, а горячая 345", ["value 12345 electricity", "value 345 hot_water"]),
    ("с 18.11.2026 на 20.11.2026", ["date 18.11.2026", "date 20.11.2026"]),
]


@pytest.mark.parametrize(("text", "explained"), CORRECTED)
def test_a_correction_withdraws_the_first_value(text: str, explained: list[str]) -> None:
    """The value meant takes over the label of the one withdrawn."""
    assert told(text) == explained


@pytest.mark.parametrize(("text", "explained"), NOT_CORRECTED)
def test_two_values_with_labels_of_their_own_correct_nothing(text: str, explained: list[str]) -> None:
    """The words of a correction between two different readings withdraw none."""
    assert told(text) == explained
