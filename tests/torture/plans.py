"""What is tried: each operation in turn, in every manner, and then further faults while the program recovers."""

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.torture.faults import Fault, Seam, When
from tests.torture.ground import Ground

Plan = tuple[Fault, ...]

SERIES: Final = tuple((seam, when, lasting) for seam in Seam for when in When for lasting in (False, True))
"""Each is tried for operation 1, 2, … until a run meets no fault any more (SQLite's way)."""
_SOON: Final = 25
"""How many operations after a fault the next one strikes at most: most of them while the first is being recovered."""


def in_recovery(counts: Mapping[Seam, int], number: int) -> Iterator[Plan]:
    """Plans of two or three faults, each of which strikes while the program gets over the one before.

    `counts` says how many operations an undisturbed run has; the same numbers always give the same plans.
    """
    chosen = random.Random(5)  # noqa: S311 -- to be the same in every run
    for _ in range(number):
        first = _fault(chosen, counts)
        others = [_fault(chosen, dict.fromkeys(Seam, _SOON)) for _ in range(chosen.choice((1, 1, 2)))]
        yield (first, *others)


def _fault(chosen: random.Random, most: Mapping[Seam, int]) -> Fault:
    seam = chosen.choice(tuple(Seam))
    when = chosen.choice(tuple(When))
    return Fault(seam, when, chosen.randint(1, most[seam]), lasting=chosen.random() < 1 / 4)


def undisturbed(ground: Ground) -> Mapping[Seam, int]:
    """How many operations a run has in which nothing fails; AssertionError where even that does not end well."""
    with ground.world() as world:
        outcome = world.run(())
    assert not outcome.complaints, "; ".join(map(str, outcome.complaints))
    return outcome.operations


def written(plan: Sequence[Fault]) -> str:
    """A plan as a line of the journal names it."""
    return ", ".join(map(str, plan))
