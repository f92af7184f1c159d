"""The register file from the billing system: CSV into accounts, every bad line named (interface, The register file)."""

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from models.catalogue import ContractStatus, CustomerType, Housing, Service, Zone
from models.register import Account, MeterRegister, identifier_key

if TYPE_CHECKING:
    import _csv

COLUMNS: Final = (
    "account", "customer_type", "housing", "contract_status", "emails", "full_name", "address", "serial", "service",
    "zone", "tariff_no", "digits", "decimals", "previous_value", "previous_on",
)  # fmt: skip
_UTF_8: Final = "utf-8-sig"
_UNREADABLE: Final = "\ufffd"
_MOST_DIGITS: Final = 12
_MOST_DECIMALS: Final = 3
_MOST_TARIFFS: Final = 99
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one line; `line` counts from 1, the line of the column names included."""

    line: int
    text: str

    def __str__(self) -> str:
        """Return the sentence that a person reads."""
        return f"Line {self.line}: {self.text}"


class RegisterFileError(Exception):
    """The file cannot be loaded; `faults` names every bad line."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Take the faults in the order of the file."""
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class RegisterFile:
    """A register file without a fault; iterating reads it again, so that no more than a line is held in memory."""

    path: Path
    encoding: str
    delimiter: str
    scattered: frozenset[str]

    def __iter__(self) -> Iterator[Account]:
        """Yield each account once; those whose rows do not stand together come last."""
        together: list[_Row] = []
        later: dict[str, list[_Row]] = {}
        for row in _rows(self.path, self.encoding, self.delimiter, []):
            if row.account in self.scattered:
                later.setdefault(row.account, []).append(row)
                continue
            if together and together[0].account != row.account:
                yield _account(together)
                together = []
            together.append(row)
        if together:
            yield _account(together)
        yield from map(_account, later.values())


def load_register(path: Path) -> RegisterFile:
    """Check a register file line by line; raises `RegisterFileError` with every fault, `OSError` where it cannot."""
    encoding = _encoding(path)
    with path.open(encoding=encoding, errors="replace", newline="") as lines:
        delimiter = ";" if ";" in lines.readline() else ","
    faults: list[Fault] = []
    whole = _Whole()
    for row in _rows(path, encoding, delimiter, faults):
        faults.extend(Fault(row.line, text) for text in whole.add(row))
    if faults:
        raise RegisterFileError(sorted(faults, key=lambda fault: fault.line))
    return RegisterFile(path, encoding, delimiter, frozenset(whole.scattered))


@dataclass(frozen=True, slots=True)
class _Row:
    """One line that is right by itself."""

    line: int
    account: str
    facts: tuple[CustomerType, Housing, frozenset[str], str, str]
    service: Service | None
    status: ContractStatus
    register: MeterRegister | None


@dataclass(slots=True)
class _Whole:
    """What the lines must agree about with each other; kept small, for registers of hundreds of thousands."""

    facts: dict[str, int] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    contracts: dict[tuple[str, Service], ContractStatus] = field(default_factory=dict)
    owners: dict[str, tuple[str, Service]] = field(default_factory=dict)
    registers: set[int] = field(default_factory=set)
    scattered: set[str] = field(default_factory=set)
    last: str = ""

    def add(self, row: _Row) -> Iterator[str]:
        """Yield what is wrong with a line in the light of those before it."""
        if row.account in self.facts and row.account != self.last:
            self.scattered.add(row.account)
        self.last = row.account
        if self.facts.setdefault(row.account, hash(row.facts)) != hash(row.facts):
            yield (
                f"this row disagrees with an earlier one about account {row.account}: customer_type, housing, emails, "
                "full_name and address must be the same in all its rows."
            )
        if self.keys.setdefault(identifier_key(row.account), row.account) != row.account:
            yield f"account {row.account} cannot be told from account {self.keys[identifier_key(row.account)]}."
        yield from self._contract(row)
        if row.register is not None:
            yield from self._meter(row.account, row.register)

    def _contract(self, row: _Row) -> Iterator[str]:
        if row.service is None:
            return
        if self.contracts.setdefault((row.account, row.service), row.status) is not row.status:
            yield f"contract_status of {row.service} of account {row.account} is another in an earlier row."

    def _meter(self, account: str, register: MeterRegister) -> Iterator[str]:
        key = identifier_key(register.serial)
        owner, service = self.owners.setdefault(key, (account, register.service))
        if owner != account:
            yield f"meter {register.serial} belongs to account {owner} in an earlier row."
        elif service is not register.service:
            yield f"meter {register.serial} measures {service} in an earlier row."
        register_key = hash((account, key, register.zone))
        if register_key in self.registers:
            yield f"meter {register.serial} of account {account} has zone {register.zone} twice."
        self.registers.add(register_key)


