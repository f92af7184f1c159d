"""The retailer's register as the rules see it: accounts, their contracts, meters and registers (rules, section 2)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from models.catalogue import ContractStatus, CustomerType, Housing, Service, Zone

_LOOKALIKES: Final = str.maketrans(
    "\u0430\u0432\u0441\u0435\u043d\u043a\u043c\u043e\u0440\u0442\u0443\u0445\u0456",
    "abcehkmoptyxi",
)


def identifier_key(text: str) -> str:
    """Return `text` as identifiers are compared: letters and digits only, Cyrillic look-alikes as Latin.

    >>> identifier_key("012-34-56") == identifier_key("01 23 456") == "0123456"
    True
    """
    folded = text.casefold()
    if not folded.isascii():
        folded = folded.translate(_LOOKALIKES)
    return folded if folded.isalnum() else "".join(letter for letter in folded if letter.isalnum())


def bare_key(text: str) -> str:
    """Return the key without its leading zeros, by which an account typed without them is found."""
    return identifier_key(text).lstrip("0")


@dataclass(frozen=True, slots=True)
class MeterRegister:
    """One register (dial) of one meter: what a single value can be booked on.

    `digits` counts the places before the decimal sign; `previous_value` is the newest by date of what billing
    exported and what an earlier period recorded here, and is None for a meter that was never read.
    """

    account: str
    serial: str
    service: Service
    zone: Zone
    tariff_no: int | None
    digits: int
    decimals: int
    previous_value: Decimal | None
    previous_on: date | None

    @property
    def capacity(self) -> int:
        """The first value that the dial cannot show."""
        return int(10**self.digits)


@dataclass(frozen=True, slots=True)
class Account:
    """An account with its meters' registers; `contracts` holds the status for each service it ever had."""

    number: str
    customer_type: CustomerType
    housing: Housing
    emails: frozenset[str]
    full_name: str
    address: str
    registers: tuple[MeterRegister, ...]
    contracts: Mapping[Service, ContractStatus]

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be recorded for it: it is an organisation's, or all its contracts have ended."""
        ended = all(status is ContractStatus.TERMINATED for status in self.contracts.values())
        return self.customer_type is not CustomerType.INDIVIDUAL or ended

    def of(self, service: Service) -> tuple[MeterRegister, ...]:
        """The registers of one service."""
        return tuple(register for register in self.registers if register.service is service)


@dataclass(frozen=True, slots=True)
class RegisterExcerpt:
    """The part of the register that one message can concern: everything that its numbers or its sender name."""

    accounts: Mapping[str, Account] = field(default_factory=lambda: MappingProxyType({}))
    _by_bare_key: Mapping[str, Sequence[tuple[str, Account]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Key the accounts as stated ones are looked up."""
        keyed: dict[str, list[tuple[str, Account]]] = {}
        for account in self.accounts.values():
            key = identifier_key(account.number)
            keyed.setdefault(key.lstrip("0"), []).append((key, account))
        object.__setattr__(self, "_by_bare_key", keyed)

    @classmethod
    def of(cls, accounts: Iterable[Account]) -> "RegisterExcerpt":
        """Build an excerpt from accounts."""
        return cls(MappingProxyType({account.number: account for account in accounts}))

    def find(self, stated: str) -> Account | None:
        """The account that `stated` names: by its key, or without leading zeros if exactly one fits."""
        key = identifier_key(stated)
        alike = self._by_bare_key.get(key.lstrip("0"), ())
        exact = [account for exact_key, account in alike if exact_key == key]
        if exact:
            return exact[0] if len(exact) == 1 else None
        return alike[0][1] if len(alike) == 1 and key.strip("0") else None

    def registered_to(self, address: str | None) -> tuple[Account, ...]:
        """The accounts that hold this e-mail address."""
        return tuple(account for account in self.accounts.values() if address in account.emails)
