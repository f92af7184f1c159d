"""The register by what a message names: accounts by number, by serial, by e-mail address (rules, section 2)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from types import MappingProxyType
from typing import Any, Final, TypeVar

from sqlalchemy import inspect
from sqlmodel import Session, SQLModel, col, or_, select

from models.history import Dated, PastReading, previous_of
from models.register import Account, MeterRegister, RegisterExcerpt
from models.tables import AccountRow, ContractRow, EarlierExportRow, EmailRow, MeterRegisterRow

_CHUNK: Final = 500
_Item = TypeVar("_Item")


def chunks(items: Iterable[_Item], size: int = _CHUNK) -> Iterator[list[_Item]]:
    """Cut `items` into lists that a database takes as the parameters of one statement."""
    rest = iter(items)
    while part := list(islice(rest, size)):
        yield part


def accounts_named(session: Session, sender: str | None, identifiers: Iterable[str]) -> list[int]:
    """Return the ids of all accounts that these keys or this address can mean, ascending."""
    found: set[int] = set()
    for keys in chunks(sorted(identifiers)):
        bare = [key.lstrip("0") for key in keys if key.strip("0")]
        named = or_(col(AccountRow.key).in_(keys), col(AccountRow.bare_key).in_(bare))
        found.update(session.exec(select(AccountRow.id).where(named)))
        serial = col(MeterRegisterRow.serial_key).in_(keys) & col(MeterRegisterRow.active)
        found.update(session.exec(select(MeterRegisterRow.account_id).where(serial)))
    if sender:
        found.update(session.exec(select(EmailRow.account_id).where(EmailRow.address == sender.lower())))
    return sorted(found)


def account_rows(session: Session, ids: Sequence[int]) -> list[AccountRow]:
    """Load account rows and hold them until the transaction ends, so that no other judges against them meanwhile."""
    held: list[AccountRow] = []
    for part in chunks(ids):
        query = select(AccountRow).where(col(AccountRow.id).in_(part)).order_by(col(AccountRow.id)).with_for_update()
        held.extend(session.exec(query))
    return held


def excerpt(session: Session, rows: Sequence[AccountRow], own: Iterable[PastReading], period: str) -> RegisterExcerpt:
    """Return the accounts as the rules see them in `period`: each register with the previous value to judge against."""
    readings = defaultdict[tuple[str, str, str], list[PastReading]](list)
    for past in own:
        readings[past.account, past.serial, past.zone].append(past)
    exports = _earlier_exports(session, [row.id for row in rows])
    return RegisterExcerpt.of(
        _with_previous(account, readings, exports, period) for account in load_accounts(session, rows)
    )


def load_accounts(session: Session, rows: Sequence[Any]) -> list[Account]:
    """Return accounts as billing exported them last."""
    ids = [row.id for row in rows]
    emails = _by_account(session, EmailRow, ids)
    contracts = _by_account(session, ContractRow, ids)
    registers = _by_account(session, MeterRegisterRow, ids)
    return [
        Account(
            number=row.number,
            customer_type=row.customer_type,
            housing=row.housing,
            emails=frozenset(email.address for email in emails[row.id]),
            full_name=row.full_name,
            address=row.address,
            registers=tuple(
                _register(row.number, register)
                for register in sorted(registers[row.id], key=lambda found: found.id)
                if register.active
            ),
            contracts=MappingProxyType({contract.service: contract.status for contract in contracts[row.id]}),
        )
        for row in rows
    ]


def _register(number: str, row: Any) -> MeterRegister:  # noqa: ANN401 -- a row of meter_registers
    return MeterRegister(
        account=number, serial=row.serial, service=row.service, zone=row.zone, tariff_no=row.tariff_no,
        digits=row.digits, decimals=row.decimals, previous_value=row.previous_value, previous_on=row.previous_on,
    )  # fmt: skip


def _by_account(session: Session, table: type[SQLModel], ids: Sequence[int]) -> defaultdict[int, list[Any]]:
    """Return the plain rows of a table that hangs on accounts: objects of it would take several times as long."""
    found = defaultdict[int, list[Any]](list)
    rows: Any = inspect(table).local_table
    for part in chunks(ids):
        for row in session.connection().execute(select(rows).where(rows.c.account_id.in_(part))):
            found[row.account_id].append(row)
    return found


_Exports = Mapping[tuple[str, str, str], Sequence[Dated]]


def _earlier_exports(session: Session, ids: Sequence[int]) -> _Exports:
    found = defaultdict[tuple[str, str, str], list[Dated]](list)
    for part in chunks(ids):
        query = (
            select(AccountRow.number, MeterRegisterRow.serial, MeterRegisterRow.zone, EarlierExportRow)
            .join(MeterRegisterRow, col(MeterRegisterRow.account_id) == col(AccountRow.id))
            .join(EarlierExportRow, col(EarlierExportRow.register_id) == col(MeterRegisterRow.id))
            .where(col(AccountRow.id).in_(part))
        )
        for number, serial, zone, export in session.exec(query):
            found[number, serial, zone].append((export.exported_on, export.value))
    return found


def _with_previous(
    account: Account,
    readings: Mapping[tuple[str, str, str], Sequence[PastReading]],
    exports: _Exports,
    period: str,
) -> Account:
    registers = []
    for register in account.registers:
        key = (account.number, register.serial, str(register.zone))
        last = [] if register.previous_on is None else [(register.previous_on, register.previous_value)]
        dated = [(on, value) for on, value in chain(exports.get(key, ()), last) if value is not None]
        on, value = previous_of(dated, readings.get(key, ()), period) or (None, None)
        registers.append(replace(register, previous_value=value, previous_on=on))
    return replace(account, registers=tuple(registers))
