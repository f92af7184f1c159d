"""The database behind the store: connections, transactions, and whether the schema is ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from pkgutil import iter_modules
from threading import Timer
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, func, inspect, make_url, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, ProgrammingError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.schema import CreateSchema
from sqlmodel import Session

import models.migrations
from mailreader.store.faults import Watch, code_of, damaged, place_of

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS: Final = Path(models.migrations.__file__).parent
_BUSY_SECONDS: Final = 60
_WRITING: Final = "mailreader_writing"
_SQLITE: Final = "sqlite"
_POSTGRESQL: Final = "postgresql"
_UPGRADES: Final = 0x6D61696C
"""The number of the lock that upgrades take."""
_CONNECT_SECONDS: Final = 10
_LONGEST_CHECK: Final = 30.0
_INTERRUPTED: Final = "SQLITE_INTERRUPT"
_SILENT_MILLISECONDS: Final = 60_000
_OF_THE_NETWORK: Final = {
    "connect_timeout": _CONNECT_SECONDS,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": _SILENT_MILLISECONDS,
}
"""After how long the driver of PostgreSQL takes a server for gone: a partition of the network tells nobody."""
_BOUNDS: Final = (
    f"SELECT set_config('lock_timeout', '{_BUSY_SECONDS}s', true), "
    f"set_config('idle_in_transaction_session_timeout', '{5 * _BUSY_SECONDS}s', true)"
)
"""How long a transaction that writes waits for a lock, and how long the server keeps its locks when we are gone."""
_NOT_PERMITTED: Final = "42501"
"""SQLSTATE insufficient_privilege."""
_ONE_STATE: Final = {_POSTGRESQL: {"isolation_level": "REPEATABLE READ"}}
"""What a reading transaction asks for so that all its statements see the same; SQLite's always do."""
_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}",
)


class SchemaError(Exception):
    """The database is not in the state that this program needs; the text says what to do."""


class AddressError(Exception):
    """The URL of the database cannot be used; the text says why, without the URL, which may hold a password."""


class SchemaMissing(SchemaError):
    """The database has no tables yet."""


class SchemaOlder(SchemaError):
    """The database was made by an older program."""


class SchemaNewer(SchemaError):
    """The database was made by a newer program."""


def connect(url: str, *, patient: bool = False) -> Engine:
    """Return an engine for `url` (sqlite:///… or postgresql+psycopg://…); AddressError where there can be none.

    A `patient` one lets a statement take as long as it will.
    """
    try:
        address, schema = _address_and_schema(url)
        engine = create_engine(address, pool_pre_ping=not url.startswith(_SQLITE), connect_args=_connect_arguments(url))
    except ModuleNotFoundError as error:
        raise AddressError(
            f"database.url: the driver {error.name} is not installed: pip install {error.name}"
        ) from None
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise AddressError("database.url: is not like sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME") from None
    Watch(engine)
    if engine.dialect.name == _SQLITE:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
        if not patient:
            event.listen(engine, "do_connect", _connect_impatiently)
    if schema:
        event.listen(engine, "begin", partial(_work_in, schema))
    return engine


def _address_and_schema(url: str) -> tuple[URL, str]:
    """Split the schema to work in from a URL of PostgreSQL, the last that its query names; empty where none is."""
    address = make_url(url)
    if address.get_backend_name() not in {_SQLITE, _POSTGRESQL}:
        raise ArgumentError(f"{address.drivername} is a database of another kind")
    named = address.query.get("schema", "")
    schema = named if isinstance(named, str) else named[-1]
    return address.difference_update_query(["schema"]), schema


def _work_in(schema: str, connection: Connection) -> None:
    """Find tables in this schema alone; for one transaction, since behind a pooler the connection is not ours."""
    name = connection.dialect.identifier_preparer.quote(schema)
    connection.exec_driver_sql(f"SET LOCAL search_path TO {name}")


def _connect_arguments(url: str) -> dict[str, Any]:
    """What the driver of PostgreSQL is told: a server that does not answer is a fault, not a wait without an end."""
    if url.startswith(_SQLITE):
        return {}
    return {
        **_OF_THE_NETWORK,
        "fallback_application_name": "mailreader",
        "client_encoding": "utf8",  # whatever the server or the environment would choose
    }


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Give a session whose transaction may write: committed at the end, rolled back by an exception."""
    with Session(engine.execution_options(**{_WRITING: True}), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Give a session that sees one state of the database and writes nothing."""
    with Session(engine.execution_options(**_ONE_STATE.get(engine.dialect.name, {}))) as session:
        yield session


