"""Many rows of one table at once: by COPY where the database has it, else by INSERT."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert


def insert_rows(connection: Connection, table: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; columns that they do not name are the database's to fill."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, table, rows)
    else:
        connection.execute(insert(table), rows)


def _copy(connection: Connection, table: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Stream rows, each value as its column keeps it: an INSERT costs PostgreSQL's driver several times as much."""
    quote = connection.dialect.identifier_preparer.quote
    kept = {name: table.__table__.columns[name].type.dialect_impl(connection.dialect) for name in rows[0]}
    processors = [(name, kind.bind_processor(connection.dialect)) for name, kind in kept.items()]
    driver: Any = connection.connection.driver_connection
    statement = f"COPY {quote(table.__tablename__)} ({', '.join(map(quote, kept))}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([row[name] if process is None else process(row[name]) for name, process in processors])
