"""What is wrong with a database, as opposed to what was asked of it: who asked waits, and tries again."""

import sqlite3
from typing import Final

from sqlalchemy import URL, Connection, Engine, ExceptionContext, event
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

DATABASE_FAULTS: Final = (OperationalError, InterfaceError, InternalError, PoolTimeout)
"""What SQLAlchemy raises when the database is at fault, and not what was asked of it."""
_LONGEST: Final = 100
_DAMAGED: Final = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB", "XX001", "XX002"})
"""The result codes of SQLite (their first words) and the SQLSTATEs of PostgreSQL that tell of damage."""


class DatabaseDamaged(OperationalError):
    """The database holds what no program can have written there; the text says what to do."""


class Watch:
    """Tells the faults of one database apart. Once it was found damaged, nothing more is done with it.

    Else what lies in the sound parts would go on being booked and answered, by what can be read of the others.
    """

    def __init__(self, engine: Engine) -> None:
        """Watch an engine from now on."""
        self._place = place_of(engine.url)
        self._damage = ""
        event.listen(engine, "handle_error", self._tell_apart)
        event.listen(engine, "begin", self._refuse)

    def _found(self, finding: object) -> DatabaseDamaged:
        self._damage = str(finding)
        return damaged(self._place, self._damage)

    def _tell_apart(self, context: ExceptionContext) -> DBAPIError | None:
        """Find out damage; and what a driver itself could not tell is the database's fault too."""
        fault = context.sqlalchemy_exception
        if code_of(context.original_exception) in _DAMAGED:
            return self._found(context.original_exception)
        if fault is not None and type(fault) is DatabaseError and isinstance(context.original_exception, Exception):
            return OperationalError(
                fault.statement, fault.params, context.original_exception,
                connection_invalidated=context.is_disconnect,
            )  # fmt: skip
        return None

    def _refuse(self, _connection: Connection) -> None:
        if self._damage:
            raise damaged(self._place, self._damage)


def damaged(place: str, finding: str) -> DatabaseDamaged:
    """Return the fault of a damaged database; `finding` is what it says itself."""
    found = " ".join(finding.split())[:_LONGEST]
    sentence = (
        f"The database {place} is damaged ({found}), and nothing is done with it any more: stop the daemon and "
        "restore a backup, as the manual tells."
    )
    return DatabaseDamaged(None, None, Exception(sentence))


def code_of(fault: BaseException) -> str:
    """Return what the database calls a fault, without its words: a result code of SQLite, a SQLSTATE, or else a type.

    Those words may quote what is in a row.
    """
    origin = getattr(fault, "orig", None) or fault
    if isinstance(origin, sqlite3.Error):
        name: str = getattr(origin, "sqlite_errorname", type(origin).__name__)
        return name if not name.startswith("SQLITE_CORRUPT") else "SQLITE_CORRUPT"
    return getattr(origin, "sqlstate", None) or type(origin).__name__


def place_of(address: URL) -> str:
    """Return which database an address leads to, for people: no name of a user, no password."""
    if address.get_backend_name() == "sqlite":
        return str(address.database)
    return f"{address.database} of {address.host or 'this machine'}"