@contextmanager
def _permitted() -> Iterator[None]:
    """Make a sentence of what the role of the database may not do; other faults of a statement are our own."""
    try:
        yield
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _NOT_PERMITTED:
            raise
        raise AddressError(
            f"database.url: its role may not do that ({error.orig}): make it the owner, as the administrator of "
            "PostgreSQL: ALTER DATABASE name OWNER TO role"
        ) from None


def check_schema(engine: Engine) -> None:
    """Raise a `SchemaError` unless the schema is the one that this program was written for."""
    known = _revisions()
    with _permitted(), engine.connect() as connection:
        found = _revision_of(connection)
    if found == known[-1]:
        return
    if found is None:
        raise SchemaMissing("The database has no tables yet: run `mailreader db upgrade`.")
    if found in known:
        raise SchemaOlder(f"The database is at the older schema {found}: run `mailreader db upgrade`.")
    raise SchemaNewer(
        f"The database has the schema {found}, which this version does not know: install the newer mailreader that "
        "made it; `mailreader db upgrade` of this version cannot mend that."
    )


def check_pages(engine: Engine, seconds: float = _LONGEST_CHECK) -> None:
    """Raise DatabaseDamaged where the file of SQLite is: half a gigabyte is looked through in under a second.

    What is not looked through within `seconds` is taken for whole. A server looks after its own pages.
    """
    if engine.dialect.name != _SQLITE:
        return
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        clock = Timer(seconds, driver.interrupt)
        clock.start()
        try:
            found = connection.execute(text("PRAGMA quick_check(1)")).scalar()
        except OperationalError as fault:
            if code_of(fault) != _INTERRUPTED:
                raise
            return
        finally:
            clock.cancel()
    if found != "ok":
        raise damaged(place_of(engine.url), str(found))


def _revisions() -> list[str]:
    """Every revision that there is, oldest first, as the files are named: Alembic would cost each start 0.3 s."""
    names = [module.name for module in iter_modules([str(_MIGRATIONS / "versions")])]
    return sorted(name.partition("_")[0].removeprefix("r") for name in names)


def _revision_of(connection: Connection) -> str | None:
    """Return the revision that a database is at; None where it has no tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def upgrade(url: str) -> None:
    """Bring the schema of the database at `url` up to this program's; nothing happens where it is."""
    from alembic import command  # noqa: PLC0415 -- no other command needs it, and each would start 0.3 s later

    engine = connect(url, patient=True)
    try:
        with _permitted(), engine.execution_options(**{_WRITING: True}).begin() as connection:
            if connection.dialect.name == _POSTGRESQL:
                connection.execute(select(func.pg_advisory_xact_lock(_UPGRADES)))  # one at a time, as SQLite has it
            _make_schema(connection, _address_and_schema(url)[1])
            command.upgrade(_config(connection), "head")
    finally:
        engine.dispose()


def _make_schema(connection: Connection, schema: str) -> None:
    """Make the schema that a URL names, where it is missing; a role that owns no more than its schema need not."""
    if not schema or inspect(connection).has_schema(schema):
        return
    try:
        connection.execute(CreateSchema(schema))
    except ProgrammingError:
        raise SchemaMissing(
            f"The database has no schema {schema}, and this user may not make it: have an administrator of the "
            f"database do it: CREATE SCHEMA {schema} AUTHORIZATION {connection.engine.url.username}"
        ) from None


def _config(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415 -- as above

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Take the driver's own transactions out of the way: it begins none before a SELECT."""
    driver: Any = connection
    driver.isolation_level = None
    cursor = driver.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start where the transaction will write: a later upgrade of a lock can only fail."""
    writes = connection.get_execution_options().get(_WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    """Bound what a transaction that writes may wait; for it alone, as with the schema."""
    if connection.get_execution_options().get(_WRITING, False):
        connection.exec_driver_sql(_BOUNDS)


def _connect_impatiently(_dialect: Dialect, _record: object, words: list[str], named: dict[str, Any]) -> Any:  # noqa: ANN401 -- the driver's
    """Connect so that no statement is waited for without an end."""
    from mailreader.store.patience import ImpatientConnection  # noqa: PLC0415 -- only with PostgreSQL is it there

    return ImpatientConnection.connect(*words, **named)
