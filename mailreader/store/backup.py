"""Backups: the whole database in one file, made while the daemon writes."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, make_url

_PAGES_AT_ONCE: Final = 1000
_DEBIAN: Final = Path("/usr/lib/postgresql")
_BESIDE: Final = ("", "-journal", "-wal", "-shm")
"""What SQLite may write: the file, and its companions while it works."""

Progress = Callable[[int, int], None]


class BackupError(Exception):
    """There is no backup; the text is a sentence that says why and what to do."""


def back_up(url: str, target: Path, progress: Progress) -> None:
    """Write the database at `url` into the file `target`, which nobody else may read and which is replaced.

    BackupError or OSError where that cannot be; what was written by then is removed. `progress` is told the pages
    done and their number; on PostgreSQL, which does not tell, nothing.
    """
    address = make_url(url)
    with _part_of(target) as part:
        if address.drivername.startswith("sqlite"):
            _copy_sqlite(Path(str(address.database)), part, progress)
        else:
            _dump_postgresql(address, part)


@contextmanager
def _part_of(target: Path) -> Iterator[Path]:
    """Give a file to write to beside `target`; it takes the name once it is whole and on the disk, or is removed."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield part
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    finally:
        for end in _BESIDE:
            part.with_name(part.name + end).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _copy_sqlite(source: Path, part: Path, progress: Progress) -> None:
    """Copy by SQLite's own means, as of one moment; the copy needs no file beside it.

    The database is opened to be written: who may only read leaves files beside it that may keep the daemon out.
    """
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)) as live,
            closing(sqlite3.connect(part, isolation_level=None)) as copy,
        ):
            copy.execute("PRAGMA synchronous=OFF")  # it is synced as a whole, before it takes its name
            # What the open transaction sees does not change: else each write of the daemon would begin the copy anew.
            live.execute("BEGIN")
            live.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            live.backup(copy, pages=_PAGES_AT_ONCE, progress=lambda _, left, pages: progress(pages - left, pages))
            copy.execute("PRAGMA journal_mode=DELETE")
            [(verdict,), *_] = copy.execute("PRAGMA quick_check").fetchall()
    except sqlite3.Error as error:
        raise BackupError(f"The backup could not be written: {error}. There is no backup.") from None
    if verdict != "ok":
        raise BackupError(f"The database is damaged, and so is its copy: {verdict}. There is no backup.")


def _dump_postgresql(url: URL, part: Path) -> None:
    """Run pg_dump over the whole database, whatever schema the URL names; then let pg_restore read what it wrote."""
    arguments, password = _connection(url.difference_update_query(["schema"]))
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    dump = [_program("pg_dump"), "--format=custom", "--no-password", f"--file={part}", f"--dbname={arguments}"]
    _run(dump, environment)
    _run([_program("pg_restore"), "--list", str(part)], environment)


def _connection(url: URL) -> tuple[str, str | None]:
    """Return what libpq is told in the open, and the password, which every user could read among the arguments."""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 -- only with PostgreSQL is it there

    asked: dict[str, Any] = {
        "host": url.host, "port": url.port, "user": url.username, "dbname": url.database, **url.query,
    }  # fmt: skip
    password: str | None = url.password or asked.pop("password", None)
    return make_conninfo(**{name: value for name, value in asked.items() if value is not None}), password


def _program(name: str) -> str:
    """Return the newest of Debian's, which can read from every older server, or what is on the path."""
    versions = [path for path in _DEBIAN.glob(f"*/bin/{name}") if path.parent.parent.name.isdigit()]
    newest = max(versions, key=lambda path: int(path.parent.parent.name), default=None)
    found = str(newest) if newest else shutil.which(name)
    if found is None:
        raise BackupError(f"{name} is not installed: apt-get install postgresql-client")
    return found


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    ended = subprocess.run(  # noqa: S603 -- a program of PostgreSQL, with arguments of ours
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        check=False, encoding="utf-8", errors="replace",
    )  # fmt: skip
    if ended.returncode == 0:
        return
    if "server version mismatch" in ended.stderr:
        raise BackupError(f"{command[0]} is older than the server: install the postgresql-client of its version.")
    [*_, said] = ended.stderr.strip().splitlines() or [f"it ended with code {ended.returncode}"]
    raise BackupError(f"{command[0]} failed: {said}. There is no backup.")
