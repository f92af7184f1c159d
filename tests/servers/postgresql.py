"""A real PostgreSQL on a socket in a folder of its own, as root or as an ordinary user.

Its programs come from the Debian package, whose own cluster is not touched. The role of the program is an ordinary one
with a password full of signs that a URL must quote; sessions are in a time zone that nobody expects.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, LiteralString

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from tests.servers.availability import not_run

ROLE: Final = "mailreader"
PASSWORD: Final = "s3cret: p@ss/wörd %41"
_OWNER: Final = "postgres"
_STARTS_WITHIN_TRIES: Final = 400
_ENDS_WITHIN_SECONDS: Final = 20
_INSTALLED: Final = Path("/usr/lib/postgresql")
_WHO_MAY: Final = f"local all {_OWNER} trust\nlocal all all scram-sha-256\n"
_SETTINGS: Final = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "32MB",
    "timezone": "America/St_Johns",
    "log_timezone": "UTC",
    "lc_messages": "C",
}


def programs() -> Path:
    """The folder of the newest PostgreSQL that is installed; the calling test is not run where there is none."""
    on_path = shutil.which("postgres")
    installed = sorted(_INSTALLED.glob("*/bin/postgres"), key=lambda found: float(found.parts[-3]))
    if on_path is None and not installed:
        not_run("PostgreSQL", "apt install postgresql")
    return installed[-1].parent if installed else Path(str(on_path)).resolve().parent


def _user() -> pwd.struct_passwd:
    """Who runs the server: it refuses to run as root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(_OWNER)
    except KeyError:
        return pwd.getpwnam("nobody")


@dataclass
class Postgresql:
    """A server: started and stopped by a test, reached over the socket in `folder`."""

    folder: Path
    programs: Path
    user: pwd.struct_passwd
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def url(self, database: str, password: str = PASSWORD) -> str:
        """What the program reaches a database with."""
        host = {"host": str(self.folder)}
        there = URL.create("postgresql+psycopg", ROLE, password, database=database, query=host)
        return there.render_as_string(hide_password=False)

    def prepare(self) -> None:
        """Make the cluster."""
        os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        data = str(self.folder / "data")
        how = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", f"--username={_OWNER}"]
        made = self._start_program("initdb", [*how, "--pgdata", data], subprocess.PIPE)
        said = made.communicate()[0].decode()
        if made.returncode != 0:
            message = f"initdb fails: {said}"
            raise RuntimeError(message)
        (self.folder / "data" / "pg_hba.conf").write_text(_WHO_MAY, encoding="utf-8")

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        settings = _SETTINGS | {"unix_socket_directories": str(self.folder)}
        told = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self._process = self._start_program("postgres", ["-D", str(self.folder / "data"), *told], subprocess.DEVNULL)
        for _ in range(_STARTS_WITHIN_TRIES):
            with contextlib.suppress(psycopg.OperationalError):
                self.execute("SELECT 1")
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
                break
        message = f"PostgreSQL does not start: run {self._process.args!r}"
        raise RuntimeError(message)

    def stop(self) -> None:
        """Stop it at once, whoever is connected."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_ENDS_WITHIN_SECONDS)
        self._process = None

    def execute(self, statement: LiteralString, *names: str, database: str = _OWNER) -> None:
        """Run one statement as the owner of the cluster; `names` fill its `{}`."""
        with psycopg.connect(host=str(self.folder), user=_OWNER, dbname=database, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _start_program(self, name: str, arguments: Sequence[str], output: int) -> subprocess.Popen[bytes]:
        other = os.geteuid() == 0
        return subprocess.Popen(
            [str(self.programs / name), *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=self.user.pw_uid if other else None,
            group=self.user.pw_gid if other else None,
            extra_groups=[] if other else None,
        )


@contextmanager
def running_postgresql() -> Iterator[Postgresql]:
    """Run a server with the role of the program and no database of it."""
    found = programs()
    with tempfile.TemporaryDirectory(prefix="postgresql-", ignore_cleanup_errors=True) as name:
        server = Postgresql(Path(name), found, _user())
        server.prepare()
        try:
            server.start()
            server.execute("CREATE ROLE {} LOGIN", ROLE)
            with psycopg.connect(host=name, user=_OWNER, dbname=_OWNER, autocommit=True) as connection:
                connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(ROLE), PASSWORD))
            yield server
        finally:
            server.stop()


class PostgresqlDatabases:
    """Databases for tests on one server, each dropped after its test."""

    kind = "postgresql"

    def __init__(self, server: Postgresql, template: str) -> None:
        """`template` is an upgraded database that nobody is connected to."""
        self.server = server
        self.template = template

    def empty(self) -> contextlib.AbstractContextManager[str]:
        """Give the URL of a database without tables."""
        return new_database(self.server, "template0")

    def upgraded(self) -> contextlib.AbstractContextManager[str]:
        """Give the URL of a database with all tables."""
        return new_database(self.server, self.template)

    def copy(self, url: str) -> contextlib.AbstractContextManager[str]:
        """Give the URL of a copy of a database, which nobody is connected to."""
        return new_database(self.server, make_url(url).database or "")


@contextmanager
def new_database(server: Postgresql, template: str) -> Iterator[str]:
    """Give the URL of a copy of `template`."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    server.execute("CREATE DATABASE {} OWNER {} TEMPLATE {}", name, ROLE, template)
    try:
        yield server.url(name)
    finally:
        server.execute("DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """One server for all databases of a run; who stops it starts it again."""
    with running_postgresql() as server:
        yield server
