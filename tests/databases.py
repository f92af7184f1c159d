"""Databases for tests: whatever uses one runs on SQLite and on PostgreSQL, unless it says that it is about one alone.

A test asks for `database` (the URL of one with all tables) or `empty_database` (without any), and runs twice, as
`[sqlite]` and `[postgresql]`. `pytestmark = ON_SQLITE` leaves a module, or a test, on one of them.
"""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, Protocol

import pytest
from sqlalchemy import make_url

from mailreader.register_file import load_register
from mailreader.store import Store, upgrade
from tests.servers.postgresql import Postgresql, PostgresqlDatabases, new_database

KINDS: Final = ("sqlite", "postgresql")
ON_SQLITE: Final = pytest.mark.database("sqlite")
ON_POSTGRESQL: Final = pytest.mark.database("postgresql")
REGISTER: Final = Path(__file__).parent.parent / "fixtures" / "corpus" / "register.csv"


class Databases(Protocol):
    """Makes databases of one kind, which are gone when their context ends."""

    kind: str

    def empty(self) -> AbstractContextManager[str]:
        """Give the URL of a database without tables."""

    def upgraded(self) -> AbstractContextManager[str]:
        """Give the URL of a database with all tables."""

    def copy(self, url: str) -> AbstractContextManager[str]:
        """Give the URL of a copy of a database, which nobody is connected to."""


class SqliteDatabases:
    """Databases in files; those with tables are copies of one that was upgraded once."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        """`folder` is empty, and for these files alone."""
        self.folder = folder
        self.template = folder / "template.db"
        self.made = 0
        upgrade(f"sqlite:///{self.template}")

    @contextmanager
    def empty(self) -> Iterator[str]:
        """Give the URL of a database without tables."""
        self.made += 1
        place = self.folder / str(self.made)
        place.mkdir()
        try:
            yield f"sqlite:///{place / 'mailreader.db'}"
        finally:
            shutil.rmtree(place)

    def upgraded(self) -> AbstractContextManager[str]:
        """Give the URL of a database with all tables."""
        return self.copy(f"sqlite:///{self.template}")

    @contextmanager
    def copy(self, url: str) -> Iterator[str]:
        """Give the URL of a copy of a database, which nobody is connected to."""
        with self.empty() as new:
            shutil.copyfile(make_url(url).database or "", make_url(new).database or "")
            yield new


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever asks for a database once with each kind, or with those that its mark names."""
    if "database_kind" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("database")
        metafunc.parametrize("database_kind", mark.args if mark else KINDS, indirect=True, scope="module")


@pytest.fixture(scope="module")
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`."""
    return str(request.param)


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory: pytest.TempPathFactory) -> SqliteDatabases:
    """Databases of SQLite."""
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def postgresql_databases(postgresql: Postgresql) -> Iterator[PostgresqlDatabases]:
    """Databases of PostgreSQL."""
    with new_database(postgresql, "template0") as url:
        upgrade(url)
        yield PostgresqlDatabases(postgresql, make_url(url).database or "")


@pytest.fixture(scope="module")
def databases(request: pytest.FixtureRequest, database_kind: str) -> Databases:
    """Databases of the kind that the test runs on."""
    made: Databases = request.getfixturevalue(f"{database_kind}_databases")
    return made


@pytest.fixture
def database(databases: Databases) -> Iterator[str]:
    """The URL of a database with all tables."""
    with databases.upgraded() as url:
        yield url


@contextmanager
def with_register(databases: Databases) -> Iterator[str]:
    """Give the URL of a database with the register of the corpus."""
    with databases.upgraded() as url:
        store = Store.open(url)
        store.import_register(load_register(REGISTER))
        store.close()
        yield url


@pytest.fixture(scope="session")
def sqlite_registered(sqlite_databases: SqliteDatabases) -> Iterator[str]:
    """The URL of the one of SQLite that is copied for tests which need a register."""
    with with_register(sqlite_databases) as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_registered(postgresql_databases: PostgresqlDatabases) -> Iterator[str]:
    """The URL of the one of PostgreSQL."""
    with with_register(postgresql_databases) as url:
        yield url


@pytest.fixture(scope="module")
def registered(request: pytest.FixtureRequest, database_kind: str) -> str:
    """The URL of a database with the register of the corpus, to be copied alone."""
    return str(request.getfixturevalue(f"{database_kind}_registered"))


@pytest.fixture
def registered_database(databases: Databases, registered: str) -> Iterator[str]:
    """The URL of a database with the register of the corpus."""
    with databases.copy(registered) as url:
        yield url


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """The URL of a database without tables."""
    with databases.empty() as url:
        yield url
