"""kill -9 of the real daemon: at every point of its way that has a name, and at any operation."""

import random
import signal
from collections.abc import Iterator, Mapping
from typing import Final

from tests.system.process import process
from tests.system.site import DEADLINE, wait_until
from tests.system.steps import LONGER_THAN_A_CLAIM
from tests.torture.expected import AT_FIRST, MEANWHILE
from tests.torture.faults import Fault, Seam, When
from tests.torture.world import Outcome, World

NAMED: Final = (
    "before Mailbox.fetch",
    "after Mailbox.connect",
    "after Mailbox.select",
    "before Store.save_arrivals",
    "after Store.save_arrivals",
    "after Store.pending",
    "before Readers.read",
    "after Readers._give",
    "before Store.decide",
    "after Store.decide",
    "before Mailbox.move",
    "after Mailbox.move",
    "before Store.mark_filed",
    "after Store.mark_filed",
    "after Store.claim_reply",
    "before Store.mark_sending",
    "after Store.mark_sending",
    "before Store.mark_sent",
    "after Store.mark_sent",
)
"""Points of the way of a message; the final dot lies between `mark_sending` and `mark_sent`."""
Points = tuple[str, ...]
"""Where one start of the daemon after the other dies."""


def kill_plans(counts: Mapping[Seam, int], number: int) -> Iterator[Points]:
    """First each named point, then operations anywhere; every third with another death in the recovery."""
    chosen = random.Random(9)  # noqa: S311 -- to be the same in every run
    for place in range(number):
        first = NAMED[place] if place < len(NAMED) else _operation(chosen, counts)
        yield (first, _operation(chosen, counts)) if place % 3 == 0 else (first,)


def _operation(chosen: random.Random, counts: Mapping[Seam, int]) -> str:
    seam = chosen.choice(tuple(Seam))
    return str(Fault(seam, chosen.choice(tuple(When)), chosen.randint(1, counts[seam])))


def run_killed(world: World, points: Points) -> Outcome:
    """Start the daemon, once for each point, and have it die there; then let it recover, and look."""
    world.deliver(AT_FIRST)
    struck = 0
    for place, point in enumerate(points):
        struck += _dies(world, point)
        if place == 0:
            world.deliver(MEANWHILE)
        world.site.clock.ahead += LONGER_THAN_A_CLAIM
    world.recover()
    return world.ended(struck)


def _dies(world: World, point: str) -> bool:
    """Run the daemon until it dies at the point, or has nothing left to do because it never gets there."""
    with process(world.site, point) as started:
        wait_until(lambda: started.poll() is not None or world.is_at_rest(), f"death {point}")
        if started.poll() is None:
            started.terminate()
        ended = started.wait(DEADLINE)
    assert ended in {0, -signal.SIGTERM, -signal.SIGKILL}, f"the daemon ended with {ended} {point}"
    return ended == -signal.SIGKILL
