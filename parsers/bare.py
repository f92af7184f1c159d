"""Which words beside a number leave it bare: those that do not count, and those that are explained anyhow."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from parsers.labels import MEANINGS_KEPT, has_label
from parsers.pieces import Piece
from parsers.tokens import Kind

_PLAIN: Final = frozenset(
    {
        "filler", "reading", "meter", "greeting", "thanks", "place", "serves", "date_before", "account", "serial",
        "number_sign", "and", "either", "ending", "erring", "right", "acknowledge", "photo", "document", "money_before",
        "period",
    }
)  # fmt: skip


def is_bare(pieces: Iterable[Piece]) -> bool:
    """Whether nothing but labels, numbers and words that do not count stand in a chunk."""
    return not any(is_strange(piece) for piece in pieces)


def is_strange(piece: Piece) -> bool:
    """Whether a piece is a word that could give the numbers beside it another meaning."""
    return piece.kind is Kind.WORD and (not piece.tags or _means_another_thing(piece.tags))


@lru_cache(maxsize=MEANINGS_KEPT)
def _means_another_thing(tags: frozenset[str]) -> bool:
    return tags.isdisjoint(_PLAIN) and not has_label(tags) and not any(tag.startswith("month.") for tag in tags)
