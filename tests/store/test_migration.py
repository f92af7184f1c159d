"""Revisions on both databases: what an older program wrote is kept, and the audit trail guards itself."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Column, Connection, Date, DateTime, Engine, LargeBinary, MetaData, Numeric, Table, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import JSON, Boolean, Integer

from mailreader.store import SchemaOlder, Store, upgrade
from mailreader.store.engine import _config, connect, writing
from models.tables import AuditRow, MessageRow
from tests.store.samples import NOW, accepted, arrival, decide

SAMPLES = (
    (Boolean, False),
    (Integer, 1),
    (Numeric, 1),
    (DateTime, datetime(2026, 11, 20, 5, tzinfo=UTC)),
    (Date, date(2026, 11, 20)),
    (LargeBinary, b"\0raw"),
    (JSON, {"fact": "1"}),
)
"""A value for each type of column; any other holds text."""


@pytest.fixture
def engine(empty_database: str) -> Iterator[Engine]:
    """An engine of a database without tables."""
    made = connect(empty_database)
    yield made
    made.dispose()


def sample(column: Column[Any]) -> object:
    """A value that fits a column; of a number, one that fits every reference too."""
    return next((value for kind, value in SAMPLES if isinstance(column.type, kind)), "текст")


def tables(connection: Connection) -> list[Table]:
    """The tables that there are, each after those that it refers to."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name != "alembic_version"]


def test_rows_of_the_first_schema_are_kept(engine: Engine, empty_database: str) -> None:
    """A row of each table; the reply becomes the automatic one, and its message may have another."""
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0001")
    with engine.begin() as connection:
        before = tables(connection)
        for table in before:
            connection.execute(table.insert().values({column.name: sample(column) for column in table.columns}))
        rows = {table.name: connection.execute(select(table)).all() for table in before}
    assert all(rows.values())
    upgrade(empty_database)
    with engine.begin() as connection:
        for table in before:
            kept = connection.execute(select(table)).all()
            assert all(row in kept for row in rows[table.name]), table.name
        assert connection.execute(text("SELECT origin FROM outbox")).all() == [("automatic",)]
    Store.open(empty_database).close()


def test_two_upgrades_at_once_are_one_after_the_other(empty_database: str) -> None:
    """Two machines that are brought up to date together; the second finds nothing left to do."""
    faults: list[BaseException] = []
    barrier = Barrier(2)

    def run() -> None:
        barrier.wait()
        try:
            upgrade(empty_database)
        except BaseException as fault:  # noqa: BLE001 -- told to the test
            faults.append(fault)

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    Store.open(empty_database).close()


def test_database_of_the_first_schema_is_refused_until_it_is_upgraded(engine: Engine, empty_database: str) -> None:
    """And the sentence says with what."""
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0001")
    with pytest.raises(SchemaOlder, match="mailreader db upgrade"):
        Store.open(empty_database)


@pytest.fixture
def trail(store: Store, database: str) -> Iterator[Engine]:
    """An engine of a database with one message and one act on it."""
    [saved] = store.save_arrivals([arrival(1)])
    decide(store, saved.id, accepted("12345"))
    engine = connect(database)
    act = {"at": NOW, "actor": "somebody", "act": "dismiss", "message_id": saved.id, "details": {}}
    with engine.begin() as connection:
        connection.execute(AuditRow.metadata.tables["audit"].insert().values(act))
    yield engine
    engine.dispose()


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_the_trail_of_a_message_is_never_changed(trail: Engine, statement: str) -> None:
    """The database refuses, whoever asks."""
    with pytest.raises(DBAPIError, match="audit trail"), trail.begin() as connection:
        connection.execute(text(statement))


def test_the_trail_of_a_purged_message_may_go_and_still_not_change(trail: Engine) -> None:
    """What is left of the message keeps it from being taken in twice, and needs no trail."""
    with writing(trail) as session:
        session.get_one(MessageRow, 1).purged_at = NOW
    with pytest.raises(DBAPIError, match="audit trail"), trail.begin() as connection:
        connection.execute(text("UPDATE audit SET actor = 'nobody'"))
    with trail.begin() as connection:
        connection.execute(text("DELETE FROM audit"))


def test_an_act_that_is_about_no_message_stays_for_good(trail: Engine) -> None:
    """Pausing a mailbox, for one."""
    with trail.begin() as connection:
        act = {"at": NOW, "actor": "somebody", "act": "pause", "message_id": None, "details": {}}
        connection.execute(AuditRow.metadata.tables["audit"].insert().values(act))
    with pytest.raises(DBAPIError, match="audit trail"), trail.begin() as connection:
        connection.execute(text("DELETE FROM audit WHERE message_id IS NULL"))
