"""A file that is not the whole database: the program refuses it at the start, and says what to do."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.cli.conftest import CORPUS, Run
from tests.databases import ON_SQLITE

pytestmark = ON_SQLITE

COMMANDS = (["run"], ["run", "--once"], ["ingest", str(CORPUS / "mail" / "d009.eml")])


def damage(file: Path) -> None:
    """Write nonsense over some pages in the middle."""
    octets = bytearray(file.read_bytes())
    begin = len(octets) // 2 // 4096 * 4096
    octets[begin : begin + 5 * 4096] = os.urandom(5 * 4096)
    file.write_bytes(octets)


def cut(file: Path) -> None:
    """Leave the first half."""
    os.truncate(file, file.stat().st_size // 2)


def empty(file: Path) -> None:
    """Leave nothing."""
    os.truncate(file, 0)


def replace(file: Path) -> None:
    """Put something else in its place."""
    file.write_text("a shopping list, of some length and of no other interest whatever", encoding="utf-8")


def behead(file: Path) -> None:
    """Leave what begins as a database, and is none."""
    file.write_bytes(file.read_bytes()[:16] + os.urandom(8000))


@pytest.fixture
def file(tmp_path: Path, registered_database: str) -> Path:
    """A database with a register, where the program looks for its own."""
    shutil.copyfile(make_url(registered_database).database or "", tmp_path / "mailreader.db")
    return tmp_path / "mailreader.db"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("spoil", "code", "says"),
    [
        (damage, 1, "The database mailreader.db is damaged"),
        (cut, 1, "stop the daemon and restore a backup"),
        (behead, 1, "stop the daemon and restore a backup"),
        (replace, 78, "database.url: mailreader.db is not a database of SQLite"),
    ],
)
def test_spoilt_file_is_refused_with_what_to_do(
    run: Run, file: Path, command: list[str], spoil: Callable[[Path], None], code: int, says: str
) -> None:
    """One sentence, and the file is left as it is."""
    spoil(file)
    before = file.read_bytes()
    ended = run(*command)
    assert (ended.returncode, ended.stderr.count("\n"), says in ended.stderr) == (code, 1, True), ended.stderr
    assert file.read_bytes() == before


@pytest.mark.parametrize("command", COMMANDS[:2], ids=" ".join)
def test_empty_file_is_refused_by_the_daemon(run: Run, file: Path, command: list[str]) -> None:
    """It is no database yet: `ingest` alone makes one of it, and says so."""
    empty(file)
    ended = run(*command)
    assert (ended.returncode, "There is no database at mailreader.db yet" in ended.stderr) == (78, True)
    assert file.stat().st_size == 0


def test_check_tells_damage(run: Run, file: Path) -> None:
    """As one of its lines."""
    damage(file)
    ended = run("check")
    assert ended.returncode != 0
    assert "error      database: The database mailreader.db is damaged" in ended.stdout


def test_database_without_its_log_is_as_it_was_before(run: Run, file: Path) -> None:
    """What stood in the log alone is gone as after a restore, and the rest is whole."""
    log = file.with_name("mailreader.db-wal")
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("PRAGMA wal_autocheckpoint=0")
        other.execute("DELETE FROM account_emails")
        other.commit()
        assert log.stat().st_size
        kept = file.read_bytes()
    file.write_bytes(kept)
    assert not log.exists()
    ended = run(*COMMANDS[2])
    assert ended.returncode == 0, ended.stderr
    assert "accepted" in ended.stdout
