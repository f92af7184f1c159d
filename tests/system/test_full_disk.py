"""A disk that is full, at any write of SQLite: nothing is acknowledged, and with room again all goes on by itself."""

import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterator, MutableMapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import make_url
from structlog.testing import capture_logs

from mailreader.cli.program import ExitCode, exit_code_of
from mailreader.store import DATABASE_FAULTS
from models.catalogue import OutboxState
from tests.databases import ON_SQLITE
from tests.servers.availability import not_run
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.system.site import Site, letter, wait_until
from tests.system.steps import LONGER_THAN_A_CLAIM, one_round, work

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers"), ON_SQLITE]

_HEAD: Final = 32
_FRAME: Final = 24 + 4096
"""Bytes of the write-ahead log before its first frame, and of a frame: a head of its own and a page."""
_TORN: Final = 1000
_GONE_OUT: Final = frozenset({OutboxState.SENDING, OutboxState.SENT, OutboxState.UNKNOWN})
_ROOM: Final = 8_000_000
_FULL: Final = frozenset({"the database: SQLITE_FULL", "the database: SQLITE_IOERR_WRITE"})


@contextmanager
def full_beyond(octets: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def begin_log_anew(site: Site) -> None:
    """Have all that was written moved into the database, so that its log begins at its first byte."""
    with closing(sqlite3.connect(make_url(site.database).database or "")) as connection:
        [(busy, *_)] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert not busy


def assert_nothing_uncommitted_is_known_outside(site: Site) -> None:
    """No mail is filed that has no outcome, and no answer went out that is not noted as going out."""
    filed = sum(count for folder, count in site.filed().items() if folder != "INBOX")
    assert filed <= sum(outcome is not None for outcome in site.outcomes())
    assert len(site.sink.received) <= sum(state in _GONE_OUT for state in site.states())


def assert_each_was_done_once(site: Site, letters: int) -> None:
    """One outcome and one answer each, filed once, the readings recorded once."""
    assert site.filed() == {"Processed": letters}
    assert site.outcomes() == ["accepted"] * letters
    assert site.states() == [OutboxState.SENT] * letters
    assert len(site.sink.received) == letters
    assert site.recorded() == 2


def test_disk_that_is_full_at_any_write_costs_nothing(site: Site) -> None:
    """Each frame of the log in turn cannot be written whole, nor any after it; one daemon works on throughout."""
    store = site.app.open_store()
    with capture_logs(), work(site, site.app, store) as (intake, deliveries):
        number, failed = 0, True
        while failed:
            begin_log_anew(site)
            site.deliver(letter(name=str(number)))
            with full_beyond(_HEAD + number * _FRAME + _TORN):
                failed = one_round(intake, deliveries) > 0
                assert_nothing_uncommitted_is_known_outside(site)
            one_round(intake, deliveries)  # an answer that was about to go out is put off for a minute
            site.clock.ahead += LONGER_THAN_A_CLAIM
            assert one_round(intake, deliveries) == 0
            number += 1
            assert_each_was_done_once(site, number)
        assert number > 20
        assert {line.tries for line in store.messages()} == {0}
    store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with little room."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_ROOM}", "mailreader-test", place], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        not_run("a small tmpfs", "mounting needs root")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def cramped(
    dovecot: Dovecot, user: str, smtp_sink: SmtpSink, tmp_path: Path, small_disk: Path, registered_database: str
) -> Site:
    """A site whose database lies on that file system."""
    file = small_disk / "mailreader.db"
    file.write_bytes(Path(make_url(registered_database).database or "").read_bytes())
    return Site(dovecot, user, smtp_sink, tmp_path, f"sqlite:///{file}")


def fill(disk: Path) -> Path:
    """Leave no room; return the file that takes it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        left = os.statvfs(disk)
        file.write(b"\0" * (left.f_bavail * left.f_frsize))
    return ballast


def is_waited_out(log: list[MutableMapping[str, Any]], worker: str) -> bool:
    """Whether a worker has said that the disk is full, and waits."""
    postponed = (entry for entry in log if entry["event"] == "work_postponed")
    return any(entry["worker"] == worker and entry["fault"] in _FULL for entry in postponed)


def test_daemon_on_a_full_file_system_goes_on_when_there_is_room(cramped: Site, small_disk: Path) -> None:
    """Its workers say why they wait; no hand but for the room is needed, and no message loses a try."""
    with capture_logs() as log, cramped.running():
        cramped.deliver(letter(name="before"))
        wait_until(lambda: cramped.states() == [OutboxState.SENT], "the first is answered")
        wait_until(lambda: cramped.filed() == {"Processed": 1}, "the first is filed")
        ballast = fill(small_disk)
        cramped.deliver(letter(name="after"))
        wait_until(lambda: is_waited_out(log, "main"), "the daemon says that the disk is full")
        assert_nothing_uncommitted_is_known_outside(cramped)
        ballast.unlink()
        cramped.clock.ahead += LONGER_THAN_A_CLAIM
        wait_until(lambda: cramped.states() == [OutboxState.SENT] * 2, "all is answered")
        wait_until(lambda: cramped.filed() == {"Processed": 2}, "all is filed")
    assert_each_was_done_once(cramped, 2)


def test_daemon_that_starts_on_a_full_file_system_ends_with_75(cramped: Site, small_disk: Path) -> None:
    """It may work the next time, and does when there is room."""
    ballast = fill(small_disk)
    with pytest.raises(DATABASE_FAULTS) as fault:
        cramped.app.open_store()
    assert exit_code_of(fault.value) is ExitCode.TEMPORARY
    ballast.unlink()
    cramped.deliver(letter())
    cramped.run_once()
    assert_each_was_done_once(cramped, 1)
