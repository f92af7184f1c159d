"""The tables (design, Storage); only the store uses them.

Quantities are integer thousandths, instants aware UTC, enums kept by value, text cleaned of what a database refuses.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import JSON, Field, SQLModel, col

from models.catalogue import (
    Act,
    ContractStatus,
    CustomerType,
    Housing,
    Language,
    OutboxState,
    Outcome,
    QueueStatus,
    ReadingStatus,
    Reason,
    ReplyKind,
    ReplyOrigin,
    Request,
    Service,
    Zone,
)
from models.columns import CleanText, IndexedText, ShortText, TextTable, Thousandths, by_value
from models.history import ReadingSource, ReadingState


class SettingRow(SQLModel, table=True):
    """A fact about this database.

    `reply_token` and `bounce_secret` (made once; the first stands in every Message-ID, the second nowhere),
    `export_cursor` (the last one given out), `breaker_tripped_at` (only while it is open), `breaker_reset_at`,
    `turn_of_…` (empty; a row to be locked by what only one process at a time may do).
    """

    __tablename__ = "settings"
    name: str = Field(primary_key=True, sa_type=CleanText)
    value: str = Field(sa_type=CleanText)


class AccountRow(SQLModel, table=True):
    """An account of the retailer; `key` and `bare_key` are how stated numbers find it."""

    __tablename__ = "accounts"
    id: int = Field(default=None, primary_key=True)
    number: str = Field(sa_type=CleanText, unique=True)
    key: str = Field(sa_type=CleanText, index=True)
    bare_key: str = Field(sa_type=CleanText, index=True)
    customer_type: CustomerType = Field(sa_type=by_value(CustomerType))
    housing: Housing = Field(sa_type=by_value(Housing))
    full_name: str = Field(sa_type=CleanText)
    address: str = Field(sa_type=CleanText)


class EmailRow(SQLModel, table=True):
    """An e-mail address that the register holds for an account, in lower case."""

    __tablename__ = "account_emails"
    account_id: int = Field(foreign_key="accounts.id", primary_key=True)
    address: str = Field(sa_type=CleanText, primary_key=True, index=True)


class ContractRow(SQLModel, table=True):
    """The state of the contract for one service of an account."""

    __tablename__ = "contracts"
    account_id: int = Field(foreign_key="accounts.id", primary_key=True)
    service: Service = Field(sa_type=by_value(Service), primary_key=True)
    status: ContractStatus = Field(sa_type=by_value(ContractStatus))


class MeterRegisterRow(SQLModel, table=True):
    """One register of one meter with what billing exported last; `active` is false once billing names it no more."""

    __tablename__ = "meter_registers"
    __table_args__ = (UniqueConstraint("account_id", "serial_key", "zone"),)
    id: int = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="accounts.id")
    serial: str = Field(sa_type=CleanText)
    serial_key: str = Field(sa_type=CleanText, index=True)
    service: Service = Field(sa_type=by_value(Service))
    zone: Zone = Field(sa_type=by_value(Zone))
    tariff_no: int | None
    digits: int
    decimals: int
    previous_value: Decimal | None = Field(sa_type=Thousandths)
    previous_on: date | None
    active: bool = True


class EarlierExportRow(SQLModel, table=True):
    """A value that billing exported before the last one: a replacement is still judged against it."""

    __tablename__ = "earlier_exports"
    register_id: int = Field(foreign_key="meter_registers.id", primary_key=True)
    exported_on: date = Field(primary_key=True)
    value: Decimal = Field(sa_type=Thousandths)


class FolderRow(SQLModel, table=True):
    """A mailbox folder that is read: its UIDVALIDITY now, and when it was first attached."""

    __tablename__ = "folders"
    mailbox: str = Field(sa_type=CleanText, primary_key=True)
    folder: str = Field(sa_type=IndexedText, primary_key=True)
    uidvalidity: int = Field(sa_type=BigInteger)
    attached_at: datetime


class MessageRow(SQLModel, table=True):
    """A message that was seen: what came, what is being done with it, and what became of it.

    `lane` is its place in the queue beside others of its sender: 0 but where he has very many waiting.
    `at_folder`, `at_uidvalidity`, `at_uid` tell where it lies after it was filed, None where that is not known.
    `filed_at` is empty while it is still to be filed, also again. `purged_at`: only what keeps it from being taken in
    twice is left of it.
    """

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("mailbox", "folder", "uidvalidity", "uid"),)
    id: int = Field(default=None, primary_key=True)
    mailbox: str = Field(sa_type=CleanText)
    folder: str = Field(sa_type=IndexedText)
    uidvalidity: int = Field(sa_type=BigInteger)
    uid: int = Field(sa_type=BigInteger)
    received: datetime = Field(index=True)
    size: int = Field(sa_type=BigInteger)
    message_id: str = Field(default="", sa_type=IndexedText)
    body_digest: str | None = Field(default=None, sa_type=CleanText)
    duplicate_of: int | None = Field(default=None, foreign_key="messages.id", index=True)
    vanished: bool = False
    lane: int = 0
    tries: int = 0
    last_error: str | None = Field(default=None, sa_type=CleanText)
    claimed_until: datetime | None = None
    decided_at: datetime | None = None
    filed_at: datetime | None = None
    sender: str | None = Field(default=None, sa_type=IndexedText, index=True)
    subject: str = Field(default="", sa_type=CleanText)
    outcome: Outcome | None = Field(default=None, sa_type=by_value(Outcome))
    language: Language | None = Field(default=None, sa_type=ShortText)
    request: Request | None = Field(default=None, sa_type=by_value(Request))
    period: str | None = Field(default=None, sa_type=CleanText)
    registered_at: datetime | None = None
    ignored_because: str | None = Field(default=None, sa_type=CleanText)
    holds_reading: bool = False
    silence: str | None = Field(default=None, sa_type=CleanText)
    held_back: str | None = Field(default=None, sa_type=CleanText)
    at_folder: str | None = Field(default=None, sa_type=CleanText)
    at_uidvalidity: int | None = Field(default=None, sa_type=BigInteger)
    at_uid: int | None = Field(default=None, sa_type=BigInteger)
    purged_at: datetime | None = None


_OPEN = col(MessageRow.decided_at).is_(None) & col(MessageRow.duplicate_of).is_(None)
_FIRST = col(MessageRow.duplicate_of).is_(None)
_UNFILED = col(MessageRow.filed_at).is_(None)
Index(
    "ix_messages_due",
    col(MessageRow.lane),
    col(MessageRow.received),
    col(MessageRow.uid),
    sqlite_where=_OPEN,
    postgresql_where=_OPEN,
)
Index("ix_messages_waiting", col(MessageRow.sender), sqlite_where=_OPEN, postgresql_where=_OPEN)
Index("ix_messages_unfiled", col(MessageRow.mailbox), sqlite_where=_UNFILED, postgresql_where=_UNFILED)
Index(
    "uq_messages_content",
    col(MessageRow.message_id),
    col(MessageRow.body_digest),
    unique=True,
    sqlite_where=_FIRST,
    postgresql_where=_FIRST,
)


class RawMailRow(SQLModel, table=True):
    """The bytes of a message, apart from it, so that listings never load them."""

    __tablename__ = "raw_mail"
    message_id: int = Field(foreign_key="messages.id", primary_key=True)
    raw: bytes


class FindingRow(SQLModel, table=True):
    """A complaint about a message as a whole."""

    __tablename__ = "findings"
    message_id: int = Field(foreign_key="messages.id", primary_key=True)
    place: int = Field(primary_key=True)
    reason: Reason = Field(sa_type=by_value(Reason))
    facts: dict[str, str] = Field(sa_type=TextTable)


class JudgedReadingRow(SQLModel, table=True):
    """One value of a message and what became of it; `value` as stated."""

    __tablename__ = "judged_readings"
    message_id: int = Field(foreign_key="messages.id", primary_key=True)
    place: int = Field(primary_key=True)
    account: str | None = Field(sa_type=IndexedText, index=True)
    serial: str | None = Field(sa_type=CleanText)
    service: Service | None = Field(sa_type=by_value(Service))
    zone: Zone | None = Field(sa_type=by_value(Zone))
    value: str | None = Field(sa_type=CleanText)
    status: ReadingStatus = Field(sa_type=by_value(ReadingStatus))
    reason: Reason | None = Field(sa_type=by_value(Reason))
    facts: dict[str, str] | None = Field(sa_type=TextTable)
    evidence: str | None = Field(sa_type=CleanText)
    serial_stated: bool


class ReadingRow(SQLModel, table=True):
    """A recorded reading with its place in the history of its register.

    `stated` is the exact decimal, `value` its thousandths. `last_received`, `last_uid`, `last_message` are those of
    the latest message that stated this value while it was current: what an older message is compared with.
    """

    __tablename__ = "readings"
    id: int = Field(default=None, primary_key=True)
    account: str = Field(sa_type=CleanText, index=True)
    serial: str = Field(sa_type=CleanText)
    service: Service = Field(sa_type=by_value(Service))
    zone: Zone = Field(sa_type=by_value(Zone))
    period: str = Field(sa_type=CleanText)
    value: Decimal = Field(sa_type=Thousandths)
    stated: str = Field(sa_type=CleanText)
    message_id: int = Field(foreign_key="messages.id")
    sender: str | None = Field(sa_type=IndexedText, index=True)
    received: datetime
    uid: int = Field(sa_type=BigInteger)
    registered_at: datetime
    read_on: date
    source: ReadingSource = Field(default=ReadingSource.MAIL, sa_type=by_value(ReadingSource))
    state: ReadingState = Field(sa_type=by_value(ReadingState))
    replaces: int | None = Field(default=None, foreign_key="readings.id", index=True)
    last_received: datetime
    last_uid: int = Field(sa_type=BigInteger)
    last_message: int
    cursor: int | None = Field(default=None, sa_type=BigInteger, unique=True)
    exported: bool = False


_CURRENT = col(ReadingRow.state) == ReadingState.CURRENT.value
Index(
    "uq_readings_current",
    col(ReadingRow.account),
    col(ReadingRow.serial),
    col(ReadingRow.zone),
    col(ReadingRow.period),
    unique=True,
    sqlite_where=_CURRENT,
    postgresql_where=_CURRENT,
)


class QueueRow(SQLModel, table=True):
    """An item of the operators' queue: a message that a person should look at."""

    __tablename__ = "queue_items"
    message_id: int = Field(foreign_key="messages.id", primary_key=True)
    queued_at: datetime
    status: QueueStatus = Field(sa_type=by_value(QueueStatus), index=True)
    assigned_to: str | None = Field(default=None, sa_type=CleanText)


