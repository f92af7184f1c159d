"""The register from the billing system: all or nothing, and nothing new where nothing changed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, Engine, delete, func, insert, inspect, update
from sqlmodel import Session, col, select

from mailreader.store.engine import writing
from mailreader.store.lookup import chunks, load_accounts
from models.register import Account, MeterRegister, bare_key, identifier_key
from models.register_changes import AccountChange, ChangeKind, Note, changed_columns
from models.tables import AccountRow, ContractRow, EarlierExportRow, EmailRow, MeterRegisterRow

Progress = Callable[[int], None]
_AT_ONCE: Final = 1000


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

    `accounts` may be lazy; each account must come once. `progress` is told the number of accounts done so far, `note`
    each account that is new, changed or, at the end, gone.
    """
    tally = _Tally()
    with writing(engine) as session:
        before, newest = session.exec(select(func.count(), func.max(AccountRow.id)).select_from(AccountRow)).one()
        changes = None if note is None else _Changes(note, newest or 0)
        for part in chunks(accounts):
            _load_chunk(session, part, tally, changes)
            if progress is not None:
                progress(tally.done)
        if changes is not None:
            changes.note_gone(session)
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


def _known_rows(session: Session, numbers: Sequence[str]) -> dict[str, Any]:
    """Return the plain rows of accounts by their numbers."""
    table: Any = inspect(AccountRow).local_table
    found = session.connection().execute(select(table).where(table.c.number.in_(numbers)))
    return {row.number: row for row in found}


class _Changes:
    """Tells of each account what happened to it; what the file has is remembered by one byte for each row."""

    def __init__(self, note: Note, newest: int) -> None:
        self._note = note
        self._seen = bytearray(newest + 1)

    def note_new(self, account: Account) -> None:
        self._note(AccountChange(account.number, ChangeKind.NEW))

    def note_known(self, number: int, before: Account, after: Account) -> None:
        self._seen[number] = True
        columns = changed_columns(before, after)
        if columns:
            self._note(AccountChange(after.number, ChangeKind.CHANGED, columns))

    def note_gone(self, session: Session) -> None:
        known = select(AccountRow.id, AccountRow.number).where(col(AccountRow.id) < len(self._seen))
        ordered = known.order_by(col(AccountRow.id)).execution_options(yield_per=_AT_ONCE)
        for number, account in session.exec(ordered):
            if not self._seen[number]:
                self._note(AccountChange(account, ChangeKind.GONE))


def _load_chunk(session: Session, accounts: Sequence[Account], tally: _Tally, changes: _Changes | None) -> None:
    numbers = [account.number for account in accounts]
    rows = _known_rows(session, numbers)
    stored = {account.number: account for account in load_accounts(session, list(rows.values()))}
    new = [account for account in accounts if account.number not in rows]
    known = [account for account in accounts if account.number in rows]
    changed = [account for account in known if not _same(account, stored[account.number])]
    if changes is not None:
        _note_chunk(changes, new, ((rows[one.number].id, stored[one.number], one) for one in known))
    _insert_accounts(session.connection(), new)
    for account in changed:
        _change_account(session, rows[account.number].id, account)
    session.expunge_all()
    tally.new += len(new)
    tally.changed += len(changed)
    tally.unchanged += len(accounts) - len(new) - len(changed)


def _note_chunk(changes: _Changes, new: Iterable[Account], known: Iterable[tuple[int, Account, Account]]) -> None:
    for account in new:
        changes.note_new(account)
    for number, before, after in known:
        changes.note_known(number, before, after)


def _same(one: Account, other: Account) -> bool:
    return _facts(one) == _facts(other) and (
        one.emails == other.emails
        and dict(one.contracts) == dict(other.contracts)
        and frozenset(one.registers) == frozenset(other.registers)
    )


def _facts(account: Account) -> dict[str, Any]:
    return {
        "number": account.number,
        "customer_type": account.customer_type,
        "housing": account.housing,
        "full_name": account.full_name,
        "address": account.address,
    }


def _insert_accounts(connection: Connection, accounts: Sequence[Account]) -> None:
    if not accounts:
        return
    rows = [
        _facts(account) | {"key": identifier_key(account.number), "bare_key": bare_key(account.number)}
        for account in accounts
    ]
    made = connection.execute(insert(AccountRow).returning(col(AccountRow.number), col(AccountRow.id)), rows)
    ids: dict[str, int] = {row.number: row.id for row in made}
    _insert_many(connection, EmailRow, [row for account in accounts for row in _emails(ids[account.number], account)])
    contracts = [row for account in accounts for row in _contracts(ids[account.number], account)]
    _insert_many(connection, ContractRow, contracts)
    registers = [_register(ids[found.account], found) for account in accounts for found in account.registers]
    _insert_many(connection, MeterRegisterRow, registers)


def _insert_many(connection: Connection, table: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _emails(account_id: int, account: Account) -> list[dict[str, Any]]:
    return [{"account_id": account_id, "address": address} for address in sorted(account.emails)]


def _contracts(account_id: int, account: Account) -> list[dict[str, Any]]:
    return [
        {"account_id": account_id, "service": service, "status": status}
        for service, status in account.contracts.items()
    ]


def _register(account_id: int, register: MeterRegister) -> dict[str, Any]:
    return {
        "account_id": account_id, "serial": register.serial, "serial_key": identifier_key(register.serial),
        "service": register.service, "zone": register.zone, "tariff_no": register.tariff_no,
        "digits": register.digits, "decimals": register.decimals, "previous_value": register.previous_value,
        "previous_on": register.previous_on, "active": True,
    }  # fmt: skip


def _change_account(session: Session, account_id: int, account: Account) -> None:
    connection = session.connection()
    connection.execute(update(AccountRow).where(col(AccountRow.id) == account_id).values(_facts(account)))
    connection.execute(delete(EmailRow).where(col(EmailRow.account_id) == account_id))
    connection.execute(delete(ContractRow).where(col(ContractRow.account_id) == account_id))
    _insert_many(connection, EmailRow, _emails(account_id, account))
    _insert_many(connection, ContractRow, _contracts(account_id, account))
    _change_registers(session, account_id, account)


def _change_registers(session: Session, account_id: int, account: Account) -> None:
    """Bring the registers of one account up to date; those that billing names no more stay, but are not used."""
    query = select(MeterRegisterRow).where(MeterRegisterRow.account_id == account_id)
    known = {(row.serial_key, row.zone): row for row in session.exec(query)}
    for register in account.registers:
        row = known.pop((identifier_key(register.serial), register.zone), None)
        if row is None:
            session.add(MeterRegisterRow(**_register(account_id, register)))
            continue
        _keep_earlier_export(session, row, register.previous_on)
        for name, value in _register(account_id, register).items():
            setattr(row, name, value)
    for row in known.values():
        row.active = False
    session.flush()


def _keep_earlier_export(session: Session, row: MeterRegisterRow, exported_on: date | None) -> None:
    """Remember what was exported before; what is dated after the new export, billing has taken back."""
    earlier = EarlierExportRow
    if exported_on is None or row.previous_on == exported_on:
        return
    session.connection().execute(
        delete(earlier).where(col(earlier.register_id) == row.id, col(earlier.exported_on) >= exported_on)
    )
    if row.previous_on is not None and row.previous_on < exported_on:
        session.merge(earlier(register_id=row.id, exported_on=row.previous_on, value=row.previous_value or Decimal(0)))
