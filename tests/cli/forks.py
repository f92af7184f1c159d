"""Starts of the program that do not wait for its imports: each is a process, forked off one that has made them.

For tests of what a command does. That the program starts as people start it, and what it imports then, is for those
that take `start`: every command is started so in test_every_command.
"""

import json
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.cli import forked_program
from tests.cli.forked_program import MOST_BYTES

SECONDS: Final = 120


class Forks:
    """The process that was started once, at the other end of `asking`."""

    def __init__(self, asking: socket.socket) -> None:
        """Take our end of the socket."""
        self._asking = asking

    def run(
        self, arguments: Sequence[str], *, folder: Path, variables: Mapping[str, str], stdin: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        """Return how a fork with this command line ended."""
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            given.write(stdin)
            given.seek(0)
            streams = [stream.fileno() for stream in (given, output, errors)]
            self.begin(arguments, streams, folder=folder, variables=variables)
            code = self.end()
            output.seek(0)
            errors.seek(0)
            return subprocess.CompletedProcess(list(arguments), code, output.read(), errors.read())

    def begin(
        self, arguments: Sequence[str], streams: Sequence[int], *, folder: Path, variables: Mapping[str, str]
    ) -> None:
        """Fork with this command line and these three streams; `end` is to be called before the next."""
        asked = {"arguments": arguments, "folder": str(folder), "variables": {**variables}, "seconds": SECONDS}
        socket.send_fds(self._asking, [json.dumps(asked).encode()], streams)

    def end(self) -> int:
        """Wait for the end of the fork that was begun; return its exit code."""
        code = self._asking.recv(MOST_BYTES)
        assert code, "the process that forks has ended"
        return int(code)


@contextmanager
def forking(variables: Mapping[str, str]) -> Iterator[Forks]:
    """Start the process that forks."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    command = [sys.executable, "-P", forked_program.__file__, str(theirs.fileno())]
    with (
        ours,
        subprocess.Popen(
            command,
            env={**variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        ) as program,
    ):
        theirs.close()
        try:
            yield Forks(ours)
        finally:
            ours.close()
            program.wait(SECONDS)
