"""The daemon itself: its clockwork, its end, and what systemd hears of it."""

import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from structlog.testing import capture_logs

from mailreader.daemon import Daemon, MailboxTask, WorkerBroke
from mailreader.intake import Handling, Intake, Round
from mailreader.mailbox import Mailbox
from mailreader.pipeline import GoOn, always
from tests.system.site import DEADLINE, Site, letter, wait_until

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers")]


def test_mailbox_that_is_only_polled_is_looked_at_again_and_again(site: Site) -> None:
    """Where IDLE is switched off the timer alone wakes the worker."""
    site.changes["mailbox"] = {"idle": False, "poll_seconds": 0.3}
    with site.running() as running:
        for number in range(1, 4):
            site.deliver(letter(name=str(number)))
            running.wait_for(number, 5)


def test_two_mailboxes_are_looked_after_side_by_side(site: Site) -> None:
    """Each has its worker; a server that is away for one costs the other nothing."""
    site.others["away"] = {"host": "127.0.0.1", "port": 1}
    with site.running() as running:
        site.deliver(letter())
        running.wait_for(1, 5)
        wait_until(lambda: site.filed() == {"Processed": 1}, "it is filed")


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The end at which systemd listens (sd_notify(3)), to a daemon whose heart beats fast."""
    monkeypatch.setattr("mailreader.daemon._HEARTBEAT_SECONDS", 0.1)
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(10)
        yield listening


def test_systemd_hears_of_the_start_of_life_and_of_the_end(site: Site, systemd: socket.socket) -> None:
    """READY, then the watchdog is fed, then STOPPING."""
    with site.running():
        assert [systemd.recv(100) for _ in range(3)] == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1"]
    heard = iter(lambda: systemd.recv(100), b"STOPPING=1")
    assert set(heard) <= {b"WATCHDOG=1"}


def test_server_that_is_away_does_not_starve_the_watchdog(site: Site, systemd: socket.socket) -> None:
    """A poll that fails has come to its end too: nothing is won by killing the daemon."""
    site.changes["mailbox"] = {"port": 1}
    with capture_logs() as log, site.running():
        wait_until(lambda: any(entry["event"] == "work_postponed" for entry in log), "a poll has failed")
        assert systemd.recv(100) == b"READY=1"
        assert [systemd.recv(100) for _ in range(20)] == [b"WATCHDOG=1"] * 20


def falls_silent(systemd: socket.socket) -> bool:
    """Whether nothing more is heard, after what comes before the daemon takes notice."""
    systemd.settimeout(2)
    try:
        for _ in range(50):
            systemd.recv(100)
    except TimeoutError:
        return True
    return False


class Hung(Intake):
    """An intake that comes to no end before it is let go."""

    let_go: Event

    def run(self, go_on: GoOn = always) -> Round:
        """Hang, and do not ask whether to go on."""
        self.let_go.wait(DEADLINE)
        go_on()
        return Round(paused=True)


def test_worker_that_hangs_starves_the_watchdog(
    site: Site, systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that systemd starts the daemon anew; while it takes its steps it is fed."""
    monkeypatch.setattr("mailreader.daemon._LONGEST_STEP", 0.5)
    with site.store() as store, site.app.pipeline(store) as pipeline:
        handling = Handling(pipeline, site.clock, lambda _handled: None)
        intake = Hung(Mailbox(site.app.access("main")), store, handling, site.clock)
        intake.let_go = Event()
        daemon = Daemon([MailboxTask(intake, poll_seconds=20, idle=False)], None)
        thread = Thread(target=daemon.run)
        thread.start()
        try:
            assert falls_silent(systemd)
            intake.let_go.set()
            assert systemd.recv(100) == b"WATCHDOG=1"
        finally:
            intake.let_go.set()
            daemon.stop()
            thread.join(DEADLINE)
        assert not thread.is_alive()


class Broken(Intake):
    """An intake that ends its thread."""

    def run(self, go_on: GoOn = always) -> Round:
        """Break as nothing should."""
        del go_on
        raise KeyboardInterrupt


def test_worker_that_breaks_ends_the_daemon(site: Site) -> None:
    """A daemon that is deaf on one ear is worse than one that is started anew."""
    with site.store() as store, site.app.pipeline(store) as pipeline:
        mailbox = Mailbox(site.app.access("main"))
        intake = Broken(mailbox, store, Handling(pipeline, site.clock, lambda _handled: None), site.clock)
        with pytest.raises(WorkerBroke, match="main"):
            Daemon([MailboxTask(intake, poll_seconds=20, idle=False)], None).run()