class OutboxRow(SQLModel, table=True):
    """A reply on its way out; of the automatic ones at most one for a message.

    `reply_id` is its Message-ID, the same on every try. `held_because` is the limit that holds it, `bounced_at` when
    its recipient was found not to exist.
    """

    __tablename__ = "outbox"
    id: int = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="messages.id", index=True)
    origin: ReplyOrigin = Field(default=ReplyOrigin.AUTOMATIC, sa_type=by_value(ReplyOrigin))
    reply_id: str = Field(sa_type=CleanText, index=True)
    kind: ReplyKind = Field(sa_type=by_value(ReplyKind))
    to: str = Field(sa_type=IndexedText, index=True)
    subject: str = Field(sa_type=CleanText)
    language: Language | None = Field(sa_type=ShortText)
    text: str = Field(sa_type=CleanText)
    headers: list[list[str]] = Field(sa_type=JSON)
    in_reply_to: str | None = Field(sa_type=CleanText)
    state: OutboxState = Field(default=OutboxState.WAITING, sa_type=by_value(OutboxState), index=True)
    tries: int = 0
    not_before: datetime
    last_error: str | None = Field(default=None, sa_type=CleanText)
    created_at: datetime
    claimed_until: datetime | None = None
    held_because: str | None = Field(default=None, sa_type=CleanText)
    sent_at: datetime | None = None
    bounced_at: datetime | None = None


