"""Somebody holds a lock for longer than it is waited for: a bounded wait, then a fault that is waited out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from structlog.testing import capture_logs

from mailreader.store import DATABASE_FAULTS, Store, engine
from mailreader.store.turns import Turn, take_turn
from models.catalogue import OutboxState
from tests.store.samples import arrival
from tests.system.site import Site, letter, wait_until

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers")]

_TOLD: Final = {"the database: SQLITE_BUSY", "the database: 55P03"}


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock is waited for a moment, not a minute."""
    monkeypatch.setattr(engine, "_PRAGMAS", (*engine._PRAGMAS, "PRAGMA busy_timeout=200"))
    monkeypatch.setattr(engine, "_BOUNDS", "SELECT set_config('lock_timeout', '200ms', true)")


@contextmanager
def held(url: str) -> Iterator[None]:
    """Hold what everybody needs who takes in mail: on SQLite the right to write, on PostgreSQL the turn."""
    other = engine.connect(url)
    with engine.writing(other) as session:
        take_turn(session, Turn.ARRIVALS)
        yield
    other.dispose()


def test_lock_that_is_held_too_long_is_a_fault(database: str) -> None:
    """Nothing was saved, and afterwards the same store saves."""
    store = Store.open(database)
    with held(database), pytest.raises(DATABASE_FAULTS):
        store.save_arrivals([arrival(1)])
    assert not store.save_arrivals([arrival(1)])[0].known
    store.close()


def test_lock_that_is_held_too_long_is_waited_out_by_the_daemon(site: Site) -> None:
    """It says why it waits; then the mail is handled once, and has lost no try."""
    with capture_logs() as log, site.running() as running:
        with held(site.database):
            site.deliver(letter())
            wait_until(
                lambda: any(entry["event"] == "work_postponed" and entry["fault"] in _TOLD for entry in log),
                "the daemon says that the database is locked",
            )
            assert not running.handled
            assert site.filed() == {"INBOX": 1}
        wait_until(lambda: site.states() == [OutboxState.SENT], "it is answered")
        wait_until(lambda: site.filed() == {"Processed": 1}, "it is filed")
    assert (site.outcomes(), site.recorded(), len(site.sink.received)) == (["accepted"], 2, 1)
    with site.store() as store:
        assert [line.tries for line in store.messages()] == [0]
