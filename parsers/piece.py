"""A piece of a text: what binding and explaining work on."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from parsers.labels import MEANINGS_KEPT
from parsers.tokens import Kind


@dataclass(slots=True)
class Piece:
    """A number, a phrase, a word or a separator, with its range of the folded text and its tokens.

    `tags` are the meanings of a phrase. `readings` and `key` are those of a number; `spelt` says that it is in words.
    `is_label` says that it names a service, zone, tariff or unit, or says previous, current, consumption, sum;
    `is_strange` that it is a word that could give the numbers beside it another meaning.
    """

    kind: Kind
    text: str
    start: int
    end: int
    first: int
    last: int
    glued: bool = False
    tags: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    readings: tuple[Decimal, ...] = ()
    key: str = ""
    spelt: bool = False
    capital: bool = False
    shouted: bool = False
    is_number: bool = False
    is_label: bool = False
    is_strange: bool = False

    def has(self, *tags: str) -> bool:
        """Whether the phrase can mean one of these."""
        return not self.tags.isdisjoint(tags)

    def values(self, prefix: str) -> tuple[str, ...]:
        """The last part of every tag `prefix.part`."""
        return tails(self.tags, prefix) if self.tags else ()


@lru_cache(maxsize=MEANINGS_KEPT)
def tails(tags: frozenset[str], prefix: str) -> tuple[str, ...]:
    """The last part of every tag `prefix.part`, in their order."""
    return tuple(tag.removeprefix(prefix) for tag in sorted(tags) if tag.startswith(prefix))


def is_bare(pieces: Iterable[Piece]) -> bool:
    """Whether nothing but labels, numbers and words that do not count stand among them."""
    return not any(piece.is_strange for piece in pieces)


def tells(pieces: Iterable[Piece], *tags: str) -> bool:
    """Whether one of the pieces can mean one of these."""
    return any(piece.has(*tags) for piece in pieces)
