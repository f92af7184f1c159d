"""The daemon of a site as a process of its own, and what can be told of processes."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.system.site import Site

_ROOT = Path(__file__).parents[2]


@contextmanager
def process(site: Site, *point: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the daemon by the clock of the site; at a `point` (as `tests.system.runner` takes it) it dies."""
    clock = f"{site.clock.ahead.total_seconds()}*{site.clock.speed}"
    command = [sys.executable, "-m", "tests.system.runner", str(site.write_table()), clock, *point]
    with subprocess.Popen(command, cwd=_ROOT, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as started:
        try:
            yield started
        finally:
            started.kill()


def children_of(process_id: int) -> list[int]:
    """The processes that a process has started."""
    tasks = Path(f"/proc/{process_id}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def is_running(process_id: int) -> bool:
    """Whether a process lives; one that only waits to be buried does not."""
    try:
        state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
