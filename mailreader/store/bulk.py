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
        statement = f"INSERT INTO {target} VALUES ({marks})"  # noqa: S608 -- names of our own columns
        connection.exec_driver_sql(statement, list(_as_kept(connection, table, rows)))


def update_rows(connection: Connection, table: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Change rows, which all name the same columns, `id` as the last of them."""
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    *changed, key = (f"{quote(name)} = {mark}" for name in rows[0])
    statement = f"UPDATE {quote(table.__tablename__)} SET {', '.join(changed)} WHERE {key}"  # noqa: S608 -- the same
    connection.exec_driver_sql(statement, list(_as_kept(connection, table, rows)))


def _as_kept(connection: Connection, table: type[Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """The values of each row as their columns keep them."""
    dialect = connection.dialect
    columns = []
    for name in rows[0]:
        process = table.__table__.columns[name].type.dialect_impl(dialect).bind_processor(dialect)
        values = [row[name] for row in rows]
        columns.append(values if process is None else list(map(process, values)))
    return zip(*columns, strict=True)