def _account(rows: list[_Row]) -> Account:
    customer_type, housing, emails, full_name, address = rows[0].facts
    return Account(
        number=rows[0].account,
        customer_type=customer_type,
        housing=housing,
        emails=emails,
        full_name=full_name,
        address=address,
        registers=tuple(row.register for row in rows if row.register is not None),
        contracts=MappingProxyType({row.service: row.status for row in rows if row.service is not None}),
    )


def _encoding(path: Path) -> str:
    """Return utf-8-sig where the whole file is UTF-8, else windows-1251."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as data:
            while part := data.read(1 << 20):
                decoder.decode(part)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "windows-1251"
    return _UTF_8


def _rows(path: Path, encoding: str, delimiter: str, faults: list[Fault]) -> Iterator[_Row]:
    """Yield the lines that are right by themselves; what is wrong with the others is appended to `faults`."""
    with path.open(encoding=encoding, errors="replace", newline="") as lines:
        reader = csv.reader(lines, delimiter=delimiter)
        names = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            faults.append(Fault(1, f"the columns {', '.join(missing)} are missing."))
            return
        places = {name: names.index(name) for name in COLUMNS}
        for line, cells in _lines(reader, faults):
            if len(cells) != len(names):
                faults.append(Fault(line, f"there are {len(cells)} fields where the first line names {len(names)}."))
                continue
            if encoding != _UTF_8 and any(_UNREADABLE in cell for cell in cells):
                faults.append(Fault(line, "there is a character that is neither UTF-8 nor windows-1251."))
                continue
            row, texts = _Line({name: cells[place].strip() for name, place in places.items()}, line).read()
            faults.extend(Fault(line, text) for text in texts)
            if row is not None and not texts:
                yield row


def _lines(reader: "_csv.Reader", faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of every line that is not empty, with the number of the line on which they start."""
    line = reader.line_num + 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        faults.append(Fault(line, f"the file cannot be read as CSV from here on: {error}."))


class _Line:
    """One line being read: every fault of it is collected."""

    def __init__(self, cells: Mapping[str, str], number: int) -> None:
        self._cells = cells
        self._number = number
        self._faults: list[str] = []

    def read(self) -> tuple[_Row | None, list[str]]:
        """Return the row, if it could be read, and what is wrong with the line."""
        cells = self._cells
        account, serial = cells["account"], cells["serial"]
        if not identifier_key(account):
            self._faults.append("account is empty.")
        customer_type = self._word("customer_type", CustomerType)
        housing = self._word("housing", Housing)
        status = self._word("contract_status", ContractStatus)
        service = self._word("service", Service) if serial or cells["service"] else None
        register = self._register(account, serial, service) if serial else None
        if customer_type is None or housing is None or status is None:
            return None, self._faults
        facts = (customer_type, housing, self._emails(), cells["full_name"], cells["address"])
        return _Row(self._number, account, facts, service, status, register), self._faults

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
        try:
            return date.fromisoformat(dated)
        except ValueError:
            self._faults.append(f"previous_on {dated!r} is not a date like 2026-10-25.")
            return None

    def _count(self, name: str, least: int, most: int) -> int | None:
        text = self._cells[name]
        if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most:
            return int(text)
        self._faults.append(f"{name} {text!r} is not a whole number from {least} to {most}.")
        return None

    def _word(self, name: str, kind: type[_Word]) -> _Word | None:
        word = self._cells[name].lower()
        known = kind.__members__.get(word.upper())
        if known is None:
            self._faults.append(f"{name} {self._cells[name]!r} is none of {', '.join(kind)}.")
        return known

    def _emails(self) -> frozenset[str]:
        emails = frozenset(self._cells["emails"].lower().split())
        for address in sorted(emails):
            if address.count("@") != 1 or address.startswith("@") or address.endswith("@"):
                self._faults.append(f"{address!r} in emails is not an e-mail address.")
        return emails
