"""PostgreSQL goes away under the daemon: killed and started again, cut off at a COMMIT, or hung."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from structlog.testing import capture_logs

from mailreader.register_file import load_register
from mailreader.store import DATABASE_FAULTS, Store, patience, upgrade
from models.catalogue import OutboxState
from tests.databases import ON_POSTGRESQL, REGISTER
from tests.servers.dovecot import Dovecot
from tests.servers.postgresql import Postgresql, new_database, running_postgresql
from tests.servers.postgresql_relay import Break, Relay, relayed
from tests.servers.smtp_sink import SmtpSink
from tests.store.samples import arrival
from tests.system.site import Site, letter, wait_until
from tests.system.steps import LONGER_THAN_A_CLAIM, one_round, work

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers"), ON_POSTGRESQL]


@pytest.fixture
def relay(postgresql: Postgresql) -> Iterator[Relay]:
    """A relay to the server of the run, in a folder whose path is short enough for a socket."""
    with TemporaryDirectory(prefix="relay-") as folder, relayed(postgresql.folder, Path(folder)) as made:
        yield made


def assert_each_was_done_once(site: Site, letters: int) -> None:
    """One outcome and one answer each, filed once, the readings recorded once, no try lost."""
    assert site.filed() == {"Processed": letters}
    assert site.outcomes() == ["accepted"] * letters
    assert site.states() == [OutboxState.SENT] * letters
    assert len(site.sink.received) == letters
    assert site.recorded() == 2
    with site.store() as store:
        assert {line.tries for line in store.messages()} == {0}


@pytest.mark.parametrize("when", [Break.BEFORE, Break.AFTER])
def test_connection_that_breaks_at_any_commit_costs_nothing(site: Site, relay: Relay, when: Break) -> None:
    """Whether the server has committed or not: what is so is read again by its key."""
    store = Store.open(relay.url(site.database))
    with capture_logs(), work(site, site.app, store) as (intake, deliveries):
        number, failed = 0, True
        while failed:
            number += 1
            site.deliver(letter(name=str(number)))
            relay.break_at(when, number)
            failed = one_round(intake, deliveries) > 0
            relay.break_at(when, 0)
            one_round(intake, deliveries)  # an answer that was about to go out is put off for a minute
            site.clock.ahead += LONGER_THAN_A_CLAIM
            assert one_round(intake, deliveries) == 0
            assert len(site.sink.received) == number
    assert_each_was_done_once(site, number)
    assert number > 10
    store.close()


def test_server_that_hangs_is_not_waited_for_without_an_end(
    site: Site, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection lives on and nothing comes; the same store works again over another one."""
    monkeypatch.setattr(patience, "ANSWER_SECONDS", 0.3)
    store = Store.open(relay.url(site.database))
    relay.break_at(Break.HUNG, 1)
    with pytest.raises(DATABASE_FAULTS, match="has not answered within"):
        store.save_arrivals([arrival(1)])
    assert not store.save_arrivals([arrival(1)])[0].known
    store.close()


@pytest.fixture
def own(dovecot: Dovecot, user: str, smtp_sink: SmtpSink, tmp_path: Path) -> Iterator[tuple[Postgresql, Site]]:
    """A server of this test's own, and a site whose database it has."""
    with running_postgresql() as server, new_database(server, "template0") as url:
        upgrade(url)
        site = Site(dovecot, user, smtp_sink, tmp_path, url)
        with site.store() as store:
            store.import_register(load_register(REGISTER))
        yield server, site


def test_server_that_is_killed_and_started_again_under_the_daemon_costs_nothing(own: tuple[Postgresql, Site]) -> None:
    """It waits with its mail, and goes on by itself."""
    server, site = own
    with capture_logs() as log, site.running() as running:
        site.deliver(letter(name="1"))
        running.wait_for(1)
        kill(server)
        site.deliver(letter(name="2"))
        wait_until(lambda: any(entry["event"] == "work_postponed" for entry in log), "the daemon waits")
        assert len(running.handled) == 1
        server.start()
        running.wait_for(2)
        site.clock.ahead += LONGER_THAN_A_CLAIM
        wait_until(lambda: site.states() == [OutboxState.SENT] * 2, "all is answered")
        wait_until(lambda: site.filed() == {"Processed": 2}, "all is filed")
    assert_each_was_done_once(site, 2)


def kill(server: Postgresql) -> None:
    """End every process of the server at once, as a crash of the machine would."""
    assert server._process is not None
    os.kill(server._process.pid, signal.SIGQUIT)
    server._process.wait(20)
