"""The work of the daemon's workers, for a test to do step by step."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Final

from mailreader.app import App
from mailreader.delivery import Deliveries
from mailreader.intake import Handling, Intake
from mailreader.outbox import Outbox
from mailreader.store import DATABASE_FAULTS, Store
from models.catalogue import OutboxState
from tests.system.site import NO_ACCOUNT, Site, letter

LONGER_THAN_A_CLAIM: Final = timedelta(minutes=11)


@contextmanager
def work(site: Site, app: App, store: Store) -> Iterator[tuple[Intake, Deliveries]]:
    """What the daemon's workers do."""
    with app.pipeline(store, of_files=False) as pipeline, Outbox(app.relay()) as outbox:
        (task,) = app._tasks(store, Handling(pipeline, site.clock, lambda _handled: None))
        with closing(task.intake):
            yield task.intake, Deliveries(store, outbox, site.clock)


def one_round(intake: Intake, deliveries: Deliveries) -> int:
    """Let each worker do what it has to do; how many the database failed."""
    faults = 0
    for step in (intake.run, deliveries.run):
        try:
            step()
        except DATABASE_FAULTS:
            faults += 1
    return faults


def deliver_pair(site: Site, number: int) -> None:
    """Put two letters into the mailbox: one whose readings are recorded, one that is rejected."""
    site.deliver(letter(name=f"a{number}"), letter(NO_ACCOUNT, name=f"b{number}"))


def assert_pairs_were_done_once(site: Site, pairs: int) -> None:
    """Each message one outcome, each reading once, one answer each, everything filed."""
    assert site.filed() == {"Processed": pairs, "Rejected": pairs}
    assert site.states() == [OutboxState.SENT] * 2 * pairs
    assert len(site.sink.received) == 2 * pairs
    assert site.outcomes() == ["accepted", "rejected"] * pairs
    assert site.recorded() == 2
