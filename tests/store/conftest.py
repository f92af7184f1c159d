"""A fresh database for each test, with one account in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailreader.store import Store, upgrade
from tests.store.samples import account


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of a database with all tables."""
    url = f"sqlite:///{tmp_path / 'mailreader.db'}"
    upgrade(url)
    return url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An open store whose register holds the sample account."""
    store = Store.open(url, reply_domain="energo.example")
    store.import_register([account()])
    yield store
    store.close()
