"""A stop in the middle of work, and reading that dies of it: nothing is lost, the daemon lives or ends in time."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from models.catalogue import OutboxState
from tests.databases import ON_SQLITE
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import HANG, SmtpSink, Stage
from tests.system.site import Site, letter, wait_until

pytestmark = ON_SQLITE

TIMEOUT: Final = 2
"""Seconds that the relay may take for one answer."""
STOP_SECONDS: Final = 20.0
"""What the daemon gets to end in here; its unit allows 150, for a relay that may take thirty for each answer."""


@pytest.fixture
def site(dovecot: Dovecot, user: str, smtp_sink: SmtpSink, tmp_path: Path, registered_database: str) -> Site:
    """A site with an empty mailbox and the register of the corpus, whose relay has little time for an answer."""
    return Site(dovecot, user, smtp_sink, tmp_path, registered_database, changes={"smtp": {"timeout": TIMEOUT}})


@contextmanager
def daemon(site: Site) -> Iterator[subprocess.Popen[bytes]]:
    """The daemon as a process of its own."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.system.runner", str(site.write_table()), "0*1"]
    with subprocess.Popen(command, cwd=root, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("stage", "state", "received"),
    [
        (Stage.RCPT, OutboxState.WAITING, 0),
        (Stage.DATA, OutboxState.WAITING, 0),
        (Stage.DOT, OutboxState.UNKNOWN, 1),
    ],
)
def test_daemon_told_to_stop_in_the_middle_of_sending_ends_in_time(
    stage: Stage, state: OutboxState, received: int, site: Site
) -> None:
    """What the relay had in full may be on its way, and says so; all else is sent by the next start, once."""
    site.sink.fail(stage, HANG)
    site.deliver(letter())
    with daemon(site) as process:
        wait_until(lambda: _is_at(site, stage), "the relay falls silent")
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        assert process.wait(STOP_SECONDS) == 0
    assert time.monotonic() - begun < STOP_SECONDS
    assert site.states() == [state]
    assert len(site.sink.received) == received


def _is_at(site: Site, stage: Stage) -> bool:
    """Whether the dialogue has come to where the relay falls silent."""
    return (stage, None) not in site.sink._faults


def test_reading_that_runs_out_of_memory_costs_its_message_alone(site: Site) -> None:
    """Three tries, then it is the operators'; the daemon and the other messages do not notice."""
    site.changes["limits"] = {"read_memory_mb": 128, "batch_bytes": 64_000_000}
    bomb = letter().replace(b"text/plain", b"text/html") + b"<b>x" * 3_000_000
    site.deliver(letter(name="before"), bomb.replace(b"<1@", b"<bomb@"), letter(name="after"))
    with site.running() as running:
        handled = running.wait_for(3)
    assert sorted(str(one.decision.verdict.outcome) for one in handled) == ["accepted", "accepted", "review"]
    assert [list(map(str, one.decision.verdict.reasons)) for one in handled if one.decision.verdict.reasons] == [
        ["unreadable"]
    ]
