"""Faults of the database at any call: fail call N for N = 1, 2, … until a run ends without a fault (SQLite's way)."""

from typing import Any, Final

import pytest
from sqlalchemy.exc import OperationalError

from mailreader.store import Store
from tests.databases import ON_SQLITE
from tests.system.site import Site
from tests.system.steps import LONGER_THAN_A_CLAIM, assert_pairs_were_done_once, deliver_pair, one_round, work

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers")]

CALLS: Final = frozenset(
    {
        "cursor", "attach", "unseen", "save_arrivals", "pending", "exhausted", "release", "decide", "to_file",
        "mark_filed", "claim_reply", "mark_sending", "mark_sent", "pauses",
    }
)  # fmt: skip


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
            deliver_pair(site, number)
            store.calls, store.fails_at, store.after = 0, number, after
            failed = one_round(intake, deliveries) > 0
            store.fails_at = 0
            for _ in range(2):  # an answer that was about to go out is put off for a minute
                site.clock.ahead += LONGER_THAN_A_CLAIM
                assert one_round(intake, deliveries) == 0
            assert_pairs_were_done_once(site, number)
        assert number > 20
    store.close()
