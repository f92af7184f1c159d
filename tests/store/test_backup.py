"""Backups: whole, as of one moment, and nobody else's to read."""

import os
import stat
from pathlib import Path

import pytest

from mailreader.store import BackupError, Store, back_up
from mailreader.store import backup as room
from tests.databases import ON_SQLITE
from tests.store.samples import accepted, arrival, decide

LARGE = b"x" * 10_000_000
POSTGRESQL = "postgresql+psycopg://anna:se%20cret@db.example:5433/mail?sslmode=require"


def silent(_done: int, _pages: int) -> None:
    """Take the progress of a backup."""


@ON_SQLITE
def test_backup_is_of_one_moment_while_the_daemon_writes(store: Store, database: str, tmp_path: Path) -> None:
    """What is written meanwhile is not in it, and does not begin it anew; it is one file that the program opens."""
    [saved] = store.save_arrivals([arrival(1, raw=LARGE)])
    decide(store, saved.id, accepted("12345"))
    told: list[tuple[int, int]] = []

    def write(done: int, pages: int) -> None:
        told.append((done, pages))
        store.save_arrivals([arrival(100 + len(told))])

    target = tmp_path / "backups" / "copy.db"
    target.parent.mkdir()
    back_up(database, target, write)
    assert len(told) > 2
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
    assert [path.name for path in target.parent.iterdir()] == ["copy.db"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    copy = Store.open(f"sqlite:///{target}")
    assert [line.id for line in copy.messages()] == [1]
    assert [reading.value for reading in copy.readings()] == ["12345"]
    copy.close()


@ON_SQLITE
def test_damaged_database_gives_no_backup(store: Store, database: str, tmp_path: Path) -> None:
    """Better none than one that cannot be restored."""
    store.save_arrivals([arrival(1, raw=LARGE)])
    store.close()
    file = Path(database.removeprefix("sqlite:///"))
    data = bytearray(file.read_bytes())
    data[4096 : 4096 * 40] = os.urandom(4096 * 39)
    file.write_bytes(data)
    with pytest.raises(BackupError, match="There is no backup"):
        back_up(database, tmp_path / "copy.db", silent)
    assert not list(tmp_path.glob("*copy.db*"))


def program(folder: Path, name: str, script: str) -> None:
    """Put a program of PostgreSQL into a folder that stands on the path."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o700)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A path that has nothing but what a test puts there."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setattr(room, "_DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", f"{folder}")
    return folder


def test_password_of_the_server_is_not_among_the_arguments(programs: Path, tmp_path: Path) -> None:
    """Every user of the machine can read those; the environment is our own."""
    log = tmp_path / "log"
    program(
        programs, "pg_dump", f'echo "$PGPASSWORD" "$@" > {log}; for one; do file="$one"; done; echo dump > {log}.file'
    )
    program(programs, "pg_restore", f'echo "$@" >> {log}')
    back_up(POSTGRESQL, tmp_path / "copy.dump", silent)
    dumped, restored = log.read_text(encoding="utf-8").splitlines()
    assert dumped.startswith("se cret --format=custom --no-password --file=")
    assert dumped.endswith("--dbname=host=db.example port=5433 user=anna dbname=mail sslmode=require")
    assert restored.startswith("--list ")
    assert stat.S_IMODE((tmp_path / "copy.dump").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (None, "pg_dump is not installed: apt-get install postgresql-client"),
        ("echo 'pg_dump: error: aborting because of server version mismatch' >&2; exit 1", "is older than the server"),
        ("echo 'pg_dump: error: no space left on device' >&2; exit 1", "failed: pg_dump: error: no space left"),
        ("exit 3", "failed: it ended with code 3. There is no backup."),
    ],
)
def test_failed_dump_is_told_and_leaves_nothing(programs: Path, tmp_path: Path, script: str | None, said: str) -> None:
    """A sentence says what to do."""
    if script is not None:
        program(programs, "pg_dump", script)
    with pytest.raises(BackupError, match=said):
        back_up(POSTGRESQL, tmp_path / "copy.dump", silent)
    assert not list(tmp_path.glob("*copy.dump*"))