_AUTOMATIC = col(OutboxRow.origin) == ReplyOrigin.AUTOMATIC.value
Index(
    "uq_outbox_automatic",
    col(OutboxRow.message_id),
    unique=True,
    sqlite_where=_AUTOMATIC,
    postgresql_where=_AUTOMATIC,
)


Index("ix_outbox_created_at", col(OutboxRow.created_at), col(OutboxRow.origin), col(OutboxRow.state))


class AuditRow(SQLModel, table=True):
    """An act of a person. Rows are never changed, and go only after the message that they are about was purged.

    Triggers of the database hold that. `details` are the facts of the act, for `accept` and `reprocess` with the
    readings as they were before.
    """

    __tablename__ = "audit"
    id: int = Field(default=None, primary_key=True)
    at: datetime
    actor: str = Field(sa_type=CleanText)
    act: Act = Field(sa_type=by_value(Act))
    message_id: int | None = Field(default=None, index=True)
    details: dict[str, Any] = Field(sa_type=JSON)


class LeaseRow(SQLModel, table=True):
    """Which process does what only one may do at a time, by the name of that; `until` is when it is anybody's again."""

    __tablename__ = "leases"
    name: str = Field(primary_key=True, sa_type=CleanText)
    holder: str = Field(sa_type=CleanText)
    until: datetime


class PauseRow(SQLModel, table=True):
    """A mailbox that is left alone until somebody resumes it."""

    __tablename__ = "pauses"
    mailbox: str = Field(sa_type=CleanText, primary_key=True)
    since: datetime
    actor: str = Field(sa_type=CleanText)
