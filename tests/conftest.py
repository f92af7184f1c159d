"""What every test can ask for: the servers, databases, and the list of what could not run."""

import os
import tempfile
from typing import Final

import pytest
import structlog

from mailreader.logs import describe_exception

pytest_plugins = (
    "tests.servers.availability",
    "tests.servers.certificate",
    "tests.servers.dovecot",
    "tests.servers.postgresql",
    "tests.servers.smtp_sink",
    "tests.databases",
    "tests.fuzz.profiles",
    "tests.kept_readers",
)

_FIRST: Final = (
    "tests/torture/",
    "tests/system/",
    "tests/cli/",
    "tests/threats/",
    "tests/fuzz/",
    "tests/demo/",
    "tests/property/",
    "tests/autoreply/",
    "tests/test_public_mail.py",
)
"""The folders with the files that take longest: what is begun last should be over soon."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is left alone with one at the end."""

    def rank(item: pytest.Item) -> int:
        return next((place for place, folder in enumerate(_FIRST) if item.nodeid.startswith(folder)), len(_FIRST))

    items.sort(key=rank)


_MEMORY: Final = "/dev/shm"  # noqa: S108 -- each run makes a folder of its own there
_ROOMY: Final = 4_000_000_000


def pytest_configure() -> None:
    """Have temporary files in memory, and the log as the program has it."""
    _keep_files_in_memory()
    _log_as_the_program_does()


def _keep_files_in_memory() -> None:
    """Where memory has room for it and nobody has chosen a place: each commit waits for the disk, and there are many.

    Nothing here asks the disk to hold what it was given: a process that is killed leaves that to the machine.
    """
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    place = os.statvfs(_MEMORY)
    if place.f_bavail * place.f_frsize >= _ROOMY and not place.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = _MEMORY
        tempfile.tempdir = None


def _log_as_the_program_does() -> None:
    """Log exceptions as the program does: structlog's own way shows all that their frames hold, down to every word."""
    renderer = structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(processors=[structlog.processors.add_log_level, describe_exception, renderer])
