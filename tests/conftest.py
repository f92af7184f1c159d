"""What every test can ask for: the servers, databases, and the list of what could not run."""

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

_FIRST: Final = ("tests/system/", "tests/cli/", "tests/demo/", "tests/property/")
"""The folders with the files that take longest: what is begun last should be over soon."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is left alone with one at the end."""

    def rank(item: pytest.Item) -> int:
        return next((place for place, folder in enumerate(_FIRST) if item.nodeid.startswith(folder)), len(_FIRST))

    items.sort(key=rank)


def pytest_configure() -> None:
    """Log exceptions as the program does: structlog's own way shows all that their frames hold, down to every word."""
    renderer = structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(processors=[structlog.processors.add_log_level, describe_exception, renderer])
