"""What an import changes, told account by account."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, func
from sqlmodel import col, select

from mailreader.store.register_stored import StoredAccount, account_facts, meter_facts, meter_key
from models.register import Account
from models.register_changes import AccountChange, ChangeKind, Note
from models.tables import AccountRow

_AT_ONCE: Final = 1000
_OF_METER: Final = ("service", "tariff_no", "digits", "decimals", "previous_value", "previous_on")


class Changes:
    """Tells of each account what happened to it; what the file has is remembered by one byte for each row."""

    def __init__(self, connection: Connection, note: Note) -> None:
        """Take the function that is told each change; the register must not have been changed yet."""
        newest = connection.execute(select(func.max(AccountRow.id))).scalar() or 0
        self._note = note
        self._seen = bytearray(newest + 1)

    def note(self, new: Sequence[Account], known: Sequence[tuple[StoredAccount, Account]]) -> None:
        """Tell of some accounts of the file."""
        for account in new:
            self._note(AccountChange(account.number, ChangeKind.NEW))
        for stored, account in known:
            self._seen[stored.id] = True
            columns = changed_columns(stored, account)
            if columns:
                self._note(AccountChange(account.number, ChangeKind.CHANGED, columns))

    def note_gone(self, connection: Connection) -> None:
        """Tell of the accounts that the file did not have."""
        before = select(AccountRow.id, AccountRow.number).where(col(AccountRow.id) < len(self._seen))
        ordered = before.order_by(col(AccountRow.id)).execution_options(yield_per=_AT_ONCE)
        for number, account in connection.execute(ordered):
            if not self._seen[number]:
                self._note(AccountChange(account, ChangeKind.GONE))


def changed_columns(stored: StoredAccount, account: Account) -> tuple[str, ...]:
    """Return the columns of the register file that are another; `serial` where a meter or zone came or went."""
    return tuple(_differences(stored, account))


def _differences(stored: StoredAccount, account: Account) -> Iterator[str]:
    after = account_facts(account)
    yield from (name for name in after if stored.facts[name] != after[name])
    if stored.emails != account.emails:
        yield "emails"
    if stored.contracts != dict(account.contracts):
        yield "contract_status"
    old = {key: meter.facts for key, meter in stored.meters.items() if meter.facts["active"]}
    new = {meter_key(facts): facts for facts in map(meter_facts, account.registers)}
    if old.keys() != new.keys() or _differ(old, new, "serial"):
        yield "serial"
    yield from (name for name in _OF_METER if _differ(old, new, name))


def _differ(old: Mapping[Any, Mapping[str, Any]], new: Mapping[Any, Mapping[str, Any]], name: str) -> bool:
    return any(old[key][name] != new[key][name] for key in old.keys() & new.keys())
