"""Lines and runs of labels without numbers: what they say, one group for each register that they name."""

from collections.abc import Iterable
from typing import Final

from parsers.draft import Line, Words
from parsers.piece import Piece

_FEW_WORDS: Final = 1


def is_label_line(line: Line) -> bool:
    """Whether a line is a label for what stands above or below it: labels, and hardly another word."""
    strange = sum(piece.is_strange for piece in line.pieces)
    named = Words.of(line.pieces)
    return named.says_which and strange <= _FEW_WORDS and not any(piece.is_number for piece in line.pieces)


def labels_of(line: Line) -> list[Words]:
    """The labels of a label line, one entry a group: chunks, cells, or words that name another register."""
    return groups_of([piece for piece in line.pieces if piece.is_label])


def groups_of(labels: Iterable[Piece]) -> list[Words]:
    """The labels in groups that each name one register: the next begins where another one is named."""
    groups: list[Words] = []
    for piece in labels:
        words = Words.of([piece])
        last = groups[-1] if groups else None
        if last is None or _another(last, words):
            groups.append(words)
        else:
            last.join(words)
    return groups


def _another(last: Words, words: Words) -> bool:
    """Whether these words begin the label of another register than the last one's."""
    return bool(
        (words.services and last.services and words.services != last.services)
        or (words.zones and last.zones)
        or (words.tariffs and last.tariffs)
        or (words.roles and last.roles)
        or (words.services and (last.zones or last.tariffs))
    )
