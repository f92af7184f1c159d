"""Between a client and PostgreSQL: passes everything on, until a COMMIT at which it was told to break the connection.

The protocol (PostgreSQL's manual, 55.7): after the first message of a connection, which has no type, each is a letter,
four bytes of length with themselves, and the rest.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum, unique
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

_NAME: Final = ".s.PGSQL.5432"
_PIECE: Final = 65_536
_COMMANDS: Final = frozenset({b"Q", b"P"})
"""Query and Parse: what carries the words of a statement."""


@unique
class Break(StrEnum):
    """How a connection breaks: the server never hears of the COMMIT, or has done it and we do not hear of it.

    `hung`: as `before`, but the connection lives on and nothing is said any more.
    """

    BEFORE = "before"
    AFTER = "after"
    HUNG = "hung"


@dataclass
class Relay:
    """Listens on a socket in `folder`; `commits` counts those that came by since `break_at`."""

    server: Path
    folder: Path
    commits: int = 0
    _plan: tuple[Break, int] | None = None
    _open: list[socket.socket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def url(self, direct: str) -> str:
        """What leads to a database over this relay."""
        address = make_url(direct).update_query_dict({"host": str(self.folder)})
        return address.render_as_string(hide_password=False)

    def break_at(self, when: Break, number: int) -> None:
        """Break the connection whose COMMIT is the n-th from now on; once (0: no more)."""
        with self._lock:
            self.commits, self._plan = 0, (when, number)

    def listen(self, ready: threading.Event) -> None:
        """Take connections until the socket is closed."""
        with socket.socket(socket.AF_UNIX) as listening:
            self._open.append(listening)
            listening.bind(str(self.folder / _NAME))
            listening.listen()
            ready.set()
            with suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    self._connect(client)

    def close(self) -> None:
        """Close everything."""
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _connect(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        self._open += [client, server]
        server.connect(str(self.server / _NAME))
        pair = _Pair(self, client, server)
        for work in (pair.pass_to_server, pair.pass_to_client):
            threading.Thread(target=work, daemon=True).start()

    def due(self) -> Break | None:
        """Whether, and how, the COMMIT that comes by now is to be cut."""
        with self._lock:
            self.commits += 1
            if self._plan is None or self._plan[1] != self.commits:
                return None
            (when, _), self._plan = self._plan, None
            return when


@dataclass
class _Pair:
    """One connection through the relay."""

    relay: Relay
    client: socket.socket
    server: socket.socket
    is_doomed: bool = False

    def pass_to_server(self) -> None:
        """Pass on what the client says, message by message."""
        with suppress(OSError), self.client.makefile("rb") as said:
            self.server.sendall(_message(said.read(4), said.read))
            while kind := said.read(1):
                message = kind + _message(said.read(4), said.read)
                if kind in _COMMANDS and b"COMMIT" in message:
                    self._commit(message)
                else:
                    self.server.sendall(message)
        self.end()

    def pass_to_client(self) -> None:
        """Pass on what the server answers; nothing where the connection is doomed."""
        with suppress(OSError):
            while piece := self.server.recv(_PIECE):
                if self.is_doomed:
                    break
                self.client.sendall(piece)
        self.end()

    def end(self) -> None:
        """Break it on both sides."""
        for each in (self.client, self.server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _commit(self, message: bytes) -> None:
        when = self.relay.due()
        self.is_doomed = when is Break.AFTER
        if when is Break.BEFORE:
            self.end()
        elif when is not Break.HUNG:
            self.server.sendall(message)


def _message(length: bytes, read: Callable[[int], bytes]) -> bytes:
    return length + read(int.from_bytes(length) - len(length))


@contextmanager
def relayed(server: Path, folder: Path) -> Iterator[Relay]:
    """Run a relay in `folder` to the server whose socket lies in `server`."""
    relay, ready = Relay(server, folder), threading.Event()
    thread = threading.Thread(target=relay.listen, args=(ready,), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield relay
    finally:
        relay.close()
        thread.join(5)
