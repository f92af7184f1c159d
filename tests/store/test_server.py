"""PostgreSQL as a server: it goes away and comes back, and it may have been set up in ways that we did not choose."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import make_url, text

from mailreader.store import DATABASE_FAULTS, AddressError, Store, upgrade
from mailreader.store.engine import connect, reading, writing
from tests.databases import ON_POSTGRESQL
from tests.servers.postgresql import ROLE, Postgresql, new_database, running_postgresql
from tests.store.samples import NOW, account, arrival

pytestmark = ON_POSTGRESQL


@pytest.fixture(scope="module")
def server() -> Iterator[Postgresql]:
    """A server of this module's own, to be stopped."""
    with running_postgresql() as running:
        yield running


def test_server_that_was_restarted_between_two_calls_is_not_noticed(server: Postgresql) -> None:
    """A connection of the pool is tried before it is used."""
    with new_database(server, "template0") as url:
        upgrade(url)
        store = Store.open(url)
        store.save_arrivals([arrival(1)])
        server.stop()
        server.start()
        assert [mail.uid for mail in store.pending(1, NOW)] == [1]
        store.close()


def test_server_that_is_away_is_a_fault_until_it_is_back(server: Postgresql) -> None:
    """The same store works again by itself."""
    with new_database(server, "template0") as url:
        upgrade(url)
        store = Store.open(url)
        server.stop()
        with pytest.raises(DATABASE_FAULTS):
            store.save_arrivals([arrival(1)])
        server.start()
        assert not store.save_arrivals([arrival(1)])[0].known
        store.close()


def test_server_that_ends_connections_within_a_transaction_is_a_fault(server: Postgresql) -> None:
    """And nothing of the transaction stays."""
    with new_database(server, "template0") as url:
        upgrade(url)
        store = Store.open(url)

        def dying(_done: int) -> None:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mailreader'"
            )

        with pytest.raises(DATABASE_FAULTS):
            store.import_register([account(str(number), f"M{number}") for number in range(1200)], dying)
        assert store.register_size() == 0
        store.close()


@pytest.mark.parametrize(
    ("setting", "value"), [("lock_timeout", "1min"), ("idle_in_transaction_session_timeout", "5min")]
)
def test_transaction_that_writes_is_bounded_and_leaves_the_connection_as_it_was(
    database: str, setting: str, value: str
) -> None:
    """Behind a pooler the connection is somebody else's afterwards."""
    engine = connect(database)
    with writing(engine) as session:
        assert session.connection().execute(text(f"SHOW {setting}")).scalar() == value
    with reading(engine) as session:
        assert session.connection().execute(text(f"SHOW {setting}")).scalar() == "0"
    engine.dispose()


def test_reading_sees_one_state(database: str) -> None:
    """What is committed between two of its statements is not part of it; SQLite does so by itself."""
    store = Store.open(database)
    engine = connect(database)
    count = text("SELECT count(*) FROM messages")
    with reading(engine) as session:
        before = session.connection().execute(count).scalar()
        store.save_arrivals([arrival(1)])
        assert session.connection().execute(count).scalar() == before
    engine.dispose()
    store.close()


def test_database_of_another_encoding_keeps_every_letter(postgresql: Postgresql) -> None:
    """A cluster that was made without a locale is SQL_ASCII, and stores what it is given."""
    name = "plain"
    postgresql.execute("CREATE DATABASE {} OWNER {} ENCODING 'SQL_ASCII' TEMPLATE template0", name, ROLE)
    url = postgresql.url(name)
    upgrade(url)
    store = Store.open(url)
    store.save_arrivals([replace(arrival(1), folder="Өтініш")])
    assert [mail.folder for mail in store.pending(1, NOW)] == ["Өтініш"]
    store.close()
    postgresql.execute("DROP DATABASE {}", name)


def test_role_that_may_not_make_tables_is_told_what_to_do(postgresql: Postgresql, empty_database: str) -> None:
    """A database of the administrator's, as PostgreSQL 15 and newer guard it."""
    postgresql.execute("ALTER DATABASE {} OWNER TO postgres", make_url(empty_database).database or "")
    with pytest.raises(AddressError, match="ALTER DATABASE name OWNER TO role"):
        upgrade(empty_database)
