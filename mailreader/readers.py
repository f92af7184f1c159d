"""A few long-lived child processes that read mail, watched by their parent (limits: memory, wall clock).

Not ProcessPoolExecutor: one death breaks it whole. Here a hostile mail costs one child; what else that child had been
given is read by the next one.
"""

import os
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Final, Self

from parsers.reading import ReadMail

_BATCH: Final = 16
_START_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class WasRead:
    """A mail that was read; `known_bounce` where its text is a known delivery failure."""

    mail: ReadMail
    known_bounce: bool = False


@dataclass(frozen=True, slots=True)
class ReadingFailed:
    """A mail whose reading was stopped or broke; `error` says how, without a word of the mail."""

    error: str


ReadResult = WasRead | ReadingFailed


@dataclass(slots=True)
class _Child:
    """One child, the mails that it was given and has not answered, and when the next answer is due."""

    process: subprocess.Popen[bytes]
    connection: Connection
    given: deque[int] = field(default_factory=deque)
    due: float = 0.0


class Readers:
    """Reads mail in child processes; used by one thread at a time."""

    def __init__(self, count: int, *, seconds: float, megabytes: int) -> None:
        """`count` processes (0: as many as processors), each mail within `seconds`, each process within `megabytes`."""
        self._count = count or len(os.sched_getaffinity(0))
        self._seconds = seconds
        self._megabytes = megabytes
        self._children: list[_Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all children."""
        for child in self._children:
            self._end(child)
        self._children = []

    def read(self, mails: Sequence[bytes]) -> Iterator[ReadResult]:
        """Yield one result a mail, in their order, as they become known."""
        waiting = deque(range(len(mails)))
        results: dict[int, ReadResult] = {}
        following = 0
        while following < len(mails):
            self._hand_out(waiting, mails)
            self._collect(results, waiting)
            while following in results:
                yield results.pop(following)
                following += 1

    def _hand_out(self, waiting: deque[int], mails: Sequence[bytes]) -> None:
        """Give every idle child a batch; small loads are spread over the children that there may be."""
        while waiting and (child := self._idle_child()):
            share = -(-len(waiting) // self._count)
            batch = [waiting.popleft() for _ in range(min(len(waiting), _BATCH, share))]
            child.given.extend(batch)
            try:
                child.connection.send([mails[place] for place in batch])
            except OSError:
                waiting.extendleft(reversed(batch))
                self._replace(child)

    def _idle_child(self) -> _Child | None:
        idle = next((child for child in self._children if not child.given), None)
        if idle is None and len(self._children) < self._count:
            idle = self._start()
            self._children.append(idle)
        if idle is not None:
            idle.due = max(idle.due, time.monotonic() + self._seconds)
        return idle

    def _collect(self, results: dict[int, ReadResult], waiting: deque[int]) -> None:
        """Take what has come, and stop the children whose answer is overdue."""
        busy = [child for child in self._children if child.given]
        patience = max(0.0, min(child.due for child in busy) - time.monotonic())
        ready = wait([child.connection for child in busy], patience)
        for child in busy:
            if child.connection in ready:
                self._take(child, results, waiting)
            elif time.monotonic() >= child.due:
                self._blame(child, f"no result within {self._seconds:g} s", results, waiting)

    def _take(self, child: _Child, results: dict[int, ReadResult], waiting: deque[int]) -> None:
        try:
            result: ReadResult = child.connection.recv()
        except (EOFError, OSError):
            self._blame(child, "the reading process died", results, waiting)
            return
        results[child.given.popleft()] = result
        child.due = time.monotonic() + self._seconds

    def _blame(self, child: _Child, error: str, results: dict[int, ReadResult], waiting: deque[int]) -> None:
        """The mail that the child was at is at fault; the others that it was given are read again."""
        results[child.given.popleft()] = ReadingFailed(error)
        waiting.extendleft(reversed(child.given))
        self._replace(child)

    def _replace(self, child: _Child) -> None:
        self._end(child)
        self._children.remove(child)

    def _start(self) -> _Child:
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "mailreader.reading_child", str(theirs.fileno()), str(self._megabytes)]
            process = subprocess.Popen(  # noqa: S603 -- our own program and two numbers
                command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )
        return _Child(process, Connection(ours.detach()), due=time.monotonic() + _START_SECONDS)

    def _end(self, child: _Child) -> None:
        child.connection.close()
        child.process.kill()
        child.process.wait()
