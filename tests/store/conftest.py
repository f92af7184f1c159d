"""A fresh store for each test, with one account in it."""

from collections.abc import Iterator

import pytest

from mailreader.store import Store
from tests.store.samples import account


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    """An open store whose register holds the sample account."""
    store = Store.open(database, reply_domain="energo.example")
    store.import_register([account()])
    yield store
    store.close()
