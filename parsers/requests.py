"""Finds what a customer asks for beside giving a reading: by phrases in data, all parts in one sentence (rules, 6)."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from models.catalogue import Request
from parsers.lexicon import Lexicon
from parsers.tokens import Kind, Token

METER_CHANGED: Final = "meter_changed"
"""The one thing that is told and not asked for: that the meter is a new one."""


def asked_in(tokens: Sequence[Token], lexicon: Lexicon) -> frozenset[str]:
    """All that a text asks for or tells, as codes of requests."""
    return frozenset(request for sentence in _sentences(tokens) for request in lexicon.requests_in(sentence))


def most_concrete(asked: frozenset[str]) -> Request | None:
    """The most concrete request, in the order of the catalogue; None where nothing is asked for."""
    return next((request for request in Request if request in asked), None)


def _sentences(tokens: Sequence[Token]) -> list[list[Token]]:
    def ends(token: Token) -> bool:
        return token.kind is Kind.STOP

    return [list(sentence) for stop, sentence in groupby(tokens, key=ends) if not stop]
