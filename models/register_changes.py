"""What a newer register file changes: which accounts, and what about each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from models.catalogue import Zone
from models.register import Account, MeterRegister, identifier_key


@unique
class ChangeKind(StrEnum):
    """What happened to an account. One that is gone from the file stays in the register as it was."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class AccountChange:
    """An account that is new, changed or gone; `columns` of the register file tell what is another than before."""

    account: str
    kind: ChangeKind
    columns: tuple[str, ...] = ()


Note = Callable[[AccountChange], None]
"""Is told each account that is another than before."""

_OF_ACCOUNT: Final = ("customer_type", "housing", "emails", "full_name", "address")
_OF_REGISTER: Final = ("service", "tariff_no", "digits", "decimals", "previous_value", "previous_on")


def changed_columns(before: Account, after: Account) -> tuple[str, ...]:
    """Return the columns in which two states of one account differ; `serial` where a meter or zone came or went."""
    return tuple(dict.fromkeys(_differences(before, after)))


def _differences(before: Account, after: Account) -> Iterator[str]:
    yield from (name for name in _OF_ACCOUNT if getattr(before, name) != getattr(after, name))
    if dict(before.contracts) != dict(after.contracts):
        yield "contract_status"
    old, new = _registers(before), _registers(after)
    if old.keys() != new.keys() or any(old[key].serial != new[key].serial for key in old):
        yield "serial"
    for name in _OF_REGISTER:
        if any(getattr(old[key], name) != getattr(new[key], name) for key in old.keys() & new.keys()):
            yield name


def _registers(account: Account) -> dict[tuple[str, Zone], MeterRegister]:
    return {(identifier_key(register.serial), register.zone): register for register in account.registers}
