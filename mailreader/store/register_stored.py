"""What the register holds of some accounts, as rows: an import of hundreds of thousands compares with these."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import col

from models.register import Account, MeterRegister, identifier_key
from models.tables import AccountRow, ContractRow, EmailRow, MeterRegisterRow

MeterKey = tuple[str, str]
"""What makes a register of an account the same one again: the key of its serial, and its zone."""


@dataclass(frozen=True, slots=True)
class StoredMeter:
    """A register with its row's number; `facts` are its columns as `meter_facts` names them, and `active`."""

    id: int
    facts: Mapping[str, Any]

    @property
    def previous(self) -> tuple[date | None, Decimal | None]:
        """The date and value that billing exported last."""
        return self.facts["previous_on"], self.facts["previous_value"]


@dataclass(slots=True)
class StoredAccount:
    """An account with its row's number."""

    id: int
    facts: Mapping[str, Any]
    emails: set[str] = field(default_factory=set)
    contracts: dict[str, str] = field(default_factory=dict)
    meters: dict[MeterKey, StoredMeter] = field(default_factory=dict)


def account_facts(account: Account) -> dict[str, Any]:
    """Return the columns of an account that billing may change."""
    return {
        "number": account.number,
        "customer_type": account.customer_type,
        "housing": account.housing,
        "full_name": account.full_name,
        "address": account.address,
    }


def meter_facts(register: MeterRegister) -> dict[str, Any]:
    """Return the columns of a register of an account that billing names."""
    return {
        "serial": register.serial, "serial_key": identifier_key(register.serial), "service": register.service,
        "zone": register.zone, "tariff_no": register.tariff_no, "digits": register.digits,
        "decimals": register.decimals, "previous_value": register.previous_value,
        "previous_on": register.previous_on, "active": True,
    }  # fmt: skip


def meter_key(facts: Mapping[str, Any]) -> MeterKey:
    """Return what a register is known by within its account."""
    return facts["serial_key"], facts["zone"]


def stored_accounts(connection: Connection, numbers: Sequence[str]) -> dict[str, StoredAccount]:
    """Return what is held of the accounts with these numbers, by number."""
    by_id: dict[int, StoredAccount] = {}
    found: dict[str, StoredAccount] = {}
    for facts in _rows(connection, AccountRow, AccountRow.number, numbers):
        number = facts.pop("id")
        del facts["key"], facts["bare_key"]
        by_id[number] = found[facts["number"]] = StoredAccount(number, facts)
    for facts in _rows(connection, EmailRow, EmailRow.account_id, list(by_id)):
        by_id[facts["account_id"]].emails.add(facts["address"])
    for facts in _rows(connection, ContractRow, ContractRow.account_id, list(by_id)):
        by_id[facts["account_id"]].contracts[facts["service"]] = facts["status"]
    for facts in _rows(connection, MeterRegisterRow, MeterRegisterRow.account_id, list(by_id)):
        owner, number = facts.pop("account_id"), facts.pop("id")
        by_id[owner].meters[meter_key(facts)] = StoredMeter(number, facts)
    return found


def _rows(
    connection: Connection, table: type[Any], column: object, values: Sequence[object]
) -> Iterator[dict[str, Any]]:
    """Yield all columns of the rows with these values, by name (asking the library's own costs thrice as much)."""
    if not values:
        return
    columns = table.__table__.columns
    names = columns.keys()
    for row in connection.execute(select(*columns).where(col(column).in_(values))):
        yield dict(zip(names, row, strict=True))
