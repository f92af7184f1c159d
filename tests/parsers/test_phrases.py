"""The phrase tables of each language: what a sentence says, and what in it must not be taken for a reading."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
import yaml

from models.statement import Number, Role
from tests.corpora import FIXTURES
from tests.parsers.statements import read_text

MAY_BE_BOOKED = frozenset({Role.VALUE, Role.BARE})
TABLES = sorted((FIXTURES / "phrases").glob("*.yaml"))


def phrases() -> Iterator[Any]:
    """Each phrase as a case; those that are not read yet must be marked, and the mark must go when they are."""
    for table in TABLES:
        for place, phrase in enumerate(yaml.safe_load(table.read_text(encoding="utf-8"))):
            marks = [pytest.mark.xfail(strict=True, reason="not read yet")] if phrase.get("open") else []
            yield pytest.param(phrase, id=f"{table.stem}-{place}", marks=marks)


def is_among(value: Mapping[str, str | None], numbers: Sequence[Number]) -> bool:
    """Whether a reading is among the numbers, and no label says something else."""
    wanted = Decimal(str(value["value"]).replace(",", ".").replace(" ", ""))
    return any(
        wanted in number.readings
        and number.label.service in {value["service"], None}
        and number.label.zone in {value["zone"], None}
        for number in numbers
    )


@pytest.mark.parametrize("phrase", list(phrases()))
def test_a_phrase_says_what_the_table_says(phrase: Mapping[str, Any]) -> None:
    """No number is taken that is none, and none of the readings is passed over."""
    numbers = [number for number in read_text(phrase["text"]).numbers if number.role in MAY_BE_BOOKED]
    taken = {number.text.replace(" ", "") for number in numbers}
    assert not taken & {str(wrong).replace(" ", "") for wrong in phrase.get("wrong", ())}
    assert all(is_among(value, numbers) for value in phrase["values"])


def test_every_language_has_its_tables() -> None:
    """Sixty phrases of each kind."""
    counts = {table.stem: len(yaml.safe_load(table.read_text(encoding="utf-8"))) for table in TABLES}
    assert counts == {f"{code}-{kind}": 60 for code in ("en", "kk", "ru") for kind in ("decoys", "meanings")}
