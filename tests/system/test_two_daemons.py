"""Two daemons on one mailbox and one database: one reads, both handle, and when the one dies the other takes over."""

from pathlib import Path

import pytest

from tests.databases import ON_SQLITE
from tests.servers.dovecot import Dovecot
from tests.system.process import process
from tests.system.site import NO_ACCOUNT, Site, letter, wait_until
from tests.torture.oracle import SETTLED

pytestmark = pytest.mark.system

TAKEN_OVER_WITHIN = 30.0


@pytest.fixture
def polled(site: Site) -> Site:
    """A site whose daemons look every second."""
    site.changes["mailbox"] = {"poll_seconds": 1}
    return site


def deliver(site: Site, name: str) -> None:
    """Two letters, one of which is recorded."""
    site.deliver(letter(name=f"right-{name}"), letter(NO_ACCOUNT, name=f"wrong-{name}"))


def assert_all_was_done_once(site: Site, pairs: int) -> None:
    """One outcome, one answer, one place for each."""
    filed = {"Processed": pairs, "Rejected": pairs}
    wait_until(lambda: site.filed() == filed, "all is filed", TAKEN_OVER_WITHIN)
    wait_until(lambda: len(site.states()) == 2 * pairs and set(site.states()) <= SETTLED, "all is answered")
    assert site.outcomes() == ["accepted", "rejected"] * pairs
    assert len(site.sink.received) == 2 * pairs
    assert site.recorded() == 2


def connected(dovecot: Dovecot) -> set[int]:
    """The local ports of the connections to the mail server, as the kernel lists them (proc(5), net/tcp)."""
    server = f":{dovecot.port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {int(row[1].rpartition(":")[2], 16) for row in rows if row[2].endswith(server) and row[3] == "01"}


def test_two_daemons_do_everything_once_and_one_takes_over_from_the_other(polled: Site) -> None:
    """Whoever was killed is not waited for; nothing is done twice before, meanwhile or after."""
    with process(polled) as first:
        deliver(polled, "1")
        assert_all_was_done_once(polled, 1)
        with process(polled) as second:
            deliver(polled, "2")
            assert_all_was_done_once(polled, 2)
            first.kill()
            first.wait()
            deliver(polled, "3")
            assert_all_was_done_once(polled, 3)
            assert second.poll() is None


@ON_SQLITE  # what is looked at is the mail server
def test_one_of_two_daemons_reads_the_mailbox(polled: Site) -> None:
    """The other one does not even connect."""
    with process(polled):
        deliver(polled, "1")
        assert_all_was_done_once(polled, 1)
        before = connected(polled.dovecot)
        with process(polled) as second:
            deliver(polled, "2")
            assert_all_was_done_once(polled, 2)
            assert second.poll() is None
            assert connected(polled.dovecot) == before
