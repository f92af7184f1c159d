"""A run: mail comes, something fails, more mail comes, the fault ends, and the program goes on without hands."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Final
from unittest import mock

from mailreader.app import App
from mailreader.delivery import Deliveries
from mailreader.intake import Intake
from mailreader.mailbox import MailboxFault
from mailreader.store import DATABASE_FAULTS, Store
from models.catalogue import OutboxState
from tests.system.site import Site
from tests.system.steps import LONGER_THAN_A_CLAIM, work
from tests.torture.expected import AT_FIRST, MEANWHILE, Expected
from tests.torture.faults import Fault, Injector, Seam, injected
from tests.torture.oracle import SETTLED, Complaint, Seen, Wrong, complaints

_OUTAGE_ROUNDS: Final = 2
_CALM_ROUNDS: Final = 2
_MOST_ROUNDS: Final = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: how many operations were struck, what does not hold, and replies that were left unknown.

    `operations` counts all that went through the seams of this process.
    """

    struck: int
    complaints: Sequence[Complaint]
    unknown: int = 0
    operations: Mapping[Seam, int] = field(default_factory=dict)


@dataclass
class World:
    """One site through one run."""

    site: Site
    delivered: list[Expected] = field(default_factory=list)

    def deliver(self, mails: Sequence[Expected]) -> None:
        """Have mail arrive."""
        self.site.deliver(*(mail.raw for mail in mails))
        self.delivered.extend(mails)

    def run(self, plan: Sequence[Fault]) -> Outcome:
        """Work in this process while the plan's faults strike, then until nothing is left to do."""
        self.deliver(AT_FIRST)
        injector = Injector(plan)
        with injected(injector), _time_flies(self.site):
            came_to_rest = self._work(injector, MEANWHILE)
        ended = self.ended(injector.struck)
        restless = [] if came_to_rest else [Complaint(Wrong.UNSETTLED, f"still at work after {_MOST_ROUNDS} rounds")]
        return replace(ended, complaints=[*ended.complaints, *restless], operations=injector.counts)

    def ended(self, struck: int) -> Outcome:
        """Look at what is left."""
        seen = Seen.of(self.site)
        unknown = sum(reply.state is OutboxState.UNKNOWN for reply in seen.replies)
        return Outcome(struck, complaints(seen, self.delivered), unknown)

    def recover(self) -> None:
        """Start the program anew and let it work, as after a kill; what it had claimed has run out."""
        self.site.clock.ahead += LONGER_THAN_A_CLAIM
        with injected(Injector(())) as injector, _time_flies(self.site):
            self._work(injector, ())

    def is_at_rest(self) -> bool:
        """Whether all that was delivered has its outcome, is filed, and is answered where that is due."""
        with self.site.store() as store:
            lines = store.messages()
            settled = all(reply.state in SETTLED for reply in store.outbox())
        return settled and len(lines) == len(self.delivered) and all(line.filed_at for line in lines)

    def _work(self, injector: Injector, meanwhile: Sequence[Expected]) -> bool:
        """Do what the daemon's workers do, round after round; whether two of them went by without a fault at last.

        The second one sends what was put off until later.
        """
        calm = 0
        with workers(self.site, injector) as (intake, deliveries):
            for number in range(_MOST_ROUNDS):
                struck = injector.struck
                went_well = [_tries(step) for step in (intake.run, deliveries.run)]
                calm = calm + 1 if all(went_well) and injector.struck == struck else 0
                if calm == _CALM_ROUNDS:
                    return True
                if number == 0:
                    self.deliver(meanwhile)
                if number + 1 >= _OUTAGE_ROUNDS:
                    injector.end_outage()
                self.site.clock.ahead += LONGER_THAN_A_CLAIM
        return False


def _tries(step: Callable[[], object]) -> bool:
    """Do a step as its worker does: a fault of the world is waited out; any other exception fails the run."""
    try:
        return step() is not False
    except (MailboxFault, *DATABASE_FAULTS):
        return False


@contextmanager
def workers(site: Site, injector: Injector) -> Iterator[tuple[Intake, Deliveries]]:
    """The daemon's parts without its threads."""
    app = site.app
    store = _opened(app, injector)
    try:
        with work(site, app, store) as parts:
            yield parts
    finally:
        store.close()


def _opened(app: App, injector: Injector) -> Store:
    """Start as the daemon does; where the database fails that, it ends, and is started again."""
    for number in range(_MOST_ROUNDS):
        if number == _OUTAGE_ROUNDS:
            injector.end_outage()
        store = None
        try:
            store = app.open_store()
            app._begin(store)
        except DATABASE_FAULTS:
            if store is not None:
                store.close()
        else:
            return store
    raise AssertionError("the database could not be opened")


@contextmanager
def _time_flies(site: Site) -> Iterator[None]:
    """Have the pauses that filing makes run by the clock of the site, which a run puts forward."""
    flying = SimpleNamespace(monotonic=lambda: time.monotonic() + site.clock.ahead.total_seconds())
    with mock.patch("mailreader.filing.time", flying):
        yield
