"""How the database that a configuration names is opened: all that most commands need of the wiring."""

from email.utils import parseaddr

from config.settings import Settings
from mailreader.store import Store


def open_store(settings: Settings) -> Store:
    """Open the database; SchemaError says what to do where its schema is not ours."""
    domain = parseaddr(settings.smtp.sender)[1].rpartition("@")[2] if settings.smtp else ""
    address = settings.address()
    return Store.open(address, domain) if domain else Store.open(address)
