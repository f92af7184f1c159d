"""Many rows of one table at once, past what a statement of the library costs for each row."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection


def insert_rows(connection: Connection, table: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns; columns that they do not name are the database's to fill.

    By COPY where the database has it: an INSERT costs PostgreSQL's driver several times as much.
    """
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    target = f"{quote(table.__tablename__)} ({', '.join(map(quote, rows[0]))})"
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for row in _as_kept(connection, table, rows):
                copy.write_row(row)
    else:
        marks = ", ".join("?" for _ in rows[0])
        connection.exec_driver_sql(
            f"INSERT INTO {target} VALUES ({marks})",  # noqa: S608 -- names of our own columns
            list(_as_kept(connection, table, rows)),
        )


def _as_kept(connection: Connection, table: type[Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """The values of each row as their columns keep them."""
    kinds = [(name, table.__table__.columns[name].type.dialect_impl(connection.dialect)) for name in rows[0]]
    processors = [(name, kind.bind_processor(connection.dialect)) for name, kind in kinds]
    for row in rows:
        yield tuple(row[name] if process is None else process(row[name]) for name, process in processors)
