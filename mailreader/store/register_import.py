"""The register from the billing system: all or nothing, and nothing new where nothing changed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, func
from sqlmodel import col, select

from mailreader.store.bulk import insert_rows, update_rows
from mailreader.store.engine import writing
from mailreader.store.lookup import chunks
from mailreader.store.register_changes import Changes
from mailreader.store.register_stored import (
    StoredAccount,
    StoredMeter,
    account_facts,
    meter_facts,
    meter_key,
    stored_accounts,
)
from mailreader.store.turns import Turn, take_turn
from models.register import Account, bare_key, identifier_key
from models.register_changes import Note
from models.tables import AccountRow, ContractRow, EarlierExportRow, EmailRow, MeterRegisterRow

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """How many accounts were new, changed, unchanged; `gone` ones are no longer in the file and stay as they are."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0


def import_register(
    engine: Engine,
    accounts: Iterable[Account],
    progress: Progress | None = None,
    *,
    dry_run: bool = False,
    note: Note | None = None,
) -> ImportCounts:
    """Load accounts in one transaction; an exception from `accounts` leaves everything as it was.

    Meanwhile no message is decided: it would wait for an account here, and the import for one of its.

    `accounts` may be lazy; each account must come once. `progress` is told the number of accounts done so far, `note`
    each account that is new, changed or, at the end, gone.
    """
    tally = _Tally()
    with writing(engine) as session:
        take_turn(session, Turn.REGISTER)
        before = session.exec(select(func.count()).select_from(AccountRow)).one()
        changes = None if note is None else Changes(session.connection(), note)
        for part in chunks(accounts):
            _load_chunk(session.connection(), part, tally, changes)
            if progress is not None:
                progress(tally.done)
        if changes is not None:
            changes.note_gone(session.connection())
        if dry_run:
            session.rollback()
    return ImportCounts(tally.new, tally.changed, tally.unchanged, before - tally.changed - tally.unchanged)


@dataclass(slots=True)
class _Tally:
    new: int = 0
    changed: int = 0
    unchanged: int = 0

    @property
    def done(self) -> int:
        return self.new + self.changed + self.unchanged


def _load_chunk(connection: Connection, accounts: Sequence[Account], tally: _Tally, changes: Changes | None) -> None:
    stored = stored_accounts(connection, [account.number for account in accounts])
    new = [account for account in accounts if account.number not in stored]
    known = [(stored[account.number], account) for account in accounts if account.number in stored]
    if changes is not None:
        changes.note(new, known)
    _insert_accounts(connection, new)
    changed = _write_changes(connection, known)
    tally.new += len(new)
    tally.changed += changed
    tally.unchanged += len(known) - changed


def _insert_accounts(connection: Connection, accounts: Sequence[Account]) -> None:
    if not accounts:
        return
    rows = [
        account_facts(account) | {"key": identifier_key(account.number), "bare_key": bare_key(account.number)}
        for account in accounts
    ]
    insert_rows(connection, AccountRow, rows)
    numbered = select(AccountRow.number, AccountRow.id).where(
        col(AccountRow.number).in_([row["number"] for row in rows])
    )
    ids: dict[str, int] = {row.number: row.id for row in connection.execute(numbered)}
    owned = [(ids[account.number], account) for account in accounts]
    insert_rows(connection, EmailRow, [row for owner, account in owned for row in _emails(owner, account)])
    insert_rows(connection, ContractRow, [row for owner, account in owned for row in _contracts(owner, account)])
    meters = [
        {"account_id": owner} | meter_facts(register) for owner, account in owned for register in account.registers
    ]
    insert_rows(connection, MeterRegisterRow, meters)


def _emails(account_id: int, account: Account) -> list[dict[str, Any]]:
    return [{"account_id": account_id, "address": address} for address in sorted(account.emails)]


def _contracts(account_id: int, account: Account) -> list[dict[str, Any]]:
    return [
        {"account_id": account_id, "service": service, "status": status}
        for service, status in account.contracts.items()
    ]


_Known = Sequence[tuple[StoredAccount, Account]]


def _write_changes(connection: Connection, known: _Known) -> int:
    """Bring accounts up to date, each kind of row for all of them at once; return how many there were to change."""
    facts = [(stored, account) for stored, account in known if dict(stored.facts) != account_facts(account)]
    emails = [(stored, account) for stored, account in known if stored.emails != account.emails]
    contracts = [(stored, account) for stored, account in known if stored.contracts != dict(account.contracts)]
    meters = _MeterChanges()
    for stored, account in known:
        meters.compare(stored, account)
    update_rows(connection, AccountRow, [account_facts(account) | {"id": stored.id} for stored, account in facts])
    for table, changes, rows_of in ((EmailRow, emails, _emails), (ContractRow, contracts, _contracts)):
        owners = [stored.id for stored, _account in changes]
        if owners:
            connection.execute(delete(table).where(col(table.account_id).in_(owners)))
        insert_rows(connection, table, [row for stored, account in changes for row in rows_of(stored.id, account)])
    meters.write(connection)
    return len({stored.id for stored, _account in (*facts, *emails, *contracts)} | meters.accounts)


@dataclass(slots=True)
class _MeterChanges:
    """What becomes of the registers of some accounts; those that billing names no more stay, but are not used."""

    accounts: set[int] = field(default_factory=set)
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    unused: list[dict[str, Any]] = field(default_factory=list)
    taken_back: list[dict[str, Any]] = field(default_factory=list)
    earlier: list[dict[str, Any]] = field(default_factory=list)

    def compare(self, stored: StoredAccount, account: Account) -> None:
        """Note what is to be done for one account."""
        rest = dict(stored.meters)
        for facts in map(meter_facts, account.registers):
            meter = rest.pop(meter_key(facts), None)
            if meter is not None and dict(meter.facts) == facts:
                continue
            self.accounts.add(stored.id)
            if meter is None:
                self.new.append({"account_id": stored.id} | facts)
                continue
            self.changed.append(facts | {"id": meter.id})
            self._keep_earlier_export(meter, facts["previous_on"])
        unused = [{"active": False, "id": meter.id} for meter in rest.values() if meter.facts["active"]]
        if unused:
            self.accounts.add(stored.id)
            self.unused += unused

    def _keep_earlier_export(self, meter: StoredMeter, exported_on: date | None) -> None:
        """Remember what was exported before; what is dated after the new export, billing has taken back."""
        before, value = meter.previous
        if exported_on is None or before == exported_on:
            return
        self.taken_back.append({"meter": meter.id, "since": exported_on})
        if before is not None and before < exported_on:
            self.earlier.append({"register_id": meter.id, "exported_on": before, "value": value or Decimal(0)})

    def write(self, connection: Connection) -> None:
        """Do it."""
        table = EarlierExportRow
        taken_back = delete(table).where(
            col(table.register_id) == bindparam("meter"), col(table.exported_on) >= bindparam("since")
        )
        if self.taken_back:
            connection.execute(taken_back, self.taken_back)
        insert_rows(connection, table, self.earlier)
        update_rows(connection, MeterRegisterRow, self.changed)
        update_rows(connection, MeterRegisterRow, self.unused)
        insert_rows(connection, MeterRegisterRow, self.new)
