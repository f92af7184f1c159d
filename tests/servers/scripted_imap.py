"""A TCP server that answers IMAP commands from a table: for what no sound server can be made to do."""

import re
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from mailreader.mailbox import MailboxAccess, Tls

CLOSE: Final = b"<close>"
"""At the end of an answer: close the connection."""
HANG: Final = b"<hang>"
"""At the end of an answer: say nothing more, but stay."""
DRIP: Final = b"<drip>"
"""At the end of an answer: go on with a byte now and then, for ever."""

_CAPABILITIES: Final = b"IMAP4rev1 AUTH=PLAIN UIDPLUS MOVE"
_USUAL: Final = (
    (r"LOGOUT", b"* BYE\r\n{tag} OK bye\r\n" + CLOSE),
    (r"AUTHENTICATE PLAIN", b"+ \r\n"),
    (r"SELECT", b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 4] x\r\n{tag} OK [READ-WRITE] done\r\n"),
    (r"UID SEARCH", b"* SEARCH 1 2 3\r\n{tag} OK done\r\n"),
    (
        r"UID FETCH .*RFC822\.SIZE",
        b"".join(
            b'* %d FETCH (UID %d RFC822.SIZE 5 INTERNALDATE "20-Nov-2026 14:05:00 +0500")\r\n' % (n, n)
            for n in (1, 2, 3)
        )
        + b"{tag} OK done\r\n",
    ),
)


@dataclass
class ScriptedImap:
    """Answers each command by the first pattern that is found in it; `{tag}` in an answer is the command's tag.

    A pattern may be there more than once: each of its answers is given once, the last one for ever.
    """

    script: Sequence[tuple[str, bytes]]
    greeting: bytes = b"* OK ready\r\n"
    capabilities: bytes = _CAPABILITIES
    port: int = 0
    commands: list[str] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)
    _given: list[int] = field(default_factory=list)

    def access(self, **changes: object) -> MailboxAccess:
        """What our program reaches this server with."""
        plain = {"host": "127.0.0.1", "port": self.port, "tls": Tls.NONE, "password": "secret", "timeout_seconds": 5.0}
        return MailboxAccess(**{"name": "main", "username": "user", **plain, **changes})  # type: ignore[arg-type]

    def _answer(self, command: str) -> bytes:
        if re.search(r"CAPABILITY", command):
            return b"* CAPABILITY " + self.capabilities + b"\r\n{tag} OK done\r\n"
        table = [*self.script, *_USUAL]
        fitting = [index for index, (pattern, _) in enumerate(table) if re.search(pattern, command)]
        same = [index for index in fitting if table[index][0] == table[fitting[0]][0]] if fitting else []
        fresh = next((index for index in same if index not in self._given), same[-1] if same else None)
        if fresh is None:
            return b"{tag} OK done\r\n"
        self._given.append(fresh)
        return table[fresh][1]

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            going_on = self._say(connection, self.greeting)
            tag = b""
            while going_on and (line := lines.readline()):
                words = line.rstrip(b"\r\n").split(b" ", 1)
                if len(words) == 1:
                    # The continuation of AUTHENTICATE, or DONE.
                    going_on = self._say(connection, tag + b" OK done\r\n")
                    continue
                tag, command = words[0], words[1].decode()
                self.commands.append(command)
                going_on = self._say(connection, self._answer(command).replace(b"{tag}", tag))

    def _say(self, connection: socket.socket, answer: bytes) -> bool:
        """Send an answer; whether the dialogue goes on."""
        ending = next((end for end in (CLOSE, HANG, DRIP) if answer.endswith(end)), b"")
        connection.sendall(answer.removesuffix(ending))
        while ending == DRIP and not self._ended.wait(0.02):
            connection.sendall(b"x")
        if ending == HANG:
            self._ended.wait()
        return not ending

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _address = listening.accept()
                threading.Thread(target=self._serve_quietly, args=(connection,), daemon=True).start()

    def _serve_quietly(self, connection: socket.socket) -> None:
        with suppress(OSError):
            self._serve(connection)


@contextmanager
def scripted_imap(
    *script: tuple[str, bytes], greeting: bytes = b"* OK ready\r\n", capabilities: bytes = _CAPABILITIES
) -> Iterator[ScriptedImap]:
    """Run a server with this table before the usual answers of a mailbox with three messages of five bytes."""
    server = ScriptedImap(script, greeting=greeting, capabilities=capabilities)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        server.port = listening.getsockname()[1]
        threading.Thread(target=server._accept, args=(listening,), daemon=True).start()
        try:
            yield server
        finally:
            server._ended.set()
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
