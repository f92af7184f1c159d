"""The real daemon behind relays that break its connections to the mailbox and to the mail relay."""

import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

from tests.servers.chaos import Break, Chaos, Trouble, Way, chaos
from tests.system.process import process
from tests.system.site import wait_until
from tests.torture.expected import AT_FIRST, MEANWHILE
from tests.torture.faults import Seam
from tests.torture.world import Outcome, World

_PATIENCE: Final = 60.0
_SPEED: Final = 30.0
"""How much faster the clock of the daemon goes: the pauses between two tries of an answer are half a minute."""
_OCTETS: Final = {
    (Seam.IMAP, Way.TO_CLIENT): 4500,
    (Seam.IMAP, Way.TO_SERVER): 1000,
    (Seam.SMTP, Way.TO_CLIENT): 450,
    (Seam.SMTP, Way.TO_SERVER): 6000,
}
"""About how many bytes an undisturbed run sends."""


@dataclass(frozen=True, slots=True)
class NetworkCase:
    """What happens to the connection with one of the servers."""

    seam: Seam
    trouble: Trouble

    def __str__(self) -> str:
        return f"{self.seam}: {self.trouble}"


def network_cases(number: int) -> Iterator[NetworkCase]:
    """Every kind of trouble in turn, each time at another byte; the same in every run."""
    chosen = random.Random(7)  # noqa: S311 -- to be the same in every run
    kinds = [(seam, way, what) for seam, way in _OCTETS for what in Break]
    for place in range(number):
        seam, way, what = kinds[place % len(kinds)]
        yield NetworkCase(seam, Trouble(way, what, chosen.randint(1, _OCTETS[seam, way])))


def run_in_trouble(world: World, case: NetworkCase) -> Outcome:
    """Let the daemon work while its connections break, until it comes to rest by itself."""
    site = world.site
    site.clock.speed = _SPEED
    with ExitStack() as stack:
        imap = stack.enter_context(chaos(site.dovecot.port))
        smtp = stack.enter_context(chaos(site.sink.port))
        _arm(case, imap, smtp)
        site.changes |= {"mailbox": {"port": imap.port, "timeout": 1}, "smtp": {"port": smtp.port, "timeout": 1}}
        world.deliver(AT_FIRST)
        with process(site) as started:
            wait_until(lambda: len(site.sink.received) > 0 or world.is_at_rest(), "the first answer", _PATIENCE)
            world.deliver(MEANWHILE)
            wait_until(world.is_at_rest, "rest", _PATIENCE)
            assert started.poll() is None, "the daemon ended by itself"
    return world.ended(imap.happened + smtp.happened)


def _arm(case: NetworkCase, imap: Chaos, smtp: Chaos) -> None:
    relay = imap if case.seam is Seam.IMAP else smtp
    relay.trouble = case.trouble
