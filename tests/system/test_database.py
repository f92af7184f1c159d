"""Faults of the database at any call: fail call N for N = 1, 2, … until a run ends without a fault (SQLite's way)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy.exc import OperationalError

from mailreader.app import App
from mailreader.delivery import Deliveries
from mailreader.intake import Handling, Intake
from mailreader.outbox import Outbox
from mailreader.store import Store
from models.catalogue import OutboxState
from tests.databases import ON_SQLITE
from tests.system.site import NO_ACCOUNT, Site, letter

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers")]

CALLS: Final = frozenset(
    {
        "cursor", "attach", "unseen", "save_arrivals", "pending", "exhausted", "release", "decide", "to_file",
        "mark_filed", "claim_reply", "mark_sending", "mark_sent", "pauses",
    }
)  # fmt: skip


LONGER_THAN_A_CLAIM: Final = timedelta(minutes=11)


class Faulty(Store):
    """A store of which one call fails, before it does anything or after its commit; it counts from when it is told."""

    fails_at = 0
    after = False
    calls = 0

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 -- whatever the store has
        found = super().__getattribute__(name)
        if name not in CALLS:
            return found

        def counted(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
            self.calls += 1
            fails = self.calls == self.fails_at
            result = None if fails and not self.after else found(*arguments, **named)
            if fails:
                raise OperationalError("", None, Exception("gone"))
            return result

        return counted


@contextmanager
def work(site: Site, app: App, store: Store) -> Iterator[tuple[Intake, Deliveries]]:
    """What the daemon's workers do, for a test to do step by step."""
    with app.pipeline(store, of_files=False) as pipeline, Outbox(app.relay()) as outbox:
        (task,) = app._tasks(store, Handling(pipeline, site.clock, lambda _handled: None))
        with task.intake.mailbox:
            yield task.intake, Deliveries(store, outbox, site.clock)


def rounds(site: Site, intake: Intake, deliveries: Deliveries) -> int:
    """Work until nothing fails, as the daemon does; how often it failed."""
    faults = 0
    for step in (intake.run, deliveries.run) * 3:
        try:
            step()
        except OperationalError:
            faults += 1
        if faults:
            site.clock.ahead += LONGER_THAN_A_CLAIM
    return faults


@ON_SQLITE  # what follows is the same on both: nothing was done
def test_database_that_fails_before_any_call_costs_nothing(site: Site) -> None:
    """The call has done nothing."""
    costs_nothing(site, after=False)


def test_database_that_fails_after_any_call_costs_nothing(site: Site) -> None:
    """The call was committed, and nobody heard of it."""
    costs_nothing(site, after=True)


def costs_nothing(site: Site, *, after: bool) -> None:
    """Each message one outcome, each reading once, one answer each, everything filed; on one connection throughout."""
    store = Faulty.open(site.table["database"]["url"])
    with work(site, site.app, store) as (intake, deliveries):
        number, failed = 0, True
        while failed:
            number += 1
            store.calls, store.fails_at, store.after = 0, 0, after
            site.deliver(letter(name=f"a{number}"), letter(NO_ACCOUNT, name=f"b{number}"))
            store.fails_at = number
            failed = rounds(site, intake, deliveries) > 0
            assert site.filed() == {"Processed": number, "Rejected": number}
            assert site.states() == [OutboxState.SENT] * 2 * number
            assert len(site.sink.received) == 2 * number
        assert site.outcomes() == ["accepted", "rejected"] * number
        assert site.recorded() == 2
        assert number > 20
    store.close()
