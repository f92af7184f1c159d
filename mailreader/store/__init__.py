"""The store: the only sessions and queries of the program."""

from mailreader.store.backup import BackupError, back_up
from mailreader.store.engine import (
    DATABASE_FAULTS,
    AddressError,
    SchemaError,
    SchemaMissing,
    SchemaNewer,
    SchemaOlder,
    upgrade,
)
from mailreader.store.face import Store
from mailreader.store.folders import Cursor
from mailreader.store.intake import FILE_MAILBOX, MOST_TRIES, Arrival, SavedArrival, StoredMail, ToFile
from mailreader.store.outbox import QueuedReply
from mailreader.store.purge import Limits
from mailreader.store.register_import import ImportCounts
from mailreader.store.statistics import Span

__all__ = [
    "DATABASE_FAULTS",
    "FILE_MAILBOX",
    "MOST_TRIES",
    "AddressError",
    "Arrival",
    "BackupError",
    "Cursor",
    "ImportCounts",
    "Limits",
    "QueuedReply",
    "SavedArrival",
    "SchemaError",
    "SchemaMissing",
    "SchemaNewer",
    "SchemaOlder",
    "Span",
    "Store",
    "StoredMail",
    "ToFile",
    "back_up",
    "upgrade",
]
