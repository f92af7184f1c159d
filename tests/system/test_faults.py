"""Faults of the servers and of single messages: the daemon goes on by itself, and one message costs no other."""

import os
import signal
import socket
import subprocess
from collections.abc import MutableMapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from models.catalogue import OutboxState
from tests.servers.certificate import Certificate
from tests.servers.dovecot import Dovecot, _program, running_dovecot
from tests.servers.smtp_sink import SmtpSink, Stage
from tests.system.site import Site, letter, wait_until

pytestmark = pytest.mark.system

ENDLESS = "Свет 12345, вода 123.\n" * 80_000
"""More than any person writes, and more than can be read in a second."""


def is_listening(port: int) -> bool:
    """Whether a server takes connections."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def test_mail_server_that_is_restarted_while_idle_is_found_again(
    certificate: Certificate, user: str, smtp_sink: SmtpSink, tmp_path: Path, database: str
) -> None:
    """The connection is lost, the server is away, then it is back: mail goes on being answered."""
    with running_dovecot(certificate) as server:
        site = Site(server, user, smtp_sink, tmp_path, database)
        site.prepare()
        with site.running():
            site.deliver(letter(name="before"))
            smtp_sink.wait_for(1)
            stop(server)
            with subprocess.Popen([_program(), "-F", "-c", str(server.folder / "dovecot.conf")]) as again:
                wait_until(lambda: is_listening(server.port), "the server is back")
                site.deliver(letter(name="after"))
                smtp_sink.wait_for(2)
                wait_until(lambda: site.filed() == {"Processed": 2}, "all is filed")
                again.terminate()


def stop(server: Dovecot) -> None:
    """Stop the server with all its processes."""
    master = int((server.folder / "run" / "master.pid").read_text())
    os.kill(master, signal.SIGTERM)
    wait_until(lambda: not is_listening(server.port), "the server is away")


def test_relay_that_is_away_costs_no_reply(site: Site) -> None:
    """Replies wait, mail goes on being handled, and everything goes out once the relay is back."""
    port = site.sink.port
    site.changes["smtp"] = {"port": _unused_port()}
    with site.running() as running:
        site.deliver(letter(name="1"), letter(name="2"))
        running.wait_for(2)
        wait_until(lambda: site.filed() == {"Processed": 2}, "mail is filed all the same")
    assert site.states() == [OutboxState.WAITING] * 2
    site.changes["smtp"] = {"port": port}
    with site.running():
        site.sink.wait_for(2)
        wait_until(lambda: site.states() == [OutboxState.SENT] * 2, "all is sent")


def _unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def test_relay_that_refuses_logins_for_a_while_is_tried_again_by_itself(site: Site) -> None:
    """No hand is needed: the same daemon sends once the relay takes it."""
    site.sink.fail(Stage.EHLO, "421 4.3.2 Busy", times=2)
    site.deliver(letter())
    with site.running():
        site.sink.wait_for(1)
        wait_until(lambda: site.states() == [OutboxState.SENT], "it is sent")


def test_reply_that_is_refused_for_good_holds_up_no_other(site: Site) -> None:
    """It is failed, and shown to operators."""
    site.sink.fail(Stage.RCPT, "550 5.1.1 Nobody here", times=None, address="gone@mail.example")
    site.deliver(letter(name="1", sender="gone@mail.example"), letter(name="2"))
    site.run_once()
    assert site.states() == [OutboxState.FAILED, OutboxState.SENT]


def test_reply_that_is_put_off_goes_out_later(site: Site) -> None:
    """Greylisting: the next try is later, and it is the same message."""
    site.sink.fail(Stage.RCPT, "451 4.7.1 Come back later")
    site.deliver(letter())
    site.run_once()
    assert site.states() == [OutboxState.WAITING]
    site.clock.ahead += timedelta(minutes=1)
    site.run_once()
    assert site.states() == [OutboxState.SENT]


def test_message_that_breaks_the_reading_is_for_a_person_and_costs_no_other(site: Site) -> None:
    """A process that takes too long is killed, three times; then the message is the operators'."""
    site.changes["limits"] = {"read_seconds": 1}
    site.deliver(letter(name="good"), letter(ENDLESS, name="slow"), letter(name="better"))
    with site.running() as running:
        handled = running.wait_for(3)
    reasons = [[str(reason) for reason in each.decision.verdict.reasons] for each in handled]
    assert sorted(reasons) == [[], [], ["unreadable"]]
    assert sorted(map(str, site.outcomes())) == ["accepted", "accepted", "review"]


def test_process_killed_from_outside_costs_its_message_one_try(site: Site) -> None:
    """The system takes the memory back: the message is read again by the next process."""
    with site.running() as running:
        site.deliver(letter(name="1"))
        running.wait_for(1)
        for child in own_readers():
            os.kill(child, signal.SIGKILL)
        site.deliver(letter(name="2"))
        running.wait_for(2)
    assert site.outcomes() == ["accepted", "accepted"]


def own_readers() -> list[int]:
    """The reading processes of this one."""
    children = (int(one) for task in Path("/proc/self/task").glob("*/children") for one in task.read_text().split())
    return [child for child in children if b"reading_child" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_nothing_is_left_behind_by_a_daemon_that_ended(site: Site) -> None:
    """No process, no descriptor, however often it is started and stopped."""

    def count() -> tuple[int, int]:
        return len(own_readers()), len(list(Path("/proc/self/fd").iterdir()))

    counts = set()
    for number in range(3):
        with site.running() as running:
            site.deliver(letter(name=str(number)))
            running.wait_for(1)
            site.sink.wait_for(number + 1)
        counts.add(count())
    assert len(counts) == 1
    assert {readers for readers, _ in counts} == {0}


def test_folder_that_is_gone_for_a_while_is_said_and_read_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody renames it: the log says what to do; once it is there again, old mail and new are known apart."""
    monkeypatch.setattr("mailreader.daemon._NEEDS_A_PERSON", 0.1)
    site.changes["mailbox"] = {"folder": "Customers", "poll_seconds": 1}
    with site.dovecot.client(site.user) as client, capture_logs() as log:
        client.create_folder("Customers")
        client.append("Customers", letter(name="1"), msg_time=site.clock())
        with site.running() as running:
            running.wait_for(1)
            wait_until(lambda: site.filed() == {"Processed": 1}, "it is filed")
            client.rename_folder("Customers", "Elsewhere")
            wait_until(lambda: any(is_alarm(entry) for entry in log), "the log says so")
            client.create_folder("Customers")
            client.append("Customers", letter(name="1"), msg_time=site.clock())
            client.append("Customers", letter(name="2"), msg_time=site.clock())
            running.wait_for(2)
            wait_until(lambda: site.filed() == {"Processed": 3}, "both are filed")
    assert site.outcomes() == ["accepted", "accepted"]


def is_alarm(entry: MutableMapping[str, Any]) -> bool:
    """Whether an event says that the folder cannot be read, and what to do."""
    return entry["event"] == "work_postponed" and "Customers" in entry["fault"] and "folder" in entry["fault"]
