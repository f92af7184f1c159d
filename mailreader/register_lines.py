"""The lines of a register file: cells into a row, every fault of a line named (interface, The register file)."""

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple

from mailreader.csv_table import Cells, Fault
from models.catalogue import ContractStatus, CustomerType, Housing, Service, Zone
from models.register import identifier_key

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
_quantity = re.compile(r"([0-9]+)(?:[.,]([0-9]+))?").fullmatch


class Row(NamedTuple):
    """One line that is right by itself, as texts and whole numbers: what a table of SQLite holds.

    `account_key` and `serial_key` are compared instead of what is written. `emails` are in order, a space between.
    A line may name no meter, no service, no value: these are empty or 0 then.
    """

    account_key: str
    line: int
    account: str
    customer_type: str
    housing: str
    emails: str
    full_name: str
    address: str
    status: str
    service: str = ""
    serial_key: str = ""
    serial: str = ""
    zone: str = ""
    tariff_no: int | None = None
    digits: int = 0
    decimals: int = 0
    previous_value: str = ""
    previous_on: str = ""

    @property
    def customer(self) -> tuple[str, ...]:
        """What all rows of an account must say alike."""
        return self[3:8]


def read_rows(lines: Iterator[tuple[int, Cells]], faults: list[Fault]) -> Iterator[Row]:
    """Yield the lines that are right by themselves; what is wrong with the others is appended to `faults`."""
    for line, cells in lines:
        row, texts = _read(line, cells)
        if texts:
            faults.extend(Fault(line, text) for text in texts)
        else:
            yield row


def _read(line: int, cells: Cells) -> tuple[Row, list[str]]:
    """Return the row, and what is wrong with it."""
    faults: list[str] = []
    account, serial = cells["account"], cells["serial"]
    account_key = _identifier_key("account", account, faults)
    if not account_key:
        faults.append("account is empty.")
    customer, wrong = _customer(cells["customer_type"], cells["housing"], cells["contract_status"])
    faults += wrong
    emails, wrong = _emails(cells["emails"])
    faults += wrong
    customer_type, housing, status = customer
    service = ""
    meter: tuple[Any, ...] = ()
    if serial or cells["service"]:
        service, wrong = _service(cells["service"])
        faults += wrong
    if serial:
        serial_key = _identifier_key("serial", serial, faults)
        if not serial_key:
            faults.append(f"serial {serial!r} has neither a letter nor a digit.")
        dial, wrong = _dial(cells["zone"], cells["tariff_no"], cells["digits"], cells["decimals"])
        faults += wrong
        value, on = _previous(cells["previous_value"], cells["previous_on"], dial[2], faults)
        meter = (serial_key, serial, *dial, value, on)
    row = Row(
        account_key, line, account, customer_type, housing, emails, cells["full_name"], cells["address"], status,
        service, *meter,
    )  # fmt: skip
    return row, faults


def _identifier_key(name: str, text: str, faults: list[str]) -> str:
    if len(text) > _LONGEST_IDENTIFIER:
        faults.append(f"{name} {text[:_SHOWN]!r}… is longer than {_LONGEST_IDENTIFIER} characters.")
    return identifier_key(text)


def _previous(stated: str, dated: str, digits: int, faults: list[str]) -> tuple[str, str]:
    """Return the value with a point for the decimal sign, and the day, as they are stated."""
    if bool(stated) != bool(dated):
        faults.append("previous_value and previous_on must both be given, or neither.")
    if stated:
        faults += _value_faults(stated, digits)
    if dated and day_of(dated) is None:
        faults.append(f"previous_on {dated!r} is not a date like 2026-10-25.")
    return stated.replace(",", "."), dated


def _value_faults(stated: str, digits: int) -> Iterator[str]:
    number = _quantity(stated)
    if number is None:
        yield f"previous_value {stated!r} is not a number of zero or more, like 48210 or 48210.5."
        return
    whole, decimals = number.groups(default="")
    if len(decimals) > _MOST_DECIMALS:
        yield f"previous_value {stated!r} has more than {_MOST_DECIMALS} decimals."
    if digits and len(whole.lstrip("0")) > digits:
        yield f"previous_value {stated!r} has more digits than the register, which has {digits}."


# The same few texts come hundreds of thousands of times: what they mean is kept.

_Wrong = tuple[str, ...]
_Dial = tuple[str, int | None, int, int]


@lru_cache(_KEPT)
def _customer(customer_type: str, housing: str, status: str) -> tuple[tuple[str, str, str], _Wrong]:
    faults: list[str] = []
    customer = (
        _word("customer_type", CustomerType, customer_type, faults),
        _word("housing", Housing, housing, faults),
        _word("contract_status", ContractStatus, status, faults),
    )
    return customer, tuple(faults)


@lru_cache(_KEPT)
def _service(text: str) -> tuple[str, _Wrong]:
    faults: list[str] = []
    return _word("service", Service, text, faults), tuple(faults)


@lru_cache(_KEPT)
def _dial(zone: str, tariff_no: str, digits: str, decimals: str) -> tuple[_Dial, _Wrong]:
    faults: list[str] = []
    dial = (
        _word("zone", Zone, zone, faults),
        _count("tariff_no", tariff_no, 1, _MOST_TARIFFS, faults) if tariff_no else None,
        _count("digits", digits, 1, _MOST_DIGITS, faults),
        _count("decimals", decimals, 0, _MOST_DECIMALS, faults),
    )
    return dial, tuple(faults)


@lru_cache(1)
def _emails(text: str) -> tuple[str, _Wrong]:
    """The rows of an account mostly follow each other."""
    emails = sorted(set(text.lower().split()))
    return " ".join(emails), tuple(fault for address in emails if (fault := _address_fault(address)))


@lru_cache(_KEPT)
def day_of(text: str) -> date | None:
    """The day that a cell names; None for what is no date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _word(name: str, kind: type[StrEnum], text: str, faults: list[str]) -> str:
    word = text.lower()
    if word not in kind._value2member_map_:
        faults.append(f"{name} {text!r} is none of {', '.join(kind)}.")
    return word


def _count(name: str, text: str, least: int, most: int, faults: list[str]) -> int:
    if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most:
        return int(text)
    faults.append(f"{name} {text!r} is not a whole number from {least} to {most}.")
    return 0


def _address_fault(address: str) -> str | None:
    if address.count("@") != 1 or address.startswith("@") or address.endswith("@"):
        return f"{address!r} in emails is not an e-mail address."
    if len(address) > _LONGEST_ADDRESS:
        return f"{address[:_SHOWN]!r}… in emails is longer than {_LONGEST_ADDRESS} characters."
    return None
