"""The servers of a whole run, and a fresh site on them for each case."""

import itertools
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from unittest import mock

from sqlalchemy import make_url

from mailreader.store import upgrade
from tests.databases import Databases, SqliteDatabases, with_register
from tests.kept_readers import Shelf
from tests.servers.certificate import make_certificate
from tests.servers.dovecot import Dovecot, running_dovecot
from tests.servers.postgresql import PostgresqlDatabases, new_database, running_postgresql
from tests.servers.smtp_sink import SmtpSink, running_sink
from tests.system.site import Site
from tests.torture.world import World

_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 -- what outlives no process needs no disk
"""Where there is one, everything lies in memory: a process that is killed loses nothing that it had written."""


@dataclass
class Ground:
    """A mail server, a relay and databases of one kind; `registered` is the URL of one that is copied for each case."""

    folder: Path
    dovecot: Dovecot
    sink: SmtpSink
    databases: Databases
    registered: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @contextmanager
    def world(self) -> Iterator[World]:
        """A site with an empty mailbox, and nothing at the relay."""
        self.sink.heal()
        self.sink.clear()
        with self.databases.copy(self.registered) as url:
            user = f"case-{uuid.uuid4().hex[:12]}"
            folder = self.folder / str(next(self._numbers))
            folder.mkdir()
            yield World(Site(self.dovecot, user, self.sink, folder, url))


@contextmanager
def torture_ground(kind: str) -> Iterator[Ground]:
    """Start everything for databases of one kind; reading processes are kept from one case to the next."""
    with ExitStack() as stack:
        if _IN_MEMORY.is_dir():
            stack.enter_context(mock.patch("tempfile.tempdir", str(_IN_MEMORY)))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="torture-")))
        dovecot = stack.enter_context(running_dovecot(make_certificate(folder), more="mail_fsync = never"))
        sink = stack.enter_context(running_sink())
        databases = stack.enter_context(_databases(kind, folder))
        registered = stack.enter_context(with_register(databases))
        shelf = Shelf()
        stack.callback(shelf.end)
        stack.enter_context(mock.patch("mailreader.app.Readers", shelf.lend))
        yield Ground(folder, dovecot, sink, databases, registered)


@contextmanager
def _databases(kind: str, folder: Path) -> Iterator[Databases]:
    if kind == SqliteDatabases.kind:
        (folder / "databases").mkdir()
        yield SqliteDatabases(folder / "databases")
        return
    with running_postgresql() as server, new_database(server, "template0") as url:
        upgrade(url)
        yield PostgresqlDatabases(server, make_url(url).database or "")
