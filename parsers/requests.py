"""Finds what a customer asks for beside giving a reading: by phrases in data, all parts in one sentence (rules, 6)."""

from collections.abc import Iterable, Sequence
from typing import Final

from models.catalogue import Request
from parsers.lexicon import Lexicon
from parsers.tokens import Token

METER_CHANGED: Final = "meter_changed"
ANNOUNCED: Final = "announced"
TOLD: Final = frozenset({METER_CHANGED, ANNOUNCED})
"""What is told and not asked for: that the meter is a new one; that the readings will come later."""


def asked_in(sentences: Iterable[Sequence[Token]], lexicon: Lexicon) -> frozenset[str]:
    """All that the sentences of a text ask for or tell, as codes of requests."""
    return frozenset(request for sentence in sentences for request in lexicon.requests_in(sentence))


def most_concrete(asked: frozenset[str]) -> Request | None:
    """The most concrete request, in the order of the catalogue; None where nothing is asked for."""
    return next((request for request in Request if request in asked), None)
