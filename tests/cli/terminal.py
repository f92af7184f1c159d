"""The program, and shells, on a terminal."""

import os
import pty
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tests.cli.conftest import COMMAND, environment
from tests.cli.forks import Forks

PATIENCE: Final = 30.0


def seen_on_a_terminal(
    forks: Forks, *arguments: str | Path, folder: Path, variables: Mapping[str, str]
) -> tuple[int, str]:
    """Return the exit code, and what the program writes to a terminal, on both its outputs."""
    ours, theirs = pty.openpty()
    there = environment(**{"TERM": "xterm", **variables})
    forks.begin([*COMMAND, *map(str, arguments)], [theirs] * 3, folder=folder, variables=there)
    os.close(theirs)
    written = b""
    while part := _read(ours):
        written += part
    os.close(ours)
    return forks.end(), written.decode("utf-8")


def typed_into(shell: Sequence[str], *steps: tuple[str, str], folder: Path, variables: Mapping[str, str]) -> str:
    """Type into a shell; a step is what is typed, and what must then be seen, else AssertionError. Return all seen."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        shell, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env={**variables}, start_new_session=True
    ) as running:
        os.close(theirs)
        seen = ""
        try:
            for typed, until in steps:
                os.write(ours, typed.encode())
                seen += _read_until(ours, until)
        finally:
            running.kill()
    os.close(ours)
    return seen


def _read_until(terminal: int, awaited: str) -> str:
    seen, deadline = b"", time.monotonic() + PATIENCE
    while awaited.encode() not in seen:
        ready, _, _ = select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))
        part = _read(terminal) if ready else b""
        assert part, f"{awaited!r} is not in what was seen: {seen.decode()!r}"
        seen += part
    return seen.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other side was closed
        return b""
