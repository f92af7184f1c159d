"""A TCP relay in front of a server, which cuts, hangs or drips at a chosen byte of what either side sends."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Final

_PIECE: Final = 65_536
_DRIP_SECONDS: Final = 0.05
_RESET: Final = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing sends RST."""


@unique
class Way(StrEnum):
    """Whose bytes are counted."""

    TO_CLIENT = "to client"
    TO_SERVER = "to server"


@unique
class Break(StrEnum):
    """What happens at the byte: an end, a reset, silence, or a byte now and then."""

    CLOSE = "close"
    RESET = "reset"
    HANG = "hang"
    DRIP = "drip"


@dataclass(frozen=True, slots=True)
class Trouble:
    """After so many bytes one way, counted over all connections, this happens; it ends with its connection."""

    way: Way
    what: Break
    after: int

    def __str__(self) -> str:
        return f"{self.what} after {self.after} bytes {self.way}"


@dataclass
class Chaos:
    """The relay: `port` is where clients come, `trouble` what is still to happen."""

    target: int
    port: int = 0
    trouble: Trouble | None = None
    happened: int = 0
    _counts: dict[Way, int] = field(default_factory=lambda: dict.fromkeys(Way, 0))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ended: threading.Event = field(default_factory=threading.Event)

    def accept(self, listening: socket.socket) -> None:
        """Relay whoever comes, until the socket is closed."""
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self.target), 5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        ways = ((Way.TO_CLIENT, server, client), (Way.TO_SERVER, client, server))
        pumps = [threading.Thread(target=self._pump, args=way, daemon=True) for way in ways]
        for pump in pumps:
            pump.start()
        for pump in pumps:
            pump.join()
        for end in (client, server):
            end.close()

    def _pump(self, way: Way, source: socket.socket, target: socket.socket) -> None:
        """Pass bytes on until one side ends, or trouble comes."""
        with suppress(OSError):
            while piece := source.recv(_PIECE):
                passed, trouble = self._passed(way, len(piece))
                target.sendall(piece[:passed])
                if trouble is not None:
                    self._make(trouble.what, piece[passed:], source, target)
                    break
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _passed(self, way: Way, octets: int) -> tuple[int, Trouble | None]:
        """How much of a piece is passed on, and what happens then."""
        with self._lock:
            trouble, before = self.trouble, self._counts[way]
            self._counts[way] += octets
            if trouble is None or trouble.way is not way or before + octets < trouble.after:
                return octets, None
            self.trouble = None
            self.happened += 1
            return max(0, trouble.after - before), trouble

    def _make(self, what: Break, rest: bytes, source: socket.socket, target: socket.socket) -> None:
        if what is Break.RESET:
            for end in (source, target):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                end.close()
        elif what is Break.HANG:
            self._until_gone(target)
        elif what is Break.DRIP:
            self._drip(rest, source, target)

    def _until_gone(self, peer: socket.socket) -> None:
        """Say nothing until the peer goes away: the other pump then ends this connection."""
        peer.settimeout(_DRIP_SECONDS)
        while not self._ended.is_set() and peer.fileno() >= 0:
            try:
                if not peer.recv(1, socket.MSG_PEEK):
                    return
            except TimeoutError:
                continue
            self._ended.wait(_DRIP_SECONDS)

    def _drip(self, rest: bytes, source: socket.socket, target: socket.socket) -> None:
        while not self._ended.wait(_DRIP_SECONDS):
            rest = rest or source.recv(_PIECE)
            if not rest:
                return
            target.sendall(rest[:1])
            rest = rest[1:]


@contextmanager
def chaos(target: int, trouble: Trouble | None = None) -> Iterator[Chaos]:
    """Run a relay in front of the server at a port of this machine."""
    relay = Chaos(target, trouble=trouble)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        relay.port = listening.getsockname()[1]
        threading.Thread(target=relay.accept, args=(listening,), daemon=True).start()
        try:
            yield relay
        finally:
            relay._ended.set()
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
