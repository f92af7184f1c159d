"""Which process reads a mailbox: one at a time, and another takes over within seconds when it has died."""

import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from mailreader.store import Store

LASTS: Final = timedelta(seconds=30)
_RENEWED_BEFORE: Final = timedelta(seconds=15)
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_PROCESSES: Final = Path("/proc/self/ns/pid")


class Lease:
    """The right to do one thing, held by this process and made to last while it goes on."""

    def __init__(self, store: Store, name: str, clock: Callable[[], datetime]) -> None:
        """`name` is that of what is to be done by one process alone."""
        self._store = store
        self._name = name
        self._clock = clock
        self._until: datetime | None = None

    def hold(self) -> str | None:
        """Take the lease, or make it last where it soon ends; returns the other process that has it, if there is one.

        A process of this machine that no longer lives is not waited for.
        """
        now = self._clock()
        if self._until is not None and _RENEWED_BEFORE <= self._until - now <= LASTS:
            return None
        until = now + LASTS
        other = self._store.hold_lease(self._name, this_process(), now, until, is_gone)
        self._until = None if other else until
        return other

    def renew(self) -> None:
        """Make the lease last, where it is ours."""
        if self._until is not None:
            self.hold()

    def give_up(self) -> None:
        """Let another process take it at once."""
        if self._until is not None:
            self._until = None
            self._store.give_up_lease(self._name, this_process())


@cache
def _machine() -> str:
    """The machine since its start, and where its processes are numbered: containers have numbers of their own."""
    return f"{socket.gethostname()}/{_BOOT.read_text().strip()}/{os.readlink(_PROCESSES)}"  # noqa: PTH115 -- no file


def this_process() -> str:
    """A name that no other process has, nor a later one with the same number."""
    return f"{_machine()}/{os.getpid()}/{_started(os.getpid())}"


def is_gone(process: str) -> bool:
    """Whether a process that was named so is known to live no more; False for one of another machine."""
    machine, _, rest = process.rpartition("/")[0].rpartition("/")
    return machine == _machine() and rest.isdecimal() and f"{machine}/{rest}/{_started(int(rest))}" != process


def _started(number: int) -> str:
    """When a process was started, in ticks since the machine was (proc(5), stat); empty where there is none."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] == "Z" else fields[19]
