"""The table is whole: no rule for automatic answers goes without a row."""

from pathlib import Path
from typing import Final

from tests.autoreply import test_how, test_limits, test_who

RULES: Final = range(1, 25)
MANUAL: Final = Path(__file__).parents[2] / "docs" / "answers.md"


def test_every_rule_has_a_row() -> None:
    """Each number from 1 to 24, and each row with the source of its rule."""
    rows = (*test_who.ROWS, *test_limits.ROWS, *test_how.ROWS)
    assert {row.rule for row in rows} == set(RULES)
    assert all(row.source and row.situation for row in rows)


def test_every_rule_stands_in_the_manual() -> None:
    """In its order, with its number."""
    lines = MANUAL.read_text(encoding="utf-8").splitlines()
    numbers = [line.split("|")[1].strip() for line in lines if line.startswith("| ") and line[2].isdigit()]
    assert numbers == [str(number) for number in RULES]
