"""The store: the only sessions and queries of the program."""

from mailreader.store.backup import BackupError, back_up
from mailreader.store.bounces import ADDRESS_BOUNCED
from mailreader.store.breaker import BREAKER, Breaker, BreakerState
from mailreader.store.engine import (
    AddressError,
    SchemaError,
    SchemaMissing,
    SchemaNewer,
    SchemaOlder,
    upgrade,
)
from mailreader.store.export import CursorAhead
from mailreader.store.face import Store
from mailreader.store.faults import DATABASE_FAULTS, DatabaseDamaged, code_of
from mailreader.store.filing import FiledAt, ToFile
from mailreader.store.folders import Cursor
from mailreader.store.intake import FILE_MAILBOX, MOST_TRIES, Arrival, SavedArrival, StoredMail
from mailreader.store.outbox import QueuedReply
from mailreader.store.pauses import Pause
from mailreader.store.purge import Limits
from mailreader.store.register_import import ImportCounts
from mailreader.store.rescan import RESCANNED, Place, TakenIn
from mailreader.store.statistics import Span

__all__ = [
    "ADDRESS_BOUNCED",
    "BREAKER",
    "DATABASE_FAULTS",
    "FILE_MAILBOX",
    "MOST_TRIES",
    "RESCANNED",
    "AddressError",
    "Arrival",
    "BackupError",
    "Breaker",
    "BreakerState",
    "Cursor",
    "CursorAhead",
    "DatabaseDamaged",
    "FiledAt",
    "ImportCounts",
    "Limits",
    "Pause",
    "Place",
    "QueuedReply",
    "SavedArrival",
    "SchemaError",
    "SchemaMissing",
    "SchemaNewer",
    "SchemaOlder",
    "Span",
    "Store",
    "StoredMail",
    "TakenIn",
    "ToFile",
    "back_up",
    "code_of",
    "upgrade",
]
