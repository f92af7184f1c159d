"""The daemon itself: its clockwork, its end, and what systemd hears of it."""

import socket
from pathlib import Path

import pytest

from mailreader.daemon import Daemon, MailboxTask, WorkerBroke
from mailreader.intake import Handling, Intake, Round
from mailreader.mailbox import Mailbox
from mailreader.pipeline import GoOn, always
from tests.system.site import Site, letter, wait_until

pytestmark = pytest.mark.system


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


def test_systemd_hears_of_the_start_and_of_the_end(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """sd_notify(3)."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with site.running():
            assert systemd.recv(100) == b"READY=1"
        assert systemd.recv(100) == b"STOPPING=1"


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
