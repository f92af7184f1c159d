"""The lines of a register file: cells into a row, every fault of a line named (interface, The register file)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Final, TypeVar

from mailreader.csv_table import Cells, Fault
from models.catalogue import ContractStatus, CustomerType, Housing, Service, Zone
from models.register import MeterRegister, identifier_key

COLUMNS: Final = (
    "account", "customer_type", "housing", "contract_status", "emails", "full_name", "address", "serial", "service",
    "zone", "tariff_no", "digits", "decimals", "previous_value", "previous_on",
)  # fmt: skip
_MOST_DIGITS: Final = 12
_MOST_DECIMALS: Final = 3
_MOST_TARIFFS: Final = 99
_LONGEST_IDENTIFIER: Final = 100
_LONGEST_ADDRESS: Final = 254
"""What SMTP takes (RFC 5321, 4.5.3.1.3); like the longest identifier far below what an index of PostgreSQL holds."""
_SHOWN: Final = 20
_KEPT: Final = 1000
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Row:
    """One line that is right by itself."""

    line: int
    account: str
    facts: tuple[CustomerType, Housing, frozenset[str], str, str]
    service: Service | None
    status: ContractStatus
    register: MeterRegister | None


def read_rows(lines: Iterator[tuple[int, Cells]], faults: list[Fault]) -> Iterator[Row]:
    """Yield the lines that are right by themselves; what is wrong with the others is appended to `faults`."""
    for line, cells in lines:
        row, texts = _Line(cells, line).read()
        faults.extend(Fault(line, text) for text in texts)
        if row is not None and not texts:
            yield row


class _Line:
    """One line being read: every fault of it is collected."""

    def __init__(self, cells: Cells, number: int) -> None:
        self._cells = cells
        self._number = number
        self._faults: list[str] = []

    def read(self) -> tuple[Row | None, list[str]]:
        """Return the row, if it could be read, and what is wrong with the line."""
        cells = self._cells
        account, serial = cells["account"], cells["serial"]
        if not identifier_key(account):
            self._faults.append("account is empty.")
        self._short("account", _LONGEST_IDENTIFIER)
        self._short("serial", _LONGEST_IDENTIFIER)
        customer_type = self._word("customer_type", CustomerType)
        housing = self._word("housing", Housing)
        status = self._word("contract_status", ContractStatus)
        service = self._word("service", Service) if serial or cells["service"] else None
        register = self._register(account, serial, service) if serial else None
        if customer_type is None or housing is None or status is None:
            return None, self._faults
        emails, wrong = _emails(cells["emails"])
        self._faults.extend(wrong)
        facts = (customer_type, housing, emails, cells["full_name"], cells["address"])
        return Row(self._number, account, facts, service, status, register), self._faults

    def _register(self, account: str, serial: str, service: Service | None) -> MeterRegister | None:
        if not identifier_key(serial):
            self._faults.append(f"serial {serial!r} has neither a letter nor a digit.")
        zone = self._word("zone", Zone)
        tariff_no = self._count("tariff_no", 1, _MOST_TARIFFS) if self._cells["tariff_no"] else None
        digits = self._count("digits", 1, _MOST_DIGITS)
        decimals = self._count("decimals", 0, _MOST_DECIMALS)
        value, on = self._previous(digits)
        if service is None or zone is None or digits is None or decimals is None:
            return None
        return MeterRegister(account, serial, service, zone, tariff_no, digits, decimals, value, on)

    def _previous(self, digits: int | None) -> tuple[Decimal | None, date | None]:
        stated, dated = self._cells["previous_value"], self._cells["previous_on"]
        if bool(stated) != bool(dated):
            self._faults.append("previous_value and previous_on must both be given, or neither.")
        return (self._value(stated, digits) if stated else None), (self._date(dated) if dated else None)

    def _value(self, stated: str, digits: int | None) -> Decimal | None:
        try:
            value = Decimal(stated.replace(",", "."))
        except InvalidOperation:
            value = Decimal("NaN")
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int) or value < 0:
            self._faults.append(f"previous_value {stated!r} is not a number of zero or more.")
            return None
        if exponent < -_MOST_DECIMALS:
            self._faults.append(f"previous_value {stated!r} has more than {_MOST_DECIMALS} decimals.")
        if digits is not None and value >= 10**digits:
            self._faults.append(f"previous_value {stated!r} has more digits than the register, which has {digits}.")
        return value

    def _date(self, dated: str) -> date | None:
        on = _day(dated)
        if on is None:
            self._faults.append(f"previous_on {dated!r} is not a date like 2026-10-25.")
        return on

    def _count(self, name: str, least: int, most: int) -> int | None:
        text = self._cells[name]
        number = _whole_number(text, most)
        if number is None or number < least:
            self._faults.append(f"{name} {text!r} is not a whole number from {least} to {most}.")
            return None
        return number

    def _word(self, name: str, kind: type[_Word]) -> _Word | None:
        known = _member(kind, self._cells[name])
        if known is None:
            self._faults.append(f"{name} {self._cells[name]!r} is none of {', '.join(kind)}.")
        return known

    def _short(self, name: str, most: int) -> None:
        text = self._cells[name]
        if len(text) > most:
            self._faults.append(f"{name} {text[:_SHOWN]!r}… is longer than {most} characters.")


# The same few texts come hundreds of thousands of times: what they mean is kept.


@lru_cache(_KEPT)
def _member(kind: type[_Word], text: str) -> _Word | None:
    return next((member for member in kind if member.value == text.lower()), None)


@lru_cache(1)
def _emails(text: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the addresses, and what is wrong with them; the rows of an account mostly follow each other."""
    emails = frozenset(text.lower().split())
    return emails, tuple(fault for address in sorted(emails) if (fault := _address_fault(address)))


@lru_cache(_KEPT)
def _whole_number(text: str, most: int) -> int | None:
    whole = text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most
    return int(text) if whole else None


@lru_cache(_KEPT)
def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _address_fault(address: str) -> str | None:
    if address.count("@") != 1 or address.startswith("@") or address.endswith("@"):
        return f"{address!r} in emails is not an e-mail address."
    if len(address) > _LONGEST_ADDRESS:
        return f"{address[:_SHOWN]!r}… in emails is longer than {_LONGEST_ADDRESS} characters."
    return None
