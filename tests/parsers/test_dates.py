"""Dated values: each knows the day on which it was read (rules, section 4)."""

import pytest

from models.statement import Role
from tests.parsers.statements import read_text

DATED = [
    ("на 18.11 — 12345, на 20.11 — 12360", [(0, 11, 18), (0, 11, 20)]),
    ("18.11.2026 свет 12345\n20.11.2026 свет 12360", [(2026, 11, 18), (2026, 11, 20)]),
    ("2026-11-18: 12345, 2026-11-20: 12360", [(2026, 11, 18), (2026, 11, 20)]),
    ("18/11/26 свет 12345", [(2026, 11, 18)]),
    ("18 ноября свет 12345", [(0, 11, 18)]),
    ("18 қараша жарық 12345", [(0, 11, 18)]),
    ("november 18 light 12345", [(0, 11, 18)]),
    ("18 ноября\nсвет 12345\nгорячая 345", [(0, 11, 18), (0, 11, 18)]),
    ("свет 12345 (18.11.2026)", [(2026, 11, 18)]),
    ("свет 12345", [None]),
    ("свет 12345, договор от 18.11.2026, акт от 19.11.2026", [None]),
]


@pytest.mark.parametrize(("text", "days"), DATED)
def test_a_value_has_the_date_it_stands_with(text: str, days: list[tuple[int, int, int] | None]) -> None:
    """Before it in its line, alone behind it, or at the head of the lines above."""
    values = read_text(text).with_role(Role.VALUE, Role.BARE)
    assert [number.said_on for number in values] == days
