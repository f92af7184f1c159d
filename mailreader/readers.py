"""A few long-lived child processes that read mail, watched by their parent (limits: memory, processor, wall clock).

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

from mailreader.bounces import Failure
from parsers.reading import ReadMail

_BATCH: Final = 16
_BATCH_BYTES: Final = 4_000_000
_START_SECONDS: Final = 60.0
TOKENS: Final = "tokens"
"""The argument that asks a child for the tokens, too."""
_NOT_FOR_CHILDREN: Final = ("MAILREADER_", "CREDENTIALS_", "NOTIFY_SOCKET")


@dataclass(frozen=True, slots=True)
class WasRead:
    """A mail that was read; `known_bounce` where its text is a known delivery failure, `failure` what it reports."""

    mail: ReadMail
    known_bounce: bool = False
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class ReadingFailed:
    """A mail whose reading was stopped or broke; `error` says how, without a word of the mail."""

    error: str


ReadResult = WasRead | ReadingFailed


class NoReader(Exception):
    """No reading process comes up: a fault of the machine or of the installation, which no mail is to blame for."""


@dataclass(slots=True)
class _Child:
    """One child, the mails that it was given and has not answered, and when its next answer is due.

    Its first answer says that it is ready; what befalls it before that is no mail's fault.
    """

    process: subprocess.Popen[bytes]
    connection: Connection
    due: float
    is_ready: bool = False
    given: deque[int] = field(default_factory=deque)


class Readers:
    """Reads mail in child processes; used by one thread at a time."""

    def __init__(self, count: int, *, seconds: float, megabytes: int, keep_tokens: bool = False) -> None:
        """`count` processes (0: as many as processors), each mail within `seconds`, each process within `megabytes`.

        With `keep_tokens` statements hold their tokens, too.
        """
        self._count = count or len(os.sched_getaffinity(0))
        self._seconds = seconds
        self._megabytes = megabytes
        self._wanted = (TOKENS,) if keep_tokens else ()
        self._children: list[_Child] = []
        self._current: object = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all children."""
        for child in tuple(self._children):
            self._remove(child)

    def read(self, mails: Sequence[bytes]) -> Iterator[ReadResult]:
        """Yield one result a mail, in their order, as they become known; `NoReader` where no child comes up.

        Whoever breaks off leaves nothing behind: what a child still owed could else be taken for another mail's. The
        end of a reading that was broken off may come late, in the middle of the next one (a generator in a cycle of
        references): then it takes nothing away.
        """
        self._end_busy()
        self._current = this = object()
        waiting = deque(range(len(mails)))
        results: dict[int, ReadResult] = {}
        try:
            for place in range(len(mails)):
                while place not in results:
                    self._start_children(len(waiting))
                    self._hand_out(waiting, mails)
                    self._collect(results, waiting)
                yield results.pop(place)
        finally:
            if self._current is this:
                self._end_busy()

    def _end_busy(self) -> None:
        for child in self._busy():
            self._remove(child)

    def _busy(self) -> list[_Child]:
        return [child for child in self._children if child.given]

    def _start_children(self, waiting: int) -> None:
        """Have as many children as there is work for."""
        while len(self._children) < min(self._count, len(self._busy()) + waiting):
            self._children.append(self._start())

    def _hand_out(self, waiting: deque[int], mails: Sequence[bytes]) -> None:
        """Give every idle child a batch; small loads are spread over the children that there may be."""
        share = -(-len(waiting) // self._count)
        for child in tuple(self._children):
            if waiting and child.is_ready and not child.given:
                self._give(child, _batch(waiting, mails, min(share, _BATCH)), waiting, mails)

    def _give(self, child: _Child, batch: list[int], waiting: deque[int], mails: Sequence[bytes]) -> None:
        child.given.extend(batch)
        child.due = time.monotonic() + self._seconds
        try:
            child.connection.send([mails[place] for place in batch])
        except OSError:
            self._take_back(child, waiting)

    def _collect(self, results: dict[int, ReadResult], waiting: deque[int]) -> None:
        """Take what has come, and stop the children whose answer is overdue."""
        watched = [child for child in self._children if child.given or not child.is_ready]
        patience = max(0.0, min((child.due for child in watched), default=0.0) - time.monotonic())
        come = wait([child.connection for child in watched], patience)
        for child in watched:
            if child.connection in come:
                self._take(child, results, waiting)
            elif time.monotonic() >= child.due:
                self._blame(child, f"no result within {self._seconds:g} s", results, waiting)

    def _take(self, child: _Child, results: dict[int, ReadResult], waiting: deque[int]) -> None:
        try:
            result: ReadResult | None = child.connection.recv()
        except Exception:  # noqa: BLE001 -- its end, or whatever a dying process sends
            self._blame(child, "the reading process died", results, waiting)
            return
        child.due = time.monotonic() + self._seconds
        if result is None:
            child.is_ready = True
        else:
            results[child.given.popleft()] = result

    def _blame(self, child: _Child, error: str, results: dict[int, ReadResult], waiting: deque[int]) -> None:
        """The mail that the child was at is at fault; the others that it was given are read again."""
        if not child.is_ready:
            self._remove(child)
            raise NoReader(error)
        results[child.given.popleft()] = ReadingFailed(error)
        self._take_back(child, waiting)

    def _take_back(self, child: _Child, waiting: deque[int]) -> None:
        """Let others read what the child was given."""
        waiting.extendleft(reversed(child.given))
        self._remove(child)

    def _start(self) -> _Child:
        ours, theirs = socket.socketpair()
        with theirs:
            limits = [str(self._megabytes), str(self._seconds), *self._wanted]
            try:
                process = subprocess.Popen(  # noqa: S603 -- our own program, three numbers and a word
                    [sys.executable, "-P", "-m", "mailreader.reading_child", str(theirs.fileno()), *limits],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    env=_environment(),
                    process_group=0,  # a Ctrl-C on the terminal is meant for the parent
                )
            except OSError as error:
                ours.close()
                raise NoReader(f"{type(error).__name__}: {error.strerror}") from error
        return _Child(process, Connection(ours.detach()), due=time.monotonic() + _START_SECONDS)

    def _remove(self, child: _Child) -> None:
        self._children.remove(child)
        child.connection.close()
        child.process.kill()
        child.process.wait()


def _batch(waiting: deque[int], mails: Sequence[bytes], most: int) -> list[int]:
    """Take up to `most` mails off those that wait, of bounded size together: a child holds them all at once."""
    batch = [waiting.popleft()]
    octets = len(mails[batch[0]])
    while waiting and len(batch) < most and octets + len(mails[waiting[0]]) <= _BATCH_BYTES:
        batch.append(waiting.popleft())
        octets += len(mails[batch[-1]])
    return batch


def _environment() -> dict[str, str]:
    """The environment of a child: it finds our modules where we do, and holds no secret."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_FOR_CHILDREN)}
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
