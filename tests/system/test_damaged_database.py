"""A database whose file is damaged while the daemon works: nothing more is acknowledged, and a person is told."""

import os
import sqlite3
from collections.abc import MutableMapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import make_url, text
from structlog.testing import capture_logs

from mailreader.store import DATABASE_FAULTS, DatabaseDamaged, Store
from mailreader.store.engine import connect
from models.catalogue import OutboxState
from tests.databases import ON_SQLITE
from tests.store.samples import arrival
from tests.system.site import Site, letter, wait_until

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("kept_readers"), ON_SQLITE]

_PAGE: Final = 4096


def spoil(file: Path) -> bytes:
    """Write nonsense over all pages but the first; return what the file was.

    First everything is moved there from the log, by a writer whom the others notice: they look at the file again.
    """
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("UPDATE settings SET value = value || ''")
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sound = file.read_bytes()
    with file.open("r+b") as data:
        data.seek(_PAGE)
        data.write(os.urandom(len(sound) - _PAGE))
    return sound


def told(log: list[MutableMapping[str, Any]]) -> list[str]:
    """What was said of damage."""
    return [entry["remark"] for entry in log if entry["event"] == "database_damaged"]


def test_damage_while_the_daemon_works_stops_everything_until_the_file_is_restored(site: Site) -> None:
    """The error names the file and is no loop; with the file restored, all is done once."""
    file = Path(make_url(site.database).database or "")
    with capture_logs() as log, site.running() as running:
        site.deliver(letter(name="before"))
        wait_until(lambda: site.states() == [OutboxState.SENT], "the first is answered")
        wait_until(lambda: site.filed() == {"Processed": 1}, "the first is filed")
        sound = spoil(file)
        site.deliver(letter(name="after"))
        wait_until(lambda: bool(told(log)), "the daemon says that the database is damaged")
        assert str(file) in told(log)[0]
        assert len(told(log)) <= len({"main", "outbox"})
        assert (len(running.handled), len(site.sink.received)) == (1, 1)
        assert site.filed() == {"INBOX": 1, "Processed": 1}
    for end in ("-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    file.write_bytes(sound)
    site.run_once()
    assert (site.outcomes(), site.recorded(), len(site.sink.received)) == (["accepted"] * 2, 2, 2)
    assert site.filed() == {"Processed": 2}


def test_database_that_was_found_damaged_is_worked_with_no_more(database: str) -> None:
    """Not in its sound parts either: they are judged by the others."""
    file = Path(make_url(database).database or "")
    store = Store.open(database)
    sound = spoil(file)
    with pytest.raises(DatabaseDamaged, match="restore a backup"):
        store.save_arrivals([arrival(1)])
    file.write_bytes(sound)
    with pytest.raises(DatabaseDamaged):
        store.register_size()
    store.close()


@pytest.mark.parametrize("statement", ["SELECT * FROM nowhere", "INSERT INTO settings SELECT * FROM settings"])
def test_fault_of_a_statement_is_none_of_the_database(database: str, statement: str) -> None:
    """What we asked for was wrong."""
    engine = connect(database)
    with engine.connect() as connection, pytest.raises(Exception, match=r"no such table|UNIQUE") as fault:
        connection.execute(text(statement))
    assert isinstance(fault.value, DATABASE_FAULTS) is (statement.startswith("SELECT"))
    engine.dispose()
