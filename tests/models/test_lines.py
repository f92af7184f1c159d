"""The lines of the listings."""

from datetime import UTC, datetime

import pytest

from models.catalogue import Language, Outcome
from models.lines import MessageLine
from models.verdict import Verdict
from tests.languages import KK, RU


@pytest.mark.parametrize(
    ("verdict", "language"),
    [
        (Verdict(Outcome.ACCEPTED, None), RU),
        (Verdict(Outcome.ACCEPTED, KK), KK),
        (Verdict(Outcome.IGNORED, None), None),
        (None, None),
    ],
)
def test_language_that_cannot_be_told_has_the_code_of_russian(
    verdict: Verdict | None, language: Language | None
) -> None:
    """Where nobody asked for the language, there is none."""
    received = datetime(2026, 11, 20, tzinfo=UTC)
    line = MessageLine.of(verdict, None, source="-", message_id=None, received=received, sender=None)
    assert line.language is language
